/**
 * The machines under one name.
 * @module
 */
import type { Head } from '../../shared/ceremony/common-view.ts';
import type { CeremonyEvent } from '../../shared/ceremony/events.ts';
import type { Step } from '../../shared/ceremony/machine.ts';
import { startAdopt, type AdoptState } from '../../shared/ceremony/adopt/state.ts';
import { adoptTransition } from '../../shared/ceremony/adopt/transition.ts';
import { adoptView } from '../../shared/ceremony/adopt/view.ts';
import { recoverTransition } from '../../shared/ceremony/recover/transition.ts';
import { recoverView } from '../../shared/ceremony/recover/view.ts';
import { startRecover, type RecoverState } from '../../shared/ceremony/recover/state.ts';
import { rosterTransition } from '../../shared/ceremony/roster/transition.ts';
import { rosterView } from '../../shared/ceremony/roster/view.ts';
import { startRoster, type RosterState } from '../../shared/ceremony/roster/state.ts';
import { splitTransition } from '../../shared/ceremony/split/transition.ts';
import { splitView } from '../../shared/ceremony/split/view.ts';
import type { View } from '../../shared/ceremony/view.ts';
import { startSplit, type SplitState } from '../../shared/ceremony/split/state.ts';
import type { Mode } from '../../shared/mode.ts';
import { NOW } from './ceremony-facts.ts';

export type MachineState = SplitState | AdoptState | RecoverState | RosterState;

export type Ceremony = MachineState['ceremony'];

export function start(ceremony: Ceremony, mode: Mode = 'production'): MachineState {
  const begin = { mode, ceremonyId: '44'.repeat(16), startedAt: NOW };
  switch (ceremony) {
    case 'split':
      return startSplit(begin);
    case 'adopt':
      return startAdopt(begin);
    case 'recover':
      return startRecover(begin);
    case 'roster':
      return startRoster(begin);
  }
}

/** What the window shows. */
export function viewOf(state: MachineState, head: Head): View {
  switch (state.ceremony) {
    case 'split':
      return splitView(state, head);
    case 'adopt':
      return adoptView(state, head);
    case 'recover':
      return recoverView(state, head);
    case 'roster':
      return rosterView(state, head);
  }
}

export function transition(state: MachineState, event: CeremonyEvent): Step<MachineState> {
  switch (state.ceremony) {
    case 'split':
      return splitTransition(state, event);
    case 'adopt':
      return adoptTransition(state, event);
    case 'recover':
      return recoverTransition(state, event);
    case 'roster':
      return rosterTransition(state, event);
  }
}
