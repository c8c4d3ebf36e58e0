/**
 * The state of a change of the roster: who takes part from now on, signed by k custodians. Plain
 * JSON, public.
 * @module
 */
import type { NewAdmins } from '../../bundle/new-admins.ts';
import { isNamed, rosterChanges, type RosterChange } from '../../identity/roster-change.ts';
import type { IdentityCredential } from '../../identity/key-identity.ts';
import type { Person } from '../../identity/roster.ts';
import type { EndingPhase, EndingState } from '../ending.ts';
import type { RosterPlan } from '../../plan/roster-plan.ts';
import type { RosterPackageFacts } from '../package-facts.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import { newSeat, type Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import type { SeatQueue } from '../new-set/state.ts';
import { freshStart } from '../start.ts';
import type { WithWitnessPage } from '../witness-page.ts';

export type RosterPhase =
  | OpeningPhase
  | { readonly at: 'roster-plan' }
  | { readonly at: 'seat'; readonly seat: Seat; readonly queue: SeatQueue }
  | { readonly at: 'roster-facts' }
  | { readonly at: 'who' }
  | { readonly at: 'sign-roster' }
  | EndingPhase;

export interface RosterState extends OpeningState, EndingState, WithWitnessPage, WithShares {
  readonly ceremony: 'roster';
  readonly phase: RosterPhase;
  readonly change: RosterPackageFacts | null;
  readonly plan: RosterPlan | null;
  /** Keys of identities that were made or opened here to be listed, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Of those whose identity a YubiKey makes, by name. */
  readonly credentials: Readonly<Record<string, IdentityCredential>>;
  readonly signed: { readonly rosterDigest: string; readonly words: string } | null;
}

export function startRoster(start: Parameters<typeof freshStart>[0]): RosterState {
  return {
    ...freshStart(start),
    ceremony: 'roster',
    change: null,
    plan: null,
    keys: {},
    credentials: {},
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
    signed: null,
  };
}

/** Who makes or opens an identity to be listed, in order: the roster's people, then the admins. */
export function enrolSeats(plan: RosterPlan): Seat[] {
  const people = plan.people.flatMap(({ name, roles, medium }) =>
    medium === null
      ? []
      : [newSeat({ name, role: roles[0] ?? 'witness', index: null }, 'enrol', medium)],
  );
  const admins = (plan.admins ?? [])
    .filter(({ name }) => !people.some(({ turn }) => isNamed(name)(turn)))
    .map(({ name, medium }) => newSeat({ name, role: 'admin', index: null }, 'enrol', medium));
  return [...people, ...admins];
}

/** What was made or opened here under this name. */
export function keyOf<T>(keys: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.entries(keys).find(([who]) => isNamed(name)({ name: who }))?.[1];
}

/** Everybody of the new roster whose key is known by now. */
export function newPeople({ change, plan, keys, credentials }: RosterState): Person[] {
  return (plan?.people ?? []).flatMap(({ name, roles, medium, mail }): Person[] => {
    const before = change?.people.find(isNamed(name));
    const publicKey = medium === null ? before?.publicKey : keyOf(keys, name);
    const credential = medium === null ? before?.credential : keyOf(credentials, name);
    const address = mail === undefined ? before?.mail : (mail ?? undefined);
    return publicKey === undefined
      ? []
      : [
          {
            name,
            roles,
            publicKey,
            ...(address === undefined ? {} : { mail: address }),
            ...(credential === undefined ? {} : { credential }),
          },
        ];
  });
}

/** The two new admins with their keys; null when none are named, or their keys are not known yet. */
export function newAdminsOf({ plan, keys }: RosterState): NewAdmins | null {
  const [one, two] = (plan?.admins ?? []).flatMap(({ name, userId, roles }) => {
    const publicKey = keyOf(keys, name);
    return publicKey === undefined ? [] : [{ name, userId, roles, publicKey }];
  });
  return one === undefined || two === undefined ? null : [one, two];
}

export function changesOf(state: RosterState): RosterChange[] {
  return rosterChanges(state.change?.people ?? [], newPeople(state));
}

/** Who may sign in a role: people of the new roster. */
export function signersOf(state: RosterState) {
  const people = newPeople(state);
  const inRole = (role: 'operator' | 'witness') =>
    people.filter(({ roles }) => roles.includes(role));
  return { operators: inRole('operator'), witnesses: inRole('witness') };
}
