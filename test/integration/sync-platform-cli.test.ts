import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addAdmin } from '../../sync/people/add-admin.ts';
import { createClient } from '../../sync/cli/client.ts';
import { JUDGED } from '../../sync/database/checktick-tables.ts';
import type { Database } from '../../sync/database/database.ts';
import { openDatabase } from '../../sync/database/open.ts';
import { Hidden } from '../../sync/hidden.ts';
import { createCheckTickTables } from '../../sync/rehearsal/seed.ts';
import { startPostgres, type TestPostgres } from '../servers/postgres.ts';
import { startVault, type TestVault } from '../servers/vault.ts';
import { postgresConfig } from '../support/sync-databases.ts';
import { runSync, startCli } from '../support/sync-cli.ts';

describe('conclave-sync beside a real Vault and PostgreSQL', () => {
  let vault: TestVault;
  let server: TestPostgres;
  let folder: string;
  /** As the database's owner, and as sync's own account. */
  let owner: Record<string, string>;
  let own: Record<string, string>;
  const file = (name: string): string => path.join(folder, name);

  async function asOwner(sql: string): Promise<void> {
    const client = new Client({ connectionString: owner['DATABASE_URL'] });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async function asDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await openDatabase(postgresConfig(owner['DATABASE_URL'] ?? '', 2));
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  beforeAll(async () => {
    [vault, server] = await Promise.all([startVault({ tls: true }), startPostgres()]);
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-cli-'));
    const url = await server.createDatabase();
    owner = {
      VAULT_ADDR: vault.address,
      VAULT_CACERT: vault.caFile ?? '',
      DATABASE_URL: url,
      CONCLAVE_LISTEN_PORT: '0',
    };
    await writeFile(file('root'), vault.rootToken, { mode: 0o600 });
    await writeFile(file('open-root'), vault.rootToken, { mode: 0o644 });
    const client = new Client({ connectionString: url });
    await client.connect();
    await createCheckTickTables(client);
    await client.query(
      `INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email,
         is_staff, is_active, date_joined)
       VALUES (1, 'hash', false, 'one', '', '', 'one@hospital.example', true, true, now()),
              (2, 'hash', false, 'two', '', '', 'two@hospital.example', true, true, now()),
              (3, 'hash', false, 'three', '', '', 'three@hospital.example', true, true, now())`,
    );
    await client.end();
    const ownUrl = new URL(url);
    ownUrl.username = 'sync_test';
    ownUrl.password = 'own-pass-word';
    own = { ...owner, DATABASE_URL: ownUrl.href };
  });
  afterAll(async () => {
    await Promise.all([vault.stop(), server.stop()]);
    await rm(folder, { recursive: true });
  });

  it('prepares Vault with an operator’s token, which must be private', async () => {
    const args = (token: string): string[] => [
      '--json',
      'vault',
      'setup',
      '--secret-id-file',
      file('secret-id'),
      '--operator-token-file',
      file(token),
    ];
    const open = await runSync(args('open-root'), owner);
    expect([open.code, JSON.parse(open.err)]).toMatchObject([2, { code: 'secret-file' }]);
    const done = await runSync(args('root'), owner);
    expect(done).toMatchObject({ code: 0, err: '' });
    const result = JSON.parse(done.out) as { roleId: string };
    expect(result).toMatchObject({ madeMount: true, newSecretId: true, masterKeyExists: false });
    const secret = (await readFile(file('secret-id'), 'utf8')).trim();
    expect(done.out).not.toContain(secret);
    own = { ...own, VAULT_ROLE_ID: result.roleId, VAULT_SECRET_ID_FILE: file('secret-id') };
  });

  it('prepares the database under the owner’s account, and runs under its own', async () => {
    const grants = await runSync(['db', 'grants', '--role', 'sync_test'], owner);
    expect(grants.code).toBe(0);
    expect((await runSync(['db', 'grants', '--role', 'x; DROP'], owner)).code).toBe(2);

    await asOwner(`CREATE ROLE sync_test LOGIN PASSWORD 'own-pass-word'`);
    const early = await runSync(['--json', 'check'], own);
    expect(early.code).toBe(1);
    expect(early.out).toContain('database-not-migrated');

    expect((await runSync(['db', 'migrate'], owner)).code).toBe(0);
    const ungranted = await runSync(['check'], own);
    expect(ungranted.code).toBe(1);
    expect(ungranted.out).toContain('db grants');

    await asOwner(grants.out);
    const good = await runSync(['--json', 'check'], own);
    expect([good.code, JSON.parse(good.out)]).toMatchObject([0, { ready: true }]);
    expect(good.out + good.err).not.toContain('own-pass-word');
  });

  it.each([
    [
      'a table is missing',
      'ALTER TABLE surveys_auditlog RENAME TO away',
      'ALTER TABLE away RENAME TO surveys_auditlog',
      'no table surveys_auditlog',
    ],
    [
      'a column is missing',
      'ALTER TABLE surveys_usersurveykekescrow RENAME vault_path TO away',
      'ALTER TABLE surveys_usersurveykekescrow RENAME away TO vault_path',
      'surveys_usersurveykekescrow has no column vault_path',
    ],
    [
      'a column has another type',
      'ALTER TABLE surveys_platformkeyversion ALTER notes TYPE varchar(40)',
      'ALTER TABLE surveys_platformkeyversion ALTER notes TYPE text',
      'surveys_platformkeyversion.notes is character varying(40), not text',
    ],
    [
      'a newer CheckTick wants more in a row',
      'ALTER TABLE surveys_recoveryauditentry ADD site integer NOT NULL',
      'ALTER TABLE surveys_recoveryauditentry DROP site',
      'surveys_recoveryauditentry demands a column site',
    ],
  ])('finds before a commit does that %s', async (_what, change, undo, words) => {
    await asOwner(change);
    const { code, out } = await runSync(['check'], own);
    expect([code, out]).toEqual([1, expect.stringContaining(words)]);
    await asOwner(undo);
    expect((await runSync(['check'], own)).code).toBe(0);
  });

  it('says which columns it judged, and names the last migration of CheckTick as not judged', async () => {
    await asOwner(
      `CREATE TABLE django_migrations (id bigint, app varchar(255), name varchar(255), applied timestamptz);
       INSERT INTO django_migrations VALUES (1, 'surveys', '0043_before', now()),
         (2, 'surveys', '0044_last', now()), (3, 'auth', '0099_other', now())`,
    );
    // Not readable is no fault: only the owner can change that.
    const judged =
      /^good {2}CheckTick: the (\d+) columns of (\d+) tables that sync needs are there, /m;
    const before = (await runSync(['check'], own)).out;
    const numbers = judged.exec(before)?.slice(1).map(Number);
    expect(numbers).toEqual([JUDGED.columns, JUDGED.tables]);
    expect(before).not.toContain('level');
    await asOwner((await runSync(['db', 'grants', '--role', 'sync_test'], owner)).out);
    const { code, out } = await runSync(['check'], own);
    expect(code).toBe(0);
    expect(out).toMatch(judged);
    expect(out).toContain(
      'note  CheckTick’s level: the last of its own migrations is 0044_last. Sync goes by the columns and does not judge it.\n',
    );
  });

  it.each([
    ['reads password hashes', 'SELECT password FROM auth_user'],
    ['rewrites its diary', `UPDATE conclave.events SET type = 'x'`],
    ['changes its mode', `UPDATE conclave.settings SET mode = 'rehearsal'`],
    ['deletes a bundle', 'DELETE FROM conclave.bundles'],
    ['replaces a token', `UPDATE conclave.tokens SET hash = hash`],
    ['renames a survey', `UPDATE surveys_survey SET name = 'x'`],
    ['deletes an escrow', 'DELETE FROM surveys_usersurveykekescrow'],
    ['moves an escrow', `UPDATE surveys_usersurveykekescrow SET vault_path = 'x'`],
    ['takes a proof back', 'DELETE FROM conclave.escrow_proofs'],
    ['forgets a drill', 'DELETE FROM conclave.drill_results'],
    ['betters a full drill', `UPDATE conclave.full_drills SET result = 'opened'`],
    ['keeps keys in a table', `INSERT INTO conclave.rehearsal_kv VALUES ('x', 1)`],
  ])('has an account that never %s', async (_what, sql) => {
    const client = new Client({ connectionString: own['DATABASE_URL'] });
    await client.connect();
    await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  it('makes the first two together, whose links are never printed into a pipe', async () => {
    const add = ['admin', 'add', 'operator', '--user', '1', '--role', 'operator'];
    const alone = await runSync([...add, '--token-file', file('token')], own);
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('rehearsal only')]);
    await expect(stat(file('token'))).rejects.toThrow();

    const two = ['--admin', '1:operator,approver:person 1', '--admin', '2:approver:person 2'];
    expect((await runSync(['admin', 'first', ...two.slice(2)], own)).code).toBe(2);
    expect((await runSync(['admin', 'first', ...two], own)).code).toBe(2);
    const first = () => runSync(['admin', 'first', ...two, '--folder', folder], own);
    const made = await first();
    expect(made).toMatchObject({ code: 0, err: '' });
    const [code1, code2] = [
      (await readFile(file('enrol-1.txt'), 'utf8')).trim(),
      (await readFile(file('enrol-2.txt'), 'utf8')).trim(),
    ];
    expect(code1).toMatch(/^cce_[A-Za-z0-9_-]{43}$/);
    expect(code2).not.toBe(code1);
    expect((await stat(file('enrol-1.txt'))).mode & 0o777).toBe(0o600);
    expect(made.out).not.toContain(code1);
    // Nobody was ever active: it can be done again, and the links of before are void.
    expect((await first()).code).toBe(0);
    expect((await readFile(file('enrol-1.txt'), 'utf8')).trim()).not.toBe(code1);
    const list = (await runSync(['admin', 'list'], own)).out;
    expect(list).toContain('person 1: operator, approver; CheckTick user 1; confirmed');
    expect(list).toContain('person 1: operator, approver; CheckTick user 1; disabled');
  });

  it('serves until it is stopped, and says what is down meanwhile', async () => {
    const serving = startCli(['--json', 'serve'], own);
    const { address } = JSON.parse(await serving.firstLine) as { address: string };
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    await vault.seal();
    const sealed = await fetch(`${address}/readyz`);
    expect([sealed.status, await sealed.json()]).toMatchObject([
      503,
      { parts: { vault: { code: 'vault-sealed' }, database: { ready: true } } },
    ]);
    const check = await runSync(['check'], own);
    expect([check.code, check.out]).toEqual([3, expect.stringContaining('Vault is sealed')]);
    await vault.unseal();
    await server.kill9();
    // PostgreSQL's other processes notice its death one after the other.
    await vi.waitFor(
      async () =>
        expect(await (await fetch(`${address}/readyz`)).json()).toMatchObject({
          parts: { vault: { ready: true }, database: { code: 'database-unreachable' } },
        }),
      { timeout: 20_000, interval: 200 },
    );
    await server.restart();
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    serving.kill('SIGTERM');
    const end = await serving.ended;
    expect(end.code).toBe(0);
    expect(end.err).not.toContain('own-pass-word');
  });

  it('listens with its own certificate, and the client trusts only that authority', async () => {
    const tls = {
      CONCLAVE_TLS_CERT: path.join(vault.dir, 'vault.pem'),
      CONCLAVE_TLS_KEY: path.join(vault.dir, 'vault.key'),
    };
    const serving = startCli(['--json', 'serve'], { ...own, ...tls });
    const { address } = JSON.parse(await serving.firstLine) as { address: string };
    expect(address).toMatch(/^https:/);
    const made = await asDatabase((database) =>
      addAdmin(database, { name: 'operator', userId: 3, roles: ['operator'] }),
    );
    const token = new Hidden(made.token);
    const ca = await readFile(vault.caFile ?? '', 'utf8');
    const client = createClient(address, ca, token);
    expect(new TextDecoder().decode(await client.download('/livez'))).toContain('alive');
    const stranger = createClient(address, undefined, token);
    await expect(stranger.download('/livez')).rejects.toMatchObject({ code: 'sync-certificate' });
    await Promise.all([client.close(), stranger.close()]);
    serving.kill('SIGINT');
    expect((await serving.ended).code).toBe(0);
  });
});

describe('conclave-sync --rehearsal with nothing configured', () => {
  it('refuses a second one on the same folder, and takes over after kill -9', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'conclave-rehearsal-'));
    const env = { CONCLAVE_DATA: path.join(folder, 'data'), CONCLAVE_LISTEN_PORT: '0' };
    const first = startCli(['--rehearsal', '--json', 'serve'], env);
    const { address } = JSON.parse(await first.firstLine) as { address: string };
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    const second = await runSync(['--rehearsal', 'serve'], env);
    expect([second.code, second.err]).toEqual([
      1,
      expect.stringContaining('database-folder-locked'),
    ]);
    first.kill('SIGKILL');
    await first.ended;
    const third = startCli(['--rehearsal', '--json', 'serve'], env);
    const again = JSON.parse(await third.firstLine) as { address: string };
    expect((await fetch(`${again.address}/readyz`)).status).toBe(200);
    third.kill('SIGTERM');
    expect((await third.ended).code).toBe(0);
    await rm(folder, { recursive: true });
  });
});
