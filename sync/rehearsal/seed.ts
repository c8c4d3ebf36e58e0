/**
 * A CheckTick to rehearse with: its tables, a few people, a survey whose owner forgot both password
 * and recovery phrase, and the escrow that CheckTick would have made of its key.
 *
 * Works through any client with `query(text, values)`: pg, or PGlite. For rehearsals and tests; a
 * production database is never seeded.
 * @module
 */
import { pbkdf2, randomBytes, scrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  buildPlatformMasterKey,
  buildRecoveryKek,
  checktickId,
  sealSurveyColumn,
  vaultPaths,
  type Scrypt,
} from '../../shared/checktick/index.ts';
import { shipped } from '../shipped.ts';

/** What `pg` and PGlite have in common. */
export interface SqlClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** Writes one document below Vault's KV mount, e.g. to `users/1/surveys/555/recovery-kek`. */
export type WriteKv = (path: string, data: Record<string, unknown>) => Promise<void>;

const ROLES = ['requester', 'approver-1', 'approver-2', 'operator', 'auditor'] as const;
type Role = (typeof ROLES)[number];

interface Person {
  readonly id: number;
  readonly email: string;
}

export interface SeededCheckTick {
  readonly people: Readonly<Record<Role, Person>>;
  readonly survey: { readonly id: number; readonly name: string };
  /** The survey's KEK, 32 bytes: what a recovery must bring back. The caller wipes it. */
  readonly kek: Uint8Array;
}

const opensslScrypt: Scrypt = async (password, salt, { dkLen, ...cost }) =>
  promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt)(password, salt, dkLen, cost);

/** CheckTick's tables as SQL, many statements. */
export function checktickSchema(): string {
  return readFileSync(shipped.rehearsalSchema, 'utf8');
}

/** Creates CheckTick's tables, statement by statement: PGlite's `query` takes only one. */
export async function createCheckTickTables(client: SqlClient): Promise<void> {
  const withoutComments = checktickSchema().replaceAll(/^--.*$/gm, '');
  for (const statement of withoutComments.split(/;\s*$/m)) {
    if (statement.trim() !== '') await client.query(statement);
  }
}

async function insertReturningId(client: SqlClient, text: string, values: unknown[]) {
  const { rows } = await client.query(`${text} RETURNING id`, values);
  const [row] = rows;
  const id = typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
  return id;
}

/**
 * Five people and one survey. Its columns for password and recovery phrase are real ones, sealed
 * under secrets that are forgotten on the spot: only an escrow can bring the key back.
 *
 * @param options.surveyName Default `Clinic follow-up`.
 */
export async function seedCheckTick(
  client: SqlClient,
  options: { surveyName?: string; at?: Date } = {},
): Promise<SeededCheckTick> {
  const { surveyName: name = 'Clinic follow-up', at = new Date() } = options;
  const people: Partial<Record<Role, Person>> = {};
  for (const role of ROLES) people[role] = await seedPerson(client, role, at);

  const kek = new Uint8Array(randomBytes(32));
  const [password, phrase] = [await forgottenColumn(kek), await forgottenColumn(kek)];
  const salt = randomBytes(16);
  const hash = await promisify(pbkdf2)(kek, salt, 200_000, 32, 'sha256');
  const id = await insertReturningId(
    client,
    `INSERT INTO public.surveys_survey
       (name, encrypted_kek_password, encrypted_kek_recovery, key_hash, key_salt)
     VALUES ($1, $2, $3, $4, $5)`,
    [name, password, phrase, hash, salt],
  );
  return {
    people: complete(people),
    survey: { id: checktickId('survey', id), name },
    kek,
  };
}

function complete(people: Partial<Record<Role, Person>>): Record<Role, Person> {
  const { requester, 'approver-1': first, 'approver-2': second, operator, auditor } = people;
  if (!requester || !first || !second || !operator || !auditor) {
    throw new Error('a person is missing');
  }
  return { requester, 'approver-1': first, 'approver-2': second, operator, auditor };
}

async function seedPerson(client: SqlClient, role: Role, at: Date): Promise<Person> {
  const email = `${role}@example.org`;
  const id = await insertReturningId(
    client,
    `INSERT INTO public.auth_user
       (username, email, first_name, last_name, password, is_superuser, is_staff, is_active, date_joined)
     VALUES ($1, $1, $2, '', '!', $3, $3, true, $4)`,
    [email, role, role !== 'requester', at.toISOString()],
  );
  return { id: checktickId('user', id), email };
}

async function forgottenColumn(kek: Uint8Array): Promise<Buffer> {
  const secret = new TextEncoder().encode(randomBytes(24).toString('base64url'));
  try {
    return Buffer.from(
      await sealSurveyColumn('passphrase', secret, kek, { scrypt: opensslScrypt }),
    );
  } finally {
    secret.fill(0);
  }
}

/**
 * A platform key as CheckTick's own setup leaves it: `platform/master-key` in Vault and an active
 * row. For a deployment that Conclave meets; a rehearsal that starts empty lets sync write both.
 *
 * @param key.vaultComponent 16 to 64 bytes.
 */
export async function seedPlatformKey(
  client: SqlClient,
  writeKv: WriteKv,
  key: { vaultComponent: Uint8Array; version: string; at?: Date },
): Promise<void> {
  const { vaultComponent, version, at = new Date() } = key;
  await writeKv(vaultPaths.platformMasterKey, buildPlatformMasterKey(vaultComponent, at));
  await client.query(
    `INSERT INTO public.surveys_platformkeyversion
       (version, vault_component, created_at, activated_at, notes)
     VALUES ($1, $2, $3, $3, '')`,
    [version, Buffer.from(vaultComponent), at.toISOString()],
  );
}

/**
 * Escrows one survey's KEK for one user, in Vault and in the database, as CheckTick's
 * `escrow_user_survey_kek` does (again for the same pair: the row is updated).
 *
 * @param escrow.pmk The platform key of `version`, 16 to 64 bytes.
 * @param escrow.kek 32 bytes.
 * @returns The Vault path.
 */
export async function escrowSurvey(
  client: SqlClient,
  writeKv: WriteKv,
  escrow: {
    pmk: Uint8Array;
    userId: number;
    surveyId: number;
    kek: Uint8Array;
    version: string;
    at?: Date;
  },
): Promise<string> {
  const { pmk, userId, surveyId, kek, version, at = new Date() } = escrow;
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const email = await emailOf(client, userId);
  await writeKv(
    path,
    await buildRecoveryKek({ pmk, userId, surveyId, kek, email, keyVersion: version, at }),
  );
  await client.query(
    `INSERT INTO public.surveys_usersurveykekescrow
       (user_id, survey_id, platform_key_version_id, vault_path, escrowed_at, email_encrypted, recovered_count)
     VALUES ($1, $2, $3, $4, $5, true, 0)
     ON CONFLICT (user_id, survey_id) DO UPDATE SET
       platform_key_version_id = EXCLUDED.platform_key_version_id,
       vault_path = EXCLUDED.vault_path,
       email_encrypted = true`,
    [userId, surveyId, version, path, at.toISOString()],
  );
  return path;
}

async function emailOf(client: SqlClient, userId: number): Promise<string> {
  const { rows } = await client.query('SELECT email FROM public.auth_user WHERE id = $1', [
    checktickId('user', userId),
  ]);
  const [row] = rows;
  if (typeof row === 'object' && row !== null && 'email' in row && typeof row.email === 'string') {
    return row.email;
  }
  throw new Error('there is no such user to escrow for');
}
