/**
 * Custodians give their shares, one after another and in any order, until there are enough: what is
 * known of it, and what every ceremony that uses a set shows of it.
 * @module
 */
import type { PackagedSet } from './package-facts.ts';
import { isNamed } from '../identity/roster-change.ts';
import type { ExpectedPerson, WithPlanned } from './loaded-plan.ts';
import { newSeat, type Seat, type SeatContext } from './seat/state.ts';
import { seatScreen } from './seat/view.ts';
import type { Progress, Step, Turn, Watched } from './types.ts';
import type { Screen } from './view.ts';

/** What a state knows of the shares that were given. */
export interface WithShares {
  /** Indexes of the shares that were accepted, in order. */
  readonly accepted: readonly number[];
  /** Who got up last, for the hand-over. */
  readonly lastSeated: string | null;
  /** Indexes of the custodians who got up without giving, and have not come again since. */
  readonly gotUp: readonly number[];
  /** What witnesses saw in those sittings. */
  readonly watched: readonly Watched[];
}

/** What is known of the round when the sitting is over. */
export function afterSitting(
  { accepted, gotUp, watched }: WithShares,
  { turn: { name, index }, purpose, watched: here }: Seat,
): Pick<WithShares, 'lastSeated' | 'gotUp' | 'watched'> {
  const others = gotUp.filter((one) => one !== index);
  const without = purpose === 'give-share' && index !== null && !accepted.includes(index);
  return {
    lastSeated: name,
    gotUp: without ? [...others, index] : others,
    watched: [...watched, ...here],
  };
}

/** What somebody saw as a witness. */
export function seenBy({ watched }: WithShares, { role, name }: Turn): string[] {
  return role === 'witness'
    ? watched.filter(({ witness }) => isNamed(name)({ name: witness })).map(({ what }) => what)
    : [];
}

/** The sitting of a custodian who brings a share. */
export function custodianSeat(facts: PackagedSet, index: number): Seat | null {
  const custodian = facts.custodians.find((candidate) => candidate.index === index);
  if (custodian === undefined) return null;
  const turn: Turn = { name: custodian.name, role: 'custodian', index };
  return newSeat(turn, 'give-share', custodian.media[0] ?? 'paper');
}

/**
 * Who signs as a witness at the end: each one who saw something, one after the other; otherwise
 * whoever of the roster is in the room.
 * @param left the witness who has just got up; null: none was there yet
 * @returns null: nobody more
 */
export function witnessSeat(
  { watched }: WithShares,
  roster: Pick<PackagedSet, 'witnesses' | 'operators'>,
  left: Seat | null,
): Seat | null {
  const names = [...new Set(watched.map(({ witness }) => witness))];
  if (names.length === 0) return left === null ? signingSeat(roster, 'witness') : null;
  const next = names[left === null ? 0 : names.indexOf(left.turn.name) + 1];
  return next === undefined
    ? null
    : newSeat({ name: next, role: 'witness', index: null }, 'sign', 'usb');
}

const anyOf = (people: readonly { readonly name: string }[], none: string) =>
  people.map(({ name }) => name).join(' or ') || none;

/** Witness, then operator: whoever of the roster is in the room. */
export function signingSeat(
  facts: Pick<PackagedSet, 'witnesses' | 'operators'>,
  role: 'witness' | 'operator',
): Seat {
  const people = role === 'witness' ? facts.witnesses : facts.operators;
  return newSeat({ name: anyOf(people, `the ${role}`), role, index: null }, 'sign', 'usb');
}

/** How many of those needed are there. */
export function sharesGiven({ accepted }: WithShares, set: PackagedSet | null): Progress {
  return { done: accepted.length, of: set?.threshold ?? 0 };
}

/** Who was to come, beside who came. Nothing where no plan was loaded. */
function expectedPeople(
  { planned, accepted, gotUp }: WithShares & WithPlanned,
  set: PackagedSet,
): { readonly expected?: readonly ExpectedPerson[] } {
  if (planned === null) return {};
  const isIn = (indexes: readonly number[], name: string) =>
    set.custodians.some((one) => indexes.includes(one.index) && isNamed(name)(one));
  return {
    expected: planned.plan.expected.map((one) => {
      if (one.role !== 'custodian') return { ...one, here: null };
      return {
        ...one,
        here: isIn(accepted, one.name) ? 'gave' : isIn(gotUp, one.name) ? 'came' : null,
      };
    }),
  };
}

/** Who comes next. */
export function whoScreen(state: WithShares & WithPlanned, set: PackagedSet): Screen {
  return {
    ...expectedPeople(state, set),
    screen: 'who',
    waiting: set.custodians
      .filter(({ index }) => !state.accepted.includes(index))
      .map(({ index, name }) => ({ index, name })),
    progress: sharesGiven(state, set),
  };
}

/** @param words the transcript's head */
export function sittingScreen(
  state: WithShares,
  set: PackagedSet,
  seat: Seat,
  { context, words }: { readonly context: SeatContext; readonly words: string },
): Screen {
  const own = set.custodians.find(({ index }) => index === seat.turn.index);
  return seatScreen(seat, {
    context,
    leaving: state.lastSeated,
    progress: seat.purpose === 'give-share' ? sharesGiven(state, set) : null,
    words,
    media: own?.media ?? [],
    keyOn: own?.keyOn ?? [],
    spare: own?.spare ?? { backup: false, copy: false },
    gotUp: state.gotUp.filter((index) => index !== seat.turn.index).length,
  });
}

/** For the list on the left: a line for each share that is needed, with who gave it. */
export function shareSteps(
  { accepted }: WithShares,
  set: PackagedSet | null,
): Omit<Step, 'standing'>[] {
  const needed = set?.threshold ?? 0;
  return Array.from({ length: needed }, (_, at) => ({
    id: `share-${at + 1}`,
    label: `Share ${at + 1} of the ${needed} needed`,
    who: set?.custodians.find(({ index }) => index === accepted[at])?.name ?? 'A custodian',
  }));
}

/** How many of the lines of {@link shareSteps} lie behind the one who sits there, his own included. */
export function shareLine({ accepted }: WithShares, { turn: { index } }: Seat): number {
  return accepted.length + (index !== null && accepted.includes(index) ? 0 : 1);
}
