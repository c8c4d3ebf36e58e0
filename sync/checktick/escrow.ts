/**
 * What CheckTick holds for one user and survey: the escrow's row, its document in Vault, the
 * survey's key columns. The Vault path is computed from user and survey, never taken from a field
 * that could differ.
 * @module
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  parseRecoveryKek,
  type RecoveryKekDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { KvStore } from '../vault/kv.ts';
import { refuseFlow } from '../trust/refusals.ts';

export interface EscrowOf {
  readonly userId: number;
  readonly surveyId: number;
}

const escrowRow = z.object({
  id: columns.integer,
  version: columns.text,
  path: columns.text,
  hasEmail: columns.boolean,
});

export interface EscrowRow {
  readonly id: number;
  readonly keyVersion: string;
  readonly path: string;
  /** CheckTick's table says that an address was put in. */
  readonly hasEmail: boolean;
}

/** @throws Refusal `escrow-missing`, `escrow-differs` */
export async function findEscrow(
  on: Queryable,
  { userId, surveyId }: EscrowOf,
  lock = false,
): Promise<EscrowRow> {
  const found = await on.maybe(
    escrowRow,
    `SELECT id, platform_key_version_id AS version, vault_path AS path,
            email_encrypted AS "hasEmail"
       FROM surveys_usersurveykekescrow WHERE user_id = $1 AND survey_id = $2
       ${lock ? 'FOR UPDATE' : ''}`,
    [userId, surveyId],
  );
  if (found === undefined) throw refuseFlow('escrow-missing', 'the database');
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  if (found.path !== path) throw refuseFlow('escrow-differs', 'vault_path');
  return { id: found.id, keyVersion: found.version, path, hasEmail: found.hasEmail };
}

/** Recognises the stored address later; an absent one, too. */
export function emailDigest({ encrypted_email: email }: RecoveryKekDocument): string {
  return digestOf(email?.trim() || null);
}

/** @throws Refusal `escrow-missing`, `escrow-differs` */
export async function readEscrow(
  kv: KvStore,
  { path, keyVersion }: { readonly path: string; readonly keyVersion: string },
): Promise<{ readonly document: RecoveryKekDocument; readonly version: number }> {
  const found = await kv.read(path);
  if (found.absent) throw refuseFlow('escrow-missing', `Vault ${path}`);
  const document = parseRecoveryKek(path, found.data);
  if ((document.platform_key_version ?? keyVersion) !== keyVersion) {
    throw refuseFlow('escrow-differs', `Vault ${path}`);
  }
  return { document, version: found.version };
}

/** The columns of `surveys_survey` that a recovery writes or compares, as far as this CheckTick has them. */
export async function surveyColumns(on: Queryable): Promise<ReadonlySet<string>> {
  const rows = await on.rows(
    z.object({ name: columns.text }),
    // Not information_schema, which joins a dozen catalogues for the same three names.
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = 'public.surveys_survey'::regclass AND NOT attisdropped
        AND attname IN ('encrypted_kek_password', 'encrypted_kek_recovery', 'recovery_code_hint',
                        'key_hash', 'key_salt')`,
  );
  return new Set(rows.map(({ name }) => name));
}

const keyColumns = z.object({
  password: columns.bytes.nullable(),
  recovery: columns.bytes.nullable(),
});
export type KeyColumns = z.infer<typeof keyColumns>;

/** Undefined when the survey itself is gone. */
export async function findKeyColumns(
  on: Queryable,
  surveyId: number,
  has: ReadonlySet<string>,
  lock = false,
): Promise<KeyColumns | undefined> {
  const recovery = has.has('encrypted_kek_recovery') ? 'encrypted_kek_recovery' : 'NULL::bytea';
  return on.maybe(
    keyColumns,
    `SELECT encrypted_kek_password AS password, ${recovery} AS recovery
       FROM surveys_survey WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [surveyId],
  );
}

/** @throws Refusal `survey-changed` when the survey is gone */
export async function readKeyColumns(
  on: Queryable,
  surveyId: number,
  has: ReadonlySet<string>,
  lock = false,
): Promise<KeyColumns> {
  const found = await findKeyColumns(on, surveyId, has, lock);
  if (found === undefined) throw refuseFlow('survey-changed');
  return found;
}

/** Both columns that a phrase opens; the hint at the old recovery phrase goes. Under the row lock. */
export async function writeKeyColumns(
  tx: Queryable,
  surveyId: number,
  has: ReadonlySet<string>,
  sealed: Uint8Array,
): Promise<void> {
  const sets = ['encrypted_kek_password = $2'];
  // The recovery column follows: else the old recovery phrase would open the survey for ever.
  // The same bytes: one phrase opens both, so a second salt would only cost a second scrypt.
  if (has.has('encrypted_kek_recovery')) sets.push('encrypted_kek_recovery = $2');
  if (has.has('recovery_code_hint')) sets.push(`recovery_code_hint = ''`);
  await tx.run(`UPDATE surveys_survey SET ${sets.join(', ')} WHERE id = $1`, [surveyId, sealed]);
}

/** Recognises columns and stored key later without keeping them. */
export function digestOf(...parts: readonly (Uint8Array | string | null)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = part === null ? undefined : Buffer.from(part);
    hash.update(`${bytes?.length ?? 'none'}:`);
    if (bytes !== undefined) hash.update(bytes);
  }
  return hash.digest('hex');
}
