/**
 * One HMAC-SHA1 response of a YubiKey by our driver, against the fewest reports with which the
 * protocol allows it, sent without a check; and the same for every other operation. The key is the
 * software one, which answers at once and needs no touch; each report takes as long as on a real bus.
 * @module
 */
import { inWords, measureOperations, TRANSFER } from './key-operations.ts';
import { interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';
import { otpOperations } from './otp-operations.ts';

const ROUNDS = 101;
/** Of every operation beside the one that is measured for itself. */
const FEWER = 15;

export async function measureKeys(rounds = ROUNDS): Promise<Finding> {
  const { operations, plug } = await otpOperations();
  const rows = await measureOperations(operations, plug, Math.min(rounds, FEWER));
  const response = operations.find(({ name }) => name.startsWith('challengeResponse'));
  if (response === undefined) throw new Error('It is one of them.');
  await operations.find(({ name }) => name.startsWith('program'))?.ours();
  const sides = await interleave(rounds, {
    ours: () => timed(response.ours),
    bare: () => timed(response.bare),
  });
  return {
    title: 'HMAC-SHA1 response of a key (OTP interface, without touch)',
    ours: `challengeResponse of electron/devices/yubikey-otp, ${TRANSFER} ms a report`,
    bare: 'the fewest reports that the protocol allows, unchecked',
    target: 1.1,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())}`],
    notes: rows.map(inWords),
  };
}
