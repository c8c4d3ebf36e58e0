/**
 * Showing a statement, and approving what was shown: built anew from the database when the proof
 * comes, so nobody approves anything else than what he saw.
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import {
  type Approval as Statement,
  type ApprovalAction,
  approvalType,
  parseStatement,
} from '../../shared/bundle/approval.ts';
import { bytesToHex, equalBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Admin } from '../admins/admins.ts';
import { refuseAdmin } from '../admins/refusals.ts';
import { advanceClock, databaseTime } from '../database/clock.ts';
import type { Queryable } from '../database/database.ts';
import { readInstallation } from '../database/settings.ts';
import type { FlowContext } from '../trust/context.ts';
import { assertWords } from '../trust/eight-words.ts';
import { issueChallenge, takeChallenge } from '../people/challenges.ts';
import { assertionOptions } from '../people/passkeys.ts';
import type { Approvable, Shown } from './approvable.ts';
import { recordApproval } from './approvals.ts';
import { type Proof, statementDigest, verifyFresh } from './proofs.ts';
import { refuseApproval } from './refusals.ts';

/** What is approved at this sync. */
export type Approvables = Readonly<Partial<Record<ApprovalAction, Approvable>>>;

/** A statement as an approver gets it, to be read whole and signed. */
export interface OpenStatement {
  /** uuid; good once and for five minutes. */
  readonly id: string;
  readonly statement: Statement;
  /** SHA-256 of the statement's bytes in hex: the WebAuthn challenge. */
  readonly digest: string;
  /** What the page hands to the browser; null without a passkey, or without a web address. */
  readonly passkey: PublicKeyCredentialRequestOptionsJSON | null;
  readonly goodUntil: Date;
}

/** What is asked for. `words`: the eight words that were typed, where the action needs them. */
export interface StatementRequest {
  readonly action: ApprovalAction;
  readonly subject: string;
  /** As `reasonText` of shared/bundle/approval.ts parsed it. */
  readonly reason: string;
  readonly words?: string | undefined;
}

/** The action, which one of this admin's roles may approve. @throws Refusal `wrong-role` */
function approvableFor(all: Approvables, action: ApprovalAction, admin: Admin): Approvable {
  const found = all[action];
  if (found === undefined) throw refuseApproval('action-unknown', action);
  const { roles } = found;
  if (!roles.some((role) => admin.roles.includes(role))) {
    throw refuseAdmin('wrong-role', roles.join(' or '));
  }
  return found;
}

/** The bytes of a statement about `shown`, made at this time with this nonce. */
async function statementBytes(
  tx: Queryable,
  approvable: Approvable,
  shown: Shown,
  admin: Admin,
  own: Pick<Statement, 'reason' | 'nonce' | 'at'>,
): Promise<Uint8Array> {
  const { mode, audience } = await readInstallation(tx);
  const time = (at: Date | undefined) => (at === undefined ? null : formatTime(at));
  return approvalType.encodeBody({
    type: 'conclave-approval',
    version: 1,
    mode,
    audience,
    action: approvable.action,
    subject: shown.subject,
    subjectDigest: bytesToHex(shown.subjectDigest),
    sentence: shown.sentence,
    facts: shown.facts.map(([label, value]): [string, string] => [label, value]),
    delayHours: shown.delayHours ?? null,
    notBefore: time(shown.notBefore),
    expiresAt: time(shown.expiresAt),
    approver: { id: admin.id, name: admin.name, userId: admin.userId },
    ...own,
  });
}

/**
 * Shows an admin what he would approve. Nothing is approved yet.
 * @throws Refusal `wrong-role`, `words-differ`, and whatever the action refuses
 */
export async function openStatement(
  context: FlowContext,
  all: Approvables,
  admin: Admin,
  asked: StatementRequest,
): Promise<OpenStatement> {
  const approvable = approvableFor(all, asked.action, admin);
  await advanceClock(context.database);
  await approvable.ready?.(context, asked.subject);
  return context.database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    const shown = await approvable.show(tx, context, { admin, subject: asked.subject, now });
    const digest = await approvable.words?.(tx, context, shown.subject);
    if (typeof digest === 'string') assertWords(asked.words ?? '', digest);
    const bytes = await statementBytes(tx, approvable, shown, admin, {
      reason: asked.reason,
      nonce: randomBytes(16).toString('hex'),
      at: formatTime(now),
    });
    const { mode } = await readInstallation(tx);
    const challenge = statementDigest(bytes);
    const { id, expiresAt } = await issueChallenge(tx, {
      purpose: 'approve',
      adminId: admin.id,
      statement: bytes,
      challenge,
    });
    const { site } = context.config.people;
    return {
      id,
      statement: parseStatement(bytes, mode),
      digest: bytesToHex(challenge),
      passkey: site === undefined ? null : await assertionOptions(tx, site, admin, challenge),
      goodUntil: expiresAt,
    };
  });
}

/** What was approved. `subject` as the statement names it. */
export interface Approved {
  readonly action: ApprovalAction;
  readonly subject: string;
}

/**
 * Approves a statement: in one transaction it is taken, built anew, its proof verified, the approval
 * recorded, and the thing itself moved on.
 * @throws Refusal `challenge-ended` (used, expired, unknown, or shown to somebody else),
 *   `shown-changed`, `proof-wrong`, `key-refused`, `wrong-role`, and whatever the action refuses
 */
export async function approveStatement(
  context: FlowContext,
  all: Approvables,
  admin: Admin,
  entry: { readonly id: string; readonly proof: Proof },
): Promise<Approved> {
  const { database } = context;
  await advanceClock(database);
  const done = await database.transaction(async (tx) => {
    const { approvable, recorded } = await approveIn(tx, context, all, admin, entry);
    await approvable.apply(tx, context, recorded);
    return { approvable, recorded };
  });
  const { approvable, recorded } = done;
  await approvable.after?.(context, recorded);
  return { action: approvable.action, subject: recorded.shown.subject };
}

async function approveIn(
  tx: Queryable,
  context: FlowContext,
  all: Approvables,
  admin: Admin,
  { id, proof }: { readonly id: string; readonly proof: Proof },
) {
  // Its row is locked from here on: of two who bring the same statement, one waits and is refused.
  const taken = await takeChallenge(tx, { id, purpose: 'approve', adminId: admin.id });
  const { mode } = await readInstallation(tx);
  const bytes = taken.statement ?? new Uint8Array();
  const was = parseStatement(bytes, mode);
  const approvable = approvableFor(all, was.action, admin);
  const { now } = await databaseTime(tx);
  const ask = { admin, subject: was.subject, now };
  const shown = await approvable.show(tx, context, ask);
  // SECURITY: what is recorded is what is true now, and only if it is what was shown then.
  const { reason, nonce, at } = was;
  const again = await statementBytes(tx, approvable, shown, admin, { reason, nonce, at });
  if (!equalBytes(again, bytes)) throw refuseApproval('shown-changed');
  const authenticatorId = await verifyFresh(tx, context, admin, { statement: bytes, mode }, proof);
  await recordApproval(tx, {
    subject: shown.subjectDigest,
    kind: approvable.action,
    adminId: admin.id,
    reason,
    at: now,
    statement: bytes,
    proof,
    authenticatorId,
  });
  return { approvable, recorded: { ...ask, shown, reason } };
}
