/**
 * Whether what Vault holds of a survey key is what sync itself put there when it moved it to another
 * key version.
 * @module
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { EscrowOf } from './escrow.ts';

/** @param field `encrypted_kek` as Vault has it */
export async function isMovedEscrow(
  on: Queryable,
  { userId, surveyId }: EscrowOf,
  field: string,
): Promise<boolean> {
  const bytes = Buffer.from(field.replaceAll(/[ \t\n\r\f\v]/g, ''), 'hex');
  const { moved } = await on.one(
    z.object({ moved: columns.boolean }),
    `SELECT EXISTS (SELECT FROM conclave.moved_escrows
      WHERE user_id = $1 AND survey_id = $2 AND digest = $3) AS moved`,
    [userId, surveyId, new Uint8Array(createHash('sha256').update(bytes).digest())],
  );
  return moved;
}
