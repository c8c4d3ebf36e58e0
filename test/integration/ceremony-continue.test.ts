/**
 * Another laptop goes on: from the ceremony log that every stick carries, confirmed by the eight
 * words of the share set.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHost } from '../../electron/main/host/host.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { resumeFromLog } from '../../electron/main/host/resume.ts';
import { encodeLog } from '../../shared/transcript/log.ts';
import { makeReceipt } from '../support/receipts.ts';
import { makeSetupPackage } from '../support/documents.ts';
import { makeVersionLog } from '../support/rotate-log.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { makeNextVersion } from '../support/version-documents.ts';
import { LogWriter, makeSplitLog, type TestLog } from '../support/logs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'continue-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function laptop(name: string) {
  return createHost({
    startWorker: () => Promise.reject(new Error('No worker is needed here.')),
    openEntryWindow: () => Promise.reject(new Error('No window is needed here.')),
    checkEnvironment: () => Promise.resolve([]),
    application: 'test',
    productionRefused: null,
    dataFolder: join(folder, name),
    rehearsalFolder: join(folder, 'sticks'),
    clearClipboard: () => undefined,
    now: () => new Date(),
  });
}

async function carry(bytes: Uint8Array, ceremonyId: string): Promise<void> {
  const stick = join(folder, 'sticks', 'practice stick A');
  await mkdir(stick, { recursive: true });
  await writeFile(join(stick, `conclave-log-${ceremonyId.slice(0, 8)}.jsonl`), bytes);
}

async function openOnly(host: ReturnType<typeof laptop>) {
  const [found] = await host.findDocuments({ kind: 'chain', mode: 'rehearsal' });
  return host.openChain({ documentId: found?.id ?? '', mode: 'rehearsal' });
}

test('a log from a stick is believed by its eight words, and its ceremony goes on', async () => {
  const { log } = await makeSplitLog(await makeShareSet({ mode: 'rehearsal' }), {
    until: 'bundle',
  });
  const { ceremonyId } = log.header;
  await carry(encodeLog(log), ceremonyId);
  const host = laptop('second');
  const opened = await openOnly(host);
  expect(opened.wordsOf).toBe('share set');
  const wrong = host.trustChain({
    digest: opened.digest,
    words: 'abandon ability',
    mode: 'rehearsal',
  });
  await expect(wrong).rejects.toMatchObject({ code: 'words-differ' });
  expect((await host.home()).ceremonies).toEqual([]);

  const words = eightWords(hexToBytes(opened.digest));
  await host.trustChain({ digest: opened.digest, words, mode: 'rehearsal' });
  const home = await host.home();
  expect(home.ceremonies).toMatchObject([{ ceremonyId, standing: 'waiting-for-receipt' }]);
  expect(home.trustedSyncs).toHaveLength(1);
  await host.resume(ceremonyId);
  expect(['waiting', 'save-bundle']).toContain(host.view()?.screen);
  await host.shutdown();
});

test('so does a new platform key, whose log holds two sets, by the words of the one that was made', async () => {
  const set = await makeShareSet({ mode: 'rehearsal' });
  const next = await makeNextVersion(set);
  const { log } = await makeVersionLog(set, next, randomBytes, { until: 'bundle' });
  const { ceremonyId } = log.header;
  await carry(encodeLog(log), ceremonyId);
  const host = laptop('second');
  const { digest } = await openOnly(host);
  expect(digest).toBe(next.manifest.digest);
  await host.trustChain({ digest, words: eightWords(hexToBytes(digest)), mode: 'rehearsal' });
  const { ceremonies } = await host.home();
  expect(ceremonies).toMatchObject([{ ceremonyId, standing: 'waiting-for-receipt' }]);
  await host.resume(ceremonyId);
  expect(['waiting', 'save-bundle']).toContain(host.view()?.screen);
  await host.shutdown();
});

test('the same log twice is one, another is two, and another story of the same is refused', async () => {
  const set = await makeShareSet({ mode: 'rehearsal' });
  const { log } = await makeSplitLog(set, { until: 'bundle' });
  const retold = await makeSplitLog(set, { until: 'bundle' });
  const other = await makeSplitLog(await makeShareSet({ mode: 'rehearsal' }), { until: 'bundle' });
  const { ceremonyId } = log.header;
  const host = laptop('third');
  const trust = async () => {
    const { digest } = await openOnly(host);
    await host.trustChain({ digest, words: eightWords(hexToBytes(digest)), mode: 'rehearsal' });
  };
  await carry(encodeLog(log), ceremonyId);
  await trust();
  await trust();
  expect((await host.home()).ceremonies).toHaveLength(1);
  await carry(encodeLog(other.log), ceremonyId);
  await trust();
  expect((await host.home()).ceremonies).toHaveLength(2);
  await rm(join(folder, 'sticks'), { recursive: true });
  await carry(encodeLog(retold.log), ceremonyId);
  await expect(trust()).rejects.toMatchObject({ code: 'log-differs' });
});

test('a log that ends before its set was signed is refused', async () => {
  const { log } = await makeSplitLog(await makeShareSet({ mode: 'rehearsal' }), { until: 'void' });
  await carry(encodeLog(log), log.header.ceremonyId);
  await expect(openOnly(laptop('fourth'))).rejects.toMatchObject({ code: 'log-not-signed' });
});

/** What somebody who held the stick for a minute could write behind the last seal. */
const ADDITIONS: Readonly<Record<string, (made: TestLog) => Promise<LogWriter>>> = {
  'a descriptor and a receipt of their own': async ({ log, bundle }) => {
    const stranger = await makeShareSet({ mode: 'rehearsal' });
    if (bundle === null) throw new Error('The log has a bundle.');
    const forged = await makeReceipt(stranger, bundle, { outcome: 'refused' });
    return LogWriter.after(log)
      .document(stranger.sync.descriptor.envelope)
      .document(forged.envelope)
      .entry('receipt-imported', {
        digest: { type: 'digest', value: forged.digest },
        outcome: 'refused',
        statement: 'Destroy the new media.',
      });
  },
  'the entry of a receipt that is not there': ({ log }) =>
    Promise.resolve(
      LogWriter.after(log).entry('receipt-imported', {
        digest: { type: 'digest', value: 'ab'.repeat(32) },
        outcome: 'refused',
        statement: 'Destroy the new media.',
      }),
    ),
  'a declaration that the ceremony is void': ({ log }) =>
    Promise.resolve(
      LogWriter.after(log).entry('declared-void', { reason: 'no', 'medium.1': 'every sheet' }),
    ),
  'a package of another sync, with an epoch that no true one reaches': async ({ log }) => {
    const stranger = await makeShareSet({ mode: 'rehearsal' });
    const source = await makeSetupPackage(stranger);
    return LogWriter.after(log)
      .document(stranger.sync.descriptor.envelope)
      .document(source.document.envelope);
  },
  'a share set of their own': async ({ log }) => {
    const stranger = await makeShareSet({ mode: 'rehearsal' });
    return LogWriter.after(log).document(stranger.manifest.envelope);
  },
};

test.each(Object.keys(ADDITIONS))('a log to which somebody added %s is refused', async (what) => {
  const made = await makeSplitLog(await makeShareSet({ mode: 'rehearsal' }), { until: 'bundle' });
  const added = await ADDITIONS[what]?.(made);
  if (added === undefined) throw new Error('No such addition.');
  await carry(encodeLog(added.log()), made.log.header.ceremonyId);
  const host = laptop('fifth');
  const { digest } = await openOnly(host);
  const words = eightWords(hexToBytes(digest));
  const trusting = host.trustChain({ digest, words, mode: 'rehearsal' });
  await expect(trusting).rejects.toMatchObject({ code: 'transcript-added-to' });
  const { ceremonies, trustedSyncs } = await host.home();
  expect([...ceremonies, ...trustedSyncs]).toEqual([]);
});

test('a log with its true receipt is taken', async () => {
  const { log } = await makeSplitLog(await makeShareSet({ mode: 'rehearsal' }));
  await carry(encodeLog(log), log.header.ceremonyId);
  const host = laptop('sixth');
  const { digest } = await openOnly(host);
  await host.trustChain({ digest, words: eightWords(hexToBytes(digest)), mode: 'rehearsal' });
  expect((await host.home()).ceremonies).toMatchObject([{ standing: 'closed' }]);
});

test('a ceremony that goes on answers to the sync that its people confirmed', async () => {
  const set = await makeShareSet({ mode: 'rehearsal' });
  const { log } = await makeSplitLog(set, { until: 'bundle' });
  const stranger = await makeShareSet({ mode: 'rehearsal' });
  const added = LogWriter.after(log)
    .document(stranger.sync.descriptor.envelope)
    .document(stranger.manifest.envelope)
    .log();
  const { state, gathered } = resumeFromLog(added);
  expect(state.sync?.publicKey).toBe(set.sync.descriptor.body.publicKey);
  expect(gathered.descriptor?.digest).toBe(set.sync.descriptor.digest);
  expect(gathered.manifest?.digest).toBe(set.manifest.digest);
});
