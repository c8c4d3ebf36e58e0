/**
 * What a sitting of a change of the roster has to know: whom it admits, what is signed.
 * @module
 */
import { isNamed } from '../../identity/roster-change.ts';
import { isKeyMedium } from '../../sharing/media-kinds.ts';
import { shareName } from '../../sharing/refusals.ts';
import type { RosterPackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { seenBy } from '../share-round.ts';
import { keyOf, newPeople, signersOf, type RosterState } from './state.ts';

type Person = Parameters<SeatContext['admit']>[0];

export function rosterSeatContext(
  state: RosterState,
  change: RosterPackageFacts,
  { turn, purpose }: Seat,
): SeatContext {
  return {
    page: state.plan?.page ?? 'A4',
    count: change.count,
    shareKey: null,
    // Nobody writes a share here.
    admitMedia: () => undefined,
    sheets: change.custodians.find(({ index }) => index === turn.index)?.sheets ?? [],
    witnesses: change.witnesses.map(({ name }) => name),
    remembers: change.remembers,
    watched: seenBy(state, turn),
    mayUseKey: turn.role !== 'admin' && !(state.plan?.admins ?? []).some(isNamed(turn.name)),
    prefersKey: prefersKey(state, change, turn.name),
    // Custodians and the witness may be without their identity; the rest is nothing without it.
    maySkip: purpose !== 'enrol' && turn.role !== 'operator',
    statement: statement(change, turn, seenBy(state, turn)),
    admit: (person) =>
      purpose === 'enrol'
        ? admitNew(state, turn.name, person)
        : admitListed(state, change, turn, person),
  };
}

/** As it was planned, made here, or listed in the roster in force. */
function prefersKey({ plan, credentials }: RosterState, change: RosterPackageFacts, name: string) {
  const planned = plan?.people.find(isNamed(name))?.medium ?? null;
  if (planned !== null) {
    return isKeyMedium(planned) || keyOf(credentials, name) !== undefined;
  }
  return change.people.find(isNamed(name))?.credential !== undefined;
}

/** What a person signs, word for word; it stands in the transcript. */
function statement(
  { serial, count }: RosterPackageFacts,
  { index, role }: Seat['turn'],
  watched: readonly string[],
): string {
  const about = `the change of the roster to number ${serial + 1}`;
  if (index !== null) {
    return `I gave ${shareName(index, count)} to sign ${about}, as it was shown to me, and for nothing else.`;
  }
  const saw = watched.map((what) => ` I saw that ${what}.`).join('');
  return `I ${role === 'witness' ? 'watched' : 'led'} ${about}.${saw} The transcript up to here is what happened.`;
}

/** Somebody's own identity, which nobody else in the new roster has. */
function admitNew(state: RosterState, name: string, person: Person): void {
  if (!isNamed(name)(person)) throw refuseStep('identity-other-name', person.name, name);
  const others = [
    ...newPeople(state),
    ...Object.entries(state.keys).map(([who, publicKey]) => ({ name: who, publicKey })),
  ];
  const other = others.find((one) => one.publicKey === person.publicKey && !isNamed(name)(one));
  if (other !== undefined) throw refuseStep('identity-shared', name, other.name);
}

function admitListed(
  state: RosterState,
  change: RosterPackageFacts,
  turn: Seat['turn'],
  person: Person,
): void {
  if (!listedFor(state, change, turn).includes(person.publicKey)) {
    throw refuseStep('identity-not-listed', person.name, turn.role);
  }
}

/** A custodian's is the one of the new roster; it may have been made an hour ago. */
function listedFor(
  state: RosterState,
  change: RosterPackageFacts,
  { role, index, name: who }: Seat['turn'],
): string[] {
  if (index !== null) {
    return change.custodians
      .filter((custodian) => custodian.index === index)
      .map(({ name, publicKey }) => keyOf(state.keys, name) ?? publicKey);
  }
  const { witnesses, operators } = signersOf(state);
  // Who saw something signs for it, also whoever is no witness of the new roster any more.
  const named = [...witnesses, ...change.witnesses].filter(isNamed(who));
  const listed = role !== 'witness' ? operators : named.length === 0 ? witnesses : named;
  return listed.map(({ publicKey }) => publicKey);
}
