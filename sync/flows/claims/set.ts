/**
 * The user sets his own password, with the link from his mail and the code from an admin.
 *
 * 1. link and code, under the claim's row lock; a wrong code is counted there and then
 * 2. without locks: the words out of Vault open the survey's key, the password seals it, and the
 *    sealed key is opened again to prove it
 * 3. one transaction: row locks, everything checked again, both columns, read back, the claim's end,
 *    CheckTick's audit rows, the mail that tells of it
 * 4. the words are destroyed
 *
 * Before the COMMIT of 3 nothing has happened, after it everything that matters: the words open
 * nothing any more, and whoever comes next (the same press again, a start, another replica)
 * destroys them.
 * @module
 */
import { openSurveyColumn, sealSurveyColumn } from '../../../shared/checktick/index.ts';
import { equalBytes, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { advanceClock, databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { findClaimLink, useLink } from '../../mail/links.ts';
import { tellOfClaim } from '../../mail/tell-claim.ts';
import { type Claimable, described, lookAtClaim, NONE, stateOf } from './look.ts';
import { checkSpelling, checkStrength } from './password.ts';
import { refuseClaim } from './refusals.ts';
import { type ClaimRow, endClaim, lockClaim, MOST_WRONG_CODES } from './rows.ts';
import { codeTag } from './tag.ts';
import { destroyEndedClaimsIfPossible, readPassphrase } from './claims.ts';
import { nodeScrypt } from '../../checktick/node-scrypt.ts';
import type { FlowContext } from '../../trust/context.ts';
import {
  type KeyColumns,
  readKeyColumns,
  surveyColumns,
  writeKeyColumns,
} from '../../checktick/escrow.ts';
import { lockRequest, recordChange, requestById, type RequestRow } from '../requests/requests.ts';

/** What the user typed, as it came: UTF-8. The caller wipes it. */
export interface Typed {
  readonly code: Uint8Array;
  readonly password: Uint8Array;
  readonly again: Uint8Array;
}

/** Refused: why, beside what the page shows. */
export interface ClaimAnswer {
  readonly claim: Claimable;
  readonly refusal?: Refusal;
}

/** Sets the password; `set` also for whoever presses again. */
export async function setPassword(
  context: FlowContext,
  token: string,
  typed: Typed,
): Promise<ClaimAnswer> {
  // Before anything else: what the form alone shows costs no try of the code.
  const before = await lookAtClaim(context, token);
  if (before.state !== 'open') return { claim: before };
  let words: Uint8Array | undefined;
  try {
    checkSpelling(typed.password, typed.again);
    await advanceClock(context.database);
    words = await wordsBehind(context, token);
    if (words === undefined) return await withoutWords(context, token);
    const opened = await openByCode(context, token, words, new TextDecoder().decode(typed.code));
    if ('answer' in opened) return opened.answer;
    await checkStrength(typed.password, wordsAbout(opened.request));
    const answer = await write(context, token, { ...opened, words }, typed.password);
    if (answer.state === 'set') await destroyEndedClaimsIfPossible(context);
    return { claim: answer };
  } catch (cause) {
    if (!(cause instanceof Refusal) || !/^(?:claim|password)-/.test(cause.code)) throw cause;
    return { claim: await lookAtClaim(context, token), refusal: cause };
  } finally {
    words?.fill(0);
  }
}

/** The one-time words of the claim that a link is for; the caller wipes them. */
async function wordsBehind(
  { database, kv }: FlowContext,
  token: string,
): Promise<Uint8Array | undefined> {
  const link = await findClaimLink(database, token);
  return link && readPassphrase(kv, link.bundleDigest);
}

/** The claim has ended meanwhile, or Vault has lost its words. */
async function withoutWords(context: FlowContext, token: string): Promise<ClaimAnswer> {
  const claim = await lookAtClaim(context, token);
  return claim.state === 'open' ? { claim, refusal: refuseClaim('claim-key-gone') } : { claim };
}

/** What somebody who knows the user tries first. */
const wordsAbout = ({ userName, surveyName }: RequestRow): string[] => [
  ...userName.split(/[\s@.]+/u),
  ...surveyName.split(/\s+/u),
  'checktick',
];

interface Opened {
  readonly claim: ClaimRow;
  readonly request: RequestRow;
  /** Of the code that was typed. */
  readonly tag: Uint8Array;
  readonly words: Uint8Array;
}

/** Step 1. Its transaction ends before it says no, so that a wrong code stays counted. */
async function openByCode(
  { database }: FlowContext,
  token: string,
  words: Uint8Array,
  code: string,
): Promise<{ readonly answer: ClaimAnswer } | Omit<Opened, 'words'>> {
  const judged = await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    const claim = await lockByLink(tx, token);
    if (claim === undefined) return { answer: { claim: NONE } };
    const request = await requestById(tx, claim.requestId);
    if (stateOf(claim, now) !== 'open') {
      return { answer: { claim: described(claim, request, now) } };
    }
    const tag = codeTag(words, claim.digest, code);
    return { claim, request, tag, refusal: await tryCode(tx, claim, tag) };
  });
  if ('answer' in judged) return judged;
  if (judged.refusal !== undefined) throw judged.refusal;
  return judged;
}

/** Claim, then link; undefined for a link that no longer counts. */
async function lockByLink(tx: Queryable, token: string): Promise<ClaimRow | undefined> {
  const link = await findClaimLink(tx, token);
  if (link === undefined) return undefined;
  const claim = await lockClaim(tx, link.bundleDigest);
  const locked = await findClaimLink(tx, token, true);
  return locked === undefined || locked.outcome === 'replaced' ? undefined : claim;
}

async function tryCode(
  tx: Queryable,
  { digest, codeTag: good, wrongCodes }: ClaimRow,
  tag: Uint8Array,
): Promise<Refusal | undefined> {
  if (good === null) return refuseClaim('claim-code-none');
  if (wrongCodes >= MOST_WRONG_CODES) return refuseClaim('claim-code-ended');
  if (equalBytes(good, tag)) return undefined;
  const subject = hexToBytes(digest);
  await tx.run(
    'UPDATE conclave.claims SET wrong_codes = wrong_codes + 1 WHERE bundle_digest = $1',
    [subject],
  );
  await appendEvent(tx, { type: 'claim-code-wrong', subject });
  const left = MOST_WRONG_CODES - wrongCodes - 1;
  return left === 0 ? refuseClaim('claim-code-ended') : refuseClaim('claim-code-wrong', left);
}

/** Steps 2 and 3. */
async function write(
  context: FlowContext,
  token: string,
  opened: Opened,
  password: Uint8Array,
): Promise<Claimable> {
  const { database, onStep } = context;
  const { claim, request, words } = opened;
  let kek: Uint8Array | undefined;
  try {
    const has = await surveyColumns(database);
    const old = await readKeyColumns(database, request.surveyId, has);
    kek = await openOld(old, words);
    const { now } = await databaseTime(database);
    if (kek === undefined) return described(claim, request, now, 'changed');
    const sealed = await sealProved(password, kek);
    await onStep?.('claim-opened');
    const answer = await database.transaction(
      (tx) => writeIn(tx, context, token, opened, { has, old, sealed }),
      { retry: false },
    );
    await onStep?.('claim-committed');
    return answer;
  } finally {
    kek?.fill(0);
  }
}

/** The key under the words; undefined when the columns are not those that the commit wrote. */
async function openOld(old: KeyColumns, words: Uint8Array): Promise<Uint8Array | undefined> {
  const { password, recovery } = old;
  if (password === null || (recovery !== null && !equalBytes(password, recovery))) return undefined;
  try {
    return await openSurveyColumn('passphrase', words, password, { scrypt: nodeScrypt });
  } catch (cause) {
    if (cause instanceof Refusal) return undefined;
    throw cause;
  }
}

async function sealProved(password: Uint8Array, kek: Uint8Array): Promise<Uint8Array> {
  const options = { scrypt: nodeScrypt };
  const sealed = await sealSurveyColumn('passphrase', password, kek, options);
  const opened = await openSurveyColumn('passphrase', password, sealed, options);
  try {
    if (!equalBytes(opened, kek)) throw new Error('the sealed key does not open to itself');
    return sealed;
  } finally {
    opened.fill(0);
  }
}

interface Writing {
  readonly has: ReadonlySet<string>;
  readonly old: KeyColumns;
  readonly sealed: Uint8Array;
}

type Columns = { readonly [Name in keyof KeyColumns]: Uint8Array | null };

/** Locks: claim, link, request, survey. */
async function writeIn(
  tx: Queryable,
  context: FlowContext,
  token: string,
  { tag }: Opened,
  { has, old, sealed }: Writing,
): Promise<Claimable> {
  const { now } = await databaseTime(tx);
  const claim = await lockByLink(tx, token);
  if (claim === undefined) return NONE;
  const { digest, requestId } = claim;
  const request = await lockRequest(tx, requestId, now);
  if (stateOf(claim, now) !== 'open') return described(claim, request, now);
  // While the key was being sealed, an admin may have made a new code, or a guesser ended this one.
  if (claim.codeTag === null || !equalBytes(claim.codeTag, tag)) {
    throw refuseClaim('claim-code-replaced');
  }
  if (claim.wrongCodes >= MOST_WRONG_CODES) throw refuseClaim('claim-code-ended');
  const { surveyId } = request;
  const present = await readKeyColumns(tx, surveyId, has, true);
  if (!sameColumns(present, old)) return described(claim, request, now, 'changed');
  await writeKeyColumns(tx, surveyId, has, sealed);
  const written = await readKeyColumns(tx, surveyId, has);
  const both = { password: sealed, recovery: has.has('encrypted_kek_recovery') ? sealed : null };
  if (!sameColumns(written, both)) throw new Error('the columns do not hold what was written');
  await endClaim(tx, digest, 'claimed', now);
  await useLink(tx, token, 'claimed', now);
  await appendEvent(tx, { type: 'claim-password-set', subject: hexToBytes(digest) });
  await recordChange(tx, request, {
    event: 'recovery_password_set',
    severity: 'critical',
    actorId: request.userId,
    details: { survey_id: surveyId },
    message: `Recovery ${request.code}: the user set his own password by link and code.`,
    at: now,
  });
  await tellOfClaim(tx, context.config, digest, 'set', now);
  await context.onStep?.('claim-written');
  return described({ ...claim, state: 'claimed', endedAt: now }, request, now);
}

const same = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : equalBytes(a, b);

const sameColumns = (a: Columns, b: Columns): boolean =>
  same(a.password, b.password) && same(a.recovery, b.recovery);
