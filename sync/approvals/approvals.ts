/**
 * Approvals as rows: recorded with what was shown and the proof, verified again from the stored
 * bytes, and the rule of two.
 * @module
 */
import { z } from 'zod';
import {
  type Approval as Statement,
  type ApprovalAction,
  parseStatement,
} from '../../shared/bundle/approval.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { Refusal } from '../../shared/refusal.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { fromHex, grouped } from '../database/together.ts';
import type { Installation } from '../database/settings.ts';
import type { FlowContext } from '../trust/context.ts';
import { CHALLENGE_MINUTES } from '../people/challenges.ts';
import { type Proof, proofSchema, verifyStored } from './proofs.ts';
import { refuseApproval } from './refusals.ts';

export interface Approval {
  readonly adminId: string;
  /** The person in CheckTick: one person with two accounts is still one approver. */
  readonly userId: number;
  readonly adminName: string;
  readonly reason: string;
  readonly at: Date;
}

const approval = z.object({
  adminId: columns.uuid,
  userId: columns.integer,
  adminName: columns.text,
  reason: columns.text,
  at: columns.time,
});

/** What an approval is about: `subject` 32 bytes, `kind` its action. */
export interface About {
  readonly subject: Uint8Array;
  readonly kind: ApprovalAction;
}

/**
 * Writes down that this admin approved exactly what the statement says, and how that is proved.
 * @returns false when he had already done so; the first one stays
 */
export async function recordApproval(
  tx: Queryable,
  entry: About & {
    readonly adminId: string;
    readonly reason: string;
    readonly at: Date;
    /** The bytes that were shown. */
    readonly statement: Uint8Array;
    readonly proof: Proof;
    readonly authenticatorId: Uint8Array;
  },
): Promise<boolean> {
  const touched = await tx.run(
    `INSERT INTO conclave.approvals
       (subject, kind, admin_id, reason, at, statement, proof, authenticator_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [
      entry.subject,
      entry.kind,
      entry.adminId,
      entry.reason,
      entry.at,
      entry.statement,
      entry.proof,
      entry.authenticatorId,
    ],
  );
  return touched === 1;
}

/**
 * Oldest first, for people to look at; whatever depends on them asks {@link verifiedApprovals}.
 * Without a proof (from before there were any) and of admins disabled since: left out.
 */
export async function approvalsOf(on: Queryable, about: About): Promise<Approval[]> {
  const subject = bytesToHex(about.subject);
  return (await approvalsOfAll(on, about.kind, [subject])).get(subject) ?? [];
}

const ofSubject = approval.extend({ subject: columns.bytes.transform(bytesToHex) });

/** The same of many things of one kind at once. @param subjects in hex, as the answer's keys */
export async function approvalsOfAll(
  on: Queryable,
  kind: ApprovalAction,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, Approval[]>> {
  const found = await on.rows(
    ofSubject,
    `SELECT a.subject, a.admin_id AS "adminId", m.user_id AS "userId", m.name AS "adminName",
            a.reason, a.at
       FROM conclave.approvals a JOIN conclave.admins m ON m.id = a.admin_id
      WHERE a.subject = ANY ${fromHex('$1')} AND a.kind = $2 AND a.proof IS NOT NULL
        AND m.disabled_at IS NULL
      ORDER BY a.at, a.admin_id`,
    [subjects, kind],
  );
  return grouped(found, ({ subject }) => subject);
}

/** A row of conclave.approvals with its key, as the auditor finds it too. */
export const storedApproval = approval.extend({
  subject: columns.bytes,
  kind: columns.text,
  statement: columns.bytes,
  proof: columns.json,
  disabledAt: columns.time.nullable(),
  keyId: columns.bytes,
  keyAdminId: columns.uuid,
  keyKind: z.enum(['passkey', 'identity', 'certificate']),
  publicKey: columns.bytes,
  keyCreatedAt: columns.time,
  keyRevokedAt: columns.time.nullable(),
});
export type StoredApproval = z.infer<typeof storedApproval>;

const STORED = `SELECT a.admin_id AS "adminId", m.user_id AS "userId", m.name AS "adminName",
    a.reason, a.at, a.subject, a.kind, a.statement, a.proof, m.disabled_at AS "disabledAt",
    k.id AS "keyId", k.admin_id AS "keyAdminId", k.kind AS "keyKind", k.public_key AS "publicKey",
    k.created_at AS "keyCreatedAt", k.revoked_at AS "keyRevokedAt"
  FROM conclave.approvals a
  JOIN conclave.admins m ON m.id = a.admin_id
  JOIN conclave.authenticators k ON k.id = a.authenticator_id`;

/** What judging approvals needs to know about this sync. */
export interface Judging {
  readonly context: Pick<FlowContext, 'config'>;
  readonly situation: { readonly installation: Pick<Installation, 'mode' | 'audience'> };
}

/** An approval whose proof was verified, with what was signed. */
export interface VerifiedApproval extends Approval {
  readonly statement: Statement;
}

/** Milliseconds between what a statement says and its approval; time is shown to the second. */
const GOOD_FOR = CHALLENGE_MINUTES * 60_000 + 1_000;

/**
 * Verifies an approval from its stored bytes alone: that the row says what was shown, that what was
 * shown belongs to this sync, and that this admin's own key, good at that time, signed it.
 * @throws Refusal `approval-altered`
 */
export async function verifyApproval(
  context: Pick<FlowContext, 'config'>,
  { mode, audience }: Pick<Installation, 'mode' | 'audience'>,
  row: StoredApproval,
): Promise<VerifiedApproval> {
  const altered = (why: string) => refuseApproval('approval-altered', row.adminName, why);
  let statement: Statement;
  try {
    statement = parseStatement(row.statement, mode);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw altered('what was shown cannot be read');
  }
  const proof = proofSchema.safeParse(row.proof);
  if (!proof.success) throw altered('its proof cannot be read');
  const age = row.at.getTime() - Date.parse(statement.at);
  const same =
    statement.audience === audience &&
    statement.action === row.kind &&
    statement.subjectDigest === bytesToHex(row.subject) &&
    statement.reason === row.reason &&
    statement.approver.id === row.adminId &&
    statement.approver.userId === row.userId &&
    age >= 0 &&
    age <= GOOD_FOR;
  if (!same) throw altered('its row says something else than what was shown');
  const good =
    row.keyAdminId === row.adminId &&
    row.keyCreatedAt <= row.at &&
    (row.keyRevokedAt === null || row.keyRevokedAt > row.at);
  if (!good) throw altered('its key was not this admin’s at that time');
  const key = { id: row.keyId, kind: row.keyKind, publicKey: row.publicKey };
  const proved = await verifyStored(context, { statement: row.statement, mode }, proof.data, key);
  if (!proved) throw altered('its proof does not fit what was shown');
  const { adminId, userId, adminName, reason, at } = row;
  return { adminId, userId, adminName, reason, at, statement };
}

/**
 * All approvals of a thing, each verified, oldest first. Those of admins who were disabled or whose
 * key was revoked since do not count, unless `ever`: a commit that has written goes on.
 * @throws Refusal `approval-altered` for any one of them
 */
export async function verifiedApprovals(
  on: Queryable,
  { context, situation }: Judging,
  about: About,
  options: { readonly ever?: boolean } = {},
): Promise<VerifiedApproval[]> {
  const subject = bytesToHex(about.subject);
  const rows = (await storedApprovalsOf(on, about.kind, [subject])).get(subject) ?? [];
  return verifyApprovals({ context, situation }, rows, options);
}

/** The rows of many things of one kind, nothing verified. @param subjects in hex, as the keys */
export async function storedApprovalsOf(
  on: Queryable,
  kind: ApprovalAction,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, StoredApproval[]>> {
  const found = await on.rows(
    storedApproval,
    `${STORED} WHERE a.subject = ANY ${fromHex('$1')} AND a.kind = $2 ORDER BY a.at, a.admin_id`,
    [subjects, kind],
  );
  return grouped(found, ({ subject }) => bytesToHex(subject));
}

/** As {@link verifiedApprovals}, of rows that were read. */
export async function verifyApprovals(
  { context, situation }: Judging,
  rows: readonly StoredApproval[],
  options: { readonly ever?: boolean } = {},
): Promise<VerifiedApproval[]> {
  const counted = rows.filter(
    (row) => options.ever === true || (row.disabledAt === null && row.keyRevokedAt === null),
  );
  const verified: VerifiedApproval[] = [];
  for (const row of counted) {
    verified.push(await verifyApproval(context, situation.installation, row));
  }
  return verified;
}

/** Whoever asked for it, checked the person or imported it: as an admin and as a person. */
export interface Excluded {
  readonly adminId: string | null;
  readonly userId: number | null;
}

/**
 * The first two approvers that are two different people and none of `notAlso`; undefined when
 * there are fewer.
 */
export function twoDifferentApprovers<One extends Approval>(
  approvals: readonly One[],
  options: { readonly notAlso: readonly Excluded[] },
): readonly [One, One] | undefined {
  // SECURITY: compared as people, not as accounts: a second account does not make a second person.
  const counted: One[] = [];
  for (const one of approvals) {
    if (!isOneOf(one, [...options.notAlso, ...counted])) counted.push(one);
  }
  const [first, second] = counted;
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** Whether this person is one of those, by account or as a person. */
export function isOneOf(
  person: { readonly adminId: string; readonly userId: number },
  others: readonly Excluded[],
): boolean {
  return others.some((other) => other.adminId === person.adminId || other.userId === person.userId);
}

/**
 * Until when what the approvers signed holds, to the second: the earliest of their ends. Null: none
 * of them was shown one, as in statements from before this kind of approval had an end.
 */
export function signedEnd(approvals: readonly VerifiedApproval[]): Date | null {
  const ends = approvals.flatMap(({ statement: { expiresAt } }) =>
    expiresAt === null ? [] : Date.parse(expiresAt),
  );
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

/**
 * SECURITY: nobody lengthens beside sync what people signed an end of.
 * @param end as the database has it now
 * @throws Refusal `end-altered`
 */
export function assertSignedEnd(approvals: readonly VerifiedApproval[], end: Date): void {
  const signed = signedEnd(approvals);
  if (signed === null || Math.floor(end.getTime() / 1_000) * 1_000 <= signed.getTime()) return;
  throw refuseApproval('end-altered', formatTime(signed));
}

/**
 * When the delay that the approvers signed is over: the longest of them, from the last statement.
 * SECURITY: whatever time the database holds, it is never earlier than this.
 */
export function delayedUntil(approvals: readonly VerifiedApproval[]): Date {
  const last = Math.max(...approvals.map(({ statement }) => Date.parse(statement.at)));
  const hours = Math.max(...approvals.map(({ statement }) => statement.delayHours ?? 0));
  return new Date(last + hours * 3_600_000);
}
