/**
 * Survey keys that move to another key version, per key and with every core at work, against what
 * nobody could leave out: the three PBKDF2 and the AES-GCM of CheckTick's form, called directly.
 * @module
 */
import { createDecipheriv, pbkdf2, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import {
  readKekBlob,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { keysAtOnce, moveSurveyKeys, type StoredSurveyKey } from '../../shared/escrow/move.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const derive = promisify(pbkdf2);
const ITERATIONS = 200_000;
const ROUNDS = 7;
/** Survey keys in one round. */
const BATCH = 40;
/** Times as many in one go, to see whether the time of one stays. */
const LONGER = 10;

interface Made {
  readonly stored: StoredSurveyKey;
  readonly kek: Uint8Array;
}

async function made(platformKey: Uint8Array, at: number): Promise<Made> {
  const kek = new Uint8Array(randomBytes(32));
  const [userId, surveyId] = [at + 1, at + 1_000];
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const blob = await sealKekBlob(await userRecoveryKey(platformKey, userId), path, kek);
  const salt = new Uint8Array(randomBytes(16));
  const hash = new Uint8Array(await derive(kek, salt, ITERATIONS, 32, 'sha256'));
  const bytes = readKekBlob(blob);
  return { kek, stored: { userId, surveyId, kind: 'checktick', bytes, keyHash: { salt, hash } } };
}

/** From CheckTick's text: user key, key of the place, the survey key, its hash. */
async function bareOne(platformKey: Uint8Array, { stored, kek }: Made): Promise<void> {
  const { userId, surveyId, bytes, keyHash } = stored;
  const user = `checktick-user-recovery-${userId}`;
  const userKey = await derive(platformKey, user, ITERATIONS, 32, 'sha256');
  const place = `users/${userId}/surveys/${surveyId}/recovery-kek`;
  const key = await derive(userKey, place, ITERATIONS, 32, 'sha256');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(44));
  const opened = Buffer.concat([decipher.update(bytes.subarray(12, 44)), decipher.final()]);
  if (!opened.equals(kek) || keyHash === null) throw new Error('the bare side opened another key');
  await derive(opened, keyHash.salt, ITERATIONS, 32, 'sha256');
}

/** `atOnce` of them at any time. */
async function bareAll(platformKey: Uint8Array, all: readonly Made[], atOnce: number) {
  const queue = all.values();
  const work = async (): Promise<void> => {
    for (const one of queue) await bareOne(platformKey, one);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

export async function measureMove(rounds = ROUNDS): Promise<Finding> {
  const cores = availableParallelism();
  const platformKey = new Uint8Array(randomBytes(64));
  const other = new Uint8Array(randomBytes(64));
  const escrowKey = await escrowPublicKey(other, { mode: 'rehearsal', keyVersion: 'v2' });
  const move = {
    mode: 'rehearsal',
    audience: 'a1'.repeat(16),
    from: 'v1',
    to: 'v2',
    escrowKey,
  } as const;
  const all: Made[] = [];
  for (let at = 0; at < BATCH; at += 1) all.push(await made(platformKey, at));
  const ours = async (batch: readonly Made[]): Promise<number> => {
    const stored = batch.map((one) => one.stored);
    let stayed = 0;
    const took = await timed(async () => {
      const moved = await moveSurveyKeys(platformKey, move, stored, {
        atOnce: keysAtOnce(cores),
      });
      stayed = moved.filter((one) => 'stays' in one).length;
    });
    if (stayed > 0) throw new Error(`${stayed} survey keys stayed`);
    return took / batch.length;
  };
  const before = ownPeak();
  const sides = await interleave(rounds, {
    ours: () => ours(all),
    bare: async () => (await timed(() => bareAll(platformKey, all, cores))) / BATCH,
  });
  const longer = Array.from({ length: LONGER }, () => all).flat();
  const each = await ours(longer);
  return {
    title: `A survey key that moves to another key version, on ${cores} cores`,
    ours: 'moveSurveyKeys: opened, compared with its hash, sealed, sealed again and compared',
    bare: "node:crypto's PBKDF2 three times and AES-GCM, one on each core",
    target: 1.15,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())} (${megabytes(before)} before)`],
    notes: [`${longer.length} in one go: ${each.toFixed(1)} ms each`],
  };
}
