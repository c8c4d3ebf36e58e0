/**
 * Of how many surveys the key is stored for recovery, and of how many that is proved. Reads the
 * database; of what sync did not store itself, the caller says which proofs Vault still bears out.
 * @module
 */
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { EscrowProof } from './still-proved.ts';

/** `none`: nothing is stored. `stored`: and not proved. `proved`: docs/decisions/0026. */
export const ESCROW_STATES = ['none', 'stored', 'proved'] as const;
export type EscrowState = (typeof ESCROW_STATES)[number];

/** A survey has a key when one of its columns holds it; which ones there are, its version decides. */
async function hasKey(on: Queryable): Promise<string> {
  const found = await on.rows(
    z.object({ name: z.string().regex(/^[a-z_]+$/) }),
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = 'public.surveys_survey'::regclass AND NOT attisdropped
        AND attname LIKE 'encrypted\\_kek\\_%'`,
  );
  return found.map(({ name }) => `s.${name} IS NOT NULL`).join(' OR ');
}

/** Surveys with a key: id, name, users for whom it is stored, state. $1 to $3: of {@link borneOut}. */
const held = (key: string): string => `
  SELECT s.id, s.name, coalesce(e.users, '{}') AS users,
         CASE WHEN e.proved THEN 'proved' WHEN e.users IS NOT NULL THEN 'stored' ELSE 'none' END
           AS state
    FROM public.surveys_survey s
    LEFT JOIN (
      SELECT r.survey_id, array_agg(r.user_id ORDER BY r.user_id) AS users,
             bool_or(p.digest IS NOT NULL) AS proved
        FROM public.surveys_usersurveykekescrow r
        LEFT JOIN (
          SELECT DISTINCT ON (user_id, survey_id) user_id, survey_id, digest
            FROM conclave.escrow_history ORDER BY user_id, survey_id, at DESC
        ) c USING (user_id, survey_id)
        LEFT JOIN conclave.escrow_proofs p
               ON p.user_id = r.user_id AND p.survey_id = r.survey_id
              AND (c.digest = p.digest
                   OR c.digest IS NULL AND (p.user_id, p.survey_id, encode(p.digest, 'hex')) IN
                        (SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[])))
       GROUP BY r.survey_id
    ) e ON e.survey_id = s.id
   WHERE ${key}`;

const borneOut = (proofs: readonly EscrowProof[]): [string[], string[], string[]] => [
  proofs.map(({ userId }) => String(userId)),
  proofs.map(({ surveyId }) => String(surveyId)),
  proofs.map(({ digest }) => digest),
];

/** How many surveys with a key are in each state. @param still of `stillProved` */
export async function countSurveys(
  on: Queryable,
  still: readonly EscrowProof[],
): Promise<Record<EscrowState, number>> {
  const rows = await on.rows(
    z.object({ state: z.enum(ESCROW_STATES), n: columns.integer }),
    `SELECT state, count(*) AS n FROM (${held(await hasKey(on))}) h GROUP BY state`,
    borneOut(still),
  );
  const of = (state: EscrowState): number => rows.find((row) => row.state === state)?.n ?? 0;
  return { none: of('none'), stored: of('stored'), proved: of('proved') };
}

const survey = z.object({
  id: columns.integer,
  name: columns.text,
  users: z.array(z.int()),
  state: z.enum(ESCROW_STATES),
});
export type SurveyStanding = z.infer<typeof survey>;

/**
 * In the order of their numbers, those after `after`; with `state` only those, else all unproved.
 * @param still of `stillProved`
 */
export async function listUnproved(
  on: Queryable,
  still: readonly EscrowProof[],
  {
    state,
    after,
    most,
  }: { readonly state?: EscrowState; readonly after: number; readonly most: number },
): Promise<SurveyStanding[]> {
  return on.rows(
    survey,
    `SELECT id, name, users, state FROM (${held(await hasKey(on))}) h
      WHERE state = ANY ($4::text[]) AND id > $5 ORDER BY id LIMIT $6`,
    [...borneOut(still), state === undefined ? ['none', 'stored'] : [state], after, most],
  );
}
