/**
 * Signed-in browsers: a random cookie, kept as a hash, that ends when it is idle, when its day is
 * over, at sign-out, and when its admin or its key is stopped.
 * @module
 */
import { z } from 'zod';
import { type Admin, ADMIN_COLUMNS, adminRow } from '../admins/admins.ts';
import { PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { createCode, parseCode } from './codes.ts';

/** Minutes without a request after which a session ends. */
export const IDLE_MINUTES = 15;
/** Hours after which it ends however much it was used. */
export const SESSION_HOURS = 8;
/** Its last use is written down at most this often, in seconds. */
const NOTE_EVERY = 20;

export interface Session {
  /** SHA-256 of the cookie, 32 bytes. */
  readonly hash: Uint8Array;
  readonly expiresAt: Date;
}

/** Opens a session for the admin whose key this is; the cookie's value is returned once. */
export async function openSession(
  tx: Queryable,
  admin: Pick<Admin, 'id'>,
  authenticatorId: Uint8Array,
): Promise<{ readonly cookie: string; readonly session: Session }> {
  const { text, hash } = createCode('ccn');
  const { expiresAt } = await tx.one(
    z.object({ expiresAt: columns.time }),
    `INSERT INTO conclave.sessions
       (hash, admin_id, authenticator_id, created_at, last_seen_at, expires_at)
     SELECT $1, $2, $3, now.at, now.at, now.at + make_interval(hours => $4)
       FROM (SELECT ${PRESENT} AS at) now
     RETURNING expires_at AS "expiresAt"`,
    [hash, admin.id, authenticatorId, SESSION_HOURS],
  );
  await appendEvent(tx, { type: 'signed-in', adminId: admin.id });
  return { cookie: text, session: { hash, expiresAt } };
}

const found = adminRow.extend({ expiresAt: columns.time });

/**
 * Whose session this cookie is; undefined for every other text and for one that has ended.
 * @param options.quiet a request that a page makes by itself: it does not keep the session alive
 */
export async function findSession(
  on: Queryable,
  cookie: string,
  options: { readonly quiet: boolean },
): Promise<{ readonly admin: Admin; readonly session: Session } | undefined> {
  const hash = parseCode('ccn', cookie);
  if (hash === undefined) return undefined;
  const row = await on.maybe(
    found,
    `SELECT ${ADMIN_COLUMNS}, s.expires_at AS "expiresAt"
       FROM conclave.sessions s
       JOIN conclave.admins a ON a.id = s.admin_id
       JOIN conclave.authenticators k ON k.id = s.authenticator_id
      WHERE s.hash = $1 AND s.ended_at IS NULL AND s.expires_at > ${PRESENT}
        AND s.last_seen_at > ${PRESENT} - make_interval(mins => $2)
        AND a.state = 'active' AND k.revoked_at IS NULL`,
    [hash, IDLE_MINUTES],
  );
  if (row === undefined) return undefined;
  if (!options.quiet) {
    await on.run(
      `UPDATE conclave.sessions SET last_seen_at = ${PRESENT}
        WHERE hash = $1 AND last_seen_at < ${PRESENT} - make_interval(secs => $2)`,
      [hash, NOTE_EVERY],
    );
  }
  const { expiresAt, ...admin } = row;
  return { admin, session: { hash, expiresAt } };
}

/** Ends the session of this cookie, if there is one. */
export async function endSession(on: Queryable, hash: Uint8Array): Promise<void> {
  await on.run(
    `UPDATE conclave.sessions SET ended_at = ${PRESENT} WHERE hash = $1 AND ended_at IS NULL`,
    [hash],
  );
}
