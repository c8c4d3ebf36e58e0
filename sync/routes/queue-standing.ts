/**
 * Whether an approval is open to whoever asks; of the very functions that decide whether he is shown
 * the statement.
 * @module
 */
import type { ApprovalAction } from '../../shared/bundle/approval.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Admin } from '../admins/admins.ts';
import { APPROVABLES } from '../flows/actions.ts';
import { databaseTime } from '../database/clock.ts';
import type { FlowContext } from '../trust/context.ts';
import type { QueueItem } from './page-answers.ts';

export interface Asker {
  readonly context: FlowContext;
  readonly admin: Admin;
}
export type Standing = Pick<QueueItem, 'approve' | 'notYours'>;
export const NOTHING: Standing = { approve: null, notYours: null };

/** What is to be approved, and what approving it does. `words`: eight words are typed first. */
interface Offer {
  readonly action: ApprovalAction;
  readonly does: string;
  readonly words?: boolean;
}

/**
 * Whether this admin could be shown the statement now; if not, why.
 * @param judge refuses what showing it would refuse, from what the queue has read
 */
export async function standingOf(
  { admin }: Pick<Asker, 'admin'>,
  { action, does, words = false }: Offer,
  judge: () => void | Promise<void>,
): Promise<Standing> {
  const approvable = APPROVABLES[action];
  if (approvable === undefined) return NOTHING;
  if (!approvable.roles.some((role) => admin.roles.includes(role))) {
    return { approve: null, notYours: 'You are no approver.' };
  }
  try {
    await judge();
    return { approve: { action, words, does }, notYours: null };
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code.startsWith('database')) throw cause;
    return { approve: null, notYours: cause.sentences.happened };
  }
}

/** The same by showing it: for the few things of which the queue reads nothing beforehand. */
export async function standingByShowing(
  asker: Asker,
  offer: Offer,
  subject: string,
): Promise<Standing> {
  const { context, admin } = asker;
  return standingOf(asker, offer, () =>
    context.database.transaction(async (tx) => {
      const { now } = await databaseTime(tx);
      await APPROVABLES[offer.action]?.show(tx, context, { admin, subject, now });
    }),
  );
}

export const is = (admin: Admin, ...roles: readonly string[]): boolean =>
  admin.roles.some((role) => roles.includes(role));
