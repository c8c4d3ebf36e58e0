/**
 * A package as one item of the queue.
 * @module
 */
import { batchFolder } from '../../shared/bundle/move-batch.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { storedApprovalsOf, verifyApprovals } from '../approvals/approvals.ts';
import { readInstallation } from '../database/settings.ts';
import {
  assertKeyReleaseOpenTo,
  assertReleaseOpenTo,
  excludedBy,
  isOfKey,
} from '../flows/package-rows/approved.ts';
import type { PackageRow } from '../flows/package-rows/rows.ts';
import { refuseRecover } from '../checktick/recover-refusals.ts';
import { refuseFlow } from '../trust/refusals.ts';
import {
  assertTwoSigned,
  basesOf,
  REQUEST_APPROVE,
  requestSubject,
} from '../flows/requests/approve.ts';
import { asOf, requestsByIds } from '../flows/requests/requests.ts';
import type { QueueItem } from './page-answers.ts';
import { type Asker, is, NOTHING, standingOf } from './queue-standing.ts';
import { readPackages, type ReadPackage } from './show.ts';

/** @param now by the database's clock */
export async function packageItems(
  asker: Asker,
  rows: readonly PackageRow[],
  now: Date,
): Promise<QueueItem[]> {
  const all = await readPackages(asker.context.database, rows);
  const judge = await releaseJudge(
    asker,
    all.filter(({ found }) => found.state === 'requested'),
    now,
  );
  const items: QueueItem[] = [];
  for (const one of all) items.push(await packageItem(asker, one, () => judge(one)));
  return items;
}

/** Whether this admin may approve a release, for those that wait for approvers. */
async function releaseJudge(
  { context, admin }: Asker,
  waiting: readonly ReadPackage[],
  now: Date,
): Promise<(one: ReadPackage) => Promise<void>> {
  const { database } = context;
  const ids = waiting.flatMap(({ found }) => found.requestId ?? []);
  const requests = [...(await requestsByIds(database, ids)).values()];
  const bases = (await basesOf(database, requests)).map((basis) => ({
    ...basis,
    subject: bytesToHex(requestSubject(basis.request, basis.checks, basis.stated)),
  }));
  const signed = await storedApprovalsOf(
    database,
    REQUEST_APPROVE,
    bases.map(({ subject }) => subject),
  );
  const judging = { context, situation: { installation: await readInstallation(database) } };
  return async ({ found, requester, approvals: before }) => {
    if (isOfKey(found)) {
      assertKeyReleaseOpenTo(admin, { found, requester, before, now });
      return;
    }
    if (found.requestId === null) throw refuseFlow('package-state', found.state);
    const basis = bases.find(({ request }) => request.id === found.requestId);
    if (basis === undefined) throw refuseRecover('request-unknown', found.requestId);
    const { checks, subject } = basis;
    const request = asOf(basis.request, now);
    const notAlso = excludedBy(found, requester, request);
    await assertReleaseOpenTo(admin, { found, request, notAlso, before, now }, async () => {
      const approvals = await verifyApprovals(judging, signed.get(subject) ?? []);
      assertTwoSigned(request, checks, approvals, now);
    });
  };
}

async function packageItem(
  { admin }: Pick<Asker, 'admin'>,
  { answer: one }: ReadPackage,
  judge: () => Promise<void>,
): Promise<QueueItem> {
  const requested = one.state === 'requested';
  const left = Math.max(1, 2 - one.approvals.length);
  const standing = requested
    ? await standingOf(
        { admin },
        {
          action: 'package-release',
          words: one.kind === 'adopt',
          does:
            left === 1
              ? 'Gives the second approval: sync opens the secrets, seals them to the ticket and releases the package.'
              : 'Gives the first approval: another approver must follow.',
        },
        judge,
      )
    : NOTHING;
  const released = one.state === 'released';
  return {
    kind: 'package',
    subject: one.nonce,
    sentence: one.sentence.replace(/: \w+\.$/, ''),
    waitsFor: requested
      ? one.files !== null && one.approvals.length >= 2
        ? `Released by two. Sync makes its files: ${one.files.there} of ${one.files.of} are ready.`
        : `Waits for ${left} more ${left === 1 ? 'approver' : 'approvers'}.`
      : released
        ? 'Released. Waits for the laptop’s bundle.'
        : `It is ${one.state}.`,
    yours: standing.approve !== null,
    ...standing,
    stop: [],
    request: one.requestCode,
    commit: false,
    handOver: null,
    files: [
      ...(released && is(admin, 'operator') ? (['package'] as const) : []),
      ...(one.digest !== null && ['spent', 'expired'].includes(one.state)
        ? (['receipt'] as const)
        : []),
    ],
    keyFiles:
      one.files !== null && released && is(admin, 'operator')
        ? { ...one.files, folder: batchFolder('move', one) }
        : null,
    state: one.state,
    open: requested || released,
    facts: [
      ['key version', one.keyVersion],
      ['package', one.nonce],
    ],
    history: [
      { at: one.createdAt, what: 'asked for', by: one.requestedBy },
      ...one.approvals.map(({ at, by, reason }) => ({ at, what: `approved: ${reason}`, by })),
    ],
    until: null,
    expiresAt: requested || released ? one.expiresAt : null,
    at: one.createdAt,
  };
}
