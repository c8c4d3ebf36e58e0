/**
 * What a sitting of a destruction has to know: whom it admits, what is signed.
 * @module
 */
import { isNamed } from '../../identity/roster-change.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { keysOf, pieceInWords, remaining, type DestroyState } from './state.ts';

export function destroySeatContext(state: DestroyState, { turn }: Seat): SeatContext {
  const known = keysOf(state, turn.name);
  return {
    page: 'A4',
    count: state.set.count,
    shareKey: null,
    // Nobody writes a share here.
    admitMedia: () => undefined,
    sheets: [],
    witnesses: [],
    remembers: true,
    watched:
      turn.role === 'witness' && state.gone.length > 0
        ? ['what this transcript lists as destroyed was destroyed']
        : [],
    // A witness whose key is known signs with it, or the destruction has no witness.
    maySkip: turn.role === 'custodian' || known.length === 0,
    mayUseKey: true,
    prefersKey: false,
    statement: statement(state, turn),
    admit(person) {
      if (!isNamed(turn.name)(person)) {
        throw refuseStep('identity-other-name', person.name, turn.name);
      }
      if (known.length > 0 && !known.includes(person.publicKey)) {
        throw refuseStep('identity-not-listed', person.name, turn.role);
      }
    },
  };
}

/** What a person signs, word for word; a custodian's stands in the transcript. */
function statement(state: DestroyState, { index, role }: Seat['turn']): string {
  if (role === 'operator') {
    return state.backupsGone === null ? untriedInWords(state) : backupsInWords(state);
  }
  if (index === null) {
    return [
      'I watched what this transcript says was destroyed, with my own eyes.',
      ...(state.untried === null ? [] : [untriedInWords(state)]),
      ...(state.backupsGone === null ? [] : [backupsInWords(state)]),
    ].join(' ');
  }
  const share = pieceInWords(state, index);
  return remaining(state, index).length === 0
    ? `What this transcript lists of ${share} as destroyed was destroyed before my eyes, and I keep no copy of it.`
    : `What this transcript lists of ${share} as destroyed was destroyed before my eyes. I keep the rest locked away until it is destroyed too.`;
}

function backupsInWords({ set, backupsGone: said }: DestroyState): string {
  return `Since ${said?.on ?? ''} I know of no backup of Vault or of CheckTick’s database any more that holds the other half of the key which fits the shares of ${set.label}. I had all of them looked for.`;
}

function untriedInWords({ set, untried }: DestroyState): string {
  return `I agree that the shares of ${set.label} are destroyed although no backup from after the change was restored in a test. The reason: ${untried?.reason ?? ''}`;
}
