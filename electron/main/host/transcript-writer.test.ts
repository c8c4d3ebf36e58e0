import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ed25519Signer } from '../../../shared/encoding/dsse.ts';
import { randomBytes } from '../../../shared/secret/random.ts';
import { entries, parseLog } from '../../../shared/transcript/log.ts';
import { openStore } from './store.ts';
import { continueTranscript, startTranscript, type TranscriptWriter } from './transcript-writer.ts';

const HEADER = { mode: 'rehearsal', kind: 'split', ceremonyId: 'ab'.repeat(16) } as const;
const now = () => new Date('2026-05-03T09:30:00Z');

let folder: string;
let opened: TranscriptWriter | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-store-'));
});
afterEach(async () => {
  await opened?.close();
  opened = null;
  await rm(folder, { recursive: true, force: true });
});

const open = async () => {
  const store = openStore(folder);
  const transcript = await startTranscript(store, HEADER, now);
  opened = transcript;
  return { store, transcript };
};
const path = () => join(folder, 'rehearsal', 'ceremonies', `${HEADER.ceremonyId}.jsonl`);
const onDisk = async () => parseLog(new Uint8Array(await readFile(path())));

test('every entry is on the disk when its promise is fulfilled', async () => {
  const { transcript } = await open();
  for (let n = 1; n <= 3; n += 1) {
    await transcript.record('exception', { text: `number ${n}` });
    expect(entries(await onDisk())).toHaveLength(n);
  }
  expect(await onDisk()).toEqual(transcript.log);
});

test('entries, documents and seals asked for at once stand in one chain', async () => {
  const { transcript } = await open();
  const signer = ed25519Signer(randomBytes(32));
  await transcript.record('ceremony-opened', { ceremony: 'split', application: 'test' });
  const seal = () =>
    transcript.seal(async (message) => {
      // While somebody signs, the others have to wait.
      await new Promise((resolve) => setImmediate(resolve));
      return [{ keyid: signer.keyid, sig: await signer.sign(message) }];
    });
  await Promise.all([
    transcript.record('paused', {}),
    seal(),
    transcript.record('exception', { text: 'in the middle of it' }),
    seal(),
    transcript.record('resumed', {}),
  ]);
  const log = await onDisk();
  expect(log.items.map((item) => Object.keys(item)[0])).toEqual([
    'entry',
    'entry',
    'seal',
    'entry',
    'seal',
    'entry',
  ]);
});

test('a seal that nobody signs leaves the log as it was, and open for the next entry', async () => {
  const { transcript } = await open();
  await transcript.record('ceremony-opened', { ceremony: 'split', application: 'test' });
  await expect(transcript.seal(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  await transcript.record('exception', { text: 'still here' });
  expect((await onDisk()).items).toHaveLength(2);
});

test('half a last line is dropped when the log is opened again', async () => {
  const { store, transcript } = await open();
  await transcript.record('ceremony-opened', { ceremony: 'split', application: 'test' });
  await transcript.close();
  opened = null;
  await appendFile(path(), '{"entry":{"hash":"00');
  expect((await store.readLogs('rehearsal')).map((log) => log.items.length)).toEqual([1]);
  const again = continueTranscript(await store.reopenLog('rehearsal', HEADER.ceremonyId), now);
  await again.record('exception', { text: 'after the power cut' });
  await again.close();
  expect(entries(await onDisk())).toHaveLength(2);
});

test('a log of which not even the first line was finished was never begun', async () => {
  const { store, transcript } = await open();
  await transcript.close();
  opened = null;
  await rm(path());
  await appendFile(path(), '{"ceremonyId"');
  expect(await store.readLogs('rehearsal')).toEqual([]);
  await expect(store.reopenLog('rehearsal', HEADER.ceremonyId)).rejects.toMatchObject({
    code: 'no-ceremony',
  });
});
