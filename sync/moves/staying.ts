/**
 * Survey keys that stayed where they are, by name: for approvers, and beside the version afterwards.
 * @module
 */
import { z } from 'zod';
import type { MoveBundle } from '../../shared/bundle/bundle.ts';
import { STAYS_IN_WORDS } from '../../shared/bundle/move.ts';
import { STAYS, type Stays } from '../../shared/escrow/move.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { EscrowOf } from '../checktick/escrow.ts';
import { packed } from '../approvals/packed.ts';
import { LEFT, LEFT_IN_WORDS, type Left } from './left.ts';
import { outcomesOf } from './rows.ts';

/** Named in one statement at most, which has room for so many. */
const IN_STATEMENT = 200;
/** Characters of one fact, with its reason. */
const FACT = 800;

const isStays = (reason: string): reason is Stays => STAYS.some((why) => why === reason);
const isLeft = (reason: string): reason is Left => LEFT.some((why) => why === reason);

function reasonInWords(reason: string): string {
  if (isStays(reason)) return STAYS_IN_WORDS[reason];
  return isLeft(reason) ? LEFT_IN_WORDS[reason] : reason;
}

const nameOf = ({ userId, surveyId }: EscrowOf): string => `user ${userId} survey ${surveyId}`;

/** Label and value: which stay, as the files say that came back. */
export async function stayingFacts(
  on: Queryable,
  { nonce }: MoveBundle,
): Promise<[string, string][]> {
  const all = await outcomesOf(on, nonce, 'stays', IN_STATEMENT + 1);
  const named = all.slice(0, IN_STATEMENT);
  const reasons = [...new Set(named.map(({ reason }) => reason ?? ''))];
  return [
    ...reasons.flatMap((why) =>
      packed('stays, by name', named.filter(({ reason }) => reason === why).map(nameOf), FACT).map(
        ([label, names]): [string, string] => [label, `${reasonInWords(why)}: ${names}`],
      ),
    ),
    ...(all.length > IN_STATEMENT
      ? [['stays, by name', 'and more, which the files name'] as [string, string]]
      : []),
  ];
}

export interface StayingKey extends EscrowOf {
  /** In words. */
  readonly why: string;
}

const row = z.object({
  userId: columns.integer,
  surveyId: columns.integer,
  reason: columns.text,
});

/** Those that the newest move of this version left under it, as far as they are there still. */
export async function stayingUnder(
  on: Queryable,
  version: string,
  atMost: number,
): Promise<StayingKey[]> {
  const rows = await on.rows(
    row,
    `SELECT m.user_id AS "userId", m.survey_id AS "surveyId", m.reason FROM conclave.moves m
       JOIN public.surveys_usersurveykekescrow e USING (user_id, survey_id)
      WHERE m.outcome IN ('stays', 'left') AND e.platform_key_version_id = $1
        AND m.nonce = (
          SELECT b.nonce FROM conclave.bundles b JOIN conclave.packages p USING (nonce)
           WHERE b.kind = 'migrate-escrows' AND b.state = 'committed' AND p.key_version = $1
           ORDER BY b.finished_at DESC LIMIT 1)
      ORDER BY m.file, m.place LIMIT $2`,
    [version, atMost],
  );
  return rows.map(({ userId, surveyId, reason }) => ({
    userId,
    surveyId,
    why: reasonInWords(reason),
  }));
}
