/**
 * What the window shows while survey keys move to another key version.
 * @module
 */
import { storedKeys } from '../../bundle/move.ts';
import { keysIn, sumCounts } from '../../bundle/moved-file.ts';
import { endingWithPage, frameOf, openingScreen, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { presentShown, setWithWords } from '../package-facts.ts';
import { roundSteps } from '../round-steps.ts';
import { sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { isMoving } from './keys.ts';
import { minutesLeft } from './progress.ts';
import type { MoveState } from './state.ts';
import { moveSeatContext } from './transition.ts';

export function moveView(state: MoveState, head: Head): View {
  const own = {
    title: 'Move survey keys to another key version',
    setLabel: state.move?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: MoveState, head: Head): Screen {
  const { phase, move, done } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) return endingWithPage(state, phase, head, null);
  const syncName = state.sync?.name ?? '';
  if (move === null) return { screen: 'package', syncName };
  const { keyVersion, movesTo, stored } = move;
  const files = { done: done.length, of: move.files };
  const stick = state.stick ?? '';
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: move.ticketId };
    case 'move-files':
      return { screen: 'move-files', files: move.files, keys: storedKeys(move), syncName };
    case 'move-facts': {
      return {
        screen: 'move-facts',
        keyVersion,
        movesTo,
        present: presentShown(move),
        other: setWithWords(move.other),
        further: move.further.map(setWithWords),
        stored,
        files,
        minutes: minutesLeft(state, move) ?? 0,
        handsOver: move.handsOver,
        syncName,
      };
    }
    case 'who':
      return whoScreen(state, move);
    case 'seat':
      return sittingScreen(state, move, phase.seat, {
        context: moveSeatContext(state, move, phase.seat),
        words: head.words,
      });
    case 'move-keys':
      return {
        screen: 'move-keys',
        movesTo,
        running: isMoving(state),
        begun: state.proved,
        files,
        keys: { done: keysIn(sumCounts(done)), of: storedKeys(move) },
        minutesLeft: minutesLeft(state, move),
        stick,
        present: presentShown(move),
      };
    case 'keys-moved':
      return {
        screen: 'keys-moved',
        keyVersion,
        movesTo,
        counts: sumCounts(done),
        staying: state.staying,
        files: move.files,
        stick,
        handsOver: move.handsOver,
      };
  }
}

function steps(state: MoveState): Step[] {
  // Under a version of which only organisations hang there is no survey key to move.
  const isHandingOver = state.move?.files === 0;
  const read = isHandingOver ? 'Read what is handed over' : 'Read what stays';
  const move = isHandingOver ? 'Hand over the half for organisations' : 'Move the survey keys';
  return roundSteps(state, state.move, {
    before: [
      { id: 'ticket', label: 'Open the package', who: 'Operator' },
      {
        id: 'files',
        label: isHandingOver
          ? 'Choose the stick for sync'
          : 'Compare the files, measure the laptop',
        who: 'Operator',
      },
      {
        id: 'facts',
        label: isHandingOver ? 'Agree what is handed over' : 'Agree what moves',
        who: 'Everybody',
      },
    ],
    after: [
      { id: 'move', label: move, who: 'Operator' },
      { id: 'moved', label: read, who: 'Everybody' },
    ],
    standsOn: {
      'ticket-key': 'ticket',
      'move-files': 'files',
      'move-facts': 'facts',
      'move-keys': 'move',
      'keys-moved': 'moved',
    },
  });
}
