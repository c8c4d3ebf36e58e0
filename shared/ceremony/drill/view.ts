/**
 * What the window shows of a drill.
 * @module
 */
import { againstTarget } from '../../bundle/full-drill-words.ts';
import { endingWithPage, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { sittingScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { failedShares, type DrillState } from './state.ts';
import { drillSeatContext } from './transition.ts';

export function drillView(state: DrillState, head: Head): View {
  const own = {
    title: titleOf(state),
    setLabel: state.drill?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function titleOf({ byWord, drill }: DrillState): string {
  if (byWord) return 'Check of shares, without sync';
  return drill?.full == null ? 'Drill: prove the shares' : 'Full drill: open a test escrow';
}

function screen(state: DrillState, head: Head): Screen {
  const { phase, drill } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) return endingWithPage(state, phase, head, null);
  if (drill === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  const { threshold, count, custodians } = drill;
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: drill.full?.ticketId ?? '' };
    case 'checked':
      return {
        screen: 'drill-checked',
        label: drill.setLabel,
        read: state.proofs.map(({ index }) => index),
        failed: failedShares(state).map(({ index }) => index),
        words: head.words,
      };
    case 'test-escrow': {
      const { outcome, refused } = state.full;
      return {
        screen: 'test-escrow',
        shares: state.proofs.map(({ index }) => index),
        refused,
        restored: outcome?.opened === true ? againstTarget('restoreMs', outcome.restoreMs) : null,
      };
    }
    case 'drill-facts':
      return {
        screen: 'drill-facts',
        label: drill.setLabel,
        keyVersion: drill.keyVersion,
        threshold,
        count,
        custodians: custodians.map(({ name }) => name),
        syncName: state.sync?.name ?? 'sync',
        full: drill.full !== null,
        byWord: state.byWord,
      };
    case 'drill-round': {
      const failed = failedShares(state);
      return {
        screen: 'drill-round',
        threshold,
        full: drill.full !== null,
        byWord: state.byWord,
        shares: custodians.map(({ index, name }) => ({
          index,
          name,
          proved: state.proofs.find((one) => one.index === index)?.medium ?? null,
          failed: failed.find((one) => one.index === index)?.why ?? null,
        })),
      };
    }
    case 'seat':
      // As many as there are may come; none of them is needed, but in a full drill.
      return sittingScreen(
        state,
        drill.full === null ? { ...drill, threshold: count } : drill,
        phase.seat,
        {
          context: drillSeatContext(drill, phase.seat, state),
          words: head.words,
        },
      );
  }
}

type StepId =
  'package' | 'laptop' | 'facts' | 'shares' | 'escrow' | 'sign' | 'bundle' | 'receipt' | 'over';

function stepOf({ phase }: DrillState): StepId {
  switch (phase.at) {
    case 'descriptor':
    case 'descriptor-words':
    case 'package':
      return 'package';
    case 'environment':
    case 'clock':
      return 'laptop';
    case 'ticket-key':
    case 'drill-facts':
      return 'facts';
    case 'drill-round':
      return 'shares';
    case 'seat':
      return phase.seat.purpose === 'give-share' ? 'shares' : 'sign';
    case 'test-escrow':
      return 'escrow';
    case 'save-bundle':
      return 'bundle';
    case 'waiting':
      return 'receipt';
    case 'checked':
    case 'closed':
    case 'void':
      return 'over';
  }
}

/** Without sync there is nothing to take and nothing to bring back. */
const BY_WORD: readonly [StepId, string, string][] = [
  ['facts', 'Agree what is read', 'Everybody'],
  ['laptop', 'Check this laptop', 'Operator'],
  ['shares', 'Read shares, one after the other', 'Custodians'],
  ['sign', 'Sign the transcript', 'Witness'],
];

function steps(state: DrillState): Step[] {
  const isFull = state.drill?.full != null;
  const escrow: [StepId, string, string] = ['escrow', 'Open the test escrow', 'Everybody'];
  const rows: readonly [StepId, string, string][] = state.byWord
    ? BY_WORD
    : [
        ['package', 'Take the package of sync', 'Operator'],
        ['laptop', 'Check this laptop', 'Operator'],
        ['facts', 'Agree what is proved', 'Everybody'],
        ['shares', 'Prove shares, one after the other', 'Custodians'],
        ...(isFull ? [escrow] : []),
        ['sign', 'Sign the transcript', 'Witness and operator'],
        ['bundle', 'Write the bundle', 'Operator'],
        ['receipt', 'Wait for the receipt', 'Admin of sync'],
      ];
  const now = stepOf(state);
  const at = rows.findIndex(([id]) => id === now);
  return stepsAt(
    at === -1 ? rows.length : at,
    rows.map(([id, label, who]) => ({ id, label, who })),
  );
}
