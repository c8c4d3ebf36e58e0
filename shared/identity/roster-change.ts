/**
 * When one roster may follow another, and what changes with it. The same rules at the ceremony, at
 * sync and for the auditor.
 * @module
 */
import { refusals } from '../refusal.ts';
import type { Manifest } from '../sharing/manifest.ts';
import type { Person, Roster, RosterDocument } from './roster.ts';

const unchanged = 'The roster of before stays in force, and nothing is lost.';

export const refuseRoster = refusals({
  'roster-credential-lost': (name: string) => ({
    happened: `The new roster changes how the YubiKey of ${name} is asked, and keeps the identity.`,
    means: `The key would not answer as this identity any more, so ${name} could never sign again. ${unchanged}`,
    next: `Begin the change of the roster again. To replace the key, give ${name} a new personal identity.`,
    culprit: name,
  }),
  'roster-not-next': (found: number, wanted: number) => ({
    happened: `This roster (number ${found}) does not follow the one in force (number ${wanted - 1}).`,
    means: `It was made from another one, or somebody brings an old one. ${unchanged}`,
    next: 'Ask sync for a new package, and change the roster from there.',
  }),
  'roster-holder-missing': (name: string) => ({
    happened: `${name} holds a share, and is no custodian in the new roster.`,
    means: `A new roster takes no share away: the share would go on opening the key, and nobody would be listed for it. ${unchanged}`,
    next: `Leave ${name} in as a custodian. To take the share out of use, the shares themselves must be renewed.`,
    culprit: name,
  }),
  'roster-role-missing': (role: 'operator' | 'witness') => ({
    happened: `Nobody is ${role} in the new roster.`,
    means: `Without ${role === 'operator' ? 'an operator no ticket and no bundle' : 'a witness nothing'} could be signed any more. ${unchanged}`,
    next: `Give somebody the role ${role}.`,
  }),
});

/** Whether it is the same person: names differ in more than capitals. */
export function isNamed(name: string): (person: { readonly name: string }) => boolean {
  return (person) => person.name.toLowerCase() === name.toLowerCase();
}

/** The custodians of a share set who are no custodians among these people. */
export function holdersMissing(
  people: readonly Pick<Person, 'name' | 'roles'>[],
  holders: readonly string[],
): string[] {
  return holders.filter(
    (holder) =>
      !people.some((person) => isNamed(holder)(person) && person.roles.includes('custodian')),
  );
}

/**
 * Refuses people without somebody who holds a share of one of these sets: of several key versions all
 * shares stay in use.
 * @throws Refusal `roster-holder-missing`
 */
export function assertHoldersStay(
  { people }: { readonly people: readonly Pick<Person, 'name' | 'roles'>[] },
  sets: readonly { readonly body: Manifest }[],
): void {
  const holders = sets.flatMap(({ body: { shares } }) =>
    shares.map(({ custodian }) => custodian.name),
  );
  const [missing] = holdersMissing(people, holders);
  if (missing !== undefined) throw refuseRoster('roster-holder-missing', missing);
}

/** Refuses people with whom no ceremony could be held. */
export function assertComplete(
  people: readonly Pick<Person, 'name' | 'roles'>[],
  holders: readonly string[],
): void {
  const [missing] = holdersMissing(people, holders);
  if (missing !== undefined) throw refuseRoster('roster-holder-missing', missing);
  for (const role of ['operator', 'witness'] as const) {
    if (!people.some(({ roles }) => roles.includes(role))) {
      throw refuseRoster('roster-role-missing', role);
    }
  }
}

/** Refuses a roster that may not take the place of the present one. */
export function assertFollows(
  next: Roster,
  present: Pick<RosterDocument, 'body' | 'digest'>,
  manifest: Manifest,
): void {
  const { serial } = present.body;
  if (next.serial !== serial + 1 || next.previous !== present.digest) {
    throw refuseRoster('roster-not-next', next.serial, serial + 1);
  }
  const [lost] = next.people.filter((person) => {
    const before = present.body.people.find(({ publicKey }) => publicKey === person.publicKey);
    return before !== undefined && !isSameCredential(before.credential, person.credential);
  });
  if (lost !== undefined) throw refuseRoster('roster-credential-lost', lost.name);
  assertComplete(
    next.people,
    manifest.shares.map(({ custodian }) => custodian.name),
  );
}

function isSameCredential(one: Person['credential'], other: Person['credential']): boolean {
  const { id = null, publicKey = null, serial = null } = one ?? {};
  const {
    id: otherId = null,
    publicKey: otherKey = null,
    serial: otherSerial = null,
  } = other ?? {};
  return id === otherId && publicKey === otherKey && serial === otherSerial;
}

/** What happens to one person. */
export interface RosterChange {
  readonly name: string;
  readonly what: 'comes' | 'leaves' | 'new-identity' | 'other-roles' | 'other-address';
  /** Afterwards; before, for one who leaves. */
  readonly roles: readonly string[];
  /** Where sync tells him afterwards; null: nowhere. Of who comes, and with another address. */
  readonly mail?: string | null;
  /** With another address: the one of before; null: none. */
  readonly mailBefore?: string | null;
}

type Described = Pick<Person, 'name' | 'roles' | 'publicKey' | 'mail'>;

/** Every change, in the order of the new roster; who leaves comes last. */
export function rosterChanges(
  before: readonly Described[],
  after: readonly Described[],
): RosterChange[] {
  const changed = after.flatMap(({ name, roles, publicKey, mail = null }): RosterChange[] => {
    const old = before.find(isNamed(name));
    if (old === undefined) return [{ name, roles, what: 'comes', mail }];
    const mailBefore = old.mail ?? null;
    const otherRoles = [...old.roles].sort().join() !== [...roles].sort().join();
    return [
      ...(old.publicKey === publicKey ? [] : [{ name, roles, what: 'new-identity' } as const]),
      ...(otherRoles ? [{ name, roles, what: 'other-roles' } as const] : []),
      ...(mail === mailBefore
        ? []
        : [{ name, roles, what: 'other-address', mail, mailBefore } as const]),
    ];
  });
  const left = before
    .filter(({ name }) => !after.some(isNamed(name)))
    .map(({ name, roles }): RosterChange => ({ name, roles, what: 'leaves' }));
  return [...changed, ...left];
}

/** `custodian 3 gets a new personal identity` */
export function changeInWords(change: RosterChange): string {
  const { name, what, roles, mail = null, mailBefore = null } = change;
  const as = roles.join(' and ');
  switch (what) {
    case 'comes':
      return `${name} comes in as ${as}${mail === null ? '' : `, and is told by mail at ${mail}`}`;
    case 'leaves':
      return `${name} (${as}) leaves`;
    case 'new-identity':
      return `${name} gets a new personal identity`;
    case 'other-roles':
      return `${name} is ${as} from now on`;
    case 'other-address':
      if (mail === null) return `${name} is told by mail no more (until now at ${mailBefore})`;
      return `${name} is told by mail at ${mail} from now on, ${mailBefore === null ? 'and was not before' : `no more at ${mailBefore}`}`;
  }
}
