/**
 * The machines under one name.
 * @module
 */
import type { CeremonyEvent } from '../../shared/ceremony/events.ts';
import type { Step } from '../../shared/ceremony/machine.ts';
import { recoverTransition } from '../../shared/ceremony/recover/transition.ts';
import { startRecover, type RecoverState } from '../../shared/ceremony/recover/state.ts';
import { rosterTransition } from '../../shared/ceremony/roster/transition.ts';
import { startRoster, type RosterState } from '../../shared/ceremony/roster/state.ts';
import { splitTransition } from '../../shared/ceremony/split/transition.ts';
import { startSplit, type SplitState } from '../../shared/ceremony/split/state.ts';
import type { Mode } from '../../shared/mode.ts';
import { NOW } from './ceremony-facts.ts';

export type MachineState = SplitState | RecoverState | RosterState;

export type Ceremony = MachineState['ceremony'];

export function start(ceremony: Ceremony, mode: Mode = 'production'): MachineState {
  const begin = { mode, ceremonyId: '44'.repeat(16), startedAt: NOW };
  switch (ceremony) {
    case 'split':
      return startSplit(begin);
    case 'recover':
      return startRecover(begin);
    case 'roster':
      return startRoster(begin);
  }
}

export function transition(state: MachineState, event: CeremonyEvent): Step<MachineState> {
  switch (state.ceremony) {
    case 'split':
      return splitTransition(state, event);
    case 'recover':
      return recoverTransition(state, event);
    case 'roster':
      return rosterTransition(state, event);
  }
}
