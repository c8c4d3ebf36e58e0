/**
 * A change of the roster through the real host and worker, without a window: a new operator comes,
 * the old one leaves, two new admins of sync are named; resumed after a power cut, closed by its
 * receipt.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleType, type BundleDocument, type RosterBundle } from '../../shared/bundle/bundle.ts';
import { openNewRoster } from '../../shared/bundle/roster-bundle.ts';
import type { RosterPlan } from '../../shared/plan/roster-plan.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { decodeEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { parseRoster, type RosterDocument } from '../../shared/identity/roster.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { carryReceipt, openLaptop, STICKS, type Laptop } from '../support/headless-platform.ts';
import { carryPlainPackage } from '../support/headless-plain.ts';
import { codeOf, kindsOf, readLog, splitToWaiting } from '../support/headless-steps.ts';

const CHANGE: RosterPlan = {
  people: [
    { name: 'custodian 2', roles: ['custodian'], medium: null },
    { name: 'custodian 4', roles: ['custodian'], medium: null },
    { name: 'operator 2', roles: ['operator'], medium: 'paper' },
    { name: 'witness', roles: ['witness'], medium: null },
  ],
  admins: [
    { name: 'operator 2', userId: 12, roles: ['operator', 'approver'], medium: 'paper' },
    { name: 'admin 2', userId: 13, roles: ['approver'], medium: 'paper' },
  ],
  page: 'A4',
};

describe('a change of the roster on a laptop', () => {
  let laptop: Laptop;
  let manifest: ManifestDocument;
  let present: RosterDocument;
  let bundle: BundleDocument & { readonly body: RosterBundle };

  beforeAll(async () => {
    laptop = await openLaptop();
    const setup = await splitToWaiting(laptop);
    if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
    manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
    present = parseRoster(encodeJson(setup.body.roster), 'rehearsal', manifest.body);
    await carryReceipt(laptop, setup);
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
  }, 300_000);
  afterAll(() => laptop.remove());

  async function carryRosterPackage(replacesAdmins: boolean, epoch = 1): Promise<void> {
    const about = { kind: 'roster', replacesAdmins } as const;
    await carryPlainPackage(laptop, { manifest, roster: present }, about, epoch);
  }

  test('a package of before the last change of trust is refused', async () => {
    await carryRosterPackage(true, 0);
    await laptop.host.start('roster', 'rehearsal');
    expect(await codeOf(laptop.room.until(({ screen }) => screen === 'roster-plan'))).toBe(
      'package-old-epoch',
    );
    await laptop.room.say({ type: 'abandon', reason: 'an old package' });
    await laptop.host.leave();
  });

  test('people agree, who is new makes an identity, and the words of the admins’ keys are shown', async () => {
    await carryRosterPackage(true);
    await laptop.host.start('roster', 'rehearsal');
    const asked = await laptop.room.until(({ screen }) => screen === 'roster-plan');
    expect(asked).toMatchObject({
      serial: 2,
      holders: ['custodian 2', 'custodian 4'],
      namesAdmins: true,
    });
    await laptop.room.say({ type: 'roster-plan', plan: CHANGE });
    const shown = await laptop.room.until(({ screen }) => screen === 'roster-facts');
    if (shown.screen !== 'roster-facts') throw new Error('Facts are shown.');
    expect(shown.changes).toEqual([
      { name: 'operator 2', roles: ['operator'], what: 'comes', mail: null },
      { name: 'operator', roles: ['operator'], what: 'leaves' },
    ]);
    expect(shown.admins.map(({ name }) => name)).toEqual(['operator 2', 'admin 2']);
    const facts = shown;
    const view = await laptop.room.until(
      (now) => now.screen === 'roster-ready' && now.signed !== null,
    );
    expect(view.screen === 'roster-ready' && view.progress).toEqual({ done: 2, of: 2 });
    const waiting = await laptop.room.until(({ screen }) => screen === 'waiting');
    if (waiting.screen !== 'waiting') throw new Error('It waits.');
    const name = `conclave-bundle-${waiting.bundleDigest.slice(0, 8)}.json`;
    const bytes = new Uint8Array(await readFile(join(laptop.rehearsalFolder, STICKS.sync, name)));
    const parsed = bundleType.parse(bytes, 'rehearsal');
    if (parsed.body.kind !== 'roster') throw new Error('A roster bundle is made.');
    bundle = { ...parsed, body: parsed.body };
    expect(view.screen === 'roster-ready' && view.signed?.words).toBe(
      eightWords(hexToBytes(bundle.body.rosterDigest)),
    );
    expect(facts.admins.map(({ words }) => words)).toEqual(
      bundle.body.admins?.map(({ publicKey }) => eightWords(hexToBytes(publicKey))),
    );
  }, 300_000);

  test('the bundle is what sync takes: signed by k share keys and the new operator', () => {
    const roster = openNewRoster(bundle.body, manifest.body, present);
    expect(roster.body).toMatchObject({ serial: 2, previous: present.digest });
    expect(roster.body.people.map(({ name }) => name)).toEqual([
      'custodian 2',
      'custodian 4',
      'operator 2',
      'witness',
    ]);
    const operator = roster.body.people.find(({ name }) => name === 'operator 2');
    expect(bundle.body.operator).toBe(operator?.publicKey);
    expect(bundle.body.admins?.[0].publicKey).toBe(operator?.publicKey);
    expect(decodeEnvelope(encodeJson(bundle.body.roster), 'roster').signatures).toHaveLength(2);
  });

  test('its log tells what was agreed, holds no restoring, and is authenticated by the manifest', async () => {
    const kinds = await kindsOf(laptop, bundle.body.ceremonyId);
    expect(kinds).toContain('roster-agreed');
    expect(kinds).toContain('roster-signed');
    for (const kind of ['quorum-proved', 'platform-key-checked', 'kek-opened', 'share-written']) {
      expect(kinds).not.toContain(kind);
    }
    const log = await readLog(laptop, bundle.body.ceremonyId);
    const verified = verifyLog(log, { manifest });
    expect(verified.standing).toBe('authenticated');
    expect(verified.facts.join('\n')).toContain('Changes: 1 operator 2 comes in as operator; 2');
    expect(verified.missing).toEqual([
      expect.stringMatching(/^Entries \d+ to \d+ are not signed by anybody\.$/),
      'No receipt has come home, so what sync did with the bundle is not known here.',
      'The ceremony was not closed, or the end of the log is missing.',
    ]);
  });

  test('after a power cut it waits as before, and the receipt closes it', async () => {
    await laptop.restart();
    const { ceremonies } = await laptop.host.home();
    const own = ceremonies.find(({ ceremonyId }) => ceremonyId === bundle.body.ceremonyId);
    expect(own).toMatchObject({
      kind: 'roster',
      title: 'Change of who takes part',
      standing: 'waiting-for-receipt',
    });
    await laptop.host.resume(bundle.body.ceremonyId);
    expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: bundle.digest });
    await carryReceipt(laptop, bundle, { statement: 'Roster 2 is in force.' });
    await laptop.room.until(({ screen }) => screen === 'closed');
    const home = await laptop.host.home();
    // The shares were seen to be readable: that counts for the set.
    expect(home.sets).toHaveLength(1);
    expect(home.sets[0]).toMatchObject({ standing: 'live', proved: 2 });
  });
});
