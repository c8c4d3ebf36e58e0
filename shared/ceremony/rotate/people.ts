/**
 * Who takes part once the new set is there: everybody of the plan; whoever is operator or witness in the
 * roster in force goes on being that, and whoever holds a share that goes on being needed a custodian.
 * Who held only shares that end, and gets no new one, leaves.
 * @module
 */
import { isNamed, rosterChanges, type RosterChange } from '../../identity/roster-change.ts';
import { ROLES, type Person, type Role } from '../../identity/roster.ts';
import type { Plan } from '../../plan/set-plan.ts';
import type { RotatePackageFacts } from '../package-facts.ts';

/** One of the next roster, whose key may not be known yet. */
export type NextPerson = Pick<Person, 'name' | 'roles' | 'mail'>;

/** The roster in force, and whose shares go on being needed. */
type Present = Pick<RotatePackageFacts, 'people' | 'lasting'>;

const lastingRoles = ({ name, roles }: Person, { lasting }: Present): Role[] =>
  roles.filter((role) => role !== 'custodian' || lasting.some(isSameName(name)));

const isSameName = (name: string) => (other: string) => isNamed(name)({ name: other });

/**
 * Who takes part today, as a plan without a name: whoever stays is not typed again, and nobody comes in
 * as another person by a slip in the name. What the roster does not tell is a stick. Another set is for
 * other custodians: their names are left to be typed.
 */
export function presentPlan(
  rotate: Pick<
    RotatePackageFacts,
    'kind' | 'custodians' | 'operators' | 'witnesses' | 'onKeys' | 'people' | 'threshold'
  >,
): Plan {
  const { kind, custodians, operators, witnesses, onKeys, people, threshold } = rotate;
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
    custodians: custodians.map(({ name, media: [medium = 'usb'] }) =>
      kind === 'add-set' ? { name: '', medium } : { ...told(name), medium },
    ),
    operator: { name: operatorName, medium: identityOf(operatorName) },
    witness: { ...told(witnessName), medium: identityOf(witnessName) },
    page: 'A4',
  };
}

/** Those who stay although the plan does not name them, as the roster in force lists them. */
export function keptPeople(plan: Plan, present: Present): Person[] {
  const planned = [...plan.custodians, plan.operator, plan.witness];
  return present.people.flatMap((person): Person[] => {
    const roles = lastingRoles(person, present);
    const stays = roles.length > 0 && !planned.some(isNamed(person.name));
    return stays ? [{ ...person, roles }] : [];
  });
}

/** Everybody of the next roster, in the order of its list. */
export function nextPeople(plan: Plan, present: Present): NextPerson[] {
  const { custodians, operator, witness } = plan;
  const planned: readonly (readonly [Pick<Plan['witness'], 'name' | 'mail'>, Role])[] = [
    ...custodians.map((custodian) => [custodian, 'custodian'] as const),
    [operator, 'operator'],
    [witness, 'witness'],
  ];
  return [
    ...planned.map(([{ name, mail: given }, role]): NextPerson => {
      const before = present.people.find(isNamed(name));
      const kept = before === undefined ? [] : lastingRoles(before, present);
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
  present: Present,
  keys: Readonly<Record<string, string>>,
): RosterChange[] {
  const after = nextPeople(plan, present).map((person) => ({
    ...person,
    publicKey: keys[person.name] ?? present.people.find(isNamed(person.name))?.publicKey ?? '',
  }));
  return rosterChanges(present.people, after);
}
