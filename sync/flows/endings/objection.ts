/**
 * Objection: the person concerned stops a recovery by a one-time link, at any time before it is
 * written. It ends request, package and bundle in one transaction, with a signed negative receipt;
 * while Vault is away nothing can be signed, and the receipt follows (due.ts).
 * @module
 */
import { advanceClock, databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { findLink, type Link, useLink } from '../../mail/links.ts';
import { inWords } from '../../mail/messages.ts';
import { tellOfRequest } from '../requests/tell.ts';
import { type FlowContext, type Situation, situationToSign } from '../../trust/context.ts';
import {
  type BundleLink,
  type ChangeObjectable,
  lookAtBundle,
  objectToBundle,
} from './objection-bundle.ts';
import { destroySpentKeysIfPossible } from '../bundles/receipts.ts';
import { endAllOf, lockAllOf } from './request-end.ts';
import { CLOSED, recordChange, requestById, type RequestRow } from '../requests/requests.ts';

/** What the page shows of a recovery. */
export interface RecoveryObjectable {
  readonly state: 'open' | 'stopped' | 'too-late';
  readonly survey: string;
  readonly code: string;
  readonly askedAt: string;
  readonly until: string | null;
}

/** What the page shows; `none` for unknown, used and expired links alike. */
export type Objectable = { readonly state: 'none' } | ChangeObjectable | RecoveryObjectable;

const NONE: Objectable = { state: 'none' };
const STATEMENT = 'The person concerned objected. Nothing was changed.';

function described(request: RequestRow, state: RecoveryObjectable['state']): RecoveryObjectable {
  return {
    state,
    survey: `${request.surveyId} (${request.surveyName})`,
    code: request.code,
    askedAt: inWords(request.submittedAt),
    until: request.delayUntil === null ? null : inWords(request.delayUntil),
  };
}

function isOfBundle(link: Link | undefined): link is BundleLink {
  return link !== undefined && link.requestId === null && link.bundleDigest !== null;
}

/** What a link is about. Changes nothing: mail scanners open links. */
export async function lookAtObjection(
  { database }: FlowContext,
  token: string,
): Promise<Objectable> {
  const { now } = await databaseTime(database);
  const link = await findLink(database, token, now);
  if (isOfBundle(link)) return (await lookAtBundle(database, link)) ?? NONE;
  if (link?.requestId == null) return NONE;
  const request = await requestById(database, link.requestId);
  if (request.status === 'completed') return described(request, 'too-late');
  return described(request, CLOSED.includes(request.status) ? 'stopped' : 'open');
}

/**
 * Stops what the link is about. `too-late` once it was written; a request that was stopped before
 * stays as it is.
 */
export async function object(context: FlowContext, token: string): Promise<Objectable> {
  const { database } = context;
  await advanceClock(database);
  const { now } = await databaseTime(database);
  // Before anything is read from Vault: who guesses links costs one query.
  const link = await findLink(database, token, now);
  if (link === undefined) return NONE;
  if (isOfBundle(link)) return (await objectToBundle(context, token, link)) ?? NONE;
  const situation = await situationToSign(context);
  const answer = await database.transaction((tx) => objectIn(tx, context, situation, token));
  if (answer.state === 'stopped') await destroySpentKeysIfPossible(context);
  return answer;
}

/** Locks in the order of a commit. Then the link, which is used once. */
async function objectIn(
  tx: Queryable,
  context: FlowContext,
  situation: Situation | undefined,
  token: string,
): Promise<Objectable> {
  const { now } = await databaseTime(tx);
  const about = await findLink(tx, token, now);
  if (about?.requestId == null) return NONE;
  const hanging = await lockAllOf(tx, about.requestId, now);
  const { request } = hanging;
  // Under the lock: two presses of the same button are one objection.
  if ((await findLink(tx, token, now, true)) === undefined) return NONE;
  if (hanging.written || CLOSED.includes(request.status)) {
    const late = hanging.written || request.status === 'completed';
    const state = late ? 'too-late' : 'stopped';
    await useLink(tx, token, state, now);
    return described(request, state);
  }
  const ending = { outcome: 'objected', statement: STATEMENT } as const;
  if (situation !== undefined) await endAllOf(tx, context, situation, hanging, ending, now);
  await cancel(tx, request, now);
  await useLink(tx, token, 'stopped', now);
  await tellOfRequest(tx, context.config, request, 'stopped');
  return described(request, 'stopped');
}

async function cancel(tx: Queryable, request: RequestRow, now: Date): Promise<void> {
  const reason = 'The person concerned objected by the link in the mail.';
  await tx.run(
    `UPDATE surveys_recoveryrequest SET status = 'cancelled', cancelled_by_id = $2,
       cancelled_at = $3, cancellation_reason = $4 WHERE id = $1`,
    [request.id, request.userId, now, reason],
  );
  await recordChange(tx, request, {
    event: 'request_cancelled',
    severity: 'warning',
    actorId: request.userId,
    details: { reason, objection: true },
    message: `Recovery ${request.code} was stopped by objection.`,
    at: now,
  });
  await appendEvent(tx, { type: 'request-objected', facts: { code: request.code } });
}
