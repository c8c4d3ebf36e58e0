/**
 * What the window shows of a destruction.
 * @module
 */
import { legacyLeftInWords, newLegacyLeftInWords } from '../../ledger/legacy.ts';
import { remnantInWords } from '../../ledger/remnants.ts';
import { frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isOpening } from '../opening.ts';
import { seatScreen } from '../seat/view.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import type { ThingShown } from './screens.ts';
import type { Remnant } from '../../ledger/ledger.ts';
import { destroySeatContext } from './seat-context.ts';
import {
  destroyers,
  isNewLegacy,
  isOnStick,
  pieceInWords,
  remaining,
  type DestroyState,
} from './state.ts';

export function destroyView(state: DestroyState, head: Head): View {
  const own = {
    title: state.set.standing === 'legacy' ? 'Destroy the legacy shares' : 'Destroy what is over',
    setLabel: state.set.label,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: DestroyState, head: Head): Screen {
  const { phase, set, gone } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  switch (phase.at) {
    case 'destruction': {
      const { label, standing, supersededBy, witness, ofKeyInUse } = set;
      const things = set.remnants.map((one) => shown(state, one));
      return {
        screen: 'destruction',
        ofKeyInUse,
        label,
        standing,
        supersededBy,
        witness,
        things,
      };
    }
    case 'destroyers':
      return {
        screen: 'destroyers',
        waiting: destroyers(state).map((one) => ({ ...one, has: hasInWords(state, one) })),
        progress: { done: gone.length, of: set.remnants.length },
        witness: state.witness,
        looked: set.standing === 'legacy' ? state.looked : null,
        backups: set.standing === 'superseded' ? { gone: state.backupsGone } : null,
      };
    case 'seat': {
      const { seat } = phase;
      if (seat.step === 'destroy') {
        const things = set.remnants
          .filter(({ index }) => index === seat.turn.index)
          .map((one) => shown(state, one));
        const index = seat.turn.index ?? 0;
        return {
          screen: 'destroy',
          index,
          count: set.count,
          label: set.label,
          piece: pieceInWords(state, index),
          things,
        };
      }
      return seatScreen(seat, {
        context: destroySeatContext(state, seat),
        leaving: state.lastSeated,
        progress: null,
        words: head.words,
        media: [],
        spare: { backup: false, copy: false },
        gotUp: 0,
        keyOn: [],
      });
    }
    case 'closed': {
      const left = remaining(state);
      const inWords = ({ custodian, ...one }: Remnant) =>
        `${custodian}: ${remnantInWords({ custodian, ...one })}`;
      return {
        screen: 'destroyed',
        gone: set.remnants
          .filter(({ id }) => gone.includes(id))
          .map((one) => `${inWords(one)}${asItIs(state, one)}`),
        left: left.map(inWords),
        words: head.words,
        legacy: legacyAfter(state),
        looked: state.looked,
      };
    }
  }
}

/** What still opens the adopted key; null: it is not about that. */
function legacyAfter(state: DestroyState): string | null {
  const { standing, count, threshold } = state.set;
  if (standing !== 'legacy') return null;
  const [old, made] = [false, true].map(
    (isMade) => remaining(state).filter((one) => isNewLegacy(one) === isMade).length,
  );
  const of = state.set.remnants.filter(isNewLegacy).length;
  // What was destroyed another day is not among the things of this one.
  const before = legacyLeftInWords(old ?? 0, count, threshold);
  const after = newLegacyLeftInWords({ left: made ?? 0, of, threshold: state.set.newThreshold });
  return after === '' ? before : `${before} ${after}`;
}

/** What whoever comes next has. */
function hasInWords(
  state: DestroyState,
  { index, left }: { readonly index: number; readonly left: number },
): string {
  const isLegacy = remaining(state, index).some(({ what }) => what === 'legacy');
  const things = `${left} ${left === 1 ? 'thing' : 'things'} left`;
  return isLegacy ? pieceInWords(state, index) : `share ${index}, ${things}`;
}

/** A slot that was left on purpose is dealt with, and still there. */
const asItIs = ({ asItIs: left }: DestroyState, { id }: Remnant) =>
  left.includes(id) ? ', left as it is' : '';

function shown(state: DestroyState, one: Remnant): ThingShown {
  const { gone, set } = state;
  const { id, index, custodian } = one;
  const words = `${remnantInWords(one)}${asItIs(state, one)}`;
  const common = { id, index, custodian, words, gone: gone.includes(id) };
  if (one.what === 'medium')
    return { ...common, what: 'medium', kind: one.kind, file: fileOf(state, one) };
  if (one.what === 'legacy') return { ...common, what: 'legacy' };
  const { serial, slot, programmed, verifiers } = one;
  const why = whyNotErased({ serial, slot }, set.inUse);
  const isKnown = verifiers.length > 0;
  return { ...common, what: 'slot', slot, programmed, isKnown, notErased: why };
}

function fileOf({ set, reopening, fileGone }: DestroyState, one: Remnant) {
  if (!isOnStick(one) || !set.filesTold) return null;
  if (fileGone.includes(one.id)) return 'gone';
  return reopening?.id === one.id ? 'reopen' : 'there';
}

function whyNotErased(
  { serial, slot }: Pick<Extract<Remnant, { what: 'slot' }>, 'serial' | 'slot'>,
  inUse: readonly number[],
) {
  if (serial === null) return 'unnamed';
  if (inUse.includes(serial)) return 'in-use';
  return slot === null ? 'unknown' : null;
}

function steps(state: DestroyState): Step[] {
  const { phase, set, witness } = state;
  const people = [...new Map(set.remnants.map(({ index, custodian }) => [index, custodian]))];
  const waiting = destroyers(state).map(({ index }) => index);
  const position = ((): number => {
    switch (phase.at) {
      case 'destruction':
        return 0;
      case 'environment':
      case 'clock':
      case 'descriptor':
      case 'descriptor-words':
      case 'package':
        return 1;
      case 'destroyers':
        return 2;
      case 'seat':
        return phase.seat.turn.role === 'witness' ? 3 : 2;
      case 'closed':
        return 4;
    }
  })();
  const left = waiting.length;
  return stepsAt(position, [
    { id: 'destruction', label: 'Agree what is destroyed', who: 'Everybody' },
    { id: 'laptop', label: 'Check this laptop', who: 'Everybody' },
    {
      id: 'destroy',
      label: `Destroy: ${people.length - left} of ${people.length} custodians done`,
      who: 'Each custodian',
    },
    { id: 'sign', label: 'Sign the transcript', who: witness === '' ? 'The witness' : witness },
  ]);
}
