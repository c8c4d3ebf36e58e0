/**
 * An admin who waits for a second one: invited and not confirmed, or to be disabled by two.
 * @module
 */
import type { Admin } from '../admins/admins.ts';
import type { Approval } from '../approvals/approvals.ts';
import { dismissalsOf } from '../approvals/admin-actions.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { QueueItem } from './page-answers.ts';
import { type Asker, standingByShowing } from './queue-standing.ts';

function item(one: Admin, own: Pick<QueueItem, 'sentence' | 'waitsFor' | 'state' | 'at'>) {
  return {
    kind: 'admin',
    subject: one.id,
    stop: [],
    request: null,
    commit: false,
    handOver: null,
    keyFiles: null,
    files: [],
    open: true,
    facts: [
      ['name', one.name],
      ['CheckTick user', String(one.userId)],
      ['roles', one.roles.join(', ')],
    ] as [string, string][],
    until: null,
    expiresAt: null,
    ...own,
  } as const;
}

async function invitedItem(asker: Asker, one: Admin, inviter: string): Promise<QueueItem> {
  const does = 'You are the second who knows this person. You then hand over the link.';
  const standing = await standingByShowing(asker, { action: 'admin-confirm', does }, one.id);
  return {
    ...item(one, {
      sentence: `Make ${one.name} an admin of this sync; invited by ${inviter}`,
      waitsFor: 'Waits for a second admin to confirm.',
      state: 'invited',
      at: '',
    }),
    ...standing,
    yours: standing.approve !== null,
    history: [],
  };
}

async function dismissedItem(
  asker: Asker,
  one: Admin,
  signed: readonly Approval[],
): Promise<QueueItem> {
  const does = 'Gives the second signature: all access ends at once, for ever.';
  const standing = await standingByShowing(asker, { action: 'admin-disable', does }, one.id);
  const history = signed.map(({ at, adminName, reason }) => ({
    at: formatTime(at),
    what: `signed: ${reason}`,
    by: adminName,
  }));
  return {
    ...item(one, {
      sentence: `Disable the admin ${one.name} for ever; signed by ${signed.map(({ adminName }) => adminName).join(' and ')}`,
      waitsFor: 'Waits for a second signature.',
      state: 'signed by one',
      at: history.at(-1)?.at ?? '',
    }),
    ...standing,
    yours: standing.approve !== null,
    history,
  };
}

/** @param admins all of them */
export async function adminItems(asker: Asker, admins: readonly Admin[]): Promise<QueueItem[]> {
  const items: QueueItem[] = [];
  const present = admins.filter(({ state }) => state !== 'disabled');
  const dismissals = await dismissalsOf(asker.context.database, present);
  for (const one of present) {
    const inviter = admins.find(({ id }) => id === one.invitedBy);
    // Nobody can confirm whom a disabled admin invited.
    if (one.state === 'invited' && inviter?.state === 'active') {
      items.push(await invitedItem(asker, one, inviter.name));
    }
    const signed = dismissals.get(one.id) ?? [];
    if (signed.length > 0) items.push(await dismissedItem(asker, one, signed));
  }
  return items;
}
