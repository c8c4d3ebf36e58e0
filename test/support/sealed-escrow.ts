/**
 * Sealed escrows as they lie in Vault and in CheckTick's table, and surveys whose keys they hold.
 * @module
 */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { escrowDocument } from '../../shared/escrow/document.ts';
import type { SqlClient, WriteKv } from '../../sync/rehearsal/seed.ts';

export interface About {
  readonly userId: number;
  readonly surveyId: number;
}

/** One more survey; `hashed`: CheckTick keeps the hash of that key. Gives its number. */
export async function addSurvey(client: SqlClient, hashed: Uint8Array | null): Promise<number> {
  const salt = randomBytes(16);
  const hash = hashed === null ? null : pbkdf2Sync(hashed, salt, 200_000, 32, 'sha256');
  const { rows } = await client.query(
    `INSERT INTO surveys_survey
       (name, encrypted_kek_password, encrypted_kek_recovery, key_hash, key_salt)
     VALUES ('Second survey', $1, $1, $2, $3) RETURNING id::int AS id`,
    [randomBytes(76), hash, hash === null ? null : salt],
  );
  const [row] = rows as { id: number }[];
  if (row === undefined) throw new Error('the survey was added');
  return row.id;
}

/** Of key version v1, without asking sync; `change`: other fields of the document in Vault. */
export async function plantEscrow(
  client: SqlClient,
  writeKv: WriteKv,
  { userId, surveyId }: About,
  sealed: Uint8Array,
  change: Record<string, unknown> = {},
): Promise<void> {
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  await writeKv(path, {
    ...escrowDocument({ sealed, keyVersion: 'v1', at: new Date('2026-05-03T09:30:00Z') }),
    ...change,
  });
  await client.query(
    `INSERT INTO surveys_usersurveykekescrow
       (user_id, survey_id, platform_key_version_id, vault_path, escrowed_at, email_encrypted, recovered_count)
     VALUES ($1, $2, 'v1', $3, now(), false, 0) ON CONFLICT DO NOTHING`,
    [userId, surveyId, path],
  );
}
