import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { TestCertificate } from '../support/certificates.ts';
import { type Child, startChild } from './child.ts';
import { type Account, keepDataFolder, newDataFolder, templateKey } from './postgres-template.ts';

const run = promisify(execFile);

/** A real PostgreSQL server of its own, on a random port of 127.0.0.1, with fsync on. */
export interface TestPostgres {
  /** Of the superuser, database `postgres`; stays the same over restarts. */
  readonly url: string;
  /**
   * A fresh database, some 50 ms: one per test file. Returns its URL (superuser).
   * `template`: the name of a database to copy; nobody may be connected to it.
   */
  createDatabase(template?: string): Promise<string>;
  /** An ordinary restart, also after `kill9()`. */
  restart(): Promise<void>;
  /** `kill -9` of the server and so a crash: connections break at once. */
  kill9(): Promise<void>;
  /** Ends it and deletes its data; `keptIn`: a folder that gets a copy of them before. */
  stop(options?: { readonly keptIn?: string }): Promise<void>;
}

async function serverPrograms(): Promise<string> {
  const top = '/usr/lib/postgresql';
  const versions = existsSync(top) ? await readdir(top) : [];
  const newest = versions
    .filter((version) => existsSync(path.join(top, version, 'bin', 'initdb')))
    .sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) {
    throw new Error('No PostgreSQL server found: sudo apt-get install postgresql');
  }
  return path.join(top, newest, 'bin');
}

async function postgresId(flag: '-u' | '-g'): Promise<number> {
  return Number((await run('id', [flag, 'postgres'])).stdout);
}

/** PostgreSQL refuses to run as root: the account that Debian made for it, else ourselves. */
async function account(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: await postgresId('-u'), gid: await postgresId('-g') };
}

/** What a kept data directory depends on here besides what is in it. */
export async function dataFolderKey(): Promise<string> {
  return templateKey(await serverPrograms(), await account());
}

function ready(child: Child): Promise<unknown> {
  return child.line(/database system is ready to accept connections/, 60_000);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** A certificate and its key as PEM files. */
type Tls = Pick<TestCertificate, 'certificate' | 'key'>;

/** Copies of them that only the server's own account reads, as PostgreSQL demands of the key. */
async function tlsSettings(
  top: string,
  { certificate, key }: Tls,
  who: Account | undefined,
): Promise<string> {
  const own = { certificate: path.join(top, 'server.pem'), key: path.join(top, 'server.key') };
  await copyFile(certificate, own.certificate);
  await copyFile(key, own.key);
  await chmod(own.key, 0o600);
  if (who !== undefined) for (const file of Object.values(own)) await chown(file, who.uid, who.gid);
  return ` ssl=on ssl_cert_file=${own.certificate} ssl_key_file=${own.key}`;
}

/**
 * Starts PostgreSQL: less than a second, on a copy of a data directory (postgres-template.ts). `tls`:
 * it takes connections with this certificate, and plain ones too.
 */
export async function startPostgres(options: { readonly tls?: Tls } = {}): Promise<TestPostgres> {
  const bin = await serverPrograms();
  const who = await account();
  const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-postgres-'));
  const data = path.join(top, 'data');
  if (who !== undefined) await chown(top, who.uid, who.gid);
  const password = await newDataFolder(bin, who, data);

  const port = await freePort();
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  const settings = `listen_addresses=127.0.0.1 unix_socket_directories=${top} max_connections=200${
    options.tls === undefined ? '' : await tlsSettings(top, options.tls, who)
  }`;
  const server = [
    path.join(bin, 'postgres'),
    ...`-D ${data} -p ${port} -c fsync=on -c synchronous_commit=on`.split(' '),
    ...settings.split(' ').flatMap((setting) => ['-c', setting]),
  ];
  const drop = who && [`--reuid=${who.uid}`, `--regid=${who.gid}`, '--clear-groups'];
  // A killed test leaves no server: the kernel sends the signal when the parent is gone.
  const launch = (): Child =>
    startChild('setpriv', [...(drop ?? []), '--pdeathsig', 'QUIT', '--', ...server], { cwd: top });

  let child = launch();
  await ready(child);
  let created = 0;

  return {
    url,
    createDatabase: async (template) => {
      created += 1;
      const name = `test_${process.pid}_${created}`;
      await query(url, `CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`);
      return url.replace(/\/postgres$/, `/${name}`);
    },
    restart: async () => {
      await child.end('SIGINT');
      // After a crash the old backends may hold the shared memory for a moment.
      for (let attempt = 1; ; attempt += 1) {
        child = launch();
        try {
          await ready(child);
          return;
        } catch (error) {
          if (attempt === 20 || !child.output().includes('still in use')) throw error;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      }
    },
    kill9: () => child.end('SIGKILL'),
    stop: async ({ keptIn } = {}) => {
      await child.end('SIGINT');
      if (keptIn !== undefined) await keepDataFolder({ data, password }, keptIn);
      await rm(top, { recursive: true, force: true });
    },
  };
}
