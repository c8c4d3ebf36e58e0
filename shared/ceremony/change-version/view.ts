/**
 * What the window shows while another key version is put to use, or one is retired.
 * @module
 */
import { endingWithPage, frameOf, openingScreen, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { presentShown, setWithWords, type VersionChangePackageFacts } from '../package-facts.ts';
import { roundSteps } from '../round-steps.ts';
import { sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { VERSION_CHANGES } from './kinds.ts';
import type { VersionChangeState } from './state.ts';
import { versionChangeSeatContext } from './transition.ts';

export function versionChangeView(state: VersionChangeState, head: Head): View {
  const own = {
    title: VERSION_CHANGES[state.ceremony].title,
    setLabel: state.about?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: VersionChangeState, head: Head): Screen {
  const { phase, about } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) return endingWithPage(state, phase, head, null);
  const syncName = state.sync?.name ?? '';
  if (about === null) return { screen: 'package', syncName };
  switch (phase.at) {
    case 'version-change':
      return { ...factsScreen(about), syncName };
    case 'who':
      return whoScreen(state, about);
    case 'seat':
      return sittingScreen(state, about, phase.seat, {
        context: versionChangeSeatContext(state, about, phase.seat),
        words: head.words,
      });
  }
}

function factsScreen(about: VersionChangePackageFacts) {
  const { change, keyVersion, version, stored } = about;
  return {
    screen: 'version-change' as const,
    change,
    keyVersion,
    version,
    present: presentShown(about),
    other: setWithWords(about.other),
    further: about.further.map(setWithWords),
    stored,
  };
}

function steps(state: VersionChangeState): Step[] {
  return roundSteps(state, state.about, {
    before: [{ id: 'facts', label: VERSION_CHANGES[state.ceremony].agree, who: 'Everybody' }],
    after: [],
    standsOn: { 'version-change': 'facts' },
  });
}
