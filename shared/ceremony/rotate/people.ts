/**
 * Who takes part once the shares are renewed: everybody of the plan; and whoever is operator or witness
 * in the roster in force goes on being that. Who was custodian only, and gets no new share, leaves.
 * @module
 */
import { isNamed, rosterChanges, type RosterChange } from '../../identity/roster-change.ts';
import { ROLES, type Person, type Role } from '../../identity/roster.ts';
import type { Plan } from '../events.ts';
import type { RotatePackageFacts } from '../package-facts.ts';

/** One of the next roster, whose key may not be known yet. */
export type NextPerson = Pick<Person, 'name' | 'roles' | 'mail'>;

const withoutShare = (roles: readonly Role[]): Role[] =>
  roles.filter((role) => role !== 'custodian');

/**
 * Who takes part today, as a plan without a name: whoever stays is not typed again, and nobody comes in
 * as another person by a slip in the name. What the roster does not tell is a stick.
 */
export function presentPlan(
  rotate: Pick<
    RotatePackageFacts,
    'custodians' | 'operators' | 'witnesses' | 'onKeys' | 'people' | 'threshold'
  >,
): Plan {
  const { custodians, operators, witnesses, onKeys, people, threshold } = rotate;
  const told = (name: string) => {
    const mail = people.find(isNamed(name))?.mail;
    return { name, ...(mail === undefined ? {} : { mail }) };
  };
  const [operator] = operators;
  const [witness] = witnesses;
  const identityOf = (name: string) =>
    onKeys.some(isNamed(name)) ? ('yubikey-fido2' as const) : ('usb' as const);
  const operatorName = operator?.name ?? '';
  const witnessName = witness?.name ?? '';
  return {
    label: '',
    threshold,
    custodians: custodians.map(({ name, media: [medium = 'usb'] }) => ({ ...told(name), medium })),
    operator: { name: operatorName, medium: identityOf(operatorName) },
    witness: { ...told(witnessName), medium: identityOf(witnessName) },
    page: 'A4',
  };
}

/** Those who stay although the plan does not name them, as the roster in force lists them. */
export function keptPeople(plan: Plan, present: readonly Person[]): Person[] {
  const planned = [...plan.custodians, plan.operator, plan.witness];
  return present.flatMap((person): Person[] => {
    const roles = withoutShare(person.roles);
    const stays = roles.length > 0 && !planned.some(isNamed(person.name));
    return stays ? [{ ...person, roles }] : [];
  });
}

/** Everybody of the next roster, in the order of its list. */
export function nextPeople(plan: Plan, present: readonly Person[]): NextPerson[] {
  const { custodians, operator, witness } = plan;
  const planned: readonly (readonly [Pick<Plan['witness'], 'name' | 'mail'>, Role])[] = [
    ...custodians.map((custodian) => [custodian, 'custodian'] as const),
    [operator, 'operator'],
    [witness, 'witness'],
  ];
  return [
    ...planned.map(([{ name, mail: given }, role]): NextPerson => {
      const before = present.find(isNamed(name));
      const kept = withoutShare(before?.roles ?? []);
      const mail = given ?? before?.mail;
      return {
        name,
        roles: ROLES.filter((one) => one === role || kept.includes(one)),
        ...(mail === undefined ? {} : { mail }),
      };
    }),
    ...keptPeople(plan, present),
  ];
}

/**
 * What changes with the shares, as far as it is known before the new custodians sit down: whose identity
 * is not known yet is compared without it.
 */
export function changesWith(
  plan: Plan,
  present: readonly Person[],
  keys: Readonly<Record<string, string>>,
): RosterChange[] {
  const after = nextPeople(plan, present).map((person) => ({
    ...person,
    publicKey: keys[person.name] ?? present.find(isNamed(person.name))?.publicKey ?? '',
  }));
  return rosterChanges(present, after);
}
