/**
 * Whether an approval is open to whoever asks; of the very function that would show him the
 * statement.
 * @module
 */
import type { ApprovalAction } from '../../shared/bundle/approval.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Admin } from '../admins/admins.ts';
import { APPROVABLES } from '../approvals/actions.ts';
import { databaseTime } from '../database/clock.ts';
import type { FlowContext } from '../flows/context.ts';
import type { QueueItem } from './page-answers.ts';

export interface Asker {
  readonly context: FlowContext;
  readonly admin: Admin;
}
export type Standing = Pick<QueueItem, 'approve' | 'notYours'>;
export const NOTHING: Standing = { approve: null, notYours: null };

/** Whether this admin could be shown the statement now; if not, why. `words`: eight are typed first. */
export async function approvalFor(
  { context, admin }: Asker,
  action: ApprovalAction,
  subject: string,
  does: string,
  words = false,
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
    return { approve: { action, words, does }, notYours: null };
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code.startsWith('database')) throw cause;
    return { approve: null, notYours: cause.sentences.happened };
  }
}

export const is = (admin: Admin, ...roles: readonly string[]): boolean =>
  admin.roles.some((role) => roles.includes(role));
