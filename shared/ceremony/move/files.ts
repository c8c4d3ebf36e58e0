/**
 * Before anybody gives a share: the files of survey keys are there and whole, this laptop says how long
 * it is going to take, and everybody agrees.
 * @module
 */
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, type Step } from '../machine.ts';
import type { MovePackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import { countLeaves } from './leaves.ts';
import { minutesLeft, MOST_NAMED } from './progress.ts';
import type { MoveState } from './state.ts';

/** Long enough that a laptop which throttles itself is not taken for a fast one. */
const MEASURED_SECONDS = 10;

export function chooseFiles(
  state: MoveState,
  { files }: MovePackageFacts,
  event: CeremonyEvent,
): Step<MoveState> {
  switch (event.type) {
    case 'choose-volume':
      return {
        state: { ...state, busy: busy('Reading every file, and comparing it with the package') },
        effects: [{ effect: 'find-move-files', volumeId: event.id }],
      };
    case 'move-files-found': {
      const { description, kept } = event;
      const compared: Effect = {
        effect: 'record',
        kind: 'move-files-compared',
        facts: { description, files, kept: kept.length },
      };
      const each = kept.map(({ at, digest, counts, madeIn }): Effect => ({
        effect: 'record',
        kind: 'moved-file-kept',
        facts: {
          file: at + 1,
          files,
          digest: { type: 'digest', value: digest },
          ...countLeaves(counts),
          madeIn,
        },
      }));
      return {
        state: {
          ...state,
          stick: description,
          done: kept.map(({ at, digest, counts }) => ({ at, digest, counts })),
          kept: kept.length,
          staying: kept.flatMap((file) => file.staying).slice(0, MOST_NAMED),
          busy: busy('Measuring how fast this laptop is', { seconds: MEASURED_SECONDS }),
        },
        effects: [compared, ...each, { effect: 'measure-move', seconds: MEASURED_SECONDS }],
      };
    }
    case 'move-measured':
      return {
        state: { ...state, pace: event.pace, phase: { at: 'move-facts' } },
        effects: [],
      };
    default:
      throw refuseStep('not-now');
  }
}

export function agreeOnMove(
  state: MoveState,
  move: MovePackageFacts,
  event: CeremonyEvent,
): Step<MoveState> {
  if (event.type !== 'agree') throw refuseStep('not-now');
  const { keyVersion, movesTo, setLabel, other, stored, files, handsOver } = move;
  return {
    state: { ...state, phase: { at: 'who' } },
    effects: [
      {
        effect: 'record',
        kind: 'move-agreed',
        facts: {
          keyVersion,
          movesTo,
          label: setLabel,
          otherLabel: other.label,
          otherSet: { type: 'digest', value: other.manifestDigest },
          checktick: stored.checktick,
          sealed: stored.sealed,
          files,
          minutes: minutesLeft(state, move) ?? 0,
          ...(handsOver ? { handsOver: 'the half for organisations' } : {}),
        },
      },
    ],
  };
}
