/**
 * One secret of a FIDO2 key (hmac-secret with PIN) by our driver, against the fewest reports with
 * which the protocol gives it, unchecked; and the same for every other operation. The key is the
 * software one, touched at once; each report takes as long as on a real bus.
 * @module
 */
import { fidoOperations } from './fido-operations.ts';
import { inWords, measureOperations, TRANSFER } from './key-operations.ts';
import { interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const ROUNDS = 51;
/** Of every operation beside the one that is measured for itself. */
const FEWER = 15;

export async function measureFido(rounds = ROUNDS): Promise<Finding> {
  const { operations, plug } = await fidoOperations();
  const rows = await measureOperations(operations, plug, Math.min(rounds, FEWER));
  const secret = operations.find(({ name }) => name.startsWith('getAssertion'));
  if (secret === undefined) throw new Error('It is one of them.');
  const sides = await interleave(rounds, {
    ours: () => timed(secret.ours),
    bare: () => timed(secret.bare),
  });
  return {
    title: 'Secret of a FIDO2 key (hmac-secret with PIN, touched at once)',
    ours: `hmacSecret of electron/devices/ctap, ${TRANSFER} ms a report`,
    bare: 'key agreement, token, assertion: the fewest reports, unchecked',
    target: 1.5,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())}`],
    notes: rows.map(inWords),
  };
}
