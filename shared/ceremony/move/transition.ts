/**
 * Survey keys move to another key version, step by step: package → environment, clock → ticket's key,
 * vault component compared → the stick with the files, each compared with the package; this laptop
 * measured → facts agreed → shares in, each checked alone → platform key proved → file by file, each
 * written, read back, recorded and sealed by the shares → everybody reads what stays → signatures →
 * bundle → receipt.
 *
 * Interrupted before its bundle it is void, as every ceremony. What was finished is not lost: the next
 * one with the same package finds it on the stick, by the digests that the shares sealed.
 * @module
 */
import { shareName } from '../../sharing/refusals.ts';
import { abandon, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { CeremonyEvent } from '../events.ts';
import { givingSeatContext } from '../giving-context.ts';
import { step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import type { MovePackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { seenBy } from '../share-round.ts';
import { sittingsTransition, startSignatures, type Sittings } from '../share-sittings.ts';
import { openWithTicket } from '../ticket-step.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import { chooseFiles, agreeOnMove } from './files.ts';
import { agreeOnResult, moveKeys } from './keys.ts';
import { resultOf } from './progress.ts';
import type { MovePhase, MoveState } from './state.ts';

type Next = Step<MoveState>;

export function moveTransition(state: MoveState, event: CeremonyEvent): Next {
  return step(state, event, own);
}

function own(state: MoveState, event: CeremonyEvent): Next {
  const { phase, move } = state;
  if (event.type === 'abandon') return abandon(state, phase, event.reason, enter);
  if (isOpening(phase)) return openingTransition(state, phase, event, opening);
  if (phase.at === 'waiting' && isAboutWitnessPage(event)) {
    return printWitnessPage(state, event, null);
  }
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (move === null) throw refuseStep('not-now');
  switch (phase.at) {
    case 'ticket-key':
      return openWithTicket(state, event, (opened) => ({ ...opened, phase: { at: 'move-files' } }));
    case 'move-files':
      return chooseFiles(state, move, event);
    case 'move-facts':
      return agreeOnMove(state, move, event);
    case 'who':
    case 'seat':
      return sittingsTransition(state, phase, event, sittingsOf(move));
    case 'move-keys':
      return moveKeys(state, move, event);
    case 'keys-moved':
      return agreeOnResult(state, event, (agreed) => startSignatures(agreed, sittingsOf(move)));
  }
}

const opening: OpeningPlan<MoveState> = {
  packageKind: 'migrate-escrows',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state, { move = null }) => checkEnvironment({ ...state, move }, opening),
  afterClock: (state) => to(state, { at: 'ticket-key' }),
};

function enter(state: MoveState, phase: EndingPhase): MoveState {
  return { ...state, phase };
}

function to(state: MoveState, phase: MovePhase): Next {
  return { state: { ...state, phase }, effects: [] };
}

const sittingsOf = (move: MovePackageFacts): Sittings<MoveState> => ({
  set: move,
  enter: (state, phase) => ({ ...state, phase }),
  context: (state, seat) => moveSeatContext(state, move, seat),
  enough: (state) => to(state, { at: 'move-keys' }),
  bundle: (state) => ({ escrowedEmail: null, moved: resultOf(state) }),
});

/** What a sitting has to know. */
export function moveSeatContext(
  state: MoveState,
  move: MovePackageFacts,
  { turn }: Seat,
): SeatContext {
  const half = move.handsOver ? ', and handing its half for organisations over,' : '';
  const what = `moving the survey keys of key version ${move.keyVersion} to ${move.movesTo}${half}`;
  const { moved } = resultOf(state).counts;
  const saw = seenBy(state, turn).map((one) => ` I saw that ${one}.`);
  const statement =
    turn.index !== null
      ? `I gave ${shareName(turn.index, move.count)} for ${what} and for nothing else. I know that it stays in the memory of this laptop until all of them are moved.`
      : `I ${turn.role === 'witness' ? 'watched' : 'led'} ${what}.${saw.join('')} ${moved} were moved, written and read back; every other one stays as it is. The transcript up to here is what happened.`;
  return givingSeatContext(move, turn, state, statement);
}
