/**
 * The part of a sitting in which the share that was given becomes another one, and signs for it: the old
 * one before it is gone, the new one once it was read back.
 * @module
 */
import { busy } from '../machine.ts';
import type { CeremonyEvent } from '../events.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext, SeatStep } from './state.ts';

/** @throws Refusal `not-now` */
export function refreshShare(seat: Seat, event: CeremonyEvent, { sheets }: SeatContext): SeatStep {
  const { turn, renewal } = seat;
  if (turn.index === null) throw refuseStep('not-now');
  switch (event.type) {
    case 'continue':
      return {
        seat,
        effects: [{ effect: 'refresh-share', index: turn.index }],
        busy: busy('Making another share of it, and wiping it'),
      };
    case 'share-refreshed': {
      const { before, share } = event;
      const { index, publicKey } = share;
      return {
        seat: {
          ...seat,
          // Where places end the numbers move up.
          turn: { ...turn, index },
          before,
          step: 'write',
          // The numbers of the sheets of before are not given twice.
          sheets: Math.max(seat.sheets, ...sheets, ...(renewal?.printed ?? [])),
        },
        effects: [
          {
            effect: 'record',
            kind: 'share-refreshed',
            facts: {
              index,
              before,
              custodian: turn.name,
              publicKey: { type: 'digest', value: publicKey },
            },
          },
        ],
      };
    }
    case 'refreshed-signed':
      return { seat: { ...seat, step: 'attest' }, effects: [] };
    default:
      throw refuseStep('not-now');
  }
}

/** Every copy was read back. @throws Refusal `not-now` */
export function signRefreshed(seat: Seat): SeatStep {
  if (seat.before === null || seat.proved.length === 0) throw refuseStep('not-now');
  return {
    seat,
    effects: [{ effect: 'sign-refreshed', before: seat.before }],
    busy: busy('The new share signs'),
  };
}
