/**
 * What the window shows while survey keys move to another key version.
 * @module
 */
import { storedKeys } from '../../bundle/move.ts';
import { keysIn, sumCounts } from '../../bundle/moved-file.ts';
import { hexToBytes } from '../../encoding/bytes.ts';
import { eightWords } from '../../encoding/words.ts';
import { endingWithPage, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import type { MovePackageFacts } from '../package-facts.ts';
import { shareLine, shareSteps, sittingScreen, whoScreen } from '../share-round.ts';
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
      const { manifestDigest, ...other } = move.other;
      return {
        screen: 'move-facts',
        keyVersion,
        movesTo,
        present: present(move),
        other: { ...other, words: eightWords(hexToBytes(manifestDigest)) },
        stored,
        files,
        minutes: minutesLeft(state, move) ?? 0,
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
        present: present(move),
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
      };
  }
}

const present = ({ setLabel, threshold, count, custodians }: MovePackageFacts) => ({
  label: setLabel,
  threshold,
  count,
  custodians: custodians.map(({ name }) => name),
});

function steps(state: MoveState): Step[] {
  const { phase, move, accepted } = state;
  const needed = move?.threshold ?? 0;
  const position = ((): number => {
    switch (phase.at) {
      case 'descriptor':
      case 'descriptor-words':
      case 'package':
        return 0;
      case 'environment':
      case 'clock':
        return 1;
      case 'ticket-key':
        return 2;
      case 'move-files':
        return 3;
      case 'move-facts':
        return 4;
      case 'who':
        return 5 + accepted.length;
      case 'seat':
        return phase.seat.purpose === 'give-share' ? 4 + shareLine(state, phase.seat) : 7 + needed;
      case 'move-keys':
        return 5 + needed;
      case 'keys-moved':
        return 6 + needed;
      case 'save-bundle':
        return 8 + needed;
      case 'waiting':
        return 9 + needed;
      case 'closed':
      case 'void':
        return 10 + needed;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'ticket', label: 'Open the package', who: 'Operator' },
    { id: 'files', label: 'Compare the files, measure the laptop', who: 'Operator' },
    { id: 'facts', label: 'Agree what moves', who: 'Everybody' },
    ...shareSteps(state, move),
    { id: 'move', label: 'Move the survey keys', who: 'Operator' },
    { id: 'moved', label: 'Read what stays', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
