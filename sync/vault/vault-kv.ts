/**
 * Vault's (or OpenBao's) KV version 2 over HTTP.
 * Source: Vault API documentation, "KV Secrets Engine - Version 2".
 * @module
 */
import pRetry from 'p-retry';
import { z } from 'zod';
import { Refusal } from '../../shared/refusal.ts';
import { checkPath, type KvHealth, type KvRead, type KvStore } from './kv.ts';
import { CasRefusal, refuseVault } from './refusals.ts';
import { createSession, type Session, type SessionOptions } from './session.ts';
import { refusalForState } from './states.ts';
import { type Call, createTransport, type Reply, type Transport } from './transport.ts';

export interface VaultKvOptions extends SessionOptions {
  readonly address: string;
  /** PEM of the certificate authority; undefined: the system's. */
  readonly ca: string | undefined;
  readonly mount: string;
}

const readBody = z.object({
  data: z.object({
    data: z.record(z.string(), z.unknown()).nullable(),
    metadata: z.object({ version: z.number().int().min(1) }),
  }),
});
const putBody = z.object({ data: z.object({ version: z.number().int().min(1) }) });
const metadataBody = z.object({ data: z.object({ current_version: z.number().int().min(0) }) });
const healthBody = z.object({
  version: z.string(),
  cluster_id: z.string().optional(),
  server_time_utc: z.number().int(),
});
const capabilitiesBody = z.object({ data: z.record(z.string(), z.unknown()) });

/** Contacts nothing before the first call. */
export function createVaultKv(options: VaultKvOptions): KvStore {
  const transport = createTransport(options.address, options.ca);
  const session = createSession(transport, options);
  const { mount } = options;

  const ask = (call: Omit<Call, 'token'>): Promise<Reply> => askOn(session, call);

  async function versionFromMetadata(path: string): Promise<number> {
    const reply = await ask({ method: 'GET', path: `${mount}/metadata/${path}` });
    if (reply.status === 404) return 0;
    return expect(metadataBody, reply, path).data.current_version;
  }

  async function read(path: string, wanted: { readonly version?: number } = {}): Promise<KvRead> {
    const reply = await ask({
      method: 'GET',
      path: `${mount}/data/${checkPath(path)}`,
      ...(wanted.version === undefined ? {} : { query: { version: String(wanted.version) } }),
    });
    if (reply.status === 404) {
      const gone = readBody.safeParse(reply.body);
      // An old version that is gone says nothing about the newest one.
      if (wanted.version !== undefined) {
        return { absent: true, currentVersion: await versionFromMetadata(path) };
      }
      return { absent: true, currentVersion: gone.success ? gone.data.data.metadata.version : 0 };
    }
    const { data, metadata } = expect(readBody, reply, path).data;
    if (data === null) return { absent: true, currentVersion: metadata.version };
    return { absent: false, data, version: metadata.version };
  }

  return {
    read,
    async put(path, data, { cas }) {
      const reply = await ask({
        method: 'POST',
        path: `${mount}/data/${checkPath(path)}`,
        body: { options: { cas }, data },
      });
      if (reply.status === 400 && reply.errors.includes('check-and-set')) {
        throw new CasRefusal(path, currentOf(await read(path)));
      }
      // Sync's policy lets it create and not overwrite: Vault then judges before check-and-set does.
      if (reply.status === 403 && cas === 0) {
        const current = currentOf(await read(path));
        if (current > 0) throw new CasRefusal(path, current);
      }
      return { version: expect(putBody, reply, path).data.version };
    },
    async destroyVersions(path, versions) {
      if (versions.length === 0) return;
      const reply = await ask({
        method: 'PUT',
        path: `${mount}/destroy/${checkPath(path)}`,
        body: { versions },
      });
      done(reply, path);
    },
    async deleteMetadata(path) {
      done(await ask({ method: 'DELETE', path: `${mount}/metadata/${checkPath(path)}` }), path);
    },
    async capabilities(paths) {
      const full = paths.map((path) => `${mount}/${path}`);
      const reply = await ask({
        method: 'POST',
        path: 'sys/capabilities-self',
        body: { paths: full },
      });
      const { data } = expect(capabilitiesBody, reply, 'sys/capabilities-self');
      const names = z.array(z.string());
      return Object.fromEntries(
        paths.map((path) => [path, names.catch([]).parse(data[`${mount}/${path}`])]),
      );
    },
    health: () => vaultHealth(transport),
    async credentials() {
      const { now } = await askHealth(transport);
      return { token: await session.facts(), secretId: await session.secretId(), now };
    },
    async close() {
      await session.close();
      await transport.close();
    },
  };
}

/** What `sys/health` says, without a token. @throws Refusal naming the state */
export async function vaultHealth(transport: Transport): Promise<KvHealth> {
  return (await askHealth(transport)).health;
}

async function askHealth(transport: Transport): Promise<{ health: KvHealth; now: Date }> {
  const reply = await transport.call({ method: 'GET', path: 'sys/health' });
  const state = refusalForState(reply.status);
  if (state !== undefined) throw state;
  const { version, cluster_id, server_time_utc } = expect(healthBody, reply, 'sys/health');
  return {
    health: { state: 'active', serverVersion: version, clusterId: cluster_id },
    now: new Date(server_time_utc * 1_000),
  };
}

/**
 * 412 means a write is not yet everywhere, "Upgrading" that the engine starts after an unseal:
 * both tried again for about 6 seconds.
 */
function askOn(session: Session, call: Omit<Call, 'token'>): Promise<Reply> {
  return pRetry(
    async () => {
      const reply = await session.call(call);
      const state = refusalForState(reply.status);
      if (state !== undefined) throw state;
      if (reply.errors.includes('Upgrading')) throw refuseVault('vault-replication');
      return reply;
    },
    {
      retries: 5,
      minTimeout: 200,
      randomize: true,
      shouldRetry: (cause: Error) => cause instanceof Refusal && cause.code === 'vault-replication',
    },
  );
}

function done(reply: Reply, path: string): void {
  if (reply.status !== 200 && reply.status !== 204) throw unexpected(reply, path);
}

function expect<T>(schema: z.ZodType<T>, reply: Reply, path: string): T {
  if (reply.status !== 200) throw unexpected(reply, path);
  const parsed = schema.safeParse(reply.body);
  if (!parsed.success) throw refuseVault('vault-content', path);
  return parsed.data;
}

function unexpected(reply: Reply, path: string): Refusal {
  if (reply.status === 403) return refuseVault('vault-denied', path);
  if (reply.status === 404 || reply.errors.includes('unsupported path')) {
    return refuseVault('vault-mount', path);
  }
  return refuseVault('vault-content', path);
}

function currentOf(found: KvRead): number {
  return found.absent ? found.currentVersion : found.version;
}
