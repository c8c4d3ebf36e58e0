/**
 * The other side: the real service as a process, on a real Vault and a real PostgreSQL with
 * CheckTick's tables, under its own least rights; and its admins at their command line.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import {
  createCheckTickTables,
  seedCheckTick,
  type SeededCheckTick,
  type WriteKv,
} from '../../sync/rehearsal/seed.ts';
import { startPostgres, type TestPostgres } from '../servers/postgres.ts';
import { startVault, type TestVault } from '../servers/vault.ts';
import { mailEnv, type TestSmtp } from '../servers/smtp.ts';
import { type CliProcess, runSync, startCli } from '../support/sync-cli.ts';
import { giveIdentities, PASSPHRASE } from '../support/sync-identities.ts';

const ADMINS = ['operator', 'approver-1', 'approver-2'] as const;
type Admin = (typeof ADMINS)[number];

type Options = Readonly<Record<string, string>>;

/** `bundle show 1a2b`, `{ words: '…' }` to what a shell would pass on. */
function argumentsOf(command: string, options: Options = {}): string[] {
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return ['--rehearsal', '--json', ...command.split(' '), ...given];
}

export interface Sync {
  readonly vault: TestVault;
  readonly checktick: SeededCheckTick;
  /** As the owner of CheckTick's database, to look at what is there. */
  readonly database: Client;
  /** One command of an admin, with its options; the answer. Fails when the command does. */
  as(admin: Admin, command: string, options?: Options): Promise<Record<string, unknown>>;
  /** The same, when it must be refused; gives the code. */
  refusing(admin: Admin, command: string, options?: Options): Promise<string>;
  /** A command on the server itself, with the settings of the service. */
  onServer(command: string, options?: Options): Promise<Record<string, unknown>>;
  /** Another replica, which sends mail through this server; what is told from now on is told by it. */
  startMailing(smtp: TestSmtp): Promise<void>;
  /** What lies below the mount. */
  kv(kvPath: string): Promise<Record<string, unknown> | null>;
  /** Writes there, as CheckTick does. */
  readonly writeKv: WriteKv;
  stop(): Promise<void>;
}

export async function startSync(folder: string): Promise<Sync> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [vault, server] = await Promise.all([startVault({ tls: true }), startPostgres()]);
  const url = await server.createDatabase();
  const database = new Client({ connectionString: url });
  await database.connect();
  try {
    await createCheckTickTables(database);
    const checktick = await seedCheckTick(database);
    const own = await prepare(folder, { vault, url, database, checktick });
    const serving = [startCli(['--rehearsal', '--json', 'serve'], own)];
    let settings = own;
    let address = await addressOf(serving[0]);
    const run = (admin: Admin, command: string, options?: Options) => {
      const env = { CONCLAVE_URL: address, CONCLAVE_TOKEN_FILE: path.join(folder, admin) };
      if (!/^\w+ approve /.test(command)) return runSync(argumentsOf(command, options), env);
      const identity = { 'identity-file': path.join(folder, `${admin}.age`), 'passphrase-fd': '3' };
      return runSync(argumentsOf(command, { ...options, ...identity }), env, PASSPHRASE);
    };
    return {
      vault,
      checktick,
      database,
      async as(admin, command, options) {
        const { code, out, err } = await run(admin, command, options);
        assert.equal(code, 0, `conclave-sync ${command}: ${err}`);
        return JSON.parse(out) as Record<string, unknown>;
      },
      async refusing(admin, command, options) {
        const { code, err } = await run(admin, command, options);
        assert.equal(code, 1, `conclave-sync ${command} was not refused: ${err}`);
        const last = err.trim().split('\n').at(-1) ?? '';
        return (JSON.parse(last) as { code: string }).code;
      },
      onServer: (command, options) => once(settings, command, options),
      async startMailing(smtp) {
        settings = { ...own, ...mailEnv(smtp), CONCLAVE_DELAY_HOURS: '0,roster=48' };
        const mailing = startCli(['--rehearsal', '--json', 'serve'], settings);
        serving.push(mailing);
        address = await addressOf(mailing);
      },
      async kv(kvPath) {
        const { status, body } = await vault.api('GET', `secret/data/${kvPath}`);
        if (status === 404) return null;
        return (body as { data: { data: Record<string, unknown> } }).data.data;
      },
      async writeKv(kvPath, data) {
        const { status } = await vault.api('POST', `secret/data/${kvPath}`, { data });
        assert(status < 300, `Vault answers ${status} to ${kvPath}`);
      },
      async stop() {
        for (const one of serving) one.kill('SIGTERM');
        await Promise.all(serving.map(({ ended }) => ended));
        await end(database, vault, server);
      },
    };
  } catch (error) {
    await end(database, vault, server);
    throw error;
  }
}

async function addressOf(serving: CliProcess | undefined): Promise<string> {
  assert(serving);
  return (JSON.parse(await serving.firstLine) as { address: string }).address;
}

/** A command on the server itself. */
async function once(
  env: Readonly<Record<string, string>>,
  command: string,
  options?: Options,
): Promise<Record<string, string>> {
  const { code, out, err } = await runSync(argumentsOf(command, options), env);
  assert.equal(code, 0, `conclave-sync ${command}: ${err}`);
  return JSON.parse(out) as Record<string, string>;
}

async function end(database: Client, vault: TestVault, server: TestPostgres): Promise<void> {
  await database.end();
  await Promise.all([vault.stop(), server.stop()]);
}

interface Servers {
  readonly vault: TestVault;
  readonly url: string;
  readonly database: Client;
  readonly checktick: SeededCheckTick;
}

/** What is done once: Vault's policy and AppRole, the schema, sync's own account, the admins. */
async function prepare(
  folder: string,
  { vault, url, database, checktick }: Servers,
): Promise<Record<string, string>> {
  const file = (name: string) => path.join(folder, name);
  const owner = {
    VAULT_ADDR: vault.address,
    VAULT_CACERT: vault.caFile ?? '',
    DATABASE_URL: url,
    CONCLAVE_LISTEN_PORT: '0',
  };
  await writeFile(file('root'), vault.rootToken, { mode: 0o600 });
  const { roleId = '' } = await once(owner, 'vault setup', {
    'secret-id-file': file('secret-id'),
    'operator-token-file': file('root'),
  });
  await once(owner, 'db migrate');
  await database.query(`CREATE ROLE sync_e2e LOGIN PASSWORD 'of-a-test'`);
  const { sql = '' } = await once(owner, 'db grants', { role: 'sync_e2e' });
  await database.query(sql);
  const account = new URL(url);
  account.username = 'sync_e2e';
  account.password = 'of-a-test';
  const own = {
    ...owner,
    DATABASE_URL: account.href,
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID_FILE: file('secret-id'),
  };
  for (const admin of ADMINS) {
    const { id } = checktick.people[admin];
    const role = admin === 'operator' ? 'operator' : 'approver';
    const user = String(id);
    await once(own, `admin add ${admin}`, { user, role, 'token-file': file(admin) });
  }
  await giveIdentities(url, 'rehearsal', ADMINS, folder);
  return own;
}
