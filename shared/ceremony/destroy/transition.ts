/**
 * Destroying what is left of a share set, step by step: everybody reads what is over and why →
 * environment, clock → each custodian destroys paper, sticks and envelopes before all eyes, has
 * slots of YubiKeys erased and read empty, and signs → the witness signs. Whoever cannot come
 * leaves the rest on the list for another day.
 *
 * Whether a set may be destroyed at all is decided before it begins: see the host's
 * destroy-facts.ts.
 * @module
 */
import { isNamed } from '../../identity/roster-change.ts';
import type { Remnant } from '../../ledger/ledger.ts';
import { STOPPED } from '../../ledger/read-destroyed.ts';
import { remnantInWords } from '../../ledger/remnants.ts';
import { shareName } from '../../sharing/refusals.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import { refuseStep } from '../refusals.ts';
import { inFront, type Seat } from '../seat/state.ts';
import { seatTransition } from '../seat/seat.ts';
import { destroySeatContext } from './seat-context.ts';
import {
  backupsSeat,
  destroyers,
  destroyerSeat,
  keysOf,
  pieceInWords,
  remaining,
  witnessSeat,
  type DestroyPhase,
  type DestroyState,
} from './state.ts';
import { fileLookedFor, lookAgain, removeFile } from './stick-file.ts';

type Next = Step<DestroyState>;

/** What two people answer for where no backup from after the change was tried. */
const UNTRIED = 'none of those made after the change was restored in a test';

/** The witness may say that the copies of before are tried, or that there are none any more. */
const BACKUPS: Readonly<Record<string, string>> = {
  superseded: 'those made after the change were restored in a test, or none older is left',
  retired: 'none is needed any more that may hold a survey key under its version',
};

/** What tells a new legacy share from one of before. */
const BY_ADOPTION = 'by the adoption';

export function destroyTransition(state: DestroyState, event: CeremonyEvent): Next {
  return step(state, event, own);
}

function own(state: DestroyState, event: CeremonyEvent): Next {
  const { phase } = state;
  if (phase.at === 'closed') throw refuseStep('not-now');
  if (event.type === 'abandon') {
    const text = `${STOPPED}${event.reason}`;
    return close(state, [{ effect: 'record', kind: 'exception', facts: { text } }]);
  }
  if (isOpening(phase)) return openingTransition(state, phase, event, opening);
  switch (phase.at) {
    case 'destruction':
      return agree(state, event);
    case 'destroyers':
      if (event.type === 'who') return sit(state, destroyerSeat(state, event.index));
      if (event.type === 'continue') return noMore(state);
      if (event.type === 'backups-gone') return backupsGone(state, event);
      if (state.set.standing === 'legacy') return lookForFiles(state, event);
      break;
    case 'seat':
      return seat(state, phase.seat, event);
  }
  throw refuseStep('not-now');
}

const opening: OpeningPlan<DestroyState> = {
  // Nothing of sync is needed: this machine never enters the phases before the environment.
  packageKind: 'setup',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: () => {
    throw refuseStep('not-now');
  },
  afterClock: (state) =>
    state.untried === null
      ? to(state, { at: 'destroyers' })
      : sit(state, backupsSeat(state.untried.by)),
};

function to(state: DestroyState, phase: DestroyPhase): Next {
  return { state: { ...state, phase }, effects: [] };
}

function sit(state: DestroyState, next: Seat | null): Next {
  if (next === null) throw refuseStep('not-now');
  return to(state, { at: 'seat', seat: next });
}

/** Nobody else comes today: the witness signs, where there is something to sign. */
function noMore(state: DestroyState): Next {
  const { gone, looked, backupsGone: said } = state;
  const nothing = gone.length === 0 && looked.length === 0 && said === null;
  return nothing ? close(state, []) : sit(state, witnessSeat(state));
}

function close(state: DestroyState, before: readonly Effect[]): Next {
  const outcome = remaining(state).length === 0 ? 'everything destroyed' : 'some of it is left';
  return {
    state: { ...state, phase: { at: 'closed' }, busy: null },
    effects: [
      ...before,
      { effect: 'record', kind: 'ceremony-closed', facts: { outcome } },
      { effect: 'finish' },
    ],
  };
}

function agree(state: DestroyState, event: CeremonyEvent): Next {
  if (event.type !== 'destruction') throw refuseStep('not-now');
  const { set } = state;
  const { setId, generation, label, standing, remnants } = set;
  const { witness, untried = null } = event;
  if (remnants.some(({ custodian }) => isNamed(custodian)({ name: witness }))) {
    throw refuseStep('destroy-own-witness', witness);
  }
  const isUntried = standing === 'superseded' && !event.backupsTried;
  if (isUntried && untried === null) throw refuseStep('destroy-backups');
  if (untried !== null) {
    if (!isUntried) throw refuseStep('not-now');
    assertTwoAnswer(state, untried.by, witness);
  }
  if (standing === 'retired' && !event.backupsTried) throw refuseStep('destroy-version-backups');
  const backups = isUntried ? UNTRIED : BACKUPS[standing];
  const things = remnants.map((one, at) => [
    `thing.${at + 1}`,
    one.what === 'legacy'
      ? `${one.custodian}: ${remnantInWords(one)}`
      : `${shareName(one.index, set.count)}, ${one.custodian}, ${remnantInWords(one)}`,
  ]);
  return checkEnvironment({ ...state, witness, untried }, opening, [
    {
      effect: 'record',
      kind: 'destruction-agreed',
      facts: {
        setId,
        generation,
        label,
        standing,
        witness,
        ...(backups === undefined ? {} : { backups }),
        ...(untried === null
          ? {}
          : { 'backups.reason': untried.reason, 'backups.by.name': untried.by }),
        ...Object.fromEntries(things),
      },
    },
  ]);
}

/** Of the backups: two people whose signatures can be told, and neither of them holds a share. */
function assertTwoAnswer(state: DestroyState, by: string, witness: string): void {
  if (isNamed(witness)({ name: by })) throw refuseStep('backups-one-person', by);
  const holds = state.set.remnants.some(({ custodian }) => isNamed(custodian)({ name: by }));
  if (holds) throw refuseStep('backups-by-holder', by);
  for (const name of [by, witness]) {
    if (keysOf(state, name).length === 0) throw refuseStep('backups-by-unknown', name);
  }
}

/**
 * SECURITY: shares that nobody could destroy look harmless from here on, so two people answer for it,
 * whose keys this laptop knows and who gain nothing by it.
 */
function backupsGone(
  state: DestroyState,
  { on, by }: Extract<CeremonyEvent, { type: 'backups-gone' }>,
): Next {
  const { set, witness, checkedAt } = state;
  const { setId, label, halfOf: since } = set;
  if (set.standing !== 'superseded' || state.backupsGone !== null) throw refuseStep('not-now');
  assertTwoAnswer(state, by, witness);
  const isPossible = on <= checkedAt.slice(0, 10) && (since === null || on >= since.slice(0, 10));
  if (!isPossible) throw refuseStep('backups-day', on);
  const facts = {
    setId,
    label,
    on,
    ...(since === null ? {} : { since: { type: 'time' as const, value: since } }),
    'by.1.name': by,
    'by.2.name': witness,
  };
  const next = sit({ ...state, backupsGone: { on, by } }, backupsSeat(by));
  return { state: next.state, effects: [{ effect: 'record', kind: 'backups-gone', facts }] };
}

function seat(state: DestroyState, current: Seat, event: CeremonyEvent): Next {
  if (event.type === 'seat-ended') {
    const left = { ...state, lastSeated: current.turn.name };
    if (current.turn.role === 'witness') return close(left, []);
    // Files are still looked for when every legacy share is gone.
    const isDone = destroyers(left).length === 0 && state.set.standing !== 'legacy';
    return isDone ? noMore(left) : to(left, { at: 'destroyers' });
  }
  if (current.step === 'destroy') return destroy(state, current, event);
  const result = seatTransition(current, event, destroySeatContext(state, current));
  const next: DestroyState = {
    ...state,
    phase: { at: 'seat', seat: result.seat },
    busy: result.busy ?? null,
  };
  if (result.finished !== true) return { state: next, effects: result.effects };
  return {
    state: { ...next, busy: busy('Clearing the screen') },
    effects: [...result.effects, { effect: 'end-seat' }],
  };
}

/** Copies that nobody listed: on a stick, or in a folder of this laptop. */
function lookForFiles(state: DestroyState, event: CeremonyEvent): Next {
  if (event.type === 'look-for-files') {
    const { volumeId, folder } = event;
    if ((volumeId === null) === (folder === null)) throw refuseStep('not-now');
    return {
      state: { ...state, busy: busy('Looking for leftover files') },
      effects: [{ effect: 'find-leftovers', volumeId, folder }],
    };
  }
  if (event.type !== 'leftovers-found') throw refuseStep('not-now');
  const { where, files, looked, complete } = event;
  const named = Object.fromEntries(files.map((name, at) => [`file.${at + 1}`, name]));
  const facts = { where, looked, complete, ...named };
  return {
    state: { ...state, looked: [...state.looked, { where, files, complete }] },
    effects: [{ effect: 'record', kind: 'leftovers-looked-for', facts }],
  };
}

/** One custodian, one thing after another. */
function destroy(state: DestroyState, current: Seat, event: CeremonyEvent): Next {
  const { turn } = current;
  const index = turn.index ?? 0;
  switch (event.type) {
    case 'erase-slot':
      return eraseSlot(state, current, thing(state, index, event.id));
    case 'slot-erased': {
      const one = thing(state, index, event.id);
      const { serial, slot, found, proved, isEmpty } = event;
      const whose = { index, custodian: turn.name, serial };
      const shown = found === 'configured' ? { proved } : {};
      const facts = { ...whose, slot, found, ...shown, empty: isEmpty };
      const effects: Effect[] = [{ effect: 'record', kind: 'slot-erased', facts }];
      if (isEmpty) return { state: without(state, one), effects };
      const refusal = refuseStep('destroy-slot-not-empty', slot).note();
      return { state: { ...state, refusal }, effects };
    }
    case 'remove-file':
      return removeFile(state, thing(state, index, event.id), event.volumeId);
    case 'share-file-removed': {
      const { id, volumeId, where, files } = event;
      return {
        state: { ...state, reopening: { id, where, files } },
        effects: [{ effect: 'await-replug', volumeId }],
      };
    }
    case 'replugged':
      return lookAgain(state, event.volumeId);
    case 'share-file-looked-for':
      return fileLookedFor(state, current, event.files);
    case 'destroyed': {
      const one = thing(state, index, event.id);
      const strip = event.strip === undefined ? {} : { strip: event.strip };
      if (one.what === 'legacy') {
        const { number, custodian, description, made } = one;
        const facts = {
          number,
          custodian,
          description,
          ...(made === true ? { written: BY_ADOPTION } : {}),
          ...strip,
        };
        return {
          state: without(state, one),
          effects: [{ effect: 'record', kind: 'legacy-destroyed', facts }],
        };
      }
      if (one.what !== 'medium') throw refuseStep('not-now');
      const { kind: medium, description } = one;
      const facts = { index, custodian: turn.name, medium, description, ...strip };
      return {
        state: without(state, one),
        effects: [{ effect: 'record', kind: 'medium-destroyed', facts }],
      };
    }
    case 'leave-slot': {
      const one = thing(state, index, event.id);
      if (one.what !== 'slot') throw refuseStep('not-now');
      const { serial, slot } = one;
      const whose = { index, custodian: turn.name, ...(serial === null ? {} : { serial }) };
      const facts = { ...whose, ...(slot === null ? {} : { slot }), reason: event.reason };
      return {
        state: { ...without(state, one), asItIs: [...state.asItIs, one.id] },
        effects: [{ effect: 'record', kind: 'slot-left', facts }],
      };
    }
    case 'continue':
      if (remaining(state, index).length > 0) break;
      return sit(state, { ...current, step: 'identity' });
    case 'get-up': {
      const text = `${turn.name} did not destroy ${remaining(state, index).map(remnantInWords).join(', ')}: ${event.reason}`;
      const effects: Effect[] = [{ effect: 'record', kind: 'exception', facts: { text } }];
      const did = state.set.remnants.some(
        (one) => one.index === index && state.gone.includes(one.id),
      );
      if (did) return { ...sit(state, { ...current, step: 'identity' }), effects };
      return {
        state: { ...state, busy: busy('Clearing the screen') },
        effects: [...effects, { effect: 'end-seat' }],
      };
    }
  }
  throw refuseStep('not-now');
}

function thing(state: DestroyState, index: number, id: string): Remnant {
  const found = remaining(state, index).find((one) => one.id === id);
  if (found === undefined) throw refuseStep('not-now');
  return found;
}

function without(state: DestroyState, one: Remnant): DestroyState {
  return { ...state, gone: [...state.gone, one.id], reopening: null };
}

function eraseSlot(state: DestroyState, { turn }: Seat, one: Remnant): Next {
  if (one.what !== 'slot') throw refuseStep('not-now');
  const { id, serial, slot, programmed, verifiers } = one;
  if (serial === null) throw refuseStep('destroy-slot-unnamed');
  // SECURITY: erasing it would lose a share that is needed.
  if (state.set.inUse.includes(serial)) throw refuseStep('destroy-slot-in-use', slot, serial);
  if (slot === null) throw refuseStep('destroy-slot-unknown');
  const title = pieceInWords(state, one.index);
  const { owners } = state.set;
  return {
    state: { ...state, busy: inFront(`Erasing ${remnantInWords(one)}`) },
    effects: [
      { effect: 'erase-slot', turn, id, serial, slot, programmed, verifiers, title, owners },
    ],
  };
}
