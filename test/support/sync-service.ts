/**
 * Real sync services as processes beside a real Vault and PostgreSQL, under sync's own least
 * rights; or one on the embedded database.
 * @module
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { Signer } from '../../shared/encoding/dsse.ts';
import type { Identity } from '../../shared/identity/identity.ts';
import type { Mode } from '../../shared/mode.ts';
import { addAdmin } from '../../sync/people/add-admin.ts';
import { migrate } from '../../sync/database/migrate.ts';
import { openDatabase } from '../../sync/database/open.ts';
import { Hidden } from '../../sync/hidden.ts';
import { escrowSurvey, type SeededCheckTick, type WriteKv } from '../../sync/rehearsal/seed.ts';
import { setUpVault } from '../../sync/vault/setup.ts';
import { type Child, startChild } from '../servers/child.ts';
import { startPostgres, type TestPostgres } from '../servers/postgres.ts';
import { startVault, type TestVault } from '../servers/vault.ts';
import type { Admins } from './sync-ceremony.ts';
import { caller } from './sync-client.ts';
import { postgresConfig } from './sync-databases.ts';
import { identityFile } from './sync-identities.ts';
import { checktickDatabase } from './sync-prepared.ts';
import { PROGRAM } from './sync-program.ts';

type AdminName = 'operator' | 'approver1' | 'approver2' | 'auditor' | 'both';
const NAMES: readonly (readonly [AdminName, keyof SeededCheckTick['people'], string[]])[] = [
  ['operator', 'operator', ['operator']],
  ['approver1', 'approver-1', ['approver']],
  ['approver2', 'approver-2', ['approver']],
  ['auditor', 'auditor', ['auditor']],
  // The requester as an admin who may do everything: must never approve what is his own.
  ['both', 'requester', ['operator', 'approver']],
];

/** A running service; `caller` talks to it. */
export interface Service {
  readonly address: string;
  readonly child: Child;
  as(name: AdminName): Caller;
  readonly admins: Admins;
  /** Kills itself (SIGKILL) right after the next step of that name. Only one that was started so. */
  dieAt?(step: string): Promise<void>;
  stop(): Promise<void>;
}
type Caller = ReturnType<typeof caller>;

export interface Deployment {
  readonly vault: TestVault;
  readonly postgres: TestPostgres;
  readonly mode: Mode;
  readonly tokens: Readonly<Record<AdminName, string>>;
  /** The identities with which the admins approve; in `folder` as `NAME.age`, too. */
  readonly signers: Readonly<Record<AdminName, Signer>>;
  /** The same with their seeds. */
  readonly identities: Readonly<Record<AdminName, Identity>>;
  /** Settings of a service: also for the command line. */
  readonly env: Readonly<Record<string, string>>;
  readonly checktick: SeededCheckTick;
  /** Folder for files; one token file per admin is in it. */
  readonly folder: string;
  /** Of sync's database, as superuser. */
  readonly ownerUrl: string;
  /** Superuser on sync's database; opens a connection for one statement. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** What lies in Vault, or null. */
  kv(kvPath: string): Promise<Record<string, unknown> | null>;
  /** Writes to Vault as its root. */
  writeKv: WriteKv;
  /**
   * Starts one more service. `dieAt`: a step of a commit after which it kills itself, or '' where
   * that is told later; `node`: what Node runs instead of this checkout's program.
   */
  start(options?: {
    dieAt?: string;
    env?: Record<string, string>;
    node?: readonly string[];
  }): Promise<Service>;
  escrow(pmk: Uint8Array, version?: string): Promise<void>;
  /** `kill -9` of every service of it that runs. */
  killServices(): Promise<void>;
  stop(): Promise<void>;
}

/** Vault, PostgreSQL, roles, rights, people: all but a running service. */
export async function deploy(
  options: { readonly mode?: Mode; readonly servers?: Servers | undefined } = {},
): Promise<Deployment> {
  const { mode = 'production' } = options;
  const servers = options.servers ?? (await startServers());
  const { vault, postgres } = servers;
  const folder = await mkdtemp(path.join(tmpdir(), 'conclave-deploy-'));
  servers.count += 1;
  const mount = `kv${servers.count}`;
  const ca = await readFile(vault.caFile ?? '', 'utf8');
  const secretIdFile = path.join(folder, 'secret-id');
  const { roleId } = await setUpVault({
    address: vault.address,
    ca,
    mount,
    // Each deployment of one Vault has a role of its own; the first is the one without a name.
    name: servers.count === 1 ? undefined : mount,
    operatorToken: new Hidden(vault.rootToken),
    secretIdFile,
  });
  const { url, checktick } = await checktickDatabase(postgres);
  const sql = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const { rows } = await client.query(text, values);
      return rows as Row[];
    } finally {
      await client.end();
    }
  };
  const owner = await openDatabase(postgresConfig(url, 2));
  const tokens: Partial<Record<AdminName, string>> = {};
  const signers: Partial<Record<AdminName, Signer>> = {};
  const identities: Partial<Record<AdminName, Identity>> = {};
  try {
    await migrate(owner, mode);
    for (const [name, person, roles] of NAMES) {
      const userId = checktick.people[person].id;
      const { identity, signer, identityKey } = await identityFile(
        mode,
        name,
        path.join(folder, `${name}.age`),
      );
      const made = await addAdmin(owner, {
        name,
        userId,
        roles: roles as ['operator'],
        identityKey,
      });
      tokens[name] = made.token;
      signers[name] = signer;
      identities[name] = identity;
      await writeFile(path.join(folder, name), made.token, { mode: 0o600 });
    }
  } finally {
    await owner.close();
  }
  const role = `sync_${servers.count}`;
  await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'of-a-test'`);
  const grants = await readFile(new URL('../../resources/grants.sql', import.meta.url), 'utf8');
  await sql(grants.replaceAll('conclave_sync', role));
  const account = new URL(url);
  account.username = role;
  account.password = 'of-a-test';
  const env = {
    CONCLAVE_MODE: mode,
    VAULT_ADDR: vault.address,
    VAULT_CACERT: vault.caFile ?? '',
    VAULT_MOUNT: mount,
    ...(servers.count === 1 ? {} : { CONCLAVE_DEPLOYMENT: mount }),
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID_FILE: secretIdFile,
    DATABASE_URL: account.href,
    CONCLAVE_LISTEN_PORT: '0',
    CONCLAVE_DELAY_HOURS: '0',
    CONCLAVE_REQUESTS_PER_MINUTE: '100000',
    CONCLAVE_LOG_LEVEL: 'warn',
  };
  const running = new Set<Child>();
  let started = 0;
  const killServices = async (): Promise<void> => {
    await Promise.all([...running].map((child) => child.end('SIGKILL')));
    running.clear();
  };
  const all = tokens as Record<AdminName, string>;
  const allSigners = signers as Record<AdminName, Signer>;
  const writeKv: WriteKv = async (kvPath, data) => {
    const { status } = await vault.api('POST', `${mount}/data/${kvPath}`, { data });
    if (status !== 200) throw new Error(`Vault answered ${status}.`);
  };

  return {
    vault,
    postgres,
    mode,
    tokens: all,
    signers: allSigners,
    identities: identities as Record<AdminName, Identity>,
    env,
    checktick,
    folder,
    ownerUrl: url,
    sql,
    kv: async (kvPath) => {
      const { status, body } = await vault.api('GET', `${mount}/data/${kvPath}`);
      if (status === 404) return null;
      return (body as { data: { data: Record<string, unknown> } }).data.data;
    },
    writeKv,
    start: async ({ dieAt, env: more = {}, node = [PROGRAM] } = {}) => {
      const settings = { PATH: process.env['PATH'] ?? '', ...env, ...more };
      started += 1;
      const dieFile = path.join(folder, `die-at-${started}`);
      const tell = (step: string): Promise<void> => writeFile(dieFile, step);
      if (dieAt !== undefined) await tell(dieAt);
      const [command, death] =
        dieAt === undefined
          ? ['serve', {}]
          : ['serve-and-die', { CONCLAVE_TEST_DIE_FILE: dieFile }];
      const child = startChild(process.execPath, [...node, command], {
        env: { ...settings, ...death },
      });
      running.add(child);
      const [, address = ''] = await child.line(/Sync listens at (\S+)/, 180_000);
      const as = (name: AdminName): Caller => caller(address, all[name], allSigners[name]);
      return {
        address,
        child,
        as,
        admins: {
          operator: as('operator'),
          approver1: as('approver1'),
          approver2: as('approver2'),
        },
        ...(dieAt === undefined ? {} : { dieAt: tell }),
        stop: async () => {
          running.delete(child);
          await child.end('SIGTERM');
        },
      };
    },
    escrow: async (pmk, version = 'v1') => {
      await withClient(url, (client) =>
        escrowSurvey(client, writeKv, {
          pmk,
          userId: checktick.people.requester.id,
          surveyId: checktick.survey.id,
          kek: checktick.kek,
          version,
        }),
      );
    },
    killServices,
    stop: async () => {
      await killServices();
      await rm(folder, { recursive: true, force: true });
      if (options.servers === undefined) await stopServers(servers);
    },
  };
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A Vault and a PostgreSQL that several deployments share: each has its own mount and database. */
export interface Servers {
  readonly vault: TestVault;
  readonly postgres: TestPostgres;
  count: number;
}

export async function startServers(): Promise<Servers> {
  const [vault, postgres] = await Promise.all([startVault({ tls: true }), startPostgres()]);
  return { vault, postgres, count: 0 };
}

export async function stopServers({ vault, postgres }: Servers): Promise<void> {
  await Promise.all([vault.stop(), postgres.stop()]);
}
