/**
 * Survey keys that move through a real worker thread: ticket, package, shares, file after file onto the
 * stick; and what is refused on the way.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchFileName, batchFolder } from '../../shared/bundle/move-batch.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { packageCommon } from '../support/documents.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import {
  cameBack,
  damaged,
  digestOf,
  keptKey,
  openMoved,
  packMove,
  type KeptKey,
  type PackedMove,
} from '../support/move-keys.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { giveTyped } from '../support/typed-share.ts';
import { makeNextVersion } from '../support/version-documents.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

let root: string;
let worker: TestWorker;
let set: TestShareSet;
let next: TestShareSet;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  worker = await startTestWorker('rehearsal');
  set = await makeShareSet({ mode: 'rehearsal' });
  next = await makeNextVersion(set);
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

const folder = () => join(root, 'COURIER');
const source = () => ({
  mode: set.mode,
  audience: set.sync.audience,
  platformKey: set.platformKey,
  escrowKey: set.manifest.body.escrowKey ?? '',
});

/** A ticket, its package and files on the stick, opened. */
async function opened(batches: readonly (readonly KeptKey[])[]): Promise<PackedMove> {
  const operator = new ScriptedPerson('operator');
  mkdirSync(folder(), { recursive: true });
  const place = { volumeId: `at:${folder()}`, rehearsalFolder: root, person: operator.name };
  const ticketId = 'c4'.repeat(16);
  const { recipient } = await worker.callWith(operator, {}, 'make-ticket', { ...place, ticketId });
  const packed = await packMove(
    { ...packageCommon(set, randomBytes), recipient: set.sync.recipient.publicKey },
    { ticketId, digest: 'd5'.repeat(32), recipient },
    { ...set, roster: envelopeToJson(next.roster.envelope) },
    next.manifest,
    batches,
  );
  for (const [at, bytes] of packed.files.entries()) {
    writeFileSync(join(folder(), `file ${at}.json`), bytes);
  }
  const opening = { body: packed.body, manifest: set.manifest.body, ...place };
  expect(await worker.callWith(operator, {}, 'open-package', opening)).toEqual({ fits: true });
  return packed;
}

const prove = ({ body }: PackedMove) =>
  worker.call('prove-move', { nonce: body.nonce, manifest: set.manifest.body, half: null });

const moveFile = ({ body }: PackedMove, at: number, path = `file ${at}.json`) =>
  worker.call('move-file', {
    body,
    manifest: set.manifest.body,
    move: {
      mode: set.mode,
      audience: set.sync.audience,
      from: 'v1',
      to: 'v2',
      escrowKey: next.manifest.body.escrowKey ?? '',
    },
    at,
    path,
    volumeId: `at:${folder()}`,
    rehearsalFolder: root,
  });

const back = ({ places }: PackedMove, at: number): Uint8Array => {
  const place = places[at];
  if (place === undefined) throw new Error('no place');
  const path = join(batchFolder('moved', place), batchFileName('moved', place));
  return new Uint8Array(readFileSync(join(folder(), path)));
};

test('each file comes back on its stick, opens under the other version, and nothing else comes out', async () => {
  const batches = [
    [
      await keptKey(source(), 31, 'checktick'),
      await keptKey(source(), 32, 'checktick', false),
      damaged(await keptKey(source(), 33, 'checktick')),
      await keptKey(source(), 34, 'sealed'),
    ],
    [
      await keptKey(source(), 41, 'sealed', false),
      await keptKey(source(), 42, 'sealed', 'another'),
      await keptKey(source(), 43, 'checktick'),
    ],
  ];
  const packed = await opened(batches);
  expect(await codeOf(prove(packed))).toBe('too-few-shares');
  await giveTyped(worker, set, 1, 2);
  expect(await codeOf(moveFile(packed, 0))).toBe('too-few-shares');
  await giveTyped(worker, set, 4);
  expect(await prove(packed)).toEqual({ indexes: [1, 2, 4], organisationHalf: null });

  const first = await moveFile(packed, 0);
  expect(first.file).toEqual({
    at: 0,
    digest: digestOf(back(packed, 0)),
    counts: {
      moved: 3,
      notCompared: 1,
      stays: { 'not-opened': 1, 'not-the-surveys': 0, 'sealed-without-hash': 0 },
    },
  });
  expect(first.staying).toEqual([{ userId: 4, surveyId: 33, why: 'not-opened' }]);
  expect(first.ms).toBeGreaterThan(0);
  const second = await moveFile(packed, 1);
  expect(second.file.counts).toMatchObject({ moved: 1, notCompared: 0 });
  expect(second.staying.map(({ why }) => why)).toEqual(['sealed-without-hash', 'not-the-surveys']);

  const { recipient } = set.sync;
  for (const [at, batch] of batches.entries()) {
    const place = packed.places[at];
    if (place === undefined) throw new Error('no place');
    const keys = await cameBack(back(packed, at), place, recipient.privateKey);
    for (const [which, { kek }] of batch.entries()) {
      const one = keys[which];
      if (one === undefined || 'stays' in one) continue;
      expect(await openMoved(one, place, next)).toEqual(kek);
    }
    expect(keys.filter((one) => 'stays' in one)).toHaveLength(at === 0 ? 1 : 2);
  }
  // The shares sign, whatever was wiped.
  await worker.call('end-move', { nonce: packed.body.nonce });
  expect(await codeOf(moveFile(packed, 0))).toBe('package-not-open');
  const message = new TextEncoder().encode('signed');
  const { signatures } = await worker.call('sign-quorum', { messages: [message] });
  expect(signatures).toHaveLength(3);

  const sent = JSON.stringify(worker.sent);
  const keks = batches.flat().map(({ kek }) => kek);
  for (const canary of [...keks, set.platformKey, set.vaultComponent, set.component]) {
    const bytes = Buffer.from(canary);
    for (const text of [bytes.toString('hex'), bytes.toString('base64').slice(0, 40)]) {
      expect(sent.includes(text)).toBe(false);
    }
    expect(sent.includes(bytes.join(','))).toBe(false);
  }
}, 120_000);

test('a file that is not the package’s is not opened; the same one twice gives another file, and the same keys', async () => {
  const keys = [await keptKey(source(), 31, 'checktick'), await keptKey(source(), 32, 'checktick')];
  const packed = await opened(keys.map((key) => [key]));
  await giveTyped(worker, set, 1, 2, 3);
  expect(await codeOf(moveFile(packed, 0, 'file 1.json'))).toBe('batch-elsewhere');
  expect(await codeOf(moveFile(packed, 0, 'nothing.json'))).toBe('file-gone');
  // Rightly made for the same place and ticket, by somebody else.
  const other = await packMove(
    { ...packed.body, recipient: set.sync.recipient.publicKey },
    {
      ticketId: packed.body.ticketId,
      digest: packed.body.ticketDigest,
      recipient: packed.body.recipient,
    },
    { ...set, roster: packed.body.roster },
    next.manifest,
    [[await keptKey(source(), 31, 'checktick')], keys.slice(1)],
  );
  writeFileSync(join(folder(), 'exchanged.json'), other.files[0] ?? '');
  expect(await codeOf(moveFile(packed, 0, 'exchanged.json'))).toBe('move-file-differs');
  expect(readdirSync(folder()).filter((name) => name.startsWith('conclave-moved'))).toEqual([]);

  const first = await moveFile(packed, 0);
  const again = await moveFile(packed, 0);
  expect(again.file.digest).not.toBe(first.file.digest);
  expect(again.file.digest).toBe(digestOf(back(packed, 0)));
  const [place] = packed.places;
  if (place === undefined) throw new Error('no place');
  const [moved] = await cameBack(back(packed, 0), place, set.sync.recipient.privateKey);
  expect(await openMoved(moved, place, next)).toEqual(keys[0]?.kek);
}, 120_000);

test('the package of another set is refused before anybody gives a share', async () => {
  const stranger = await makeShareSet({ mode: 'rehearsal', sync: set.sync });
  const own = set;
  set = { ...own, vaultComponent: stranger.vaultComponent };
  await expect(opened([[await keptKey(source(), 31, 'checktick')]])).rejects.toMatchObject({
    note: { code: 'package-component-wrong' },
  });
}, 120_000);

test('how fast the machine is, it says of either kind without any share', async () => {
  const pace = await worker.call('measure-move', { seconds: 2 });
  expect(pace.checktick).toBeGreaterThan(1);
  // One derivation of three.
  expect(pace.sealed).toBeGreaterThan(pace.checktick);
}, 120_000);
