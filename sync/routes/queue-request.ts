/**
 * A recovery request as one item of the queue.
 * @module
 */
import { formatTime } from '../../shared/encoding/schema.ts';
import { assertOpenTo, basesOf, type RequestBasis } from '../flows/requests/approve.ts';
import { CLOSED, type RequestRow } from '../flows/requests/requests.ts';
import { servedRequests } from '../flows/package-rows/rows.ts';
import type { QueueItem } from './page-answers.ts';
import { type Asker, is, NOTHING, standingOf } from './queue-standing.ts';
import { requestAnswerOf } from './show-request.ts';

/** @param now by the database's clock */
export async function requestItems(
  asker: Asker,
  rows: readonly RequestRow[],
  now: Date,
): Promise<QueueItem[]> {
  const { database } = asker.context;
  const bases = await basesOf(database, rows);
  const served = await servedRequests(
    database,
    rows.map(({ id }) => id),
    now,
  );
  const items: QueueItem[] = [];
  for (const basis of bases) {
    const beside = { now, served: served.has(basis.request.id) };
    items.push(await requestItem(asker, basis, beside));
  }
  return items;
}

/** How it stands beside the request itself. */
interface Beside {
  /** The database's clock. */
  readonly now: Date;
  /** A package or a bundle for it is under way. */
  readonly served: boolean;
}

async function requestItem(
  { admin }: Pick<Asker, 'admin'>,
  basis: RequestBasis,
  { now, served }: Beside,
): Promise<QueueItem> {
  const one = requestAnswerOf(basis);
  const open = !CLOSED.includes(one.status);
  const awaits = one.status.startsWith('awaiting_');
  const unchecked = /verification/.test(one.status);
  const delayed = one.status === 'in_time_delay' && (one.delayUntil ?? '') > formatTime(now);
  const ready = open && !awaits && !unchecked && !delayed;
  const second = one.status === 'awaiting_secondary';
  const standing = awaits
    ? await standingOf(
        { admin },
        {
          action: 'request-approve',
          does: second
            ? `Gives the second approval: the delay of ${one.delayHours} hours begins.`
            : 'Gives the first approval: another approver must follow.',
        },
        () => assertOpenTo(admin, basis, now),
      )
    : NOTHING;
  let waitsFor = `It is ${one.status.replaceAll('_', ' ')}.`;
  if (unchecked) waitsFor = 'Waits for an operator to record how the person was checked.';
  if (awaits) waitsFor = second ? 'Waits for 1 more approver.' : 'Waits for 2 approvers.';
  if (delayed) waitsFor = 'Its delay runs. Nobody needs to do anything.';
  if (ready) {
    waitsFor = served
      ? 'Approved. Its package is under way.'
      : 'Approved. Waits for an operator to ask for its package, with a ticket of the laptop.';
  }
  const approvers = one.approvals.map(({ by }) => by).join(' and ');
  return {
    kind: 'request',
    subject: one.code,
    sentence: `Recover survey ${one.surveyId} (${one.surveyName}) for user ${one.userId} (${one.userName}), request ${one.code}; asked for by ${one.createdBy}${approvers === '' ? '' : `; approved by ${approvers}`}`,
    waitsFor,
    yours:
      standing.approve !== null ||
      ((unchecked || (ready && !served)) && is(admin, 'operator') && admin.userId !== one.userId),
    ...standing,
    stop: !open
      ? []
      : [
          ...(is(admin, 'approver')
            ? [
                {
                  word: 'reject',
                  does: 'Ends the request for ever, and its package and bundle with it. The user keeps what he has.',
                } as const,
              ]
            : []),
          ...(is(admin, 'operator', 'approver')
            ? [
                {
                  word: 'cancel',
                  does: 'Ends the request for ever, and its package and bundle with it, as one made by mistake.',
                } as const,
              ]
            : []),
        ],
    request: one.code,
    commit: false,
    handOver: null,
    keyFiles: null,
    files: [],
    state: one.status.replaceAll('_', ' '),
    open,
    facts: [
      ['asked for by', one.createdBy],
      ['identity check', one.verified === '' ? 'not yet' : one.verified],
      ['address that the person gave', one.emailGiven ? 'recorded' : 'not recorded'],
      ['delay', `${one.delayHours} hours after the second approval`],
    ],
    history: [
      { at: one.submittedAt, what: 'asked for', by: one.createdBy },
      ...one.checks.map(({ at, check, by, reference }) => ({
        at,
        what: `identity checked by ${check.replace('-', ' ')}, reference ${reference}`,
        by,
      })),
      ...one.approvals.map(({ at, by, reason }) => ({ at, what: `approved: ${reason}`, by })),
    ],
    until: delayed ? one.delayUntil : null,
    expiresAt: null,
    at: one.submittedAt,
  };
}
