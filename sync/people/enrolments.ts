/**
 * One-time links with which an admin registers a key of his own, and what the first key does: it
 * makes him active.
 * @module
 */
import { z } from 'zod';
import { type Admin, ADMIN_COLUMNS, adminRow } from '../admins/admins.ts';
import { sameHash } from '../admins/tokens.ts';
import type { Site } from '../config/people.ts';
import { PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { addIdentityKey, type Authenticator } from './authenticators.ts';
import { takeChallenge } from './challenges.ts';
import { createCode, spokenCodeHash, parseCode } from './codes.ts';
import { type Registration, registerPasskey } from './passkeys.ts';
import { refusePeople } from './refusals.ts';

/** first: makes the admin active. further: one more key for an active admin. */
export type EnrolmentPurpose = 'first' | 'further';

export interface NewEnrolment {
  /** `cce_…`, shown once. */
  readonly code: string;
  readonly expiresAt: Date;
}

const expiry = z.object({ expiresAt: columns.time });

/** Makes a link for this admin; those before it are void. */
export async function createEnrolment(
  tx: Queryable,
  admin: Pick<Admin, 'id' | 'name'>,
  options: {
    readonly purpose: EnrolmentPurpose;
    readonly hours: number;
    /** Who handed it out; null on the console. */
    readonly by: Pick<Admin, 'id'> | null;
  },
): Promise<NewEnrolment> {
  await tx.run(
    `UPDATE conclave.enrolments SET used_at = ${PRESENT} WHERE admin_id = $1 AND used_at IS NULL`,
    [admin.id],
  );
  const { text, hash } = createCode('cce');
  const { expiresAt } = await tx.one(
    expiry,
    `INSERT INTO conclave.enrolments (hash, admin_id, purpose, created_at, expires_at)
     SELECT $1, $2, $3, now.at, now.at + make_interval(hours => $4)
       FROM (SELECT ${PRESENT} AS at) now
     RETURNING expires_at AS "expiresAt"`,
    [hash, admin.id, options.purpose, options.hours],
  );
  await appendEvent(tx, {
    type: 'enrolment-link',
    ...(options.by === null ? {} : { adminId: options.by.id }),
    facts: { admin: admin.id, name: admin.name, purpose: options.purpose },
  });
  return { code: text, expiresAt };
}

/** The address that a person opens. The code is in the fragment, so no server's log gets it. */
export function enrolmentLink(site: Site, code: string): string {
  return `${site.origin}/enrol#${code}`;
}

const enrolment = adminRow.extend({
  purpose: z.enum(['first', 'further']),
  expiresAt: columns.time,
  inviteHash: columns.bytes.nullable(),
});

export interface Enrolment {
  readonly admin: Admin;
  readonly purpose: EnrolmentPurpose;
  readonly expiresAt: Date;
  /** Whether the code of the inviting admin is needed as well. */
  readonly needsInviteCode: boolean;
}

const FOUND = `SELECT ${ADMIN_COLUMNS}, e.purpose, e.expires_at AS "expiresAt",
    a.invite_hash AS "inviteHash"
  FROM conclave.enrolments e JOIN conclave.admins a ON a.id = e.admin_id
 WHERE e.hash = $1 AND e.used_at IS NULL AND e.expires_at > ${PRESENT}
   AND a.state = CASE e.purpose WHEN 'first' THEN 'confirmed' ELSE 'active' END`;

/**
 * Whose link this is, without using it up.
 * @param invite what was typed as the inviting admin's code; not checked when undefined
 * @throws Refusal `enrolment-ended` (unknown, used, expired, voided), `invite-code-wrong`
 */
export async function findEnrolment(
  on: Queryable,
  code: string,
  invite?: { readonly typed: string | undefined },
): Promise<Enrolment> {
  const hash = parseCode('cce', code);
  const row = hash === undefined ? undefined : await on.maybe(enrolment, FOUND, [hash]);
  if (row === undefined) throw refusePeople('enrolment-ended');
  const { purpose, expiresAt, inviteHash, ...admin } = row;
  const needsInviteCode = purpose === 'first' && admin.invitedBy !== null;
  if (invite !== undefined && needsInviteCode) {
    const typed = spokenCodeHash(invite.typed ?? '');
    // SECURITY: whoever has only the link, the admin who confirmed above all, gets no further.
    if (inviteHash === null || !sameHash(typed, inviteHash)) {
      throw refusePeople('invite-code-wrong');
    }
  }
  return { admin, purpose, expiresAt, needsInviteCode };
}

const known = z.object({ known: columns.boolean });

/** Whether this was ever a link, also one that is used up or over: else it was guessed. */
export async function wasEnrolment(on: Queryable, code: string): Promise<boolean> {
  const hash = parseCode('cce', code);
  if (hash === undefined) return false;
  const found = await on.one(
    known,
    'SELECT EXISTS (SELECT FROM conclave.enrolments WHERE hash = $1) AS known',
    [hash],
  );
  return found.known;
}

/** The new key: what a browser answered, or a personal identity whose signature was verified. */
export type NewKey =
  | { readonly kind: 'passkey'; readonly site: Site; readonly response: Registration }
  | {
      readonly kind: 'identity';
      /** 32 bytes. */
      readonly publicKey: Uint8Array;
      /** Whether it signed this challenge. */
      readonly signed: (challenge: Uint8Array) => boolean;
    };

/**
 * Uses the link up, registers the key and, if it is the first, makes the admin active.
 * @throws Refusal `enrolment-ended`, `invite-code-wrong`, `challenge-ended`, `key-refused`,
 *   `key-known`
 */
export async function enrol(
  tx: Queryable,
  entry: {
    readonly code: string;
    readonly inviteCode: string | undefined;
    readonly challengeId: string;
    readonly label: string;
    readonly key: NewKey;
  },
): Promise<{ readonly key: Authenticator; readonly active: boolean }> {
  await lockFounding(tx);
  const { admin, purpose } = await findEnrolment(tx, entry.code, { typed: entry.inviteCode });
  const used = await tx.run(
    `UPDATE conclave.enrolments SET used_at = ${PRESENT} WHERE hash = $1 AND used_at IS NULL`,
    [parseCode('cce', entry.code) ?? null],
  );
  if (used === 0) throw refusePeople('enrolment-ended');
  const { challenge } = await takeChallenge(tx, {
    id: entry.challengeId,
    purpose: 'enrol',
    adminId: admin.id,
  });
  const { label, key } = entry;
  let added: Authenticator;
  if (key.kind === 'passkey') {
    added = await registerPasskey(tx, key.site, admin, {
      challenge,
      response: key.response,
      label,
    });
  } else {
    if (!key.signed(challenge)) throw refusePeople('key-refused');
    added = await addIdentityKey(tx, admin, key.publicKey, label);
  }
  const active = purpose === 'further' || (await activate(tx, admin));
  return { key: added, active };
}

/** One at a time: two founders who finish at the same moment must see each other. */
export async function lockFounding(tx: Queryable): Promise<void> {
  await tx.run('SELECT pg_advisory_xact_lock(4820174451)');
}

const waiting = z.object({ id: columns.uuid, name: columns.text, hasKey: columns.boolean });

/**
 * An invited person becomes active at once; the first two only together.
 * @returns whether this admin is active now
 */
async function activate(tx: Queryable, admin: Admin): Promise<boolean> {
  const people =
    admin.invitedBy !== null
      ? [{ id: admin.id, name: admin.name, hasKey: true }]
      : await tx.rows(
          waiting,
          `SELECT a.id, a.name, EXISTS (SELECT 1 FROM conclave.authenticators k
                    WHERE k.admin_id = a.id AND k.revoked_at IS NULL) AS "hasKey"
             FROM conclave.admins a
            WHERE a.state = 'confirmed' AND a.invited_by IS NULL AND a.kind = 'person'`,
        );
  // SECURITY: one person alone at the console must not become sync's only admin.
  const together = admin.invitedBy !== null || people.length >= 2;
  if (!together || people.some((one) => !one.hasKey)) return false;
  for (const one of people) {
    await tx.run(
      `UPDATE conclave.admins SET state = 'active', activated_at = ${PRESENT} WHERE id = $1`,
      [one.id],
    );
    await appendEvent(tx, { type: 'admin-active', adminId: one.id, facts: { name: one.name } });
  }
  return true;
}
