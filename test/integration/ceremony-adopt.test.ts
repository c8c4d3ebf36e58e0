/**
 * Adopting an existing platform key through the real host, without a window: an empty laptop, a
 * ticket, the package that sync would seal to it, CheckTick's own shares, a new set, its receipt;
 * then a survey key that was stored before opens with the new shares.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answersFound } from '../../shared/bundle/adopt.ts';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { combineLegacy, trimLegacySecret } from '../../shared/checktick/index.ts';
import { newLegacyPlace } from '../../shared/ledger/places.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  bundleOf,
  carryAdoptPackage,
  documentsOf,
  firstTicket,
  foundOf,
  give,
  NEW_LEGACY,
  newLegacyLines,
  PROOF,
  start,
  writeNewLegacy,
} from '../support/adopt-laptop.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  makeTicket,
  openLaptop,
  PLAN,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, readLog } from '../support/headless-steps.ts';
import { parsed } from '../support/legacy.ts';
import {
  legacyDeployment,
  storedKek,
  type LegacyDeployment,
} from '../support/legacy-deployment.ts';

describe('a deployment whose Vault and row agree, with a stored survey key', () => {
  let laptop: Laptop;
  let key: LegacyDeployment;
  let made: BundleDocument;
  const kek = randomBytes(32);

  beforeAll(async () => {
    laptop = await openLaptop();
    key = legacyDeployment();
  });
  afterAll(() => laptop.remove());

  test('is adopted: a ticket, its shares in, proved, split anew, and a bundle without a secret', async () => {
    const { ticket, pocket } = await firstTicket(laptop);
    expect(ticket.body.kind).toBe('adopt');
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const encryptedKeks = [await storedKek(key.platformKey, PROOF, kek)];
    await carryAdoptPackage(laptop, ticket, foundOf(), [
      { version: 'v1', components, encryptedKeks },
    ]);
    await start(laptop, pocket, PLAN);
    expect(laptop.room.view).toMatchObject({ screen: 'legacy-shares', given: [] });
    await give(laptop, 'custodian 1', key.shares[0] ?? '');
    await give(laptop, 'a former custodian', key.shares[3] ?? '', key.shares[1] ?? '');
    await laptop.room.say({ type: 'continue' });
    expect(await laptop.room.until(({ screen }) => screen === 'legacy-proof')).toMatchObject({
      judged: { standing: 'uncompared' },
      keys: [PROOF],
    });
    await laptop.room.say({ type: 'continue' });
    expect(await laptop.room.until(({ screen }) => screen === 'legacy-restored')).toMatchObject({
      from: 'legacy shares 1, 2, 4',
    });
    await laptop.room.until(({ screen }) => screen === 'new-legacy');
    await laptop.room.say({ type: 'new-legacy', split: { threshold: 2, count: 2 } });
    for (const [by, label] of NEW_LEGACY) await writeNewLegacy(laptop, by, label);
    expect(laptop.room.view).toMatchObject({ screen: 'new-legacy-prove' });
    made = await bundleOf(laptop);
    const { body, manifest, roster } = documentsOf(made);
    expect(body).toMatchObject({
      keyVersion: 'v1',
      compared: 'same',
      component: 'both',
      proof: 'escrow',
      decided: null,
      legacy: { threshold: 3, count: 4 },
    });
    expect(answersFound(foundOf(), 'v1', body)).toBe(true);
    expect(roster.body.people.map(({ name }) => name)).toContain('operator');
    const { componentId, checks } = manifest.body;
    for (const [what, bytes, value] of [
      ['vault-component', key.vault, checks.vaultComponent],
      ['custodian-component', key.custodian, checks.custodianComponent],
      ['platform-key', key.platformKey, checks.platformKey],
    ] as const) {
      expect(checkValueFits(what, bytes, componentId, value)).toBe(true);
    }
  });

  test('the log says who gave what and what proved it, and verifies', async () => {
    const { manifest } = documentsOf(made);
    const log = await readLog(laptop, made.body.ceremonyId);
    expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
    const told = narrateLog(log).join('\n');
    expect(told).toContain('a former custodian gave the legacy shares 2: a text file.');
    expect(told).toContain(
      `opened the stored survey key of user ${PROOF.userId} and survey ${PROOF.surveyId}`,
    );
    expect(told).toContain('New legacy share 1 of custodian 2 was read back from');
    expect(told).toContain(
      'All 2 new legacy shares, as they were read back, lie on one polynomial',
    );
    const text = JSON.stringify(log);
    const lines = await newLegacyLines(laptop);
    for (const share of [...key.shares, ...lines]) {
      expect(text).not.toContain(share.split('-')[2]?.slice(9, 40));
    }
    const combined = combineLegacy(lines.map(parsed), { threshold: 2 });
    expect(trimLegacySecret(combined, key.custodian.length)).toEqual(key.custodian);
  });

  test('over a restart it waits for its receipt, which makes the set live', async () => {
    await laptop.restart();
    await laptop.host.resume(made.body.ceremonyId);
    expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: made.digest });
    await carryReceipt(laptop, made);
    const closed = await laptop.room.until(({ screen }) => screen === 'closed');
    expect(JSON.stringify(closed)).toContain('custodian 2: new legacy share 1 of 2 on ');
    await laptop.host.leave();
    const home = await laptop.host.home();
    expect(home.sets).toMatchObject([
      {
        label: '2026 A',
        standing: 'live',
        keyVersion: 'v1',
        legacy: 'any 3 of 4 legacy shares',
        newLegacyLeft: { left: 2, of: 2, threshold: 2 },
      },
    ]);
    expect(home.ceremonies).toMatchObject([
      { kind: 'adopt', title: 'Adoption of the platform key v1, set 2026 A', standing: 'closed' },
    ]);
  });

  test('a survey key that was stored before opens with three of the new shares', async () => {
    const { host, room, people, sync } = laptop;
    const { body, manifest } = documentsOf(made);
    const { ticket, pocket } = await makeTicket(laptop);
    await carryRecoverPackage(laptop, ticket, {
      manifest,
      roster: body.roster,
      vaultComponent: key.vault,
      encryptedKek: await storedKek(key.platformKey, PROOF, kek),
    });
    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'waiting');
    const recovered = await bundleOf(laptop);
    expect(await openBundle(recovered.body, sync.recipient.privateKey)).toEqual(kek);
    await host.leave();
  });

  test('the legacy shares are destroyed one by one before a witness, and home says how many are left', async () => {
    const { host, room } = laptop;
    const setAtHome = async () => (await host.home()).sets.find(({ label }) => label === '2026 A');
    const set = await setAtHome();
    if (set === undefined) throw new Error('it is at home');
    expect(set.legacyLeft).toEqual({ left: 4, of: 4, threshold: 3 });
    const { setId, generation } = set;
    await host.start('destroy', 'rehearsal', { setId, generation, legacy: true });
    const { ceremonyId } = room.view;
    await room.until(({ screen }) => screen === 'destroyers');
    await room.say({ type: 'who', index: 1 });
    await room.until(({ screen }) => screen === 'destroyers');
    await room.say({ type: 'who', index: newLegacyPlace(2) });
    await room.until(({ screen }) => screen === 'destroyers');
    const stray = 'platform_custodian_component_v1.bin';
    const drawer = join(laptop.rehearsalFolder, 'an old folder');
    await mkdir(drawer);
    await writeFile(join(drawer, stray), key.custodian);
    const look = (folder: string) => room.say({ type: 'look-for-files', volumeId: null, folder });
    expect(await codeOf(look('relative'))).toBe('no-folder');
    await look(drawer);
    const found = await room.until(({ busy }) => busy === null);
    expect(found).toMatchObject({ looked: [{ files: [stray] }] });
    await room.say({ type: 'who', index: 3 });
    await room.say({ type: 'get-up', reason: 'nobody knows who has it' });
    await room.until(({ screen }) => screen === 'destroyers');
    await room.say({ type: 'continue' });
    expect(await room.until(({ screen }) => screen === 'destroyed')).toMatchObject({
      gone: [
        expect.stringContaining('legacy share 1'),
        expect.stringContaining('custodian 4: new legacy share 2 on '),
      ],
      legacy: expect.stringMatching(
        /The 3 that are left still open this key.* 1 stick with a new legacy share is listed/,
      ) as string,
    });
    await host.leave();
    expect(await setAtHome()).toMatchObject({
      legacyLeft: { left: 3, of: 4, threshold: 3 },
      newLegacyLeft: { left: 1, of: 2, threshold: 2 },
    });
    expect((await setAtHome())?.legacy).toBe('any 3 of 4 legacy shares');
    const log = await readLog(laptop, ceremonyId);
    const told = narrateLog(log).join('\n');
    expect(told).toContain(`found: 1 ${stray}`);
    expect(told).toContain(
      'Legacy share 1, which custodian 1 had, was destroyed before everybody’s eyes',
    );
    expect(told).toContain(
      'Legacy share 2, written by the adoption, which custodian 4 had, was destroyed',
    );
    expect(verifyLog(log).signers.map(({ who }) => who)).toContain('witness (witness)');
  });
});
