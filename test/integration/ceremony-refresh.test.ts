/**
 * Refreshed shares through the real host and worker, without a window: a split, the package that sync
 * makes, one custodian after the other; resumed after a power cut, closed by its receipt; the old shares
 * destroyed; refreshed once more without somebody, whose share ends; and one that was interrupted.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAge } from '../../electron/media/age.ts';
import { verifyBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import type { PackageDocument } from '../../shared/bundle/package.ts';
import { assertRefreshFollows } from '../../shared/bundle/refresh.ts';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { requireCarried } from '../../shared/transcript/handed-on.ts';
import { entries, type LogItem } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { openLaptop, carrySetupPackage, type Laptop } from '../support/headless-platform.ts';
import { carryPlainPackage } from '../support/headless-plain.ts';
import { refreshUntil, toRefreshFacts, TWO_OF_FOUR } from '../support/headless-refresh.ts';
import { bundleOf, closeWith, destroyAll, inForceBy } from '../support/headless-rotate.ts';
import { codeOf, readLog } from '../support/headless-steps.ts';

const FRESH = { 'custodian 2': 'practice stick D', 'custodian 4': 'practice stick E' } as const;

let laptop: Laptop;
let before: NewSet;
let source: PackageDocument;
let bundle: BundleDocument;
let next: NewSet;
/** The sheet of custodian 1 from before the refresh that is interrupted. */
let inForce: Uint8Array | undefined;

beforeAll(async () => {
  laptop = await openLaptop();
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: TWO_OF_FOUR });
  const setup = await bundleOf(laptop);
  await closeWith(laptop, setup);
  before = await inForceBy(laptop, setup);
}, 300_000);
afterAll(() => laptop.remove());

function setIn({ body }: BundleDocument): NewSet {
  if (body.kind !== 'refresh') throw new Error('A refresh makes its own kind of bundle.');
  return openNewSet(body);
}

/** The share on the stick of this name, opened with the words of its custodian. */
async function shareOn(stick: string, name: string): Promise<Share> {
  const folder = join(laptop.rehearsalFolder, stick);
  const file = (await readdir(folder)).find((one) => one.startsWith('conclave-share-')) ?? '';
  const bytes = new Uint8Array(await readFile(join(folder, file)));
  return decodeShare(await openAge(bytes, laptop.people.get(name).person.words));
}

test('everybody gets another share, and the bundle follows the set by the code of sync', async () => {
  source = await carryPlainPackage(laptop, before, { kind: 'refresh' }, 1);
  expect(await toRefreshFacts(laptop)).toMatchObject({
    label: '2026 A',
    generation: 1,
    threshold: 2,
    custodians: { length: 4 },
    operators: ['operator'],
  });
  const view = await refreshUntil(laptop, { to: FRESH }, ({ screen }) => screen === 'waiting');
  expect(view).toMatchObject({ screen: 'waiting', ceremony: 'refresh' });
  bundle = await bundleOf(laptop);
  next = setIn(bundle);
  assertRefreshFollows(next, before.manifest, before.roster);
  const { shares } = verifyBundle(bundle, before.manifest.body, next.roster.body);
  expect(shares).toEqual(before.manifest.body.shares.map(({ publicKey }) => publicKey));
  expect(bundle.body).toMatchObject({ nonce: source.body.nonce, rosterDigest: next.roster.digest });
  expect(next.manifest.body).toMatchObject({ generation: 2, threshold: 2, count: 4 });
  expect(next.manifest.body.shares.map(({ media }) => media.map(({ kind }) => kind))).toEqual([
    ['paper'],
    ['usb'],
    ['paper'],
    ['usb'],
  ]);
}, 300_000);

test('what lies on the new sticks is of the same component; with an old one it gives nothing', async () => {
  const names = ['custodian 2', 'custodian 4'] as const;
  const made = [
    await shareOn(FRESH['custodian 2'], names[0]),
    await shareOn(FRESH['custodian 4'], names[1]),
  ];
  const { componentId, checks } = before.manifest.body;
  const wanted = {
    what: 'custodian-component' as const,
    componentId,
    checkValue: checks.custodianComponent,
  };
  const component = await combineShares(made, wanted);
  const old = [
    await shareOn('practice stick B', names[0]),
    await shareOn('practice stick C', names[1]),
  ];
  expect(await combineShares(old, wanted)).toEqual(component);
  const mixed = [old[0], made[1]].map((share) => ({ ...(share as Share), generation: 1 }));
  await expect(combineShares(mixed, wanted)).rejects.toMatchObject({ code: 'shares-do-not-fit' });
  // Of neither anything stands in the log.
  const log = JSON.stringify(await readLog(laptop, bundle.body.ceremonyId));
  for (const { y } of [...made, ...old]) expect(log).not.toContain(bytesToHex(y));
});

test('its log says who gave and who has what, and either manifest vouches for it', async () => {
  const log = await readLog(laptop, bundle.body.ceremonyId);
  const of = (kind: string) => entries(log).filter((entry) => fact(entry, 'kind') === kind);
  expect(of('share-refreshed').map((entry) => fact(entry, 'before'))).toEqual([1, 2, 3, 4]);
  for (const kind of ['quorum-proved', 'component-split', 'platform-key-checked', 'key-restored']) {
    expect(of(kind)).toEqual([]);
  }
  const story = narrateLog(log).join('\n');
  expect(story).toContain('become others of the same component, generation 2');
  expect(story).toContain('Share 2, which custodian 2 gave, signed for share 2');
  for (const { manifest, roster } of [before, next]) {
    const verified = verifyLog(log, { manifest, roster });
    expect(verified.standing).toBe('authenticated');
    expect(
      verified.missing.filter((one) => /signature|read back|quorum|made|roster/.test(one)),
    ).toEqual([]);
  }
});

test('another laptop takes the log that its stick carries, and not one without the witness', async () => {
  const log = await readLog(laptop, bundle.body.ceremonyId);
  const vouched = { manifest: next.manifest, descriptor: laptop.sync.descriptor };
  requireCarried(log, vouched);
  const isOfWitness = (item: LogItem) =>
    'seal' in item &&
    item.seal.envelope.signatures.some(({ keyid }) =>
      next.roster.body.people.some(
        ({ publicKey, roles }) => publicKey === keyid && roles.includes('witness'),
      ),
    );
  const without = { ...log, items: log.items.filter((item) => !isOfWitness(item)) };
  expect(without.items.length).toBe(log.items.length - 1);
  expect(() => requireCarried(without, vouched)).toThrow(
    expect.objectContaining({ code: 'transcript-not-signed' }) as Error,
  );
  expect(verifyLog(without, vouched).standing).toBe('self-consistent');
});

test('after a power cut it waits as before; the receipt makes the old generation a replaced one', async () => {
  await laptop.host.leave();
  await laptop.restart();
  await laptop.host.resume(bundle.body.ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: bundle.digest });
  const closed = await closeWith(laptop, bundle, { epoch: 2, statement: 'Other shares now.' });
  expect(closed).toMatchObject({ screen: 'closed', media: { length: 4 } });
  const { sets, ceremonies, ways } = await laptop.host.home();
  expect(sets.map(({ generation, standing }) => [generation, standing])).toEqual(
    expect.arrayContaining([
      [2, 'live'],
      [1, 'superseded'],
    ]),
  );
  expect(sets.find(({ generation }) => generation === 1)).toMatchObject({
    mayBeNeeded: false,
    fitsToday: true,
    remnants: { left: 4, shares: 4 },
  });
  expect(sets.find(({ generation }) => generation === 2)).toMatchObject({ proved: 4, count: 4 });
  expect(ways.map(({ label, besides }) => [label, besides])).toEqual(
    expect.arrayContaining([
      ['2026 A', 'vault'],
      ['2026 A, generation 2', 'vault'],
    ]),
  );
  expect(ceremonies.find(({ kind }) => kind === 'refresh')).toMatchObject({ standing: 'closed' });
});

test('the old shares are destroyed at once; sync’s half did not change, and no backup needs them', async () => {
  const view = await destroyAll(laptop, before);
  expect(view).toMatchObject({ left: [] });
  const { sets, ways } = await laptop.host.home();
  expect(sets.find(({ generation }) => generation === 1)).toMatchObject({ remnants: { left: 0 } });
  expect(ways.map(({ label }) => label)).toEqual(['2026 A, generation 2']);
}, 300_000);

test('once more, without custodian 2: three live on with new numbers, and the log says whose share ended', async () => {
  await carryPlainPackage(laptop, next, { kind: 'refresh' }, 2);
  await toRefreshFacts(laptop);
  const agree = { type: 'refresh-agree', operator: 'operator', page: 'A4' } as const;
  expect(await codeOf(laptop.room.say({ ...agree, lives: [1, 3] }))).toBe('refresh-too-few');
  await laptop.room.say({ ...agree, lives: [1, 3, 4] });
  await refreshUntil(laptop, { from: FRESH }, ({ screen }) => screen === 'waiting');
  const third = await bundleOf(laptop);
  const set = setIn(third);
  assertRefreshFollows(set, next.manifest, next.roster);
  expect(set.manifest.body.shares.map(({ index, custodian }) => [index, custodian.name])).toEqual([
    [1, 'custodian 1'],
    [2, 'custodian 3'],
    [3, 'custodian 4'],
  ]);
  const log = await readLog(laptop, third.body.ceremonyId);
  expect(narrateLog(log).join('\n')).toContain(
    'Did not come, and have no share from now on: 2 custodian 2.',
  );
  await closeWith(laptop, third, { epoch: 3 });
  const { sets } = await laptop.host.home();
  expect(sets.find(({ generation }) => generation === 3)).toMatchObject({
    standing: 'live',
    count: 3,
    proved: 3,
  });
  next = set;
}, 300_000);

test('interrupted it is void: what was written is listed, is of the key in use, and is refused', async () => {
  inForce = laptop.people.get('custodian 1').sheets.share?.slice();
  await carryPlainPackage(laptop, next, { kind: 'refresh' }, 3);
  await toRefreshFacts(laptop);
  await laptop.room.say({
    type: 'refresh-agree',
    lives: [1, 2, 3],
    operator: 'operator',
    page: 'A4',
  });
  await refreshUntil(
    laptop,
    {},
    ({ screen, turn }) => screen === 'refresh-share' && turn?.index === 2,
  );
  const { ceremonyId } = laptop.room.view;
  // The numbers and the share are gone with the worker.
  await laptop.restart();
  const { ceremonies, sets, ways } = await laptop.host.home();
  expect(ceremonies.find((one) => one.ceremonyId === ceremonyId)).toMatchObject({
    standing: 'void',
    destroy: [expect.stringContaining('custodian 1')],
  });
  expect(sets.find(({ generation }) => generation === 4)).toMatchObject({
    standing: 'void',
    fitsToday: true,
    remnants: { left: 1 },
  });
  expect(ways.find(({ label }) => label === '2026 A, generation 4')).toMatchObject({
    besides: 'vault',
    threshold: 2,
  });
}, 300_000);

test('the next attempt is of a generation that no attempt used; what the void one left opens no door', async () => {
  const { sheets } = laptop.people.get('custodian 1');
  const ofVoid = sheets.share;
  if (inForce === undefined || ofVoid === undefined) throw new Error('There are two sheets.');
  sheets.share = inForce;
  await carryPlainPackage(laptop, next, { kind: 'refresh' }, 3);
  expect(await toRefreshFacts(laptop)).toMatchObject({ generation: 3 });
  await refreshUntil(laptop, {}, ({ screen }) => screen === 'waiting');
  const again = await bundleOf(laptop);
  const set = setIn(again);
  expect(set.manifest.body.generation).toBe(5);
  assertRefreshFollows(set, next.manifest, next.roster);
  await closeWith(laptop, again, { epoch: 4 });
  const { sets } = await laptop.host.home();
  const standing = (of: number) => sets.find(({ generation }) => generation === of)?.standing;
  expect([2, 3, 4, 5].map(standing)).toEqual(['superseded', 'superseded', 'void', 'live']);

  // Years later, with the void sheet in hand: it is called what it is, and not a false share of the set.
  const current = sheets.share;
  sheets.share = ofVoid;
  await carryPlainPackage(laptop, set, { kind: 'drill' }, 4);
  await laptop.host.start('drill', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'drill-round');
  await laptop.room.say({ type: 'who', index: 1 });
  const refused = codeOf(laptop.room.until(({ screen }) => screen === 'drill-round'));
  expect(await refused).toBe('share-void');
  expect(laptop.room.view.refusal?.happened).toContain('2026 A, generation 4');
  await laptop.room.say({ type: 'abandon', reason: 'the wrong sheet' });
  await laptop.host.leave();
  if (current !== undefined) sheets.share = current;
}, 300_000);
