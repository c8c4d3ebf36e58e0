/**
 * A hospital that begins: CheckTick runs, its Vault's root token was revoked long ago, and nothing of
 * Conclave is there. The commands of docs/sync.md one after the other, until `check` says ready.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCheckTickTables, seedPlatformKey } from '../../sync/rehearsal/seed.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { startPostgres, type TestPostgres } from '../servers/postgres.ts';
import { startVault, type TestVault } from '../servers/vault.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { runSync } from '../support/sync-cli.ts';

interface Checked {
  readonly ready: boolean;
  readonly findings: readonly { readonly what: string; readonly state: string }[];
}

let vault: TestVault;
let server: TestPostgres;
let folder: string;
let ownerUrl: string;
const component = randomBytes(64);

async function asOwner(...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  [vault, server] = await Promise.all([startVault({ tls: true }), startPostgres()]);
  folder = await mkdtemp(path.join(tmpdir(), 'conclave-from-nothing-'));
  ownerUrl = await server.createDatabase();
  // As CheckTick's own setup leaves both: its tables, its mount, its platform key, no root token.
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await createCheckTickTables(client);
  await vault.api('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  await seedPlatformKey(
    client,
    async (at, data) => {
      const { status } = await vault.api('POST', `secret/data/${at}`, { data });
      expect(status).toBe(200);
    },
    { vaultComponent: component, version: 'v1' },
  );
  await client.end();
  expect((await vault.api('POST', 'auth/token/revoke-self')).status).toBe(204);
});

afterAll(async () => {
  await Promise.all([vault?.stop(), server?.stop()]);
  if (folder !== undefined) await rm(folder, { recursive: true });
});

it('from a revoked root token to a sync that is ready, by the holders of the unseal keys', async () => {
  const file = path.join(folder, 'secret-id');
  const atVault = { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile ?? '' };
  const owner = { ...atVault, DATABASE_URL: ownerUrl, CONCLAVE_LISTEN_PORT: '0' };
  const account = new URL(ownerUrl);
  [account.username, account.password] = ['conclave_sync', 'of-this-test'];
  const before = { ...owner, DATABASE_URL: account.href };
  const checked = async (env: Record<string, string>): Promise<Checked> =>
    JSON.parse((await runSync(['--json', 'check'], env)).out) as Checked;

  const [first = '', second = ''] = vault.unsealKeys;
  const screen = await atTerminal(
    [`${first}\r`, `${second}\r`],
    ['vault', 'setup', '--by-unseal-keys', '--secret-id-file'],
    { file, env: atVault },
  );
  expect(screen).toContain('The root token is revoked: Vault refuses it.');
  expect(screen).toContain('A platform master key exists; it was not touched.');
  const roleId = /VAULT_ROLE_ID=(\S+)/.exec(screen)?.[1] ?? '';
  const own = { ...before, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID_FILE: file };

  expect((await runSync(['db', 'migrate'], owner)).code).toBe(0);
  const grants = await runSync(['db', 'grants', '--role', 'conclave_sync'], owner);
  expect(grants.code).toBe(0);
  // It makes the role if there is none; the owner gives it its password.
  await asOwner(grants.out, `ALTER ROLE conclave_sync PASSWORD 'of-this-test'`);

  const { ready, findings } = await checked(own);
  expect(findings.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(ready).toBe(true);
  expect(findings.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['CheckTick', 'database rights', 'vault rights', 'both sides']),
  );
  // With a role that Vault does not know it says otherwise.
  expect((await checked({ ...own, VAULT_ROLE_ID: 'another' })).ready).toBe(false);
  const secret = (await readFile(file, 'utf8')).trim();
  for (const hidden of [first, second, secret]) expect(screen).not.toContain(hidden);
});
