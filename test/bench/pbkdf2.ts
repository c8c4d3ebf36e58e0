/**
 * One key of CheckTick's hierarchy, with its checks and through WebCrypto, against OpenSSL's
 * PBKDF2 called directly.
 * @module
 */
import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { userRecoveryKey } from '../../shared/checktick/index.ts';
import { interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const bare = promisify(pbkdf2);
const ITERATIONS = 200_000;
const ROUNDS = 31;

export async function measurePbkdf2(rounds = ROUNDS): Promise<Finding> {
  const platformKey = new Uint8Array(randomBytes(64));
  const ours = await userRecoveryKey(platformKey, 7);
  const theirs = await bare(platformKey, 'checktick-user-recovery-7', ITERATIONS, 32, 'sha256');
  if (!theirs.equals(ours)) throw new Error('The two sides do not derive the same key.');
  const before = ownPeak();
  const sides = await interleave(rounds, {
    ours: () => timed(() => userRecoveryKey(platformKey, 7)),
    bare: () =>
      timed(() => bare(platformKey, 'checktick-user-recovery-7', ITERATIONS, 32, 'sha256')),
  });
  return {
    title: 'PBKDF2, 200,000 iterations',
    ours: "userRecoveryKey of shared/checktick, Node's WebCrypto",
    bare: "node:crypto's pbkdf2, which is OpenSSL's",
    target: 1.1,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())} (${megabytes(before)} before)`],
    notes: [],
  };
}
