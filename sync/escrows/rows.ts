/**
 * What the database knows of survey keys that are to be stored: CheckTick's rows and sync's own.
 * @module
 */
import { z } from 'zod';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { EscrowOf } from '../checktick/escrow.ts';

const place = z.object({
  user: columns.boolean,
  survey: columns.boolean,
  rowVersion: columns.text.nullable(),
  rowPath: columns.text.nullable(),
  digest: columns.bytes.nullable(),
  unlock: columns.text.nullable(),
  storedAt: columns.time.nullable(),
  provedAt: columns.time.nullable(),
});

/** How it stands with one user and survey. */
export interface Place {
  readonly hasUser: boolean;
  readonly hasSurvey: boolean;
  /** CheckTick's row. */
  readonly row: { readonly keyVersion: string; readonly path: string } | null;
  /** What sync stored, or moved to another key version last; `digest` in hex. */
  readonly stored: {
    readonly digest: string;
    /** Empty: CheckTick itself stored it, and sync moved it. */
    readonly unlock: string;
    readonly at: Date;
    /** Proved, and these very bytes. */
    readonly provedAt: Date | null;
  } | null;
}

const numbers = (of: readonly EscrowOf[]): [string[], string[]] => [
  of.map(({ userId }) => String(userId)),
  of.map(({ surveyId }) => String(surveyId)),
];

/** In the order of `of`. */
export async function findPlaces(on: Queryable, of: readonly EscrowOf[]): Promise<Place[]> {
  const rows = await on.rows(
    place,
    `SELECT u.id IS NOT NULL AS user, s.id IS NOT NULL AS survey,
            e.platform_key_version_id AS "rowVersion", e.vault_path AS "rowPath",
            h.digest, coalesce(c.unlock, '') AS unlock, h.at AS "storedAt",
            p.proved_at AS "provedAt"
       FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY AS a (user_id, survey_id, n)
       LEFT JOIN public.auth_user u ON u.id = a.user_id
       LEFT JOIN public.surveys_survey s ON s.id = a.survey_id
       LEFT JOIN public.surveys_usersurveykekescrow e USING (user_id, survey_id)
       LEFT JOIN conclave.escrows c USING (user_id, survey_id)
       LEFT JOIN LATERAL (
         SELECT digest, at FROM conclave.escrow_history
          WHERE user_id = a.user_id AND survey_id = a.survey_id ORDER BY at DESC LIMIT 1) h ON true
       LEFT JOIN conclave.escrow_proofs p
              ON p.user_id = a.user_id AND p.survey_id = a.survey_id AND p.digest = h.digest
      ORDER BY a.n`,
    numbers(of),
  );
  return rows.map((one) => ({
    hasUser: one.user,
    hasSurvey: one.survey,
    row:
      one.rowVersion === null || one.rowPath === null
        ? null
        : { keyVersion: one.rowVersion, path: one.rowPath },
    stored:
      one.digest === null || one.unlock === null || one.storedAt === null
        ? null
        : {
            digest: bytesToHex(one.digest),
            unlock: one.unlock,
            at: one.storedAt,
            provedAt: one.provedAt,
          },
  }));
}

export interface NewRow extends EscrowOf {
  readonly keyVersion: string;
  readonly path: string;
}

/** Adds rows to CheckTick's table. @returns how many were not there already */
export async function addRows(tx: Queryable, rows: readonly NewRow[], at: Date): Promise<number> {
  return tx.run(
    `INSERT INTO public.surveys_usersurveykekescrow
       (user_id, survey_id, platform_key_version_id, vault_path, escrowed_at, email_encrypted,
        recovered_count, last_recovered_at, last_recovered_by_id)
     SELECT user_id, survey_id, version, path, $5, false, 0, NULL, NULL
       FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[])
         AS a (user_id, survey_id, version, path)
     ON CONFLICT DO NOTHING`,
    [...numbers(rows), rows.map(({ keyVersion }) => keyVersion), rows.map(({ path }) => path), at],
  );
}

export interface StoredEscrow extends EscrowOf {
  readonly keyVersion: string;
  /** In hex. */
  readonly digest: string;
}

/** Writes down what was stored; what is written down already stays. */
export async function noteStored(
  tx: Queryable,
  stored: readonly StoredEscrow[],
  { unlock, adminId, at }: { readonly unlock: string; readonly adminId: string; readonly at: Date },
): Promise<number> {
  return tx.run(
    `INSERT INTO conclave.escrows
       (user_id, survey_id, key_version, digest, unlock, stored_by, stored_at)
     SELECT user_id, survey_id, version, decode(digest, 'hex'), $5, $6, $7
       FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[])
         AS a (user_id, survey_id, version, digest)
     ON CONFLICT DO NOTHING`,
    [
      ...numbers(stored),
      stored.map(({ keyVersion }) => keyVersion),
      stored.map(({ digest }) => digest),
      unlock,
      adminId,
      at,
    ],
  );
}

/** Writes down that these were sealed again to the same bytes; the first proof stays. */
export async function noteSealedAgain(
  tx: Queryable,
  proved: readonly StoredEscrow[],
  { adminId, at }: { readonly adminId: string; readonly at: Date },
): Promise<number> {
  return tx.run(
    `INSERT INTO conclave.escrow_proofs (user_id, survey_id, digest, way, admin_id, proved_at)
     SELECT user_id, survey_id, decode(digest, 'hex'), 'sealed-again', $4, $5
       FROM unnest($1::int[], $2::bigint[], $3::text[]) AS a (user_id, survey_id, digest)
     ON CONFLICT DO NOTHING`,
    [...numbers(proved), proved.map(({ digest }) => digest), adminId, at],
  );
}

/** The key version under which new survey keys are stored; undefined where there is not one. */
export async function activeVersion(on: Queryable): Promise<string | undefined> {
  const rows = await on.rows(
    z.object({ version: columns.text }),
    `SELECT version FROM public.surveys_platformkeyversion
      WHERE activated_at IS NOT NULL AND retired_at IS NULL`,
  );
  return rows.length === 1 ? rows[0]?.version : undefined;
}
