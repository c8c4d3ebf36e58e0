/**
 * A thousand survey keys of the seeded requester under v1, as CheckTick and sync stored them; and what
 * became of them.
 * @module
 */
import assert from 'node:assert/strict';
import { pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { buildRecoveryKek, vaultPaths } from '../../shared/checktick/index.ts';
import { escrowDocument, sealedInDocument } from '../../shared/escrow/document.ts';
import { type EscrowBinding, openEscrow, sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPrivateKey, escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { escrowSuite } from '../../sync/escrows/suite.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import type { Room } from '../e2e-change/room.ts';

/**
 * Of CheckTick's own kind, which costs a laptop of two cores about 0.1 s each, for three PBKDF2. The
 * others are sealed to the escrow key of v1, as sync stores them: one PBKDF2, for CheckTick's hash.
 */
const OWN = 40;
const SEALED = 960;
/** CheckTick's hash takes 200,000 rounds: fifty keys, and twenty surveys for each, none beside another. */
const DIFFERENT = 50;

const MODE = 'rehearsal';
/** Vault takes so many requests at once without one waiting long. */
const AT_ONCE = 8;

export interface StoredKeys {
  readonly userId: number;
  /** The installation of sync, which every sealed key names. */
  readonly audience: string;
  readonly surveys: readonly { readonly surveyId: number; readonly kek: Uint8Array }[];
}

/** @param setup the bundle that made the set of v1, in a file */
export async function storeUnderV1(room: Room, setup: string): Promise<StoredKeys> {
  const { sync } = room;
  const { body } = bundleType.parse(new Uint8Array(await readFile(setup)), MODE);
  const { audience } = body;
  const userId = sync.checktick.people.requester.id;
  const surveys = await addSurveys(room);
  const pmk = await platformKeyOf(sync, room, 'v1');
  const escrowKey = await escrowPublicKey(pmk, { mode: MODE, keyVersion: 'v1' });
  const at = new Date();
  const document = async (which: number, surveyId: number, kek: Uint8Array) => {
    if (which < OWN) {
      const { email } = sync.checktick.people.requester;
      return buildRecoveryKek({ pmk, userId, surveyId, kek, email, keyVersion: 'v1', at });
    }
    const place = { mode: MODE, audience, keyVersion: 'v1', userId, surveyId } as const;
    const sealed = await sealEscrow(escrowKey, place, kek, escrowSuite);
    return escrowDocument({ sealed, keyVersion: 'v1', at });
  };
  await someAtOnce(surveys.entries(), async ([which, { surveyId, kek }]) => {
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    await sync.writeKv(path, { ...(await document(which, surveyId, kek)) });
  });
  pmk.fill(0);
  await sync.database.query(
    `INSERT INTO public.surveys_usersurveykekescrow (user_id, survey_id, platform_key_version_id,
       vault_path, escrowed_at, email_encrypted, recovered_count)
     SELECT $1::int, survey, 'v1', path, now(), n <= $4::int, 0
       FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS s (survey, path, n)`,
    [
      userId,
      surveys.map(({ surveyId }) => surveyId),
      surveys.map(({ surveyId }) => vaultPaths.userSurveyRecoveryKek(userId, surveyId)),
      OWN,
    ],
  );
  return { userId, audience, surveys };
}

/** With CheckTick's hash of each: a sealed key without one does not move. */
async function addSurveys({ sync }: Room): Promise<StoredKeys['surveys']> {
  const keys = Array.from({ length: DIFFERENT }, () => ({
    kek: randomBytes(32),
    salt: randomBytes(16),
  }));
  const hashes = await Promise.all(
    keys.map(({ kek, salt }) => promisify(pbkdf2)(kek, salt, 200_000, 32, 'sha256')),
  );
  const { rows } = await sync.database.query<{ id: string; which: number }>(
    `WITH made AS (
       INSERT INTO public.surveys_survey
         (name, encrypted_kek_password, encrypted_kek_recovery, key_hash, key_salt)
       SELECT 'Survey ' || n, s.encrypted_kek_password, s.encrypted_kek_recovery, k.hash, k.salt
         FROM public.surveys_survey s, generate_series(0, $2::int - 1) AS n,
              unnest($3::bytea[], $4::bytea[]) WITH ORDINALITY AS k (hash, salt, which)
        WHERE s.id = $1 AND k.which - 1 = n % $5::int
        RETURNING id, key_salt)
     SELECT made.id, array_position($4::bytea[], made.key_salt) - 1 AS which FROM made ORDER BY made.id`,
    [
      sync.checktick.survey.id,
      OWN + SEALED,
      hashes,
      keys.map(({ salt }) => Buffer.from(salt)),
      DIFFERENT,
    ],
  );
  assert.equal(rows.length, OWN + SEALED);
  return rows.map(({ id, which }) => {
    const key = keys[which];
    assert(key);
    return { surveyId: Number(id), kek: key.kek };
  });
}

/**
 * Every row and every entry of Vault names v2, and survey keys from the beginning, the middle and the
 * end open with the platform key of v2.
 * @param after with those who hold shares of v2
 */
export async function liesUnderV2(
  after: Room,
  { userId, audience, surveys }: StoredKeys,
): Promise<void> {
  const { sync } = after;
  const { rows } = await sync.database.query<{ version: string; n: number }>(
    `SELECT platform_key_version_id AS version, count(*)::int AS n
       FROM public.surveys_usersurveykekescrow GROUP BY 1`,
  );
  assert.deepEqual(rows, [{ version: 'v2', n: surveys.length }]);
  const sample = new Set([0, OWN - 1, OWN, OWN + DIFFERENT, 499, 500, surveys.length - 1]);
  const pmk = await platformKeyOf(sync, after, 'v2');
  const privateKey = escrowPrivateKey(pmk, { mode: MODE, keyVersion: 'v2' });
  let opened = 0;
  await someAtOnce(surveys.entries(), async ([which, { surveyId, kek }]) => {
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    const entry = await sync.kv(path);
    assert.equal(entry?.['platform_key_version'], 'v2', path);
    if (!sample.has(which)) return;
    const place: EscrowBinding = { mode: MODE, audience, keyVersion: 'v2', userId, surveyId };
    const sealed = sealedInDocument(path, entry);
    assert(sealed, `${path} is sealed`);
    assert.deepEqual(await openEscrow(privateKey, place, sealed), kek);
    opened += 1;
  });
  assert.equal(opened, sample.size);
}

async function someAtOnce<T>(
  queue: IterableIterator<T>,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for (const one of queue) await work(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
