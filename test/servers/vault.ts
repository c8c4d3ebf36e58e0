import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { issueCertificate, makeAuthority } from '../support/certificates.ts';
import { type Child, startChild } from './child.ts';
import { vaultBinary } from './vault/build.ts';

export interface VaultReply {
  readonly status: number;
  /** The parsed JSON body; null for an empty one. */
  readonly body: unknown;
}

/** A running, initialised, unsealed Vault of its own, on a random port of 127.0.0.1. */
export interface TestVault {
  /** Such as `https://127.0.0.1:41234`; stays the same over `restart()`. */
  readonly address: string;
  /** PEM file of the certificate authority to trust; only with `tls`. */
  readonly caFile?: string;
  readonly rootToken: string;
  /** Base64, three of which any two open it. */
  readonly unsealKeys: readonly string[];
  /** Folder that holds its storage; a `file` audit device may write there too. */
  readonly dir: string;
  /** One call of its HTTP API: `api('POST', 'secret/data/x', {data: …})`. Token: root by default, '' for none. */
  api(method: string, apiPath: string, body?: unknown, token?: string): Promise<VaultReply>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /** Ends it and starts it again on the same storage and port, unsealed unless told otherwise. */
  restart(options?: { unsealed?: boolean }): Promise<void>;
  /** `kill -9`: connections break at once. `restart()` brings it back. */
  kill(): Promise<void>;
  /** Ends it and deletes its folder if it made one. */
  stop(): Promise<void>;
}

function call(
  address: string,
  ca: Buffer | undefined,
  method: string,
  apiPath: string,
  body: unknown,
  token: string,
): Promise<VaultReply> {
  const send = address.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      `${address}/v1/${apiPath}`,
      { method, agent: false, ...(ca === undefined ? {} : { ca }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            body: text === '' ? null : (JSON.parse(text) as unknown),
          });
        });
      },
    );
    request.on('error', reject);
    if (token !== '') request.setHeader('X-Vault-Token', token);
    if (method === 'PATCH') request.setHeader('Content-Type', 'application/merge-patch+json');
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A real Vault that nobody has set up yet, without TLS. */
export async function startBareVault(): Promise<Pick<TestVault, 'address' | 'stop'>> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'conclave-vault-'));
  const settings = `-listen 127.0.0.1:0 -storage ${path.join(dir, 'storage')} -tied-to-stdin`;
  const child = startChild(await vaultBinary(), settings.split(' '));
  const [, listening = ''] = await child.line(/^listening on (\S+)$/, 30_000);
  return {
    address: `http://${listening}`,
    stop: async () => {
      await child.end('SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a real Vault (`vault/README.md`), initialised with three unseal keys of which two open
 * it, and unseals it. No engine is mounted yet: mount what the test needs through `api`.
 * `dir`: a new or empty folder for its storage, kept after `stop()`; a temporary one otherwise.
 */
export async function startVault(
  options: { tls?: boolean; dir?: string } = {},
): Promise<TestVault> {
  const binary = await vaultBinary();
  const dir = options.dir ?? (await mkdtemp(path.join(os.tmpdir(), 'conclave-vault-')));
  await mkdir(dir, { recursive: true });
  const caFile = options.tls === true ? await makeAuthority(dir, 'ca') : undefined;
  const ca = caFile === undefined ? undefined : await readFile(caFile);
  const hosts = 'IP:127.0.0.1,DNS:localhost';
  const tls = caFile === undefined ? undefined : await issueCertificate(dir, 'ca', 'vault', hosts);

  const launch = async (listen: string): Promise<{ child: Child; listening: string }> => {
    const storage = path.join(dir, 'storage');
    const child = startChild(binary, [
      ...`-listen ${listen} -storage ${storage} -tied-to-stdin`.split(' '),
      ...(tls === undefined ? [] : ['-tls-cert', tls.certificate, '-tls-key', tls.key]),
    ]);
    const [, listening = ''] = await child.line(/^listening on (\S+)$/, 30_000);
    return { child, listening };
  };

  let { child, listening } = await launch('127.0.0.1:0');
  const address = `${tls === undefined ? 'http' : 'https'}://${listening}`;
  const expect = async (method: string, apiPath: string, body: unknown, token = '') => {
    const reply = await call(address, ca, method, apiPath, body, token);
    if (reply.status >= 300) {
      throw new Error(`Vault ${method} ${apiPath}: ${reply.status} ${JSON.stringify(reply.body)}`);
    }
    return reply.body;
  };

  const initialised = (await expect('PUT', 'sys/init', {
    secret_shares: 3,
    secret_threshold: 2,
  })) as { keys_base64: string[]; root_token: string };
  const unsealKeys = initialised.keys_base64;
  const unseal = async (): Promise<void> => {
    for (const key of unsealKeys.slice(0, 2)) await expect('PUT', 'sys/unseal', { key });
  };
  await unseal();

  return {
    address,
    ...(caFile === undefined ? {} : { caFile }),
    rootToken: initialised.root_token,
    unsealKeys,
    dir,
    api: (method, apiPath, body, token = initialised.root_token) =>
      call(address, ca, method, apiPath, body, token),
    seal: async () => void (await expect('PUT', 'sys/seal', undefined, initialised.root_token)),
    unseal,
    restart: async ({ unsealed = true } = {}) => {
      await child.end('SIGTERM');
      ({ child, listening } = await launch(listening));
      if (unsealed) await unseal();
    },
    kill: () => child.end('SIGKILL'),
    stop: async () => {
      await child.end('SIGTERM');
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}
