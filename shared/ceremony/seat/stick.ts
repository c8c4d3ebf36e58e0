/**
 * An OTP envelope that came in on a stick is made anew there, in the same window. Where that fails,
 * the stick was looked at, and the transcript says what it holds; the person may try again, or go on.
 * @module
 */
import type { Facts } from '../../transcript/entry.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { refuseStep } from '../refusals.ts';
import { afterGiven, inFront, type Seat, type SeatStep } from './state.ts';
import type { EnvelopeMaking, Renewal, RenewalFailed, Turn } from '../types.ts';

const digest = (value: string) => ({ type: 'digest' as const, value });

/** What the transcript says after a reveal: the new envelope, or which one is on the stick and why. */
export function renewed({ name: custodian, index }: Turn, renewal: Renewal | null): Effect[] {
  if (renewal === null || index === null) return [];
  const whose = { index, custodian };
  if (renewal.done) return [isNew(whose, renewal.before, renewal.after)];
  const { note, before, after, holds } = renewal;
  const reason = note.happened;
  switch (holds) {
    case 'old':
      return [
        {
          effect: 'record',
          kind: 'envelope-kept',
          facts: { ...whose, envelope: digest(before), reason },
        },
      ];
    case 'new':
      return [
        ...(after === null ? [] : [isNew(whose, before, after)]),
        {
          effect: 'record',
          kind: 'exception',
          facts: {
            text: `Writing the new envelope of share ${index} of ${custodian} did not end as it should; the stick was read afterwards, and the new envelope is on it. ${reason}`,
          },
        },
      ];
    case 'unknown':
      return [
        {
          effect: 'record',
          kind: 'envelope-unknown',
          facts: {
            ...whose,
            before: digest(before),
            ...(after === null ? {} : { after: digest(after) }),
            reason,
          },
        },
      ];
  }
}

/** Before the new envelope takes the old one's name. */
export function making({ name: custodian, index }: Turn, { before, after }: EnvelopeMaking): Facts {
  return { index: index ?? 0, custodian, before: digest(before), after: digest(after) };
}

function isNew(
  whose: { readonly index: number; readonly custodian: string },
  before: string,
  after: string,
): Effect {
  return {
    effect: 'record',
    kind: 'envelope-renewed',
    facts: { ...whose, before: digest(before), after: digest(after) },
  };
}

/** Where the sitting goes on after that. */
export function afterRenewal(seat: Seat, renewal: Renewal | null): Seat {
  return renewal === null || renewal.done
    ? { ...seat, step: afterGiven(seat), stick: null }
    : { ...seat, step: 'renew-stick', stick: renewal };
}

/** One step after a renewal that failed. @throws Refusal `not-now` */
export function renewStick(seat: Seat, event: CeremonyEvent): SeatStep {
  const { turn, stick } = seat;
  if (stick === null || turn.index === null) throw refuseStep('not-now');
  if (seat.step === 'renew-replug') return replug(seat, turn.index, event);
  switch (event.type) {
    case 'write-again':
      // The old envelope was read from the stick itself; of anything else the laptop may only remember.
      return stick.holds === 'old' ? readStick(seat, turn.index) : awaitReplug(seat);
    case 'envelope-tried':
      return {
        seat: afterRenewal(seat, event.renewal),
        effects: tried(turn, stick, event.renewal),
      };
    case 'continue':
      return { seat: { ...seat, step: afterGiven(seat) }, effects: [] };
    default:
      throw refuseStep('not-now');
  }
}

/** What a stick holds is believed when it was seen to be out and in again. */
function awaitReplug(seat: Seat): SeatStep {
  const volumeId = seat.reading?.volumeId ?? null;
  if (volumeId === null) throw refuseStep('not-now');
  return {
    seat: { ...seat, step: 'renew-replug' },
    effects: [{ effect: 'await-replug', volumeId }],
  };
}

function replug(seat: Seat, index: number, event: CeremonyEvent): SeatStep {
  const back: Seat = { ...seat, step: 'renew-stick' };
  switch (event.type) {
    case 'replugged': {
      const { volumeId } = event;
      const reading = seat.reading === null ? null : { ...seat.reading, volumeId };
      return readStick({ ...back, reading }, index);
    }
    case 'continue':
      return { seat: back, effects: [] };
    default:
      throw refuseStep('not-now');
  }
}

function readStick(seat: Seat, index: number): SeatStep {
  return {
    seat,
    effects: [{ effect: 'renew-envelope', turn: seat.turn, index }],
    busy: inFront('Reading the stick'),
  };
}

/** What was there already is said once only. */
function tried(turn: Turn, before: RenewalFailed, now: Renewal): Effect[] {
  if (!now.done || before.holds !== 'new' || before.after !== now.after) return renewed(turn, now);
  const text = `The stick of share ${turn.index} of ${turn.name} was read once more: the new envelope is on it.`;
  return [{ effect: 'record', kind: 'exception', facts: { text } }];
}
