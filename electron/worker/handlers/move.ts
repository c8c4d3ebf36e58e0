/**
 * Survey keys that move to another key version, a file at a time: one file is in memory, and the
 * platform key only while it is worked on. Between two files there are the shares that were given, the
 * vault component and the ticket's key, until the last is done.
 * @module
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import {
  BATCH_FILE_LIMIT,
  openMoveBatch,
  parseMoveBatch,
  sealMovedBatch,
  type MovedSurveyKey,
} from '../../../shared/bundle/move-batch.ts';
import type { MoveCounts } from '../../../shared/bundle/move.ts';
import { sealHalf } from '../../../shared/bundle/organisation-half.ts';
import type { StayingKey } from '../../../shared/ceremony/types.ts';
import {
  hashSurveyKey,
  readKekBlob,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
} from '../../../shared/checktick/index.ts';
import { organisationHalf as ownHalf } from '../../../shared/checktick/organisation-half.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { sealEscrow } from '../../../shared/escrow/escrow.ts';
import {
  keysAtOnce,
  moveSurveyKeys,
  type Move,
  type StoredSurveyKey,
} from '../../../shared/escrow/move.ts';
import type { RandomSource } from '../../../shared/secret/random.ts';
import { wipingAfter } from '../../../shared/secret/secret.ts';
import { escrowPublicKey } from '../../../shared/sharing/escrow-key.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { readLimited } from '../../files/read.ts';
import { writeMovedFile } from '../../media/usb/moved-files.ts';
import { requireSuitable } from '../../media/usb/share-file.ts';
import { withPlatformKey } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import type { OpenMove } from '../opened.ts';
import type { WorkerState } from '../state.ts';
import { findVolume } from '../volumes.ts';
import type { Handler } from '../context.ts';

function needMove({ move }: WorkerState, nonce: string): OpenMove {
  if (move?.nonce !== nonce) throw refuseWorker('package-not-open');
  return move;
}

export const proveMove: Handler<'prove-move'> = async ({ nonce, manifest, half }, { state }) => {
  const organisationHalf = await withPlatformKey(
    state,
    needMove(state, nonce),
    manifest,
    async (platformKey) => {
      if (half === null) return null;
      const bytes = ownHalf(platformKey);
      return wipingAfter([bytes], () => sealHalf(half.place, half.escrowKey, bytes));
    },
  );
  return { indexes: [...state.accepted.keys()].sort((a, b) => a - b), organisationHalf };
};

export const moveFile: Handler<'move-file'> = async (input, { state }) => {
  const began = performance.now();
  const { body, manifest, move, at } = input;
  const opened = needMove(state, body.nonce);
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  // Before anything is opened that then cannot be written.
  requireSuitable(volume, state.mode);
  const { mode, audience, nonce, files } = body;
  const place = { mode, audience, nonce, at, of: files.length };
  const bytes = await readLimited(join(volume.path, input.path), BATCH_FILE_LIMIT);
  const batch = parseMoveBatch(bytes, place);
  if (batch.digest !== files[at]) throw refuseWorker('move-file-differs', at + 1, files.length);
  const stored = await opened.ticketKey.use((key) => openMoveBatch(batch, key));
  const atOnce = keysAtOnce(cpus().length);
  const moved = await withPlatformKey(state, opened, manifest, (platformKey) =>
    moveSurveyKeys(platformKey, move, stored, { atOnce }),
  );
  const keys = stored.map(({ userId, surveyId }, which): MovedSurveyKey => {
    const one = moved[which];
    if (one === undefined) throw new Error('a survey key without an answer');
    return { userId, surveyId, ...one };
  });
  const back = await sealMovedBatch(place, body.recipient, keys);
  await writeMovedFile(volume, place, back);
  const staying = keys.flatMap((one): StayingKey[] =>
    'stays' in one ? [{ userId: one.userId, surveyId: one.surveyId, why: one.stays }] : [],
  );
  const digest = bytesToHex(sha256(back));
  const file = { at, digest, counts: countOf(keys, staying) };
  return { file, staying, ms: Math.round(performance.now() - began) };
};

function countOf(keys: readonly MovedSurveyKey[], staying: readonly StayingKey[]): MoveCounts {
  const because = (why: StayingKey['why']) => staying.filter((one) => one.why === why).length;
  return {
    moved: keys.length - staying.length,
    notCompared: keys.filter((one) => 'surveyKey' in one && one.surveyKey === 'not-compared')
      .length,
    stays: {
      'not-opened': because('not-opened'),
      'not-the-surveys': because('not-the-surveys'),
      'sealed-without-hash': because('sealed-without-hash'),
    },
  };
}

export const endMove: Handler<'end-move'> = ({ nonce }, { state }) => {
  // Main may ask again.
  if (state.move?.nonce === nonce) state.endMove();
  return null;
};

/** Enough for every core, and for the next to begin before the last has ended. */
const ROUND = 2;

export const measureMove: Handler<'measure-move'> = async ({ seconds }, { state, random }) => {
  const atOnce = keysAtOnce(cpus().length);
  const { platformKey, move, samples } = await practice(state.mode, random);
  return wipingAfter([platformKey], async () => {
    const perMinute = async (sample: StoredSurveyKey): Promise<number> => {
      const round = Array.from({ length: ROUND * atOnce }, () => sample);
      const began = performance.now();
      let done = 0;
      let took = 0;
      while (took < (seconds * 1000) / samples.length) {
        await moveSurveyKeys(platformKey, move, round, { atOnce });
        done += round.length;
        took = performance.now() - began;
      }
      return (done / took) * 60_000;
    };
    const [checktick, sealed] = samples;
    return {
      checktick: await perMinute(checktick),
      sealed: await perMinute(sealed),
    };
  });
};

/** A platform key that opens nothing, and a survey key of either kind that it opens. */
async function practice(
  mode: Move['mode'],
  random: RandomSource,
): Promise<{
  readonly platformKey: Uint8Array;
  readonly move: Move;
  readonly samples: readonly [checktick: StoredSurveyKey, sealed: StoredSurveyKey];
}> {
  const platformKey = random(64);
  const [from, to] = ['practice-1', 'practice-2'];
  const escrowKey = await escrowPublicKey(random(64), { mode, keyVersion: to });
  const audience = bytesToHex(random(16));
  const [userId, surveyId] = [1, 1];
  const kek = random(32);
  const salt = random(16);
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const blob = await sealKekBlob(await userRecoveryKey(platformKey, userId), path, kek);
  const place = { mode, audience, keyVersion: from, userId, surveyId };
  const own = await escrowPublicKey(platformKey, { mode, keyVersion: from });
  const common = { userId, surveyId, keyHash: { salt, hash: await hashSurveyKey(kek, salt) } };
  return {
    platformKey,
    move: { mode, audience, from, to, escrowKey },
    samples: [
      { ...common, kind: 'checktick', bytes: readKekBlob(blob) },
      { ...common, kind: 'sealed', bytes: await sealEscrow(own, place, kek) },
    ],
  };
}
