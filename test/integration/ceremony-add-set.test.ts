/**
 * Another set of the platform key through the real host and worker, without a window: a split, the package
 * that sync makes, shares of the first set in, shares of the second out; resumed after a power cut, closed
 * by its receipt; the log tells nothing of the component. One that is interrupted is listed to be destroyed,
 * and new shares held with the second set end the first as well.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAge } from '../../electron/media/age.ts';
import { assertSetJoins } from '../../shared/bundle/add-set.ts';
import { verifyBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { requireCarried } from '../../shared/transcript/handed-on.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { agreeOnSet, carryAddSetPackage, ON_CALL } from '../support/headless-add-set.ts';
import { openLaptop, type Laptop } from '../support/headless-platform.ts';
import {
  agreePlan,
  bundleOf,
  closeWith,
  destroyAll,
  inForceBy,
  NEXT,
  pairInForce,
  toPlan,
  type InForce,
} from '../support/headless-rotate.ts';
import { codeOf, kindsOf, PAIR, readLog, sharesOf } from '../support/headless-steps.ts';

let laptop: Laptop;
let first: InForce;
let old: Share[];
let bundle: BundleDocument;
let second: NewSet;

beforeAll(async () => {
  laptop = await openLaptop();
  first = await pairInForce(laptop);
  // Before anybody has other words.
  old = [
    await shareOn('practice stick B', 'custodian 2'),
    await shareOn('practice stick C', 'custodian 4'),
  ];
}, 300_000);
afterAll(() => laptop.remove());

const home = async (label: string) =>
  (await laptop.host.home()).sets.find((set) => set.label === label);

/** The share on the stick of this name, opened with the words of its custodian. */
async function shareOn(stick: string, name: string): Promise<Share> {
  const folder = join(laptop.rehearsalFolder, stick);
  const file = (await readdir(folder)).find((one) => one.startsWith('conclave-share-')) ?? '';
  const bytes = new Uint8Array(await readFile(join(folder, file)));
  return decodeShare(await openAge(bytes, laptop.people.get(name).person.words));
}

async function toSetFacts(present: Parameters<typeof carryAddSetPackage>[1], epoch: number) {
  const { host, room } = laptop;
  await carryAddSetPackage(laptop, present, epoch);
  await host.start('add-set', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
}

describe('a second set', { retry: 0 }, () => {
  test('interrupted while its shares are written it is void, and those are guarded and destroyed', async () => {
    const { host, room } = laptop;
    await toSetFacts({ ...first, others: [] }, 2);
    await agreeOnSet(laptop, { ...ON_CALL, label: 'Given up' });
    await room.until(({ screen }) => screen === 'set-facts');
    await room.say({ type: 'agree' });
    await sharesOf(laptop, [2, 1]);
    await room.until(({ screen, turn }) => screen === 'handover' && turn?.index === 2);
    const { ceremonyId } = room.view;
    await room.say({ type: 'abandon', reason: 'the fire alarm' });
    expect(room.view).toMatchObject({
      screen: 'void',
      ceremony: 'add-set',
      media: [expect.stringContaining('custodian 1: share 1 of 3')],
    });
    await host.leave();
    expect(await home('Given up')).toMatchObject({
      standing: 'void',
      fitsToday: true,
      remnants: { left: 1 },
    });
    const { ways } = await host.home();
    expect(ways).toContainEqual(
      expect.objectContaining({ label: 'Given up', status: 'void', besides: 'vault' }),
    );
    expect(await home(PAIR.label)).toMatchObject({ standing: 'live', opensAsWell: [] });
    const kinds = await kindsOf(laptop, ceremonyId);
    expect(kinds).toContain('component-restored');
    expect(kinds.at(-1)).toBe('declared-void');
    const setId = (await home('Given up'))?.setId ?? '';
    await host.start('destroy', 'rehearsal', { setId, generation: 1 });
    expect(room.view).toMatchObject({ screen: 'destruction', ofKeyInUse: true });
    await room.say({ type: 'destruction', witness: 'witness', backupsTried: true });
    expect(await room.until(({ screen }) => screen === 'destroyed')).toMatchObject({ left: [] });
    await host.leave();
  }, 300_000);

  test('shares of the first in, shares of the second out, and a bundle that the first signs', async () => {
    const { room } = laptop;
    await toSetFacts({ ...first, others: [] }, 2);
    expect(room.view).toMatchObject({
      renews: { kind: 'add-set', label: PAIR.label, joined: [] },
      keyVersion: 'v1',
    });
    expect(await codeOf(room.say({ type: 'plan', plan: { ...ON_CALL, label: '2026 b' } }))).toBe(
      'plan-label-taken',
    );
    await agreeOnSet(laptop);
    const facts = await room.until(({ screen }) => screen === 'set-facts');
    expect(facts).toMatchObject({
      present: { label: PAIR.label, custodians: ['custodian 2', 'custodian 4'] },
      joined: [],
      comes: { label: 'On call 2027', threshold: 2 },
      changes: [
        { name: 'custodian 1', what: 'comes' },
        { name: 'custodian 3', what: 'comes' },
      ],
    });
    bundle = await bundleOf(laptop);
    if (bundle.body.kind !== 'add-set') throw new Error('It brings a further set.');
    expect(bundle.body).not.toHaveProperty('sealed');
    second = openNewSet(bundle.body);
    assertSetJoins(second, first.manifest, first.roster);
    verifyBundle(bundle, first.manifest.body, second.roster.body);
    const { componentId, checks, escrowKey } = first.manifest.body;
    expect(second.manifest.body).toMatchObject({
      label: 'On call 2027',
      threshold: 2,
      count: 3,
      componentId,
      checks,
      escrowKey,
      previous: first.manifest.digest,
    });
    const names = second.roster.body.people.map(({ name }) => name).sort();
    expect(names).toEqual([
      'custodian 1',
      'custodian 2',
      'custodian 3',
      'custodian 4',
      'operator',
      'witness',
    ]);
  }, 300_000);

  test('its log is authenticated by either set, and tells that no key was there', async () => {
    const log = await readLog(laptop, bundle.body.ceremonyId);
    for (const { manifest } of [first, second]) {
      const { standing, missing } = verifyLog(log, { manifest });
      expect(standing).toBe('authenticated');
      expect(missing.filter((one) => /signature|read back/.test(one))).toEqual([]);
      requireCarried(log, { manifest: second.manifest, descriptor: laptop.sync.descriptor });
    }
    const story = narrateLog(log).join('\n');
    expect(story).toContain('comes beside the set 2026 B');
    expect(story).toContain('was put together from the shares 1, 2 that were given');
    const kinds = await kindsOf(laptop, bundle.body.ceremonyId);
    expect(kinds).not.toContain('platform-key-checked');
    expect(kinds).not.toContain('vault-component-checked');
  });

  test('after a power cut it waits as before; the receipt leaves both sets in use, and each card says so', async () => {
    await laptop.restart();
    // Nothing of either is to be destroyed.
    for (const set of [first, second]) {
      expect(await codeOf(destroyAll(laptop, set))).toBe('set-in-use');
    }
    await laptop.host.resume(bundle.body.ceremonyId);
    expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: bundle.digest });
    await closeWith(laptop, bundle, { epoch: 2, statement: 'The set is in force, too.' });
    expect(await home(PAIR.label)).toMatchObject({
      standing: 'live',
      opensAsWell: ['On call 2027'],
    });
    expect(await home('On call 2027')).toMatchObject({
      standing: 'live',
      proved: 3,
      opensAsWell: [PAIR.label],
    });
    const { ways } = await laptop.host.home();
    expect(ways.map(({ label, threshold, besides }) => [label, threshold, besides])).toEqual(
      expect.arrayContaining([
        [PAIR.label, 2, 'vault'],
        ['On call 2027', 2, 'vault'],
      ]),
    );
  });

  test('shares of the first give the component as before, and those of two sets never fit each other', async () => {
    const { componentId, checks } = first.manifest.body;
    const wanted = {
      what: 'custodian-component' as const,
      componentId,
      checkValue: checks.custodianComponent,
    };
    const component = await combineShares(old, wanted);
    const [one] = old;
    const other = await shareOn('practice stick D', 'custodian 3');
    expect(other.setId).toBe(second.manifest.body.setId);
    const { setId, generation, threshold, count } = other;
    const mixed = [{ ...(one as Share), setId, generation, threshold, count }, other];
    await expect(combineShares(mixed, wanted)).rejects.toMatchObject({ code: 'shares-do-not-fit' });
    const log = JSON.stringify(await readLog(laptop, bundle.body.ceremonyId));
    for (const { y } of [...old, other]) expect(log).not.toContain(bytesToHex(y));
    expect(log).not.toContain(bytesToHex(component));
  });
});

describe('with two sets in force', { retry: 0 }, () => {
  test('whoever opens the key already is named while a third is planned', async () => {
    const { host, room } = laptop;
    await toSetFacts({ ...first, roster: second.roster, others: [second.manifest] }, 3);
    expect(room.view).toMatchObject({ renews: { joined: ['On call 2027'] } });
    await room.say({ type: 'abandon', reason: 'only to read it' });
    await host.leave();
  });

  test('new shares held with the second set end both, by name', async () => {
    const { room } = laptop;
    const half = first.half;
    const present: InForce = { ...second, half, others: [first.manifest] };
    const pocket = await toPlan(laptop, present, 3);
    expect(room.view).toMatchObject({
      renews: { kind: 'rotate-shares', label: 'On call 2027', joined: [PAIR.label] },
    });
    await agreePlan(laptop, pocket, { ...NEXT, label: '2028 D' });
    const facts = await room.until(({ screen }) => screen === 'rotate-facts');
    expect(facts).toMatchObject({
      before: { label: 'On call 2027' },
      joined: [{ label: PAIR.label }],
      after: { label: '2028 D' },
      // Whoever held a share of the first set alone leaves with it.
      changes: [{ name: 'custodian 4', what: 'leaves' }],
    });
    const rotated = await bundleOf(laptop);
    const story = narrateLog(await readLog(laptop, rotated.body.ceremonyId)).join('\n');
    expect(story).toContain('as well as of the sets that open the same key: 1 2026 B');
    await closeWith(laptop, rotated, { epoch: 3, statement: 'New shares.' });
    const next = await inForceBy(laptop, rotated);
    for (const label of [PAIR.label, 'On call 2027']) {
      expect(await home(label)).toMatchObject({
        standing: 'superseded',
        mayBeNeeded: true,
        opensAsWell: [],
      });
    }
    expect(await home(next.manifest.body.label)).toMatchObject({ standing: 'live' });
  }, 300_000);
});
