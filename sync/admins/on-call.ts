/**
 * Who is told of what waits.
 * @module
 */
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import type { Admin } from './admins.ts';

/** Everybody says it of himself. Saying again what is true already writes nothing. */
export async function setOnCall(
  tx: Queryable,
  admin: Pick<Admin, 'id'>,
  onCall: boolean,
): Promise<void> {
  const changed = await tx.run(
    'UPDATE conclave.admins SET on_call = $2 WHERE id = $1 AND on_call <> $2',
    [admin.id, onCall],
  );
  if (changed === 0) return;
  await appendEvent(tx, { type: 'on-call-changed', adminId: admin.id, facts: { onCall } });
}
