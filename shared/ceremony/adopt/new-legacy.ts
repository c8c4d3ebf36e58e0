/**
 * Adopt, after the new set was read back: the same component is written as new legacy shares too,
 * where people want that, for a deployment that still runs CheckTick's own commands. Each lies in
 * the clear on a stick of its own, is read back from there, and all of them together give the
 * component again before they count.
 *
 * They open the key from the moment in which enough of them are written, whatever becomes of this
 * ceremony: each stick stands in the transcript before anything is written onto it.
 * @module
 */
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, type Step } from '../machine.ts';
import { refuseStep } from '../refusals.ts';
import { perhapsWritten } from '../seat/media.ts';
import type { AdoptState, NewLegacy } from './state.ts';

type Next = Step<AdoptState>;

/** Which one is written or read back now. */
export const nextNumber = ({ done }: NewLegacy): number => done.length + 1;

/** `new legacy share 2 of 4` */
export const newLegacyName = (number: number, count: number): string =>
  `new legacy share ${number} of ${count}`;

/** @param sign what comes after it: witness and operator sign */
export function newLegacyStep(
  state: AdoptState,
  event: CeremonyEvent,
  sign: (state: AdoptState) => Next,
): Next {
  const made = state.newLegacy;
  if (event.type === 'new-legacy-ended' && made !== null) return ended(state, made, sign);
  if (event.type === 'new-legacy-leave' && made !== null) {
    return end({ ...state, newLegacy: { ...made, proved: false } }, false);
  }
  switch (state.phase.at) {
    case 'new-legacy':
      return answer(state, event, sign);
    case 'new-legacy-write':
      return made === null ? notNow() : write(state, event, made);
    case 'new-legacy-replug':
      return made === null ? notNow() : readBack(state, event, made);
    case 'new-legacy-prove':
      if (event.type === 'continue' && made !== null) {
        return end({ ...state, newLegacy: { ...made, proved: true } }, true);
      }
  }
  return notNow();
}

function notNow(): never {
  throw refuseStep('not-now');
}

function answer(state: AdoptState, event: CeremonyEvent, sign: (state: AdoptState) => Next): Next {
  if (event.type === 'new-legacy') {
    if (event.split === null) return sign({ ...state, newLegacy: null });
    const { threshold, count } = event.split;
    return {
      state: {
        ...state,
        newLegacy: { threshold, count, done: [], written: null, writingFor: null, proved: false },
        busy: busy('Splitting the component once more, into legacy shares'),
      },
      effects: [{ effect: 'split-legacy', threshold, count }],
    };
  }
  if (event.type === 'new-legacy-split' && state.newLegacy !== null) {
    const { threshold, count } = state.newLegacy;
    return {
      state: { ...state, phase: { at: 'new-legacy-write' } },
      effects: [{ effect: 'record', kind: 'new-legacy-split', facts: { threshold, count } }],
    };
  }
  return notNow();
}

function write(state: AdoptState, event: CeremonyEvent, made: NewLegacy): Next {
  const number = nextNumber(made);
  const name = newLegacyName(number, made.count);
  if (event.type === 'new-legacy-write') {
    const { by, volumeId } = event;
    return {
      state: {
        ...withUnfinished(state, made),
        newLegacy: { ...made, written: null, writingFor: by },
        busy: busy('Writing to the stick'),
      },
      effects: [
        { effect: 'record', kind: 'new-legacy-writing', facts: { number, custodian: by } },
        { effect: 'write-legacy', number, volumeId },
      ],
    };
  }
  if (event.type === 'new-legacy-written' && made.writingFor !== null) {
    const { volumeId, volumeLabel, description, fileName } = event;
    const by = made.writingFor;
    return {
      state: {
        ...state,
        everWritten: [...state.everWritten, `${by}: ${name} on ${description}, ${fileName}`],
        newLegacy: {
          ...made,
          writingFor: null,
          written: { number, by, description, volumeId, volumeLabel },
        },
        phase: { at: 'new-legacy-replug' },
      },
      effects: [
        {
          effect: 'record',
          kind: 'new-legacy-written',
          facts: { number, custodian: by, description },
        },
        { effect: 'await-replug', volumeId },
      ],
    };
  }
  return notNow();
}

/** What an attempt that was refused may have left on its stick. */
function withUnfinished(state: AdoptState, made: NewLegacy): AdoptState {
  if (made.writingFor === null) return state;
  return {
    ...state,
    everWritten: [...state.everWritten, unfinished(made, made.writingFor)],
    newLegacy: { ...made, writingFor: null },
  };
}

const unfinished = (made: NewLegacy, by: string): string =>
  `${by}: ${newLegacyName(nextNumber(made), made.count)} on a stick, not finished: look for it`;

function readBack(state: AdoptState, event: CeremonyEvent, made: NewLegacy): Next {
  const { written } = made;
  if (written === null) return notNow();
  const { volumeLabel, ...share } = written;
  const { number, by, description, volumeId } = share;
  switch (event.type) {
    case 'continue':
      return { state, effects: [{ effect: 'await-replug', volumeId }] };
    case 'write-again': {
      const text = `${by} writes ${newLegacyName(number, made.count)} again: what is on ${description} was not read back and is to be destroyed.`;
      return {
        state: {
          ...state,
          newLegacy: { ...made, written: null },
          phase: { at: 'new-legacy-write' },
        },
        effects: [{ effect: 'record', kind: 'exception', facts: { text } }],
      };
    }
    case 'replugged':
      return {
        state: {
          ...state,
          newLegacy: { ...made, written: { ...written, volumeId: event.volumeId } },
          busy: busy(`Reading it back from ${volumeLabel}`),
        },
        effects: [{ effect: 'read-legacy-back', number, volumeId: event.volumeId }],
      };
    case 'new-legacy-read-back': {
      const done = [...made.done, { number, by, description }];
      const isLast = done.length === made.count;
      return {
        state: {
          ...state,
          newLegacy: { ...made, done, written: null },
          phase: { at: isLast ? 'new-legacy-prove' : 'new-legacy-write' },
        },
        effects: [
          {
            effect: 'record',
            kind: 'new-legacy-read-back',
            facts: { number, custodian: by, description },
          },
        ],
      };
    }
    default:
      return notNow();
  }
}

function end(state: AdoptState, proves: boolean): Next {
  const doing = proves
    ? 'Restoring the component from the new legacy shares'
    : 'Forgetting the new legacy shares';
  return {
    state: { ...state, busy: busy(doing) },
    effects: [{ effect: 'end-new-legacy', proves }],
  };
}

function ended(state: AdoptState, made: NewLegacy, sign: (state: AdoptState) => Next): Next {
  const { threshold, count, done, proved } = made;
  const record: Effect = proved
    ? { effect: 'record', kind: 'new-legacy-proved', facts: { threshold, count } }
    : { effect: 'record', kind: 'new-legacy-left', facts: { done: done.length, count } };
  const next = sign(withUnfinished(state, made));
  return { state: next.state, effects: [record, ...next.effects] };
}

/** A write that was refused before anything could be on the stick left nothing to look for. */
export function afterRefusedLegacy(state: AdoptState, code: string): AdoptState {
  const made = state.newLegacy;
  if (made === null || made.writingFor === null || perhapsWritten(code)) return state;
  return { ...state, newLegacy: { ...made, writingFor: null } };
}

/** With what a ceremony that ends now may have left on a stick. */
export function everWrittenOf(state: AdoptState): AdoptState {
  return state.newLegacy === null ? state : withUnfinished(state, state.newLegacy);
}

/** What witness and operator sign of them; a sentence, or ''. */
export function aboutNewLegacy({ newLegacy: made }: AdoptState): string {
  if (made === null) return '';
  const { threshold, count, done, proved } = made;
  return proved
    ? `The component was written as ${count} new legacy shares too; each was read back, and any ${threshold} of them open the key without Conclave.`
    : `New legacy shares, any ${threshold} of ${count}, were begun and left: ${done.length} were read back. They are to be destroyed.`;
}

/** Who takes which home, one line each. */
export function newLegacyHome({ newLegacy }: AdoptState): string[] {
  return (newLegacy?.done ?? []).map(
    ({ number, by, description }) =>
      `${by}: ${newLegacyName(number, newLegacy?.count ?? 0)} on ${description}, unlocked`,
  );
}
