/**
 * A package as one item of the queue.
 * @module
 */
import type { PackageAnswer } from './answers.ts';
import type { QueueItem } from './page-answers.ts';
import { approvalFor, type Asker, is, NOTHING } from './queue-standing.ts';

export async function packageItem(asker: Asker, one: PackageAnswer): Promise<QueueItem> {
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
    request: one.requestCode,
    commit: false,
    handOver: null,
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
