/**
 * What a key is asked to sign: 32 bytes, good once and for five minutes.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { refusePeople } from './refusals.ts';

/** Minutes that a challenge is good. */
export const CHALLENGE_MINUTES = 5;

/**
 * sign-in: nobody is known yet. enrol: a new key. confirm: a signed-in admin shows that it is
 * still he. approve: the challenge is the digest of a statement.
 */
export type ChallengePurpose = 'sign-in' | 'enrol' | 'confirm' | 'approve';

const issued = z.object({ id: columns.uuid, expiresAt: columns.time });
const taken = z.object({
  adminId: columns.uuid.nullable(),
  challenge: columns.bytes,
  statement: columns.bytes.nullable(),
});

export interface IssuedChallenge {
  /** uuid */
  readonly id: string;
  /** 32 bytes. */
  readonly challenge: Uint8Array;
  readonly expiresAt: Date;
}

/**
 * Asks for a signature. For `approve` the caller gives the statement's bytes and their SHA-256 as
 * the challenge; otherwise the challenge is random.
 */
export async function issueChallenge(
  on: Queryable,
  entry:
    | { readonly purpose: 'sign-in' }
    | { readonly purpose: 'enrol' | 'confirm'; readonly adminId: string }
    | {
        readonly purpose: 'approve';
        readonly adminId: string;
        readonly statement: Uint8Array;
        readonly challenge: Uint8Array;
      },
): Promise<IssuedChallenge> {
  const challenge = entry.purpose === 'approve' ? entry.challenge : new Uint8Array(randomBytes(32));
  const row = await on.one(
    issued,
    `INSERT INTO conclave.challenges
       (purpose, admin_id, challenge, statement, created_at, expires_at)
     SELECT $1, $2, $3, $4, now.at, now.at + make_interval(mins => $5)
       FROM (SELECT ${PRESENT} AS at) now
     RETURNING id, expires_at AS "expiresAt"`,
    [
      entry.purpose,
      entry.purpose === 'sign-in' ? null : entry.adminId,
      challenge,
      entry.purpose === 'approve' ? entry.statement : null,
      CHALLENGE_MINUTES,
    ],
  );
  return { id: row.id, challenge, expiresAt: row.expiresAt };
}

/**
 * Takes a challenge so that nobody can take it again; undone when the caller's transaction is.
 * @param entry.adminId whose it must be; null for a sign-in
 * @throws Refusal `challenge-ended`: used, expired, unknown, for something or somebody else
 */
export async function takeChallenge(
  on: Queryable,
  entry: {
    readonly id: string;
    readonly purpose: ChallengePurpose;
    readonly adminId: string | null;
  },
): Promise<{ readonly challenge: Uint8Array; readonly statement: Uint8Array | null }> {
  const row = await on.maybe(
    taken,
    `UPDATE conclave.challenges SET used_at = ${PRESENT}
      WHERE id = $1 AND purpose = $2 AND admin_id IS NOT DISTINCT FROM $3::uuid
        AND used_at IS NULL AND expires_at > ${PRESENT}
      RETURNING admin_id AS "adminId", challenge, statement`,
    [entry.id, entry.purpose, entry.adminId],
  );
  if (row === undefined) throw refusePeople('challenge-ended');
  return { challenge: row.challenge, statement: row.statement };
}

/** Removes challenges and sessions of which nobody needs to know any more. */
export async function sweepEnded(on: Queryable): Promise<void> {
  await on.run(`DELETE FROM conclave.challenges WHERE expires_at < ${PRESENT} - interval '1 day'`);
  await on.run(`DELETE FROM conclave.sessions WHERE expires_at < ${PRESENT} - interval '30 days'`);
}
