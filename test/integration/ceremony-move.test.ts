/**
 * Survey keys move to another key version on a whole laptop, real host and worker: the files are compared,
 * the laptop measured; the power goes after the first file, the custodians come again, and what was
 * finished is not done twice; the bundle names what came back, and sync’s receipt closes it.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { answersMove } from '../../shared/bundle/move.ts';
import { packageType } from '../../shared/bundle/package.ts';
import type { Participant } from '../../scripts/rehearse/people.ts';
import type { View, ViewOf } from '../../shared/ceremony/view.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  makeTicket,
  openLaptop,
  packageFacts,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { pairInForce, type InForce } from '../support/headless-rotate.ts';
import { codeOf, kindsOf, logFiles, readLog } from '../support/headless-steps.ts';
import {
  cameBack,
  damaged,
  digestOf,
  keptKey,
  ofTicket,
  openMoved,
  packMove,
  type KeptKey,
  type PackedMove,
} from '../support/move-keys.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';

let laptop: Laptop;
let set: InForce;
let next: TestShareSet;
let platformKey: Uint8Array;
let batches: KeptKey[][];
let packed: PackedMove;
let pocket: Participant;
let files: string;
/** Of the ceremony that the power cut ended. */
let cut: string;

/** Until a view is as wanted, however long something goes on by itself. */
async function shown(wanted: (view: View) => boolean): Promise<View> {
  const { host } = laptop;
  for (;;) {
    const view = host.view();
    if (view !== null && wanted(view)) return view;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const moving = (view: View): ViewOf<'move-keys'> => {
  if (view.screen !== 'move-keys') throw new Error(`It shows ${view.screen}.`);
  return view;
};

/** The ceremony from its start to where the stick with the files is asked for. */
async function toFiles(): Promise<void> {
  await laptop.host.start('migrate-escrows', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'ticket-key');
  laptop.people.expect(pocket);
  await laptop.room.until(({ screen }) => screen === 'move-files');
}

beforeAll(async () => {
  laptop = await openLaptop();
  set = await pairInForce(laptop);
  next = await makeShareSet({
    mode: 'rehearsal',
    keyVersion: 'v2',
    label: '2028 B',
    sync: laptop.sync,
  });
  const component = await componentFromMedia(laptop.people, set.manifest.body, {
    'custodian 2': join(laptop.rehearsalFolder, STICKS['custodian 2']),
    'custodian 4': join(laptop.rehearsalFolder, STICKS['custodian 4']),
  });
  platformKey = xorComponents(component, set.half);
  const made = await makeTicket(laptop, 'usb', { kind: 'migrate-escrows' });
  pocket = made.pocket;
  const from = {
    mode: 'rehearsal',
    audience: laptop.sync.audience,
    platformKey,
    escrowKey: set.manifest.body.escrowKey ?? '',
  } as const;
  batches = [
    [await keptKey(from, 31, 'checktick'), await keptKey(from, 32, 'sealed')],
    [damaged(await keptKey(from, 41, 'checktick')), await keptKey(from, 42, 'checktick', false)],
    [await keptKey(from, 51, 'checktick')],
  ];
  packed = await packMove(
    packageFacts(laptop, 1),
    ofTicket(made.ticket),
    { ...set, roster: envelopeToJson(set.roster.envelope), vaultComponent: set.half },
    next.manifest,
    batches,
  );
  const document = await packageType.sign(packed.body, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  files = join(laptop.stickFolder('sync'), 'survey keys');
  await mkdir(files);
  for (const [at, bytes] of packed.files.entries()) {
    await writeFile(join(files, `part ${at + 1}.json`), bytes);
  }
}, 300_000);
afterAll(() => laptop.remove());

test('nobody gives a share before every file is there and the laptop said how long it takes', async () => {
  await toFiles();
  const { room } = laptop;
  expect(room.view).toMatchObject({ screen: 'move-files', files: 3, keys: 5 });
  const volume = await room.stickOf('sync');
  await rename(join(files, 'part 2.json'), join(laptop.root, 'lost.json'));
  const missing = await room.ask({ type: 'choose-volume', id: volume });
  expect(missing?.code).toBe('move-files-missing');
  expect(missing?.happened).toContain('1 of 3 files of survey keys are not on');
  // One byte is another one.
  const changed = packed.files[1]?.map((byte, at) => (at === 400 ? byte ^ 1 : byte));
  await writeFile(join(files, 'part 2.json'), changed ?? '');
  expect((await room.ask({ type: 'choose-volume', id: volume }))?.code).toBe('move-files-missing');
  await rename(join(laptop.root, 'lost.json'), join(files, 'part 2.json'));

  const facts = await room.say({ type: 'choose-volume', id: volume });
  expect(facts).toMatchObject({
    screen: 'move-facts',
    keyVersion: 'v1',
    movesTo: 'v2',
    present: { label: '2026 B', threshold: 2, custodians: ['custodian 2', 'custodian 4'] },
    other: { label: '2028 B' },
    stored: { checktick: 4, sealed: 1 },
    files: { done: 0, of: 3 },
    minutes: 1,
  });
}, 300_000);

test('paused behind the first file, then the power goes: it is void, and the file is not lost', async () => {
  const { room, host } = laptop;
  await room.until(({ screen }) => screen === 'move-keys');
  expect(moving(room.view)).toMatchObject({ running: false, begun: false });
  await host.dispatch({ type: 'continue' });
  await shown((view) => view.screen === 'move-keys' && view.running);
  await host.dispatch({ type: 'pause' });
  await shown((view) => view.screen === 'move-keys' && !view.running);
  expect(room.view).toMatchObject({ paused: true, files: { done: 1, of: 3 }, keys: { done: 2 } });
  cut = room.view.ceremonyId;
  const log = await readLog(laptop, cut);
  const seal = [...log.items].reverse().find((item) => 'seal' in item);
  expect(seal?.seal.envelope.signatures.map(({ keyid }) => keyid).sort()).toEqual(
    set.manifest.body.shares.map(({ publicKey }) => publicKey).sort(),
  );

  await laptop.restart();
  const { ceremonies } = await laptop.host.home();
  expect(ceremonies.find(({ ceremonyId }) => ceremonyId === cut)).toMatchObject({
    standing: 'void',
    title: 'Survey keys of v1 moved to v2',
    destroy: [],
  });
}, 300_000);

test('the custodians come again, the finished file is found and skipped, the rest is moved', async () => {
  await toFiles();
  const { room, host } = laptop;
  const facts = await room.until(({ screen }) => screen === 'move-facts');
  expect(facts).toMatchObject({ files: { done: 1, of: 3 } });
  await room.until(({ screen }) => screen === 'move-keys');
  // The stick is gone for a moment: the file is done again.
  await rename(join(files, 'part 3.json'), join(laptop.root, 'part 3.json'));
  const note = await room.ask({ type: 'continue' });
  expect(note?.code).toBe('file-gone');
  expect(moving(room.view)).toMatchObject({
    running: false,
    begun: true,
    files: { done: 2, of: 3 },
  });
  await rename(join(laptop.root, 'part 3.json'), join(files, 'part 3.json'));
  const read = await room.say({ type: 'continue' });
  expect(read).toMatchObject({
    screen: 'keys-moved',
    counts: { moved: 4, notCompared: 1, stays: { 'not-opened': 1 } },
    staying: [{ surveyId: 41, why: 'not-opened' }],
  });
  const kinds = await kindsOf(laptop, room.view.ceremonyId);
  expect(kinds.filter((kind) => kind === 'moved-file-kept')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'file-moved')).toHaveLength(2);
  expect(host.view()?.steps.find(({ standing }) => standing === 'now')?.label).toBe(
    'Read what stays',
  );
}, 300_000);

test('the bundle names what came back; sync’s receipt closes it, and home says that v1 was emptied', async () => {
  const { room } = laptop;
  await room.until(({ screen }) => screen === 'save-bundle');
  // Not onto another stick than the one that holds the files.
  const elsewhere = await room.stickOf('operator');
  expect(await codeOf(room.say({ type: 'choose-volume', id: elsewhere }))).toBe(
    'moved-files-elsewhere',
  );
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It waits.');
  const bundle = await readBundle(view.bundleDigest);
  if (bundle.body.kind !== 'migrate-escrows') throw new Error('another kind');
  expect(answersMove(packed.body, bundle.body)).toBe(true);
  expect(bundle.body.counts).toEqual({
    moved: 4,
    notCompared: 1,
    stays: { 'not-opened': 1, 'not-the-surveys': 0, 'sealed-without-hash': 0 },
  });
  const folder = join(
    laptop.stickFolder('sync'),
    `conclave-moved-${packed.body.nonce.slice(0, 8)}`,
  );
  const names = (await readdir(folder)).sort();
  expect(names).toHaveLength(3);
  for (const [at, name] of names.entries()) {
    const bytes = new Uint8Array(await readFile(join(folder, name)));
    expect(digestOf(bytes)).toBe(bundle.body.files[at]);
    const [place, batch = []] = [packed.places[at], batches[at]];
    if (place === undefined) throw new Error('no place');
    const keys = await cameBack(bytes, place, laptop.sync.recipient.privateKey);
    for (const [which, { kek, stored }] of batch.entries()) {
      if (stored.surveyId === 41) expect(keys[which]).toMatchObject({ stays: 'not-opened' });
      else expect(await openMoved(keys[which], place, next)).toEqual(kek);
    }
  }

  const { ceremonyId } = view;
  const log = await readLog(laptop, ceremonyId);
  const { standing, facts, missing } = verifyLog(log, { manifest: set.manifest });
  expect(standing).toBe('authenticated');
  // It waits for its receipt.
  const known = /^No receipt|not closed|signed by people only|not signed by anybody/;
  expect(missing.filter((line) => !known.test(line))).toEqual([]);
  const story = facts.join('\n');
  expect(story).toContain(`File 1 of 3 was moved in ceremony ${cut.slice(0, 16)}…`);
  expect(story).toContain('survey 41 of user 2: what is stored does not open');
  expect(entries(log).some((entry) => fact(entry, 'kind') === 'move-read')).toBe(true);
  const secrets = [platformKey, set.half, ...batches.flat().map(({ kek }) => kek)];
  for (const file of await logFiles(laptop)) {
    const text = await readFile(file, 'utf8');
    for (const secret of secrets) {
      expect(text.includes(bytesToHex(secret))).toBe(false);
      expect(text.includes(Buffer.from(secret).toString('base64'))).toBe(false);
    }
  }

  // The laptop is switched off and on again while the bundle travels.
  await laptop.host.leave();
  await laptop.restart();
  await laptop.host.resume(ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', ceremony: 'migrate-escrows' });
  await carryReceipt(laptop, bundle, { epoch: bundle.body.epoch, statement: 'Four were written.' });
  await laptop.room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
  const { sets } = await laptop.host.home();
  expect(sets.find(({ label }) => label === '2026 B')).toMatchObject({
    standing: 'live',
    emptied: { to: 'v2', stay: 1 },
  });
}, 300_000);

async function readBundle(digest: string): Promise<BundleDocument> {
  const name = `conclave-bundle-${digest.slice(0, 8)}.json`;
  const bytes = await readFile(join(laptop.stickFolder('sync'), name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

test('the same package does not serve a second bundle', async () => {
  await laptop.host.start('migrate-escrows', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'package');
  const id = await laptop.room.document('package');
  expect((await laptop.room.ask({ type: 'choose-document', id }))?.code).toBe('package-used');
  await laptop.room.ask({ type: 'abandon', reason: 'it was tried' });
  await laptop.host.leave();
  await rm(files, { recursive: true });
}, 60_000);
