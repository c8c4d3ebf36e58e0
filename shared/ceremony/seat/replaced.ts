/**
 * An envelope of an OTP key that is over: refused before its key is asked, and used all the same only
 * when what counts is lost, by the custodian's own choice and before a witness.
 * @module
 */
import { isNamed } from '../../identity/roster-change.ts';
import type { Facts } from '../../transcript/entry.ts';
import { refuseStep } from '../refusals.ts';
import { inFront, type Seat, type SeatContext, type SeatStep } from './state.ts';
import type { OtpGiven, ReplacedChoice, ReplacedUse, Turn, Watched } from '../types.ts';

/** @throws Refusal `not-now`, `renew-witness` */
export function useReplaced(
  seat: Seat,
  choice: ReplacedChoice,
  { witnesses }: SeatContext,
): SeatStep {
  const { turn, reading } = seat;
  if (turn.index === null || reading === null) throw refuseStep('not-now');
  requireWitness(turn, choice.witness, witnesses);
  return {
    // The worker still has what it read, and tells before the key is asked.
    seat: { ...seat, choice },
    effects: [{ effect: 'accept-share', index: turn.index, ...reading, replaced: choice }],
    busy: inFront('Reading the share'),
  };
}

/** Somebody else, whom the auditor knows from the roster. @throws Refusal `renew-witness` */
export function requireWitness(
  { name }: Turn,
  witness: string,
  witnesses: readonly string[],
): void {
  if (isNamed(name)({ name: witness }) || !witnesses.includes(witness)) {
    throw refuseStep('renew-witness', witness);
  }
}

/** Once such a share was accepted: the witness was there, and signs for it. */
export function watchedUse({ turn, choice }: Seat, given: OtpGiven | undefined): Watched[] {
  const isOver = given?.standing === 'replaced' || given?.standing === 'not-counted';
  return choice === null || !isOver
    ? []
    : [
        {
          witness: choice.witness,
          what: `${turn.name} chose to give share ${turn.index ?? 0} with an envelope that is over`,
        },
      ];
}

/** What is written down before the key is asked. */
export function replacedUsed(
  index: number,
  custodian: string,
  { reason, witness }: ReplacedChoice,
  { envelope, madeIn, standing, sheet, live, liveSheet, replacedAt, destroyedAt }: ReplacedUse,
): Facts {
  return {
    index,
    custodian,
    envelope: { type: 'digest', value: envelope },
    madeIn,
    standing,
    ...(sheet === null ? {} : { sheet }),
    ...(live === null ? {} : { live: { type: 'digest', value: live } }),
    ...(liveSheet === null ? {} : { liveSheet }),
    ...(replacedAt === null ? {} : { replacedAt: { type: 'time', value: replacedAt } }),
    ...(destroyedAt === null ? {} : { destroyedAt: { type: 'time', value: destroyedAt } }),
    reason,
    witness,
  };
}
