/**
 * Objection: the person concerned stops a recovery by a one-time link, at any time before it is
 * written. It ends request, package and bundle in one transaction, with a signed negative receipt.
 * @module
 */
import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { advanceClock, databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { findLink, useLink } from '../mail/links.ts';
import { inWords } from '../mail/messages.ts';
import { tellOfRequest } from '../mail/tell.ts';
import { bundleDocument, endBundle, FINAL, lockBundle } from './bundles.ts';
import { dropClaim } from './claims.ts';
import { isWritten } from './commit-intent.ts';
import { type FlowContext, readSituation, type Situation } from './context.ts';
import { findPackage } from './package-rows.ts';
import { destroySpentKeysIfPossible, issueReceipt } from './receipts.ts';
import { CLOSED, lockRequest, recordChange, requestById, type RequestRow } from './requests.ts';

/** What the page shows; `none` for unknown, used and expired links alike. */
export type Objectable =
  | { readonly state: 'none' }
  | {
      readonly state: 'open' | 'stopped' | 'too-late';
      readonly survey: string;
      readonly code: string;
      readonly askedAt: string;
      readonly until: string | null;
    };

const NONE: Objectable = { state: 'none' };
const STATEMENT = 'The person concerned objected. Nothing was changed.';

function described(request: RequestRow, state: Exclude<Objectable['state'], 'none'>): Objectable {
  return {
    state,
    survey: `${request.surveyId} (${request.surveyName})`,
    code: request.code,
    askedAt: inWords(request.submittedAt),
    until: request.delayUntil === null ? null : inWords(request.delayUntil),
  };
}

/** What a link is about. Changes nothing: mail scanners open links. */
export async function lookAtObjection(
  { database }: FlowContext,
  token: string,
): Promise<Objectable> {
  const { now } = await databaseTime(database);
  const link = await findLink(database, token, now);
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
  if ((await findLink(database, token, now)) === undefined) return NONE;
  const situation = await readSituation(context);
  const { answer, ended } = await database.transaction((tx) =>
    objectIn(tx, context, situation, token),
  );
  for (const digest of ended) await dropClaim(context, digest);
  if (answer.state === 'stopped') await destroySpentKeysIfPossible(context);
  return answer;
}

const named = z.object({ digest: columns.bytes.transform(bytesToHex) });
const nonces = z.object({ nonce: columns.bytes.transform(bytesToHex) });

/** Locks in the order of a commit: bundles, packages, request. Then the link, which is used once. */
async function objectIn(
  tx: Queryable,
  context: FlowContext,
  situation: Situation,
  token: string,
): Promise<{ readonly answer: Objectable; readonly ended: readonly string[] }> {
  const { now } = await databaseTime(tx);
  const about = await findLink(tx, token, now);
  if (about?.requestId == null) return { answer: NONE, ended: [] };
  const { requestId } = about;
  const bundles = await tx.rows(
    named,
    `SELECT b.digest FROM conclave.bundles b JOIN conclave.packages p ON p.nonce = b.nonce
      WHERE p.request_id = $1 ORDER BY b.digest FOR UPDATE OF b`,
    [requestId],
  );
  const packages = await tx.rows(
    nonces,
    'SELECT nonce FROM conclave.packages WHERE request_id = $1 ORDER BY nonce FOR UPDATE',
    [requestId],
  );
  const request = await lockRequest(tx, requestId, now);
  // Under the lock: two presses of the same button are one objection.
  if ((await findLink(tx, token, now, true)) === undefined) return { answer: NONE, ended: [] };
  for (const { digest } of bundles) {
    if (await isWritten(tx, digest)) {
      await useLink(tx, token, 'too-late', now);
      return { answer: described(request, 'too-late'), ended: [] };
    }
  }
  if (CLOSED.includes(request.status)) {
    const state = request.status === 'completed' ? 'too-late' : 'stopped';
    await useLink(tx, token, state, now);
    return { answer: described(request, state), ended: [] };
  }
  const ended = await endBundles(tx, situation, bundles, now);
  for (const { nonce } of packages) await endPackage(tx, situation, nonce, now);
  await cancel(tx, request, now);
  await useLink(tx, token, 'stopped', now);
  await tellOfRequest(tx, context.config, request, 'stopped');
  return { answer: described(request, 'stopped'), ended };
}

async function endBundles(
  tx: Queryable,
  situation: Situation,
  bundles: readonly z.infer<typeof named>[],
  now: Date,
): Promise<string[]> {
  const ended: string[] = [];
  for (const { digest } of bundles) {
    const found = await lockBundle(tx, digest);
    if (FINAL.includes(found.state)) continue;
    const { mode, epoch } = situation.installation;
    const document = await bundleDocument(tx, digest, mode);
    const ending = { outcome: 'objected', statement: STATEMENT, readBack: [], epoch } as const;
    await endBundle(tx, situation, document, found.keyVersion, ending, now);
    await appendEvent(tx, { type: 'bundle-objected', subject: hexToBytes(digest) });
    ended.push(digest);
  }
  return ended;
}

/** A package that no bundle has answered yet. One that nobody saw needs no receipt. */
async function endPackage(
  tx: Queryable,
  situation: Situation,
  nonce: string,
  now: Date,
): Promise<void> {
  const found = await findPackage(tx, nonce);
  if (found === undefined || (found.state !== 'released' && found.state !== 'requested')) return;
  await tx.run('UPDATE conclave.packages SET state = $2 WHERE nonce = $1', [
    hexToBytes(nonce),
    found.digest === null ? 'withdrawn' : 'spent',
  ]);
  if (found.digest === null) return;
  const facts = {
    kind: found.kind,
    outcome: 'objected',
    nonce,
    packageDigest: found.digest,
    bundleDigest: null,
    ceremonyId: null,
    keyVersion: found.keyVersion,
    epoch: situation.installation.epoch,
    statement: STATEMENT,
    readBack: [],
  } as const;
  await issueReceipt(tx, situation, facts, now);
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
