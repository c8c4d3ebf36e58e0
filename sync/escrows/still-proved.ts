/**
 * Whether Vault still holds the bytes that were proved. Of what sync stored it is written down which
 * bytes those are; of CheckTick's own kind only Vault knows, so it is asked each time.
 * @module
 */
import { z } from 'zod';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { readStoredKey } from '../checktick/stored-key.ts';
import type { KvStore } from '../vault/kv.ts';
import { inLanes } from './places.ts';

const proof = z.object({
  userId: columns.integer,
  surveyId: columns.integer,
  /** SHA-256 of the bytes that were proved, hex. */
  digest: columns.bytes.transform(bytesToHex),
});
export type EscrowProof = z.infer<typeof proof>;

/** Proofs of survey keys that sync neither stored nor moved: those that were opened on a laptop. */
export async function proofsToLookAt(on: Queryable): Promise<EscrowProof[]> {
  return on.rows(
    proof,
    `SELECT p.user_id AS "userId", p.survey_id AS "surveyId", p.digest
       FROM conclave.escrow_proofs p
       JOIN public.surveys_usersurveykekescrow USING (user_id, survey_id)
      WHERE NOT EXISTS (SELECT FROM conclave.escrow_history h
                         WHERE h.user_id = p.user_id AND h.survey_id = p.survey_id)
      ORDER BY p.user_id, p.survey_id`,
  );
}

/** Those of which Vault holds these very bytes. @throws Refusal where Vault does not answer */
export async function stillProved(
  kv: KvStore,
  proofs: readonly EscrowProof[],
): Promise<EscrowProof[]> {
  const held = await inLanes(proofs, async (one) => {
    const there = await readStoredKey(kv, one);
    return there.is === 'key' && there.digest === one.digest;
  });
  return proofs.filter((_, at) => held[at]);
}
