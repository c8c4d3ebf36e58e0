/**
 * A bundle as one item of the queue.
 * @module
 */
import { heldClaim } from '../flows/claim-rows.ts';
import { isWritten } from '../flows/commit-intent.ts';
import { ACCEPT } from '../flows/differences.ts';
import type { BundleAnswer } from './answers.ts';
import type { QueueItem } from './page-answers.ts';
import { approvalFor, type Asker, is, NOTHING, type Standing } from './queue-standing.ts';

const HELD = {
  passphrase: 'Committed. The user still has to be given the one-time passphrase.',
  link: 'Committed. The user has a link by mail, and needs a code from an admin.',
} as const;
const ENDS = 'Ends the bundle for ever, with a signed negative receipt.';

/**
 * Of a recovery whose commit has written and not ended. Not looked at more closely, because whoever
 * carries it out holds its row: what is shown after "Look and approve" is judged then.
 */
async function acceptFor({ admin, context }: Asker, one: BundleAnswer): Promise<Standing> {
  const stuck =
    one.state === 'committing' &&
    one.kind === 'recover' &&
    is(admin, 'approver') &&
    (await isWritten(context.database, one.digest));
  if (!stuck) return NOTHING;
  const does =
    'Only where the commit does not end because CheckTick has changed what it wrote: shows what stands there now. Two approvers end it so.';
  return { approve: { action: ACCEPT, words: false, does }, notYours: null };
}

export async function bundleItem(asker: Asker, one: BundleAnswer, now: string): Promise<QueueItem> {
  const { admin, context } = asker;
  const held = one.state === 'committed' ? await heldClaim(context.database, one.digest) : null;
  const left = Math.max(1, 2 - one.approvals.length);
  const standing =
    one.state === 'verified'
      ? await approvalFor(
          asker,
          'bundle-approve',
          one.digest,
          left > 1
            ? 'Gives the first approval: another approver must follow.'
            : one.kind === 'recover'
              ? 'Gives the second approval: then it can be committed.'
              : 'Gives the second approval: the delay begins, then it can be committed.',
          one.kind !== 'recover',
        )
      : await acceptFor(asker, one);
  const waits = one.state === 'waiting' && one.notBefore !== null && one.notBefore > now;
  const ready = (one.state === 'waiting' && !waits) || one.state === 'committing';
  const open = ['verified', 'waiting', 'committing'].includes(one.state);
  const objectable = one.replacesAdmins && one.state === 'waiting';
  let waitsFor = `It is ${one.state}.`;
  if (one.state === 'verified') {
    waitsFor = `Waits for ${left} more ${left === 1 ? 'approver' : 'approvers'}.`;
  } else if (objectable) {
    waitsFor =
      'It disables you and every other admin. You have a key: stop it, unless you know why it is there.';
  } else if (waits) waitsFor = 'Its delay runs. Nobody needs to do anything.';
  else if (one.state === 'committing') waitsFor = 'Its commit has begun and is not finished.';
  else if (ready) waitsFor = 'Waits for an operator to commit it.';
  else if (held !== null) waitsFor = HELD[held];
  const stoppable = open && (one.kind === 'recover' || one.state !== 'committing');
  return {
    kind: 'bundle',
    subject: one.digest,
    sentence: one.sentence.split('; ').slice(0, 2).join('; '),
    waitsFor,
    yours:
      (one.state === 'verified' && standing.approve !== null) ||
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
