/**
 * Makes the golden files of survey keys that move to another key version, from the golden platform
 * key and the golden sealed escrow, and says what is in them. It was run once; the files must decode
 * for ever.
 *
 *     npx tsx test/golden/make-move-batch.ts
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateRecipient } from '../../shared/sealing/hpke.ts';
import {
  type BatchPlace,
  type MovedSurveyKey,
  parseMoveBatch,
  parseMovedBatch,
  sealMoveBatch,
  sealMovedBatch,
} from '../../shared/bundle/move-batch.ts';
import {
  readKekBlob,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { moveSurveyKeys, type StoredSurveyKey } from '../../shared/escrow/move.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const file = (name: string) => path.join(here, 'v1', mode, name);
  if (existsSync(file('move-batch.json'))) throw new Error('golden files are never made again.');
  const escrow = JSON.parse(readFileSync(file('escrow-expected.json'), 'utf8')) as {
    platformKey: string;
    surveyKey: string;
    audience: string;
  };
  const platformKey = hexToBytes(escrow.platformKey);
  const kek = hexToBytes(escrow.surveyKey);
  const user = await userRecoveryKey(platformKey, 8);
  const blob = await sealKekBlob(user, vaultPaths.userSurveyRecoveryKek(8, 32), kek);
  const stored: StoredSurveyKey[] = [
    {
      userId: 7,
      surveyId: 31,
      kind: 'sealed',
      bytes: new Uint8Array(readFileSync(file('escrow.cbor'))),
      keyHash: null,
    },
    { userId: 8, surveyId: 32, kind: 'checktick', bytes: readKekBlob(blob), keyHash: null },
  ];
  const next = Uint8Array.from({ length: 64 }, (_, at) => 255 - at);
  const escrowKey = await escrowPublicKey(next, { mode, keyVersion: 'v2' });
  const { audience } = escrow;
  const move = { mode, audience, from: 'v1', to: 'v2', escrowKey };
  const made = await moveSurveyKeys(platformKey, move, stored, { atOnce: 1 });
  const moved = made.map((one, at): MovedSurveyKey => {
    const { userId = 0, surveyId = 0 } = stored[at] ?? {};
    return { userId, surveyId, ...one };
  });
  const place: BatchPlace = { mode, audience, nonce: 'b2'.repeat(16), at: 0, of: 1 };
  const recipient = await generateRecipient();
  const out = await sealMoveBatch(place, recipient.publicKey, stored);
  const back = await sealMovedBatch(place, recipient.publicKey, moved);
  writeFileSync(file('move-batch.json'), out);
  writeFileSync(file('moved-batch.json'), back);
  const expected = {
    place,
    privateKey: bytesToHex(recipient.privateKey),
    digests: { out: parseMoveBatch(out, place).digest, back: parseMovedBatch(back, place).digest },
    stored: stored.map(({ userId, surveyId, bytes }) => ({
      userId,
      surveyId,
      bytes: bytesToHex(bytes),
    })),
    moved: moved.map(({ userId, surveyId, ...one }) => ({
      userId,
      surveyId,
      ...('stays' in one ? one : { sealed: bytesToHex(one.sealed) }),
    })),
  };
  writeFileSync(file('move-batch-expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

for (const mode of MODES) await make(mode);
