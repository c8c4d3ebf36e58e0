/**
 * A bundle as one item of the queue.
 * @module
 */
import { bringsWords, isRecovery, isRecoveryKind } from '../../shared/bundle/bundle.ts';
import { batchFolder } from '../../shared/bundle/move-batch.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { approvalsOfAll, type Excluded } from '../approvals/approvals.ts';
import type { Queryable } from '../database/database.ts';
import { excludedByRequest } from '../flows/bundles/approvable.ts';
import { assertBundleOpenTo } from '../flows/incoming/approve.ts';
import { bringersOf } from '../flows/bundles/approved.ts';
import type { BundleRow } from '../flows/bundles/bundles.ts';
import { heldClaims } from '../flows/claims/rows.ts';
import { writtenAmong } from '../flows/commit/intent.ts';
import { ACCEPT, differencesOf, excludedWithoutRequest } from '../flows/bundles/differences.ts';
import { mustFind, ownerOf } from '../flows/package-rows/approved.ts';
import { refuseRecover } from '../checktick/recover-refusals.ts';
import { requestsByIds } from '../flows/requests/requests.ts';
import { verificationsOfAll } from '../flows/requests/verifications.ts';
import type { BundleAnswer } from './answers.ts';
import type { QueueItem } from './page-answers.ts';
import { type Asker, is, NOTHING, type Standing, standingOf } from './queue-standing.ts';
import { readBundles, type ReadBundle } from './show.ts';

const HELD = {
  passphrase: 'Committed. The user still has to be given the one-time passphrase.',
  link: 'Committed. The user has a link by mail, and needs a code from an admin.',
} as const;
const ENDS = 'Ends the bundle for ever, with a signed negative receipt.';

/** Who may not approve a bundle, or accept what differs, as people, for those that wait for that. */
async function exclusionsFor(
  on: Queryable,
  waiting: readonly ReadBundle[],
): Promise<(one: ReadBundle) => readonly Excluded[]> {
  const ids = waiting.flatMap(({ body }) => (isRecovery(body) ? body.facts.requestId : []));
  const requests = await requestsByIds(on, ids);
  const checks = await verificationsOfAll(on, ids);
  const owners = new Map<string, readonly Excluded[]>();
  for (const { found, body } of waiting) {
    if (body.kind !== 'migrate-organisation') continue;
    owners.set(found.nonce, ownerOf(await mustFind(on, found.nonce)));
  }
  return ({ found, body }) => {
    if (!isRecovery(body)) return [...bringersOf(found), ...(owners.get(found.nonce) ?? [])];
    const { requestId } = body.facts;
    const request = requests.get(requestId);
    if (request !== undefined)
      return excludedByRequest(found, request, checks.get(requestId) ?? []);
    if (found.state === 'committing') return excludedWithoutRequest(found, body);
    throw refuseRecover('request-unknown', requestId);
  };
}

/** What two people can accept of commits that do not end, and who has. */
async function acceptancesOf(on: Queryable, digests: readonly string[]) {
  const differences = await differencesOf(on, digests);
  const signed = await approvalsOfAll(on, ACCEPT, [...differences.values()]);
  return new Map(
    [...differences].map(([digest, accepts]) => [digest, signed.get(accepts) ?? []] as const),
  );
}

/** @param now by the database's clock */
export async function bundleItems(
  asker: Asker,
  rows: readonly BundleRow[],
  now: Date,
): Promise<QueueItem[]> {
  const { context, admin } = asker;
  const { database } = context;
  const all = await readBundles(context, rows);
  const digests = rows.map(({ digest }) => digest);
  const held = await heldClaims(database, digests);
  const written = await writtenAmong(database, digests);
  const accepted = await acceptancesOf(database, digests);
  const excluded = await exclusionsFor(
    database,
    all.filter(({ found }) => found.state === 'verified' || accepted.has(found.digest)),
  );
  const items: QueueItem[] = [];
  for (const one of all) {
    const { digest, state } = one.found;
    const accepts = accepted.get(digest);
    const lacks = lacksFiles(one.answer);
    const before = state === 'verified' && !lacks ? one.approvals : accepts;
    const offer = accepts === undefined ? approveOffer(one.answer) : ACCEPT_OFFER;
    const standing =
      before === undefined
        ? NOTHING
        : await standingOf(asker, offer, () =>
            assertBundleOpenTo(admin, { notAlso: excluded(one), before }),
          );
    items.push(
      bundleItem(asker, one, {
        now: formatTime(now),
        held: held.get(digest) ?? null,
        accepts: accepts?.length ?? null,
        isWritten: written.has(digest),
        standing,
      }),
    );
  }
  return items;
}

const ACCEPT_OFFER = {
  action: ACCEPT,
  does: 'Shows place by place what stands there now. Two approvers end the commit so; nothing is written.',
} as const;

/** Of survey keys that moved: files that came back with the bundle are still to be brought. */
const lacksFiles = ({ state, files }: BundleAnswer): boolean =>
  state === 'verified' && files !== null && files.there < files.of;

/** How many approvers a bundle still waits for. */
const missing = ({ approvals }: BundleAnswer): number => Math.max(1, 2 - approvals.length);

function approveOffer(one: BundleAnswer) {
  return {
    action: 'bundle-approve',
    words: bringsWords(one.kind),
    does:
      missing(one) > 1
        ? 'Gives the first approval: another approver must follow.'
        : isRecoveryKind(one.kind)
          ? 'Gives the second approval: then it can be committed.'
          : 'Gives the second approval: the delay begins, then it can be committed.',
  } as const;
}

/** How it stands beside the bundle itself. */
interface Beside {
  /** The database's clock. */
  readonly now: string;
  /** How the user gets in, where that still waits. */
  readonly held: keyof typeof HELD | null;
  /** How many have accepted what differs; null: nothing does. */
  readonly accepts: number | null;
  /** Rows of its commit stand in CheckTick's tables: it only goes forward. */
  readonly isWritten: boolean;
  readonly standing: Standing;
}

function bundleItem(
  { admin }: Pick<Asker, 'admin'>,
  { answer: one, brief }: ReadBundle,
  { now, held, accepts, isWritten, standing }: Beside,
): QueueItem {
  const left = missing(one);
  const begun = one.state === 'committing';
  const waits = one.state === 'waiting' && one.notBefore !== null && one.notBefore > now;
  const ready = (one.state === 'waiting' && !waits) || begun;
  const open = ['verified', 'waiting', 'committing'].includes(one.state);
  const objectable = one.replacesAdmins && one.state === 'waiting';
  let waitsFor = `It is ${one.state}.`;
  if (one.files !== null && lacksFiles(one)) {
    waitsFor = `Waits for the files from the laptop: ${one.files.there} of ${one.files.of} have come.`;
  } else if (one.state === 'verified') {
    waitsFor = `Waits for ${left} more ${left === 1 ? 'approver' : 'approvers'}.`;
  } else if (objectable) {
    waitsFor =
      'It disables you and every other admin. You have a key: stop it, unless you know why it is there.';
  } else if (waits) waitsFor = 'Its delay runs. Nobody needs to do anything.';
  else if (accepts !== null) {
    const more = Math.max(1, 2 - accepts);
    waitsFor = `Its commit cannot end: not all that it wrote is there, or can be proved. Waits for that to be put right, or for ${more} more ${more === 1 ? 'approver' : 'approvers'}.`;
  } else if (begun) {
    waitsFor = isWritten
      ? 'Its commit has written and is not finished: it only goes forward.'
      : 'Its commit has begun and is not finished.';
  } else if (ready) waitsFor = 'Waits for an operator to commit it.';
  else if (held !== null) waitsFor = HELD[held];
  const stoppable = open && (!begun || (isRecoveryKind(one.kind) && !isWritten));
  return {
    kind: 'bundle',
    subject: one.digest,
    sentence: brief,
    waitsFor,
    yours:
      standing.approve !== null ||
      (lacksFiles(one) && is(admin, 'operator')) ||
      ((ready || held !== null) && is(admin, 'operator')) ||
      objectable,
    ...standing,
    stop: objectable
      ? [{ word: 'object', does: `${ENDS} Every admin stays.` }]
      : stoppable && is(admin, 'approver')
        ? [{ word: 'refuse', does: ENDS }]
        : [],
    request: one.facts['request'] ?? null,
    commit: ready && is(admin, 'operator'),
    handOver: is(admin, 'operator', 'approver') ? held : null,
    files: open ? [] : ['receipt'],
    keyFiles:
      one.files !== null && lacksFiles(one) && is(admin, 'operator')
        ? { ...one.files, folder: batchFolder('moved', one) }
        : null,
    state: one.state,
    open,
    facts: [
      ['bundle in words', one.words],
      ...Object.entries(one.facts),
      ...(one.reason === '' ? [] : [['why it ended', one.reason] as [string, string]]),
    ],
    history: one.history,
    until: waits ? one.notBefore : null,
    // A commit that has begun does not end by itself.
    expiresAt: open && !begun ? one.expiresAt : null,
    at: one.receivedAt,
  };
}
