/**
 * The machines under one name: which ceremony it is, its state says.
 * @module
 */
import type { AdoptState } from './adopt/state.ts';
import { adoptTransition } from './adopt/transition.ts';
import { adoptView } from './adopt/view.ts';
import type { VersionChangeState } from './change-version/state.ts';
import { versionChangeTransition } from './change-version/transition.ts';
import { versionChangeView } from './change-version/view.ts';
import type { Head } from './common-view.ts';
import type { DestroyState } from './destroy/state.ts';
import { destroyTransition } from './destroy/transition.ts';
import { destroyView } from './destroy/view.ts';
import type { DrillState } from './drill/state.ts';
import { drillTransition } from './drill/transition.ts';
import { drillView } from './drill/view.ts';
import type { CeremonyEvent } from './events.ts';
import type { Step } from './machine.ts';
import type { MoveState } from './move/state.ts';
import { moveTransition } from './move/transition.ts';
import { moveView } from './move/view.ts';
import type { OrganisationState } from './organisation/state.ts';
import { organisationTransition } from './organisation/transition.ts';
import { organisationView } from './organisation/view.ts';
import type { RecoverState } from './recover/state.ts';
import { recoverTransition } from './recover/transition.ts';
import { recoverView } from './recover/view.ts';
import type { RefreshState } from './refresh/state.ts';
import { refreshTransition } from './refresh/transition.ts';
import { refreshView } from './refresh/view.ts';
import type { RosterState } from './roster/state.ts';
import { rosterTransition } from './roster/transition.ts';
import { rosterView } from './roster/view.ts';
import type { RotateState } from './rotate/state.ts';
import { rotateTransition } from './rotate/transition.ts';
import { rotateView } from './rotate/view.ts';
import type { SplitState } from './split/state.ts';
import { splitTransition } from './split/transition.ts';
import { splitView } from './split/view.ts';
import type { View } from './view.ts';

/** Plain JSON, public. */
export type CeremonyState =
  | SplitState
  | AdoptState
  | RotateState
  | RecoverState
  | OrganisationState
  | MoveState
  | RosterState
  | DrillState
  | VersionChangeState
  | RefreshState
  | DestroyState;

/** To a state of the same ceremony. @throws Refusal of what the event may not do now */
export function transition<State extends CeremonyState>(
  state: State,
  event: CeremonyEvent,
): Step<State>;
export function transition(state: CeremonyState, event: CeremonyEvent): Step<CeremonyState> {
  switch (state.ceremony) {
    case 'split':
      return splitTransition(state, event);
    case 'adopt':
      return adoptTransition(state, event);
    case 'rotate':
    case 'new-version':
    case 'add-set':
      return rotateTransition(state, event);
    case 'recover':
    case 'recover-member':
      return recoverTransition(state, event);
    case 'migrate-organisation':
      return organisationTransition(state, event);
    case 'migrate-escrows':
      return moveTransition(state, event);
    case 'roster':
      return rosterTransition(state, event);
    case 'drill':
      return drillTransition(state, event);
    case 'activate':
    case 'retire':
      return versionChangeTransition(state, event);
    case 'refresh':
      return refreshTransition(state, event);
    case 'destroy':
      return destroyTransition(state, event);
  }
}

/** What the window shows. @param head of the transcript */
export function viewOf(state: CeremonyState, head: Head): View {
  switch (state.ceremony) {
    case 'split':
      return splitView(state, head);
    case 'adopt':
      return adoptView(state, head);
    case 'rotate':
    case 'new-version':
    case 'add-set':
      return rotateView(state, head);
    case 'recover':
    case 'recover-member':
      return recoverView(state, head);
    case 'migrate-organisation':
      return organisationView(state, head);
    case 'migrate-escrows':
      return moveView(state, head);
    case 'roster':
      return rosterView(state, head);
    case 'drill':
      return drillView(state, head);
    case 'activate':
    case 'retire':
      return versionChangeView(state, head);
    case 'refresh':
      return refreshView(state, head);
    case 'destroy':
      return destroyView(state, head);
  }
}
