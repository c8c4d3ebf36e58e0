/**
 * What goes wrong around ceremonies, through the real host: power cuts before and after the
 * bundle, wrong documents, void shares, a worker that dies, pauses and exception sheets. Sticks
 * only: paper has its own test.
 */
import { appendFile, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderShareSheet } from '../../electron/media/paper/sheet.ts';
import { encodeChain } from '../../shared/bundle/chain.ts';
import { sharePublicKey } from '../../shared/sharing/share-key.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import type { Plan } from '../../shared/ceremony/events.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries, parseLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { SaidNo } from '../../scripts/rehearse/room.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  makeTicket,
  openLaptop,
  packageFacts,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import {
  ENCRYPTED_KEK,
  makeBundle,
  makeManifest,
  makeShareSet,
  type TestShareSet,
} from '../support/documents.ts';
import { randomId } from '../support/people.ts';

/** Two of two: the shortest set there is. */
const PAIR: Plan = {
  label: '2026 B',
  threshold: 2,
  custodians: [
    { name: 'custodian 2', medium: 'usb' },
    { name: 'custodian 4', medium: 'usb' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'usb' },
  page: 'A4',
};

let laptop: Laptop;
beforeEach(async () => {
  laptop = await openLaptop();
});
afterEach(() => laptop.remove());

async function startSplit(): Promise<void> {
  await carrySetupPackage(laptop);
  await laptop.host.start('split', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'plan');
  await laptop.room.say({ type: 'plan', plan: PAIR });
}

async function toWaiting(): Promise<BundleDocument> {
  await startSplit();
  const view = await laptop.room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(laptop.rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

async function logFiles(): Promise<string[]> {
  const folder = join(laptop.dataFolder, 'rehearsal', 'ceremonies');
  return (await readdir(folder)).map((name) => join(folder, name));
}

async function readLog(ceremonyId = '') {
  const path = (await logFiles()).find((file) => file.includes(ceremonyId)) ?? '';
  return parseLog(new Uint8Array(await readFile(path)));
}

const kinds = async (ceremonyId?: string) =>
  entries(await readLog(ceremonyId)).map((entry) => fact(entry, 'kind'));

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'taken';
  } catch (error) {
    if (error instanceof SaidNo) return error.note.code;
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

describe('before there is a bundle', () => {
  test('a power cut makes it void, and lists every medium, once', async () => {
    await startSplit();
    await laptop.room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 4');
    await laptop.restart();

    const home = await laptop.host.home();
    expect(home.ceremonies).toMatchObject([
      {
        standing: 'void',
        destroy: [
          expect.stringMatching(/share 1 of 2, custodian 2, .*practice stick B/),
          expect.stringMatching(/share 2 of 2, custodian 4, .*practice stick C/),
        ],
      },
    ]);
    expect(home.sets).toMatchObject([{ standing: 'void' }]);
    expect((await kinds()).filter((kind) => kind === 'declared-void')).toHaveLength(1);
    await laptop.restart();
    await laptop.host.home();
    expect((await kinds()).filter((kind) => kind === 'declared-void')).toHaveLength(1);
  });

  test('its shares are refused as void afterwards, and somebody else may come', async () => {
    await startSplit();
    await laptop.room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 4');
    await laptop.restart();
    const { room, host, people } = laptop;
    const { ticket, pocket } = await makeTicket(laptop);
    const set = await makeShareSet({ mode: 'rehearsal', sync: laptop.sync, label: '2026 C' });
    await carryRecoverPackage(laptop, ticket, {
      manifest: set.manifest,
      roster: envelopeToJson(set.roster.envelope),
      vaultComponent: set.vaultComponent,
      encryptedKek: ENCRYPTED_KEK,
    });
    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'who');
    await room.say({ type: 'who', index: 2 });
    expect(await codeOf(room.until(({ screen }) => screen === 'identity'))).toBe('share-void');
    expect(room.view.refusal?.happened).toContain('2026 B');
    await room.say({ type: 'get-up', reason: 'it is the void one' });
    expect(room.view.screen === 'who' && room.view.waiting).toHaveLength(4);
    expect(
      (await kinds(room.view.ceremonyId)).filter((kind) => kind === 'share-refused'),
    ).toHaveLength(1);
  });

  test('it can be declared void by hand, with its reason; then it is over', async () => {
    await startSplit();
    const { room, host } = laptop;
    await room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 2');
    await expect(host.leave()).rejects.toMatchObject({ code: 'ceremony-running' });
    await expect(host.start('split', 'rehearsal')).rejects.toMatchObject({
      code: 'ceremony-running',
    });
    await room.say({ type: 'abandon', reason: 'a fire alarm' });
    expect(room.view).toMatchObject({ screen: 'void', reason: 'a fire alarm' });
    expect(room.view.screen === 'void' && room.view.media).toHaveLength(1);
    await host.leave();
    expect((await host.home()).ceremonies).toMatchObject([{ standing: 'void' }]);
  });

  test('a worker that dies takes the secrets with it: void is the only way on', async () => {
    await startSplit();
    const { room } = laptop;
    await room.until((view) => view.screen === 'identity' && view.turn?.name === 'custodian 2');
    laptop.crashWorker();
    await laptop.host.dispatch({ type: 'exception', text: 'the screen says it stopped' });
    expect(room.view.refusal?.code).toBe('worker-gone');
    expect(await codeOf(room.until(({ screen }) => screen === 'copy'))).toBe('worker-gone');
    await room.say({ type: 'abandon', reason: 'the worker is gone' });
    expect(room.view.screen).toBe('void');
  });

  test('a worker that dies while it works is noticed at once', async () => {
    await startSplit();
    const { room, host } = laptop;
    await room.until(({ screen }) => screen === 'make-key');
    const said = host.dispatch({ type: 'continue' });
    laptop.crashWorker();
    await said;
    expect((await room.settled()).refusal?.code).toBe('worker-gone');
  });

  test('a pause and an exception sheet stand in the log, and the answer under way is not lost', async () => {
    await startSplit();
    const { room, host } = laptop;
    await room.until(({ screen }) => screen === 'make-key');
    const said = host.dispatch({ type: 'continue' });
    await Promise.all([
      host.dispatch({ type: 'exception', text: 'a visitor came in' }),
      host.dispatch({ type: 'pause' }),
      host.dispatch({ type: 'exception', text: 'the visitor left' }),
      said,
    ]);
    const paused = await room.settled();
    expect(paused.paused).toBe(true);
    expect(paused.screen).toBe('handover');
    await host.dispatch({ type: 'seated' });
    expect(room.view.screen).toBe('handover');
    await host.dispatch({ type: 'resume' });
    await room.until((view) => view.screen === 'identity' && view.turn?.index === 1);
    const all = await kinds();
    expect(all.filter((kind) => kind === 'exception')).toHaveLength(2);
    expect(all.indexOf('paused')).toBeLessThan(all.indexOf('resumed'));
  });

  test('exception sheets in the middle of signing leave the log whole', async () => {
    await startSplit();
    const { room, host } = laptop;
    for (;;) {
      const view = await room.settled();
      if (view.screen === 'waiting') break;
      const said = room.say(await room.answerTo(view));
      await Promise.all([
        said,
        ...[1, 2, 3].map((n) => host.dispatch({ type: 'exception', text: `noise ${n}` })),
      ]);
    }
    const log = await readLog();
    expect(verifyLog(log).standing).toBe('self-consistent');
    expect(log.items.filter((item) => 'seal' in item)).toHaveLength(4);
  });

  test('a person who closes the entry window simply has the step still to do', async () => {
    await startSplit();
    const { room, people } = laptop;
    await room.until(({ screen }) => screen === 'words');
    people.get('operator').hands = { cancelAt: 'show-words' };
    expect(await room.ask({ type: 'continue' })).toBeNull();
    expect(room.view.screen).toBe('words');
    people.get('operator').hands = {};
    await room.say({ type: 'continue' });
    expect(room.view.screen).toBe('write');
  });

  test('writing again after the first stick: the words are typed once more', async () => {
    await startSplit();
    const { room, people } = laptop;
    await room.until((view) => view.screen === 'read-back' && view.turn?.name === 'custodian 2');
    const asked = people.get('custodian 2').person.tasks.length;
    await room.say({ type: 'write-again' });
    expect(
      (await room.ask({ type: 'choose-volume', id: await room.stickOf('custodian 2') }))?.code,
    ).toBe('usb-share-exists');
    await room.say({ type: 'choose-volume', id: await room.stick('practice stick D') });
    expect(people.get('custodian 2').person.tasks.length).toBeGreaterThan(asked);
    await room.until((view) => view.screen === 'copy');
    await room.say({ type: 'abandon', reason: 'enough seen' });
    expect(room.view.screen === 'void' && room.view.media).toEqual([
      expect.stringContaining('practice stick B'),
      expect.stringContaining('practice stick D'),
    ]);
  });
});

describe('after the bundle', () => {
  test('it waits for its receipt over restarts; a foreign one is refused, its own closes it', async () => {
    const bundle = await toWaiting();
    expect(await codeOf(laptop.room.say({ type: 'abandon', reason: 'too late for this' }))).toBe(
      'bundle-exists',
    );
    await laptop.restart();
    const { ceremonyId } = bundle.body;
    expect((await laptop.host.home()).ceremonies).toMatchObject([
      { ceremonyId, standing: 'waiting-for-receipt' },
    ]);
    await laptop.host.resume(ceremonyId);
    expect(laptop.room.view).toMatchObject({
      screen: 'waiting',
      bundleDigest: bundle.digest,
      words: eightWords(hexToBytes(bundle.digest)),
    });
    await laptop.host.leave();
    await laptop.restart();
    await laptop.host.resume(ceremonyId);

    const foreign = await makeBundle(await makeShareSet({ mode: 'rehearsal', sync: laptop.sync }));
    await carryReceipt(laptop, foreign.document);
    expect(await codeOf(laptop.room.until(({ screen }) => screen === 'closed'))).toBe(
      'receipt-of-another',
    );
    // The right nonce does not make it the right bundle.
    await carryReceipt(laptop, bundle, { bundleDigest: foreign.document.digest });
    expect(await codeOf(laptop.room.until(({ screen }) => screen === 'closed'))).toBe(
      'receipt-of-another',
    );

    await carryReceipt(laptop, bundle);
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
    await expect(laptop.host.resume(ceremonyId)).rejects.toMatchObject({ code: 'no-ceremony' });
    expect((await laptop.host.home()).sets).toMatchObject([{ standing: 'live' }]);
  });

  test('a final negative receipt, also after a restart, lists the media to destroy', async () => {
    const bundle = await toWaiting();
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    await carryReceipt(laptop, bundle, { outcome: 'objected', statement: 'Custodian 2 objected.' });
    const view = await laptop.room.until(({ screen }) => screen === 'closed');
    expect(view).toMatchObject({
      outcome: 'objected',
      statement: 'Custodian 2 objected.',
      media: [
        expect.stringMatching(/^custodian 2: share 1 of 2 on .*practice stick B/),
        expect.stringMatching(/^custodian 4: share 2 of 2 on .*practice stick C/),
      ],
    });
    await laptop.host.leave();
    const home = await laptop.host.home();
    expect(home.sets).toMatchObject([{ standing: 'void' }]);
    expect(home.ceremonies[0]?.destroy).toHaveLength(2);
  });

  test('a power cut between the bundle and its entry still waits, and can be saved again', async () => {
    const bundle = await toWaiting();
    await laptop.host.leave();
    const [path = ''] = await logFiles();
    const text = await readFile(path, 'utf8');
    const cut = text.slice(0, text.indexOf('"bundle-made"')).lastIndexOf('\n') + 1;
    await truncate(path, Buffer.byteLength(text.slice(0, cut)));
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    expect(laptop.room.view.screen).toBe('save-bundle');
    expect((await kinds()).at(-1)).toBe('bundle-made');
    await laptop.room.until(({ screen }) => screen === 'waiting');
    await carryReceipt(laptop, bundle);
    await laptop.room.until(({ screen }) => screen === 'closed');
  });

  test('half a line at the end of the log is dropped, and nothing else', async () => {
    const bundle = await toWaiting();
    await laptop.host.leave();
    const before = await kinds();
    const [path = ''] = await logFiles();
    await appendFile(path, '{"entry":{"n":');
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    await carryReceipt(laptop, bundle);
    await laptop.room.until(({ screen }) => screen === 'closed');
    expect(await kinds()).toEqual([...before, 'receipt-imported', 'ceremony-closed']);
  });

  test('a log that was changed is refused by its name, not repaired', async () => {
    const bundle = await toWaiting();
    await laptop.host.leave();
    const [path = ''] = await logFiles();
    await truncate(path, 400);
    await appendFile(path, '\n');
    await laptop.restart();
    await expect(laptop.host.home()).rejects.toMatchObject({
      code: 'laptop-storage',
      culprit: `${bundle.body.ceremonyId}.jsonl`,
    });
  });

  test('the log leaves on a stick as it stands', async () => {
    const bundle = await toWaiting();
    await laptop.host.leave();
    const volumeId = await laptop.room.stick('practice stick D');
    await laptop.host.exportLog({ ceremonyId: bundle.body.ceremonyId, volumeId });
    const folder = join(laptop.rehearsalFolder, 'practice stick D');
    const [name = ''] = await readdir(folder);
    const [path = ''] = await logFiles();
    expect(await readFile(join(folder, name), 'utf8')).toBe(await readFile(path, 'utf8'));
  });
});

describe('documents that do not fit', () => {
  const choose = async (kind: 'descriptor' | 'package') =>
    laptop.room.ask({ type: 'choose-document', id: await laptop.room.document(kind) });

  async function atPackage(ceremony: 'split' | 'recover' = 'split'): Promise<void> {
    await laptop.host.start(ceremony, 'rehearsal');
    await laptop.room.until(({ screen }) => screen === 'package');
  }

  test('a package of another kind', async () => {
    await carrySetupPackage(laptop);
    await atPackage('recover');
    expect((await choose('package'))?.code).toBe('package-other-kind');
    expect(laptop.room.view.screen).toBe('package');
  });

  test('a package from before the newest change of trust', async () => {
    const bundle = await toWaiting();
    await carryReceipt(laptop, bundle, { epoch: 5 });
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
    await carrySetupPackage(laptop, 4);
    await atPackage();
    expect((await choose('package'))?.code).toBe('package-old-epoch');
    await carrySetupPackage(laptop, 5);
    expect(await choose('package')).toBeNull();
  });

  test('a package that another ceremony used', async () => {
    await toWaiting();
    await laptop.host.leave();
    await atPackage();
    expect((await choose('package'))?.code).toBe('package-used');
  });

  test('a package of the other mode, of another sync, and one that was changed', async () => {
    const body = { ...packageFacts(laptop), kind: 'setup' as const, keyVersion: 'v1' };
    const production = await packageType.sign({ ...body, mode: 'production' }, [
      laptop.sync.signer,
    ]);
    const stranger = await packageType.sign({ ...body, audience: randomId() }, [
      laptop.sync.signer,
    ]);
    const right = await carrySetupPackage(laptop);
    await atPackage();
    await laptop.carry('package', production.digest, packageType.toBytes(production));
    expect((await choose('package'))?.code).toBe('document-other-mode');
    await laptop.carry('package', stranger.digest, packageType.toBytes(stranger));
    expect((await choose('package'))?.code).toMatch(/signature-missing|audience/);
    const bytes = packageType.toBytes(right);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await laptop.carry('package', right.digest, bytes);
    expect(await choose('package')).not.toBeNull();
    expect(laptop.room.view.screen).toBe('package');
  });

  test('a descriptor whose words differ is not trusted; once typed it is known by itself', async () => {
    await laptop.host.start('split', 'rehearsal');
    await choose('descriptor');
    const wrong = eightWords(hexToBytes('00'.repeat(32)));
    expect((await laptop.room.ask({ type: 'words', words: wrong }))?.code).toBe('words-differ');
    expect((await laptop.host.home()).trustedSyncs).toEqual([]);
    await laptop.room.until(({ screen }) => screen === 'package');
    expect((await laptop.host.home()).trustedSyncs).toHaveLength(1);
    await laptop.restart();
    await laptop.host.start('split', 'rehearsal');
    await choose('descriptor');
    expect(laptop.room.view.screen).toBe('package');
  });

  test('a stick that was pulled out meanwhile', async () => {
    await carrySetupPackage(laptop);
    await atPackage();
    const id = await laptop.room.document('package');
    await rm(join(laptop.rehearsalFolder, STICKS.sync), { recursive: true });
    expect((await laptop.room.ask({ type: 'choose-document', id }))?.code).toMatch(/gone/);
  });

  test('production is refused without the installed app', async () => {
    await expect(laptop.host.start('split', 'production')).rejects.toMatchObject({
      code: 'production-refused',
    });
    expect(laptop.host.view()).toBeNull();
  });

  test('two starts at once open one ceremony', async () => {
    const started = await Promise.allSettled([
      laptop.host.start('split', 'rehearsal'),
      laptop.host.home(),
      laptop.host.start('recover', 'rehearsal'),
      laptop.host.home(),
    ]);
    expect(started.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await kinds()).toEqual(['ceremony-opened']);
  });
});

describe('a laptop that continues from sync’s chain', () => {
  test('knows what was superseded, after the eight words were typed', async () => {
    const { host, room, people, sync } = laptop;
    const old = await makeShareSet({ mode: 'rehearsal', sync, label: '2024 A' });
    const fresh = await makeShareSet({ mode: 'rehearsal', sync, label: '2026 A', cast: old.cast });
    const manifest = await makeManifest(
      fresh,
      { label: '2026 A' },
      { previous: old.manifest.digest },
    );
    const roster = envelopeToJson(fresh.roster.envelope);
    const chain = encodeChain({
      mode: 'rehearsal',
      descriptor: envelopeToJson(sync.descriptor.envelope),
      manifests: [old.manifest, manifest].map(({ envelope }) => envelopeToJson(envelope)),
      rosters: [roster],
      receipts: [],
    });
    await laptop.carry('chain', 'c4a10000', chain);
    const [found] = await host.findDocuments({ kind: 'chain', mode: 'rehearsal' });
    const opened = await host.openChain({ documentId: found?.id ?? '', mode: 'rehearsal' });
    expect(opened).toMatchObject({ digest: sync.descriptor.digest, sets: 2 });
    const { digest } = opened;
    const wrong = eightWords(hexToBytes('00'.repeat(32)));
    await expect(
      host.trustChain({ digest, words: wrong, mode: 'rehearsal' }),
    ).rejects.toMatchObject({ code: 'words-differ' });
    expect((await host.home()).sets).toEqual([]);
    await host.trustChain({ digest, words: eightWords(hexToBytes(digest)), mode: 'rehearsal' });
    expect((await host.home()).sets.map(({ label, standing }) => [label, standing])).toEqual([
      ['2024 A', 'superseded'],
      ['2026 A', 'live'],
    ]);

    // The operator's identity and a ticket; then custodian 1 brings the sheet of before.
    await startSplit();
    await room.until(({ screen }) => screen === 'make-key');
    await room.say({ type: 'abandon', reason: 'only the identities were wanted' });
    await host.leave();
    const { ticket, pocket } = await makeTicket(laptop);
    await carryRecoverPackage(laptop, ticket, {
      manifest,
      roster,
      vaultComponent: fresh.vaultComponent,
      encryptedKek: ENCRYPTED_KEK,
    });
    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'who');
    await room.say({ type: 'who', index: 1 });
    people.get('custodian 1').sheets.share = await sheetOf(old, 0);
    const refused = await codeOf(room.until(({ screen }) => screen === 'identity'));
    expect(refused).toBe('share-superseded');
    expect(room.view.refusal).toMatchObject({
      happened: expect.stringContaining('2024 A'),
      next: expect.stringContaining('2026 A'),
    });
    // Refused, not burnt: the right sheet is taken in the same sitting.
    people.get('custodian 1').sheets.share = await sheetOf(fresh, 1);
    expect(await codeOf(room.until(({ screen }) => screen === 'identity'))).toBe(
      'share-wrong-custodian',
    );
    people.get('custodian 1').sheets.share = await sheetOf(fresh, 0);
    await room.until(({ screen }) => screen === 'identity');
  });
});

/** A share's sheet as it came out of the printer. */
async function sheetOf(set: TestShareSet, at: number): Promise<Uint8Array> {
  const share = set.shares[at];
  const wire = set.wires[at];
  if (share === undefined || wire === undefined) throw new Error('There is no such share.');
  const { label, keyVersion, ceremonyId } = set.manifest.body;
  const { mode, setId, generation, threshold, count, index } = share;
  return renderShareSheet(
    {
      mode,
      setId,
      generation,
      threshold,
      count,
      index,
      keyVersion,
      ceremonyId,
      setLabel: label,
      custodian: `custodian ${index}`,
      date: '2026-05-03',
      fingerprint: sharePublicKey(share),
    },
    wire,
    'A4',
  );
}
