/**
 * The form of a new roster as plain data, and what is still wrong with it, field by field.
 * @module
 */
import type { AdminRole } from '../../shared/bundle/new-admins.ts';
import type { RosterPlan } from '../../shared/plan/roster-plan.ts';
import type { PageSize } from '../../shared/ceremony/types.ts';
import type { ViewOf } from '../../shared/ceremony/view.ts';
import { foldName } from '../../shared/identity/fold-name.ts';
import type { Role } from '../../shared/identity/roster.ts';
import type { IdentityMedium, PlainMedium } from '../../shared/sharing/media-kinds.ts';
import { mailFault, mailOf, nameFault, type PersonForm } from './plan.ts';

/** What happens to somebody who is in the roster now. */
export type Fate = 'stays' | IdentityMedium | 'leaves';

export interface ListedForm {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly fate: Fate;
  /** As the roster has it; empty: none. */
  readonly mailBefore: string;
  /** From now on. */
  readonly mail: string;
}

interface NewForm extends PersonForm {
  readonly role: Role;
}

export interface AdminForm extends Omit<PersonForm<PlainMedium>, 'mail'> {
  /** As typed: the number of this person in CheckTick. */
  readonly user: string;
  readonly roles: AdminRoles;
}

/** All approve: otherwise nobody could be invited later. */
export const ADMIN_CHOICES = {
  both: ['operator', 'approver'],
  approver: ['approver'],
  all: ['operator', 'approver', 'auditor'],
} as const satisfies Record<string, readonly AdminRole[]>;
export type AdminRoles = keyof typeof ADMIN_CHOICES;

export interface RosterForm {
  readonly listed: readonly ListedForm[];
  readonly added: readonly NewForm[];
  readonly admins: readonly AdminForm[];
  readonly page: PageSize;
}

export function rosterForm(view: ViewOf<'roster-plan'>): RosterForm {
  const { present, plan, namesAdmins } = view;
  const planned = (name: string) =>
    plan?.people.find((one) => foldName(one.name) === foldName(name));
  const listed = present.map(({ name, roles, mail }): ListedForm => {
    const found = planned(name);
    return {
      name,
      roles,
      fate: plan === null ? 'stays' : found === undefined ? 'leaves' : (found.medium ?? 'stays'),
      mailBefore: mail,
      mail: found?.mail === undefined ? mail : (found.mail ?? ''),
    };
  });
  const isNew = (name: string) => !present.some((one) => foldName(one.name) === foldName(name));
  const added = (plan?.people ?? [])
    .filter(({ name }) => isNew(name))
    .map(({ name, roles, medium, mail }, at): NewForm => ({
      id: at + 1,
      name,
      role: roles[0] ?? 'custodian',
      medium: medium ?? 'usb',
      mail: mail ?? '',
    }));
  const admins = [0, 1].map((at): AdminForm => {
    const found = plan?.admins?.[at];
    return {
      id: -1 - at,
      name: found?.name ?? '',
      user: found === undefined ? '' : String(found.userId),
      medium: found?.medium ?? 'usb',
      roles: choiceOf(found?.roles),
    };
  });
  return { listed, added, admins: namesAdmins ? admins : [], page: plan?.page ?? 'A4' };
}

function choiceOf(roles: readonly AdminRole[] | undefined): AdminRoles {
  if (roles === undefined || !roles.includes('approver')) return 'both';
  return roles.includes('auditor') ? 'all' : roles.includes('operator') ? 'both' : 'approver';
}

export function withNewcomer(form: RosterForm): RosterForm {
  const id = Math.max(0, ...form.added.map((one) => one.id)) + 1;
  return {
    ...form,
    added: [...form.added, { id, name: '', role: 'operator', medium: 'usb', mail: '' }],
  };
}

export function rosterPlanOf(form: RosterForm): RosterPlan {
  const stays = form.listed.flatMap((one) => {
    const { name, roles, fate, mailBefore } = one;
    if (fate === 'leaves') return [];
    const mail = one.mail.trim();
    return [
      {
        name,
        roles: [...roles],
        medium: fate === 'stays' ? null : fate,
        ...(mail === mailBefore ? {} : { mail: mail === '' ? null : mail }),
      },
    ];
  });
  const comes = form.added.map(({ name, role, medium, mail }) => ({
    name: name.trim(),
    roles: [role],
    medium,
    ...(mail.trim() === '' ? {} : { mail: mail.trim() }),
  }));
  const admins = form.admins.map(({ name, user, medium, roles }) => ({
    name: name.trim(),
    userId: Number(user),
    roles: [...ADMIN_CHOICES[roles]],
    medium,
  }));
  return {
    people: [...stays, ...comes],
    admins: admins.length === 0 ? null : admins,
    page: form.page,
  };
}

/** Whom sync tells of changes: operators answer for them themselves. */
export const isTold = ({ roles }: Pick<ListedForm, 'roles'>): boolean =>
  roles.includes('custodian') || roles.includes('witness');

/** What is wrong, by field: a person's id, {@link mailOf} it or a listed name, or `user` and an admin's id. */
export function rosterFaults(form: RosterForm): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const staying = form.listed
    .filter(({ fate }) => fate !== 'leaves')
    .map(({ name }) => foldName(name));
  const check = (people: readonly Pick<PersonForm, 'id' | 'name'>[], before: readonly string[]) => {
    const names = [...before, ...people.map(({ name }) => foldName(name))];
    for (const [at, { id, name }] of people.entries()) {
      const fault = nameFault(name, names.indexOf(foldName(name)) !== at + before.length);
      if (fault !== null) found.set(String(id), fault);
    }
  };
  check(form.added, staying);
  const addresses = [
    ...form.listed.map(({ name, mail, fate }) => ({
      field: mailOf(`of ${name}`),
      mail: fate === 'leaves' ? '' : mail,
    })),
    ...form.added.map(({ id, mail }) => ({ field: mailOf(id), mail })),
  ];
  for (const { field, mail } of addresses) {
    const fault = mailFault(mail.trim());
    if (fault !== null) found.set(field, fault);
  }
  // An admin may be one of the roster too.
  check(form.admins, []);
  for (const [at, { id, user }] of form.admins.entries()) {
    const isNumber = /^[1-9]\d{0,8}$/.test(user.trim());
    if (!isNumber) found.set(`user${id}`, 'Enter the number that CheckTick shows for this person.');
    else if (form.admins.findIndex((one) => one.user.trim() === user.trim()) !== at) {
      found.set(`user${id}`, 'Two admins are two people, with two numbers.');
    }
  }
  return found;
}
