/**
 * The admins as one of them sees them: their keys, and what he may do about each.
 * @module
 */
import type { Admin } from '../admins/admins.ts';
import { listAdmins } from '../admins/admins.ts';
import { dismissalsOf } from '../approvals/admin-actions.ts';
import type { FlowContext } from '../trust/context.ts';
import { listAllAuthenticators } from '../people/authenticators.ts';
import {
  type AdminEntry,
  type AdminsAnswer,
  toAdminAnswer,
  toKeyAnswer,
} from './people-answers.ts';
import { type Asker, standingByShowing } from './queue-standing.ts';

const NOT_OPEN = { does: null, whyNot: null };

async function openTo(
  asker: Asker,
  action: 'admin-confirm' | 'admin-disable',
  { id }: Pick<Admin, 'id'>,
  does: string,
): Promise<AdminEntry['confirm']> {
  const { approve, notYours } = await standingByShowing(asker, { action, does }, id);
  return { does: approve?.does ?? null, whyNot: notYours };
}

/** Everybody, the disabled ones last. */
export async function adminsFor(context: FlowContext, admin: Admin): Promise<AdminsAnswer> {
  const { database } = context;
  const asker = { context, admin };
  const all = await listAdmins(database);
  const keys = await listAllAuthenticators(database);
  const nameOf = namesAmong(all);
  const dismissals = await dismissalsOf(database, all);
  const admins: AdminEntry[] = [];
  for (const one of all) {
    const gone = one.state === 'disabled';
    const dismissed = gone ? [] : (dismissals.get(one.id) ?? []);
    const comes = one.state === 'invited' || one.state === 'confirmed';
    admins.push({
      ...toAdminAnswer(one, nameOf),
      you: one.id === admin.id,
      keys: keys.filter(({ adminId }) => adminId === one.id).map(toKeyAnswer),
      dismissedBy: dismissed.map(({ adminName }) => adminName),
      confirm:
        one.state === 'invited'
          ? await openTo(
              asker,
              'admin-confirm',
              one,
              'You are the second who knows this person. You then hand over the link.',
            )
          : NOT_OPEN,
      dismiss: gone
        ? NOT_OPEN
        : await openTo(
            asker,
            'admin-disable',
            one,
            dismissed.length === 0
              ? 'Gives the first of two signatures. Nothing happens before the second.'
              : 'Gives the second signature: all access ends at once, for ever.',
          ),
      code: comes && one.invitedBy === admin.id,
      link: one.state === 'confirmed' && one.confirmedBy === admin.id,
    });
  }
  return { admins };
}

export function namesAmong(admins: readonly Admin[]): (id: string | null) => string | null {
  const names = new Map(admins.map((one) => [one.id, one.name]));
  return (id) => (id === null ? null : (names.get(id) ?? null));
}
