/**
 * What a software slot answers without its driver, and the verifier of what it really holds.
 * @module
 */
import { createHash } from 'node:crypto';
import type { OtpMachine } from './otp.ts';

const LABEL = 'conclave/v1/slot-verifier';

/** In hex; throws where the slot holds no secret for challenges. */
export function verifierIn(machine: OtpMachine, place: 0 | 1): string {
  const response = answerOf(machine, place, Buffer.from(LABEL));
  return createHash('sha256').update(LABEL).update(response).digest('hex');
}

/** To a challenge of at most 63 bytes, filled up as every client does it; throws where it holds no secret. */
export function answerOf({ memory }: OtpMachine, place: 0 | 1, challenge: Uint8Array): Uint8Array {
  const slot = memory.hmac(place);
  if (slot === null) throw new Error('The slot answers no challenges.');
  const filled = new Uint8Array(64).fill(challenge.at(-1) === 0 ? 1 : 0);
  filled.set(challenge);
  return slot.respond(filled);
}
