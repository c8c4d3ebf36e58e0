/**
 * How the ceremonies begin that walk through seats; a destruction has a walk of its own.
 * @module
 */
import { startAdopt } from '../../shared/ceremony/adopt/state.ts';
import { startActivate, startRetire } from '../../shared/ceremony/change-version/state.ts';
import { startDrill } from '../../shared/ceremony/drill/state.ts';
import { startMove } from '../../shared/ceremony/move/state.ts';
import { startOrganisation } from '../../shared/ceremony/organisation/state.ts';
import { startRecover, startRecoverMember } from '../../shared/ceremony/recover/state.ts';
import { startRefresh } from '../../shared/ceremony/refresh/state.ts';
import { startRoster } from '../../shared/ceremony/roster/state.ts';
import { startAddSet, startNewVersion, startRotate } from '../../shared/ceremony/rotate/state.ts';
import { startSplit } from '../../shared/ceremony/split/state.ts';
import type { CeremonyState } from '../../shared/ceremony/machines.ts';
import type { Mode } from '../../shared/mode.ts';
import { NOW } from './ceremony-facts.ts';

export type MachineState = Exclude<CeremonyState, { readonly ceremony: 'destroy' }>;

export type Ceremony = MachineState['ceremony'];

export function start(ceremony: Ceremony, mode: Mode = 'production'): MachineState {
  const begin = { mode, ceremonyId: '44'.repeat(16), startedAt: NOW };
  switch (ceremony) {
    case 'split':
      return startSplit(begin);
    case 'adopt':
      return startAdopt(begin);
    case 'rotate':
      return startRotate(begin);
    case 'new-version':
      return startNewVersion(begin);
    case 'add-set':
      return startAddSet(begin);
    case 'recover':
      return startRecover(begin);
    case 'recover-member':
      return startRecoverMember(begin);
    case 'migrate-organisation':
      return startOrganisation(begin);
    case 'migrate-escrows':
      return startMove(begin);
    case 'roster':
      return startRoster(begin);
    case 'drill':
      return startDrill(begin);
    case 'activate':
      return startActivate(begin);
    case 'retire':
      return startRetire(begin);
    case 'refresh':
      return startRefresh(begin);
  }
}
