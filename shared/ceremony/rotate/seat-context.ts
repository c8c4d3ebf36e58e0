/**
 * What the sitting of a custodian who gives a share of the set in force has to know.
 * @module
 */
import { isNamed } from '../../identity/roster-change.ts';
import { shareName } from '../../sharing/refusals.ts';
import type { RotatePackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { ROTATIONS } from './kinds.ts';
import type { RotateState } from './state.ts';

export function giverSeatContext(
  { ceremony, plan }: Pick<RotateState, 'ceremony' | 'plan'>,
  rotate: RotatePackageFacts,
  { turn }: Pick<Seat, 'turn'>,
): SeatContext {
  const { count, setLabel } = rotate;
  const own = rotate.custodians.filter(({ index }) => index === turn.index);
  return {
    page: plan?.page ?? 'A4',
    count,
    shareKey: null,
    // Nobody writes a share here.
    admitMedia: () => undefined,
    sheets: own.flatMap(({ sheets }) => sheets),
    // Who watches here signs at the end, with the identity that was enrolled.
    witnesses: plan === null ? [] : [plan.witness.name],
    remembers: rotate.remembers,
    watched: [],
    maySkip: true,
    mayUseKey: true,
    prefersKey: rotate.onKeys.some(isNamed(turn.name)),
    statement: `I gave ${shareName(turn.index ?? 0, count)} of the set ${setLabel} ${ROTATIONS[ceremony].purpose(rotate, plan?.label ?? '')}, and for nothing else.`,
    admit(person) {
      if (!own.some(({ publicKey }) => publicKey === person.publicKey)) {
        throw refuseStep('identity-not-listed', person.name, turn.role);
      }
    },
  };
}
