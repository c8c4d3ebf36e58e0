/**
 * A worker that moves survey keys from files on a stick, as a process of its own: tells its parent after
 * each file how much memory it has.
 * @module
 */
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchFileName, batchFolder, sealMoveBatch } from '../../shared/bundle/move-batch.ts';
import { BATCH_KEYS } from '../../shared/bundle/move.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import type { StoredSurveyKey } from '../../shared/escrow/move.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { packageCommon } from '../support/documents.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { digestOf, keptKey, packMove } from '../support/move-keys.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { giveTyped } from '../support/typed-share.ts';
import { makeNextVersion } from '../support/version-documents.ts';
import { startTestWorker } from '../support/worker.ts';
import type { MoveReport } from './move.ts';

const keys = Number(process.argv[2]);
/** In each file: opened, compared with their hash and moved. */
const derived = Number(process.argv[3]);
const files = Math.ceil(keys / BATCH_KEYS);
const root = await mkdtemp(join(tmpdir(), 'conclave-soak-move-'));
const stick = join(root, 'COURIER');
await mkdir(stick);
const worker = await startTestWorker('rehearsal');
const set = await makeShareSet({ mode: 'rehearsal' });
const next = await makeNextVersion(set);
const operator = new ScriptedPerson('operator');
const place = { volumeId: `at:${stick}`, rehearsalFolder: root, person: operator.name };
const ticketId = 'c4'.repeat(16);
const { recipient } = await worker.callWith(operator, {}, 'make-ticket', { ...place, ticketId });
const from = {
  mode: set.mode,
  audience: set.sync.audience,
  platformKey: set.platformKey,
  escrowKey: set.manifest.body.escrowKey ?? '',
};
const opening = await Promise.all(
  Array.from({ length: derived }, (_, at) => keptKey(from, at + 1, 'checktick')),
);
const common = { ...packageCommon(set, randomBytes), recipient: set.sync.recipient.publicKey };
const places = Array.from({ length: files }, (_, at) => {
  const { mode, audience, nonce } = common;
  return { mode, audience, nonce, at, of: files };
});

/** Those that open, and as many as fit that look like sealed ones and stay. */
function stored(at: number): StoredSurveyKey[] {
  const count = Math.min(BATCH_KEYS, keys - at * BATCH_KEYS);
  return Array.from(
    { length: count },
    (_, which) =>
      opening[which]?.stored ?? {
        userId: 1_000 + which,
        surveyId: 1_000 + at * BATCH_KEYS + which,
        kind: 'sealed',
        bytes: randomBytes(1_215),
        keyHash: null,
      },
  );
}

const digests: string[] = [];
for (const one of places) {
  const bytes = await sealMoveBatch(one, recipient, stored(one.at));
  await writeFile(join(stick, `${one.at}.json`), bytes);
  digests.push(digestOf(bytes));
}
const packed = await packMove(
  common,
  { ticketId, digest: 'd5'.repeat(32), recipient },
  { ...set, roster: envelopeToJson(next.roster.envelope) },
  next.manifest,
  places.map(() => opening),
);
// The files are those that were written, not the small ones.
const body = { ...packed.body, files: digests };
const manifest = set.manifest.body;
const small = { body: packed.body, manifest, ...place };
await worker.callWith(operator, {}, 'open-package', small);
await giveTyped(worker, set, 1, 2, 3);
const move = {
  mode: set.mode,
  audience: set.sync.audience,
  from: 'v1',
  to: 'v2',
  escrowKey: next.manifest.body.escrowKey ?? '',
};
for (const one of places) {
  const { file, staying, ms } = await worker.call('move-file', {
    body,
    manifest,
    move,
    at: one.at,
    path: `${one.at}.json`,
    volumeId: place.volumeId,
    rehearsalFolder: root,
  });
  const done = Math.min(keys, (one.at + 1) * BATCH_KEYS);
  const count = done - one.at * BATCH_KEYS;
  const opened = Math.min(derived, count);
  if (file.counts.moved !== opened) throw new Error('those that open did not move');
  await Promise.all([
    unlink(join(stick, `${one.at}.json`)),
    unlink(join(stick, batchFolder('moved', one), batchFileName('moved', one))),
  ]);
  globalThis.gc?.();
  if (staying.length !== count - opened) throw new Error('others moved');
  const report: MoveReport = { keys: done, rss: process.memoryUsage().rss, ms };
  process.send?.(report);
}
worker.stop();
await rm(root, { recursive: true, force: true });
process.disconnect?.();
