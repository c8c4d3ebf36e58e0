/**
 * The verifier of what a software slot really holds, computed by Node and by the slot itself.
 * @module
 */
import { createHash } from 'node:crypto';
import type { OtpMachine } from './otp.ts';

const LABEL = 'conclave/v1/slot-verifier';

/** In hex; throws where the slot holds no secret for challenges. */
export function verifierIn({ memory }: OtpMachine, place: 0 | 1): string {
  const slot = memory.hmac(place);
  if (slot === null) throw new Error('The slot answers no challenges.');
  const filled = new Uint8Array(64);
  filled.set(Buffer.from(LABEL));
  return createHash('sha256').update(LABEL).update(slot.respond(filled)).digest('hex');
}
