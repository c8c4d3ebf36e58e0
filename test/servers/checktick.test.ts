import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openEscrowEmail,
  openKekBlob,
  openSurveyColumn,
  parsePlatformMasterKey,
  parseRecoveryKek,
  userRecoveryKey,
  xorComponents,
} from '../../shared/checktick/index.ts';
import {
  checktickSchema,
  createCheckTickTables,
  escrowSurvey,
  seedCheckTick,
  seedPlatformKey,
  type SqlClient,
} from './checktick.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

interface Opened {
  client: SqlClient;
  /** The whole schema in one go, as a database administrator would feed it. */
  script: (text: string) => Promise<unknown>;
  close: () => Promise<unknown>;
}

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const databases: Record<string, () => Promise<Opened>> = {
  PostgreSQL: async () => {
    const client = new Client({ connectionString: await postgres.createDatabase() });
    await client.connect();
    return { client, script: (text) => client.query(text), close: () => client.end() };
  },
  PGlite: async () => {
    const client = await PGlite.create();
    return { client, script: (text) => client.exec(text), close: () => client.close() };
  },
};

const component = (seed: number) => Uint8Array.from({ length: 64 }, (_, i) => (i * seed) % 251);

describe.each(Object.entries(databases))('on %s', (_name, open) => {
  test('the tables are those of CheckTick, whichever way they are made', async () => {
    const columns = `SELECT table_name, column_name, data_type, character_maximum_length,
        is_nullable, column_default, is_identity
      FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`;
    const constraints = `SELECT conrelid::regclass::text AS table, conname, condeferred,
        pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`;
    const reference = new URL('../vectors/checktick/schema_reference.sql', import.meta.url);
    const [one, script, dump] = [await open(), await open(), await open()];
    try {
      await createCheckTickTables(one.client);
      await script.script(checktickSchema());
      await dump.script(readFileSync(reference, 'utf8'));
      await dump.client.query('SET search_path TO public');
      const { rows } = await one.client.query(columns);
      expect((await script.client.query(columns)).rows).toEqual(rows);
      const expected = (await dump.client.query(columns)).rows;
      expect(expected.length).toBeGreaterThan(100);
      expect(rows).toEqual(expect.arrayContaining(expected));
      const added = rows.filter((row) => !expected.some((known) => isDeepStrictEqual(known, row)));
      expect(added).toMatchObject([
        { table_name: 'surveys_organization', column_name: 'encrypted_master_key' },
        { column_name: 'encrypted_kek_oidc', data_type: 'bytea', is_nullable: 'YES' },
        { column_name: 'encrypted_kek_org', data_type: 'bytea', is_nullable: 'YES' },
        { column_name: 'encrypted_kek_recovery', data_type: 'bytea', is_nullable: 'YES' },
        { column_name: 'key_hash' },
        { column_name: 'key_salt' },
      ]);
      const held = await dump.client.query(constraints);
      expect((await one.client.query(constraints)).rows).toEqual(held.rows);
      // The connection still finds tables without their schema's name.
      await script.client.query('SELECT 1 FROM surveys_survey');
    } finally {
      for (const { close } of [one, script, dump]) await close();
    }
  });

  test('a survey that only its escrow can open', async () => {
    const { client, close } = await open();
    const kv = new Map<string, Record<string, unknown>>();
    // Through JSON, as to a real Vault.
    const writeKv = async (path: string, data: Record<string, unknown>) => {
      kv.set(path, JSON.parse(JSON.stringify(data)));
    };
    try {
      await createCheckTickTables(client);
      const { people, survey, kek } = await seedCheckTick(client);
      expect(new Set(Object.values(people).map(({ id }) => id)).size).toBe(5);

      const { rows } = await client.query(
        `SELECT octet_length(encrypted_kek_password) AS password,
                octet_length(encrypted_kek_recovery) AS phrase,
                encrypted_kek_password AS column
         FROM surveys_survey WHERE id = $1`,
        [survey.id],
      );
      expect(rows).toMatchObject([{ password: 76, phrase: 76 }]);
      const { column } = rows[0] as { column: Uint8Array };
      const guess = new TextEncoder().encode('password');
      await expect(openSurveyColumn('passphrase', guess, column)).rejects.toThrow(/did not open/);

      const [vaultComponent, custodian] = [component(7), component(11)];
      await seedPlatformKey(client, writeKv, { vaultComponent, version: 'v1' });
      const stored = parsePlatformMasterKey(kv.get('platform/master-key'));
      const pmk = xorComponents(stored.vaultComponent, custodian);

      const facts = { userId: people.requester.id, surveyId: survey.id, kek, version: 'v1' };
      const path = await escrowSurvey(client, writeKv, { pmk, ...facts });
      expect(path).toBe(`users/${facts.userId}/surveys/${facts.surveyId}/recovery-kek`);
      const escrow = parseRecoveryKek(path, kv.get(path));
      expect(escrow.platform_key_version).toBe('v1');
      const key = await userRecoveryKey(pmk, facts.userId);
      expect(await openKekBlob(key, path, escrow.encrypted_kek)).toEqual(kek);
      const email = await openEscrowEmail(pmk, facts.userId, escrow.encrypted_email ?? '');
      expect(new TextDecoder().decode(email)).toBe(people.requester.email);

      await escrowSurvey(client, writeKv, { pmk, ...facts });
      const escrows = await client.query(
        `SELECT user_id, survey_id::int, platform_key_version_id, vault_path, email_encrypted, recovered_count
         FROM surveys_usersurveykekescrow`,
      );
      expect(escrows.rows).toEqual([
        {
          user_id: facts.userId,
          survey_id: facts.surveyId,
          platform_key_version_id: 'v1',
          vault_path: path,
          email_encrypted: true,
          recovered_count: 0,
        },
      ]);
    } finally {
      await close();
    }
  });

  test('foreign keys wait for COMMIT, as in CheckTick', async () => {
    const { client, close } = await open();
    try {
      await createCheckTickTables(client);
      const { people, survey } = await seedCheckTick(client, { surveyName: 'Another' });
      const insert = `INSERT INTO surveys_usersurveykekescrow
        (user_id, survey_id, platform_key_version_id, vault_path, escrowed_at, email_encrypted, recovered_count)
        VALUES ($1, $2, 'v9', 'p', now(), true, 0)`;
      await client.query('BEGIN');
      await client.query(insert, [people.requester.id, survey.id]);
      await expect(client.query('COMMIT')).rejects.toThrow(/foreign key/);
      const missing = escrowSurvey(client, async () => {}, {
        pmk: component(3),
        userId: 4711,
        surveyId: survey.id,
        kek: component(5).subarray(0, 32),
        version: 'v1',
      });
      await expect(missing).rejects.toThrow(/no such user/);
    } finally {
      await close();
    }
  });
});
