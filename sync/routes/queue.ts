/**
 * What waits, for whom, and what whoever asks may do about it. Whether an approval is open to an
 * admin is asked of the very function that would show him the statement.
 * @module
 */
import type { ApprovalAction } from '../../shared/bundle/approval.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Admin } from '../admins/admins.ts';
import { APPROVABLES } from '../approvals/actions.ts';
import { databaseTime } from '../database/clock.ts';
import { listBundles } from '../flows/bundles.ts';
import type { FlowContext } from '../flows/context.ts';
import { listPackages } from '../flows/package-rows.ts';
import { CLOSED, listRequests } from '../flows/requests.ts';
import type { BundleAnswer, PackageAnswer, RequestAnswer } from './answers.ts';
import type { QueueAnswer, QueueItem } from './page-answers.ts';
import { showBundle, showPackage } from './show.ts';
import { showRequest } from './show-request.ts';

type Asker = { readonly context: FlowContext; readonly admin: Admin };
type Standing = Pick<QueueItem, 'approve' | 'notYours'>;
const NOTHING: Standing = { approve: null, notYours: null };

/** Whether this admin could be shown the statement now; if not, why. */
async function approvalFor(
  { context, admin }: Asker,
  action: ApprovalAction,
  subject: string,
  does: string,
): Promise<Standing> {
  const approvable = APPROVABLES[action];
  if (approvable === undefined) return NOTHING;
  if (!approvable.roles.some((role) => admin.roles.includes(role))) {
    return { approve: null, notYours: 'You are no approver.' };
  }
  try {
    await context.database.transaction(async (tx) => {
      const { now } = await databaseTime(tx);
      await approvable.show(tx, context, { admin, subject, now });
    });
    return { approve: { action, words: approvable.words !== undefined, does }, notYours: null };
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code.startsWith('database')) throw cause;
    return { approve: null, notYours: cause.sentences.happened };
  }
}

const is = (admin: Admin, ...roles: readonly string[]): boolean =>
  admin.roles.some((role) => roles.includes(role));

async function requestItem(asker: Asker, one: RequestAnswer): Promise<QueueItem> {
  const { admin } = asker;
  const open = !CLOSED.includes(one.status);
  const awaits = one.status.startsWith('awaiting_');
  const unchecked = /verification/.test(one.status);
  const second = one.status === 'awaiting_secondary';
  const standing = awaits
    ? await approvalFor(
        asker,
        'request-approve',
        one.code,
        second
          ? `Gives the second approval: the delay of ${one.delayHours} hours begins.`
          : 'Gives the first approval: another approver must follow.',
      )
    : NOTHING;
  let waitsFor = one.status.replaceAll('_', ' ');
  if (unchecked)
    waitsFor = `Waits for an operator to record how the person was checked: conclave-sync request verify ${one.code}.`;
  if (awaits) waitsFor = second ? 'Waits for 1 more approver.' : 'Waits for 2 approvers.';
  if (one.status === 'in_time_delay') waitsFor = 'Its delay runs. Nobody needs to do anything.';
  if (one.status === 'ready_for_execution') waitsFor = 'Approved. Waits for its package.';
  return {
    kind: 'request',
    subject: one.code,
    sentence: `Recover survey ${one.surveyId} (${one.surveyName}) for user ${one.userId} (${one.userName}), request ${one.code}`,
    waitsFor,
    yours: standing.approve !== null || (unchecked && is(admin, 'operator')),
    ...standing,
    stop: !open
      ? []
      : [
          ...(is(admin, 'approver')
            ? [
                {
                  word: 'reject',
                  does: 'Ends the request for ever. The user keeps what he has.',
                } as const,
              ]
            : []),
          ...(is(admin, 'operator', 'approver')
            ? [
                {
                  word: 'cancel',
                  does: 'Ends the request for ever, as one made by mistake.',
                } as const,
              ]
            : []),
        ],
    commit: false,
    files: [],
    state: one.status.replaceAll('_', ' '),
    open,
    facts: [
      ['asked for by', one.createdBy],
      ['identity check', one.verified === '' ? 'not yet' : one.verified],
      ['delay', `${one.delayHours} hours after the second approval`],
    ],
    history: [
      { at: one.submittedAt, what: 'asked for', by: one.createdBy },
      ...one.checks.map(({ at, check, by, reference }) => ({
        at,
        what: `identity checked by ${check.replace('-', ' ')}, reference ${reference}`,
        by,
      })),
    ],
    until: one.status === 'in_time_delay' ? one.delayUntil : null,
    expiresAt: null,
    at: one.submittedAt,
  };
}

async function packageItem(asker: Asker, one: PackageAnswer): Promise<QueueItem> {
  const { admin } = asker;
  const requested = one.state === 'requested';
  const left = Math.max(1, 2 - one.approvals.length);
  const standing = requested
    ? await approvalFor(
        asker,
        'package-release',
        one.nonce,
        left === 1
          ? 'Gives the second approval: sync opens the secrets, seals them to the ticket and releases the package.'
          : 'Gives the first approval: another approver must follow.',
      )
    : NOTHING;
  const released = one.state === 'released';
  return {
    kind: 'package',
    subject: one.nonce,
    sentence: one.sentence.replace(/: \w+\.$/, ''),
    waitsFor: requested
      ? `Waits for ${left} more ${left === 1 ? 'approver' : 'approvers'}.`
      : released
        ? 'Released. Waits for the laptop’s bundle.'
        : `It is ${one.state}.`,
    yours: standing.approve !== null,
    ...standing,
    stop: [],
    commit: false,
    files: [
      ...(released && is(admin, 'operator') ? (['package'] as const) : []),
      ...(['spent', 'expired'].includes(one.state) ? (['receipt'] as const) : []),
    ],
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

async function bundleItem(asker: Asker, one: BundleAnswer, now: string): Promise<QueueItem> {
  const { admin } = asker;
  const left = Math.max(1, 2 - one.approvals.length);
  const standing =
    one.state === 'verified'
      ? await approvalFor(
          asker,
          'bundle-approve',
          one.digest,
          left === 1
            ? 'Gives the second approval: the delay begins, then it can be committed.'
            : 'Gives the first approval: another approver must follow.',
        )
      : NOTHING;
  const waits = one.state === 'waiting' && one.notBefore !== null && one.notBefore > now;
  const ready = (one.state === 'waiting' && !waits) || one.state === 'committing';
  const open = ['verified', 'waiting', 'committing'].includes(one.state);
  let waitsFor = `It is ${one.state}.`;
  if (one.state === 'verified') {
    waitsFor = `Waits for ${left} more ${left === 1 ? 'approver' : 'approvers'}.`;
  } else if (waits) waitsFor = 'Its delay runs. Nobody needs to do anything.';
  else if (one.state === 'committing') waitsFor = 'Its commit has begun and is not finished.';
  else if (ready) waitsFor = 'Waits for an operator to commit it.';
  const stoppable = open && (one.kind === 'recover' || one.state !== 'committing');
  return {
    kind: 'bundle',
    subject: one.digest,
    sentence: one.sentence.split('; ').slice(0, 2).join('; '),
    waitsFor,
    yours: standing.approve !== null || (ready && is(admin, 'operator')),
    ...standing,
    stop:
      stoppable && is(admin, 'approver')
        ? [{ word: 'refuse', does: 'Ends the bundle for ever, with a signed negative receipt.' }]
        : [],
    commit: ready && is(admin, 'operator'),
    files: open ? [] : ['receipt'],
    state: one.state,
    open,
    facts: [
      ['bundle in words', one.words],
      ...Object.entries(one.facts),
      ...(one.reason === '' ? [] : [['why it ended', one.reason] as [string, string]]),
    ],
    history: one.history,
    until: waits ? one.notBefore : null,
    expiresAt: open ? one.expiresAt : null,
    at: one.receivedAt,
  };
}

/** Yours first, then what is open, then what has ended; each newest first. */
export async function queueFor(context: FlowContext, admin: Admin): Promise<QueueAnswer> {
  const { database } = context;
  const asker = { context, admin };
  const now = formatTime((await databaseTime(database)).now);
  const items: QueueItem[] = [];
  for (const row of await listRequests(database)) {
    items.push(await requestItem(asker, await showRequest(database, row)));
  }
  const bundles = await listBundles(database);
  const answered = new Set(bundles.map(({ nonce }) => nonce));
  for (const row of await listPackages(database)) {
    // Its bundle says the same, and more.
    if (answered.has(row.nonce)) continue;
    items.push(await packageItem(asker, await showPackage(context, row)));
  }
  for (const row of bundles) {
    items.push(await bundleItem(asker, await showBundle(context, row), now));
  }
  const rank = ({ yours, open }: QueueItem): number => (yours ? 0 : open ? 1 : 2);
  return {
    now,
    items: items.sort((a, b) => rank(a) - rank(b) || (a.at < b.at ? 1 : -1)),
  };
}
