/**
 * File by file: the worker moves what is in one and writes what comes back; it is recorded, and the
 * shares that were given seal the transcript as far as that, so that what was finished is known to be
 * theirs after an interruption. Pausing stops it between two files.
 * @module
 */
import type { Sealed } from '../../sealing/hpke.ts';
import { keysIn, sumCounts } from '../../bundle/moved-file.ts';
import { sealedDigest } from '../../bundle/organisation-half.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, type Step } from '../machine.ts';
import type { MovePackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import { countLeaves, stayingLeaves } from './leaves.ts';
import { MOST_NAMED, nextFile } from './progress.ts';
import type { MoveState } from './state.ts';

type Next = Step<MoveState>;

/** A file is being worked on. Not the busy line of the screen: people may pause it meanwhile. */
export const isMoving = ({ awaiting }: Pick<MoveState, 'awaiting'>): boolean =>
  awaiting === 'file-moved' || awaiting === 'moved-sealed';

export function moveKeys(state: MoveState, move: MovePackageFacts, event: CeremonyEvent): Next {
  switch (event.type) {
    case 'continue':
      if (isMoving(state)) break;
      return state.proved
        ? goOn(state, move)
        : {
            state: { ...state, busy: busy('Putting the platform key together and proving it') },
            effects: [{ effect: 'prove-move' }],
          };
    case 'move-proved': {
      const { indexes, organisationHalf } = event;
      const next = goOn({ ...state, proved: true, organisationHalf }, move);
      const facts = { fits: true, indexes: indexes.join(', ') };
      return {
        state: next.state,
        effects: [
          { effect: 'record', kind: 'platform-key-checked', facts },
          ...halfEffects(move, organisationHalf),
          ...next.effects,
        ],
      };
    }
    case 'file-moved':
      return fileMoved(state, move, event);
    case 'moved-sealed': {
      const sealed = { ...state, unsealed: false };
      return nextFile(sealed, move) === null
        ? { state: { ...sealed, phase: { at: 'keys-moved' } }, effects: [] }
        : goOn(sealed, move);
    }
    default:
      break;
  }
  throw refuseStep('not-now');
}

/** Handed over with the bundle, and by its digest in the transcript. */
function halfEffects({ keyVersion, movesTo }: MovePackageFacts, half: Sealed | null): Effect[] {
  if (half === null) return [];
  const digest = { type: 'digest' as const, value: sealedDigest(half) };
  return [
    { effect: 'record', kind: 'organisation-half-sealed', facts: { keyVersion, movesTo, digest } },
  ];
}

/** What was finished is sealed before anything else; the next file waits while it is paused. */
function goOn(state: MoveState, move: MovePackageFacts): Next {
  const next = nextFile(state, move);
  if (state.unsealed || next === null) {
    return { state, effects: [{ effect: 'seal-moved', isLast: next === null }] };
  }
  if (state.paused) return { state, effects: [] };
  return { state, effects: [{ effect: 'move-file', at: next }] };
}

function fileMoved(
  state: MoveState,
  move: MovePackageFacts,
  { file, from, staying, ms }: Extract<CeremonyEvent, { type: 'file-moved' }>,
): Next {
  const { took } = state;
  const next = goOn(
    {
      ...state,
      done: [...state.done, file],
      unsealed: true,
      staying: [...state.staying, ...staying].slice(0, MOST_NAMED),
      took: { keys: took.keys + keysIn(file.counts), ms: took.ms + ms },
    },
    move,
  );
  return {
    state: next.state,
    effects: [
      {
        effect: 'record',
        kind: 'file-moved',
        facts: {
          file: file.at + 1,
          files: move.files,
          from: { type: 'digest', value: from },
          digest: { type: 'digest', value: file.digest },
          ...countLeaves(file.counts),
          ...stayingLeaves(staying),
        },
      },
      ...next.effects,
    ],
  };
}

/** @param agreed goes on to those who sign */
export function agreeOnResult(
  state: MoveState,
  event: CeremonyEvent,
  agreed: (state: MoveState) => Next,
): Next {
  if (event.type !== 'agree') throw refuseStep('not-now');
  const next = agreed(state);
  return {
    state: next.state,
    effects: [
      { effect: 'record', kind: 'move-read', facts: countLeaves(sumCounts(state.done)) },
      ...next.effects,
    ],
  };
}
