/**
 * Drills through the real host and worker without a window: shares on paper, a stick, an OTP key and
 * a FIDO2 key prove themselves one by one. The keys are software that answers report by report.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import { bundleType, verifyBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import type { PackageDocument } from '../../shared/bundle/package.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { parseRoster, type RosterDocument } from '../../shared/identity/roster.ts';
import { decodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { verifyBundleFile } from '../../shared/transcript/verify-files.ts';
import {
  carryReceipt,
  carrySetupPackage,
  openLaptop,
  PLAN,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { carryPlainPackage } from '../support/headless-plain.ts';
import { codeOf, readLog } from '../support/headless-steps.ts';
import { KeyRack, type RackedKey } from '../support/key-rack.ts';

const KEY_PLAN: Plan = {
  ...PLAN,
  custodians: PLAN.custodians.map((custodian, at) => ({
    ...custodian,
    medium: (['paper', 'usb', 'yubikey-otp', 'yubikey-fido2'] as const)[at] ?? 'paper',
  })),
};
const PIN = '86420975';
const OTP = 'custodian 3';
const FIDO = 'custodian 4';

let rack: KeyRack;
let laptop: Laptop;
let otpKey: RackedKey;
let manifest: ManifestDocument;
let roster: RosterDocument;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  otpKey = rack.add(11_111_111);
  const own = rack.add(22_222_222, PIN);
  const backup = rack.add(33_333_333, PIN);
  laptop.people.get(OTP).hands = { keys: { rack, own: otpKey } };
  laptop.people.get(FIDO).hands = {
    keys: { rack, own, backup, pins: [PIN] },
    onRefused: ({ code }) => code === 'key-taken',
  };
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEY_PLAN });
  await room.until(({ screen }) => screen === 'waiting');
  const made = await bundleOnStick();
  if (made.body.kind !== 'setup') throw new Error('A split makes a setup.');
  manifest = parseManifest(encodeJson(made.body.manifest), 'rehearsal');
  roster = parseRoster(encodeJson(made.body.roster), 'rehearsal', manifest.body);
  await carryReceipt(laptop, made);
  await room.until(({ screen }) => screen === 'closed');
  await host.leave();
}, 300_000);
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

async function bundleOnStick(): Promise<BundleDocument> {
  const { view } = laptop.room;
  if (view.screen !== 'waiting') throw new Error(`The screen is ${view.screen}.`);
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(laptop.rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

async function envelopeOf(name: keyof typeof STICKS): Promise<Uint8Array> {
  const folder = join(laptop.rehearsalFolder, STICKS[name]);
  const file = (await readdir(folder)).find((entry) =>
    /^conclave-yubikey-share-.*\.cbor$/.test(entry),
  );
  return new Uint8Array(await readFile(join(folder, file ?? '')));
}

async function begin(): Promise<PackageDocument> {
  const document = await carryPlainPackage(laptop, { manifest, roster }, { kind: 'drill' });
  await laptop.host.start('drill', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'drill-facts');
  await laptop.room.say({ type: 'agree' });
  return document;
}
const round = () => laptop.room.until(({ screen }) => screen === 'drill-round');

async function gives(index: number): Promise<void> {
  await laptop.room.say({ type: 'who', index });
  await round();
}

async function ends(): Promise<BundleDocument> {
  await laptop.room.say({ type: 'continue' });
  await laptop.room.until(({ screen }) => screen === 'waiting');
  return bundleOnStick();
}

/** The slot is empty when its custodian comes; he gets up, and later it is as before. */
async function failsOnce(): Promise<void> {
  const { room } = laptop;
  const config = otpKey.otp.memory.at(1);
  if (config === null) throw new Error('Slot 2 is empty.');
  otpKey.otp.memory.write(1, new Uint8Array(58))?.();
  await room.say({ type: 'who', index: 3 });
  expect(await codeOf(round())).toBe('key-slot-erased');
  await room.say({ type: 'get-up', reason: 'The slot is empty.' });
  expect(await round()).toMatchObject({ shares: [{}, {}, { failed: 'unreadable' }, {}] });
  otpKey.otp.memory.write(1, writePayload(config, undefined))?.();
}

test('four shares on four kinds of media sign one nonce, one after the other', async () => {
  const source = await begin();
  const otpBefore = await envelopeOf(OTP);
  const fidoBefore = await envelopeOf(FIDO);
  await gives(1);
  await failsOnce();
  for (const index of [3, 4, 2]) await gives(index);
  const bundle = await ends();
  const { body } = bundle;
  if (body.kind !== 'drill') throw new Error('A drill makes its own kind of bundle.');
  expect(body).toMatchObject({ nonce: source.body.nonce, keyVersion: 'v1', failed: [] });
  expect(body.proofs.map(({ index, medium }) => [index, medium])).toEqual([
    [1, 'paper'],
    [2, 'usb'],
    [3, 'yubikey-otp'],
    [4, 'yubikey-fido2'],
  ]);
  // By the code of sync.
  const keys = manifest.body.shares.map(({ publicKey }) => publicKey);
  expect(verifyBundle(bundle, manifest.body, roster.body).shares).toEqual(keys);

  // The envelope of the OTP key was locked anew, as after every reveal; that of FIDO2 is as it was.
  const otpAfter = await envelopeOf(OTP);
  expect(keyEnvelopeDigest(otpAfter)).not.toBe(keyEnvelopeDigest(otpBefore));
  expect(decodeKeyEnvelope(otpAfter).ceremonyId).toBe(body.ceremonyId);
  expect(await envelopeOf(FIDO)).toEqual(fidoBefore);

  const log = await readLog(laptop, body.ceremonyId);
  const of = (kind: string) => entries(log).filter((entry) => fact(entry, 'kind') === kind);
  expect(of('share-proved').map((entry) => fact(entry, 'index'))).toEqual([1, 3, 4, 2]);
  expect(of('share-not-proved')).toEqual([]);
  for (const kind of ['quorum-proved', 'platform-key-checked', 'vault-component-checked']) {
    expect(of(kind)).toEqual([]);
  }
  expect(narrateLog(log).join('\n')).toContain(
    'Share 3, which custodian 3 brought on YubiKey (OTP), signed the nonce of sync with its own key.',
  );
  // No quorum signs here: people answer for the log, and each share for itself in the bundle.
  const verified = verifyLog(log, { manifest, roster });
  expect(verified.standing).toBe('self-consistent');
  expect(verified.missing.join(' ')).not.toMatch(/quorum|No bundle here|no roster names/);
  expect(verified.signers.filter(({ kind, vouched }) => kind === 'person' && vouched)).toHaveLength(
    6,
  );
  const file = verifyBundleFile(bundleType.toBytes(bundle), 'rehearsal', { manifest, roster });
  expect(file.standing).toBe('authenticated');
}, 300_000);

test('it goes on after a restart, and the receipt closes it; home counts the shares as proved', async () => {
  const { view } = laptop.room;
  const before = (await laptop.host.home()).sets[0]?.provedAt;
  const bundle = await bundleOnStick();
  await laptop.host.leave();
  await laptop.restart();
  await laptop.host.resume(view.ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', ceremony: 'drill' });
  await carryReceipt(laptop, bundle, { epoch: 1, statement: 'Four shares were proved.' });
  expect(await laptop.room.until(({ screen }) => screen === 'closed')).toMatchObject({
    outcome: 'committed',
    media: [],
  });
  await laptop.host.leave();
  const { sets, ceremonies } = await laptop.host.home();
  expect(sets).toMatchObject([
    { standing: 'live', proved: 4, notProved: 0, provedByNonce: true, count: 4 },
  ]);
  expect((sets[0]?.provedAt ?? '') >= (before ?? '')).toBe(true);
  expect(ceremonies.find(({ ceremonyId }) => ceremonyId === view.ceremonyId)).toMatchObject({
    kind: 'drill',
    title: 'Drill of the set 2026 A',
    standing: 'closed',
  });
}, 300_000);

test('one custodian alone is a drill, and who was called and did not come is written down', async () => {
  await begin();
  await laptop.room.say({ type: 'who', index: 4 });
  await laptop.room.say({ type: 'get-up', reason: 'She is ill today.' });
  await round();
  await gives(2);
  const bundle = await ends();
  expect(bundle.body).toMatchObject({
    kind: 'drill',
    proofs: [{ index: 2, medium: 'usb' }],
    failed: [{ index: 4, why: 'absent' }],
  });
  expect(verifyBundle(bundle, manifest.body, roster.body).shares).toHaveLength(1);
  const told = narrateLog(await readLog(laptop, bundle.body.ceremonyId)).join('\n');
  expect(told).toContain('Share 4 of custodian 4 was NOT proved: it was not brought.');
  await laptop.host.leave();
  // Who did not bring hers this time is not counted until she has.
  expect((await laptop.host.home()).sets).toMatchObject([{ proved: 3, notProved: 1 }]);
}, 300_000);

test('without sync two custodians check their shares: this laptop remembers it, on its word', async () => {
  const { host, room } = laptop;
  const [before] = (await host.home()).sets;
  if (before === undefined) throw new Error('There is a set.');
  const { setId, generation } = before;
  await host.start('drill', 'rehearsal', { setId, generation });
  expect(room.view).toMatchObject({ screen: 'drill-facts', byWord: true });
  await room.say({ type: 'agree' });
  await round();
  for (const index of [4, 2]) await gives(index);
  await room.say({ type: 'continue' });
  const view = await room.until(({ screen }) => screen === 'drill-checked');
  expect(view).toMatchObject({ read: [2, 4], failed: [] });
  await host.leave();
  const log = await readLog(laptop, view.ceremonyId);
  expect(narrateLog(log).join('\n')).toContain(
    'one by one and without a nonce of sync: what follows is on this laptop’s word.',
  );
  const { missing } = verifyLog(log, { manifest, roster });
  expect(missing.join(' ')).not.toMatch(/bundle|receipt|not closed|no roster names/);
  const { sets, ceremonies } = await host.home();
  // Share 4, which nobody brought last time, was read now.
  expect(sets).toMatchObject([{ proved: 4, notProved: 0, provedByNonce: false }]);
  expect(ceremonies.find(({ ceremonyId }) => ceremonyId === view.ceremonyId)).toMatchObject({
    title: 'Check without sync of the set 2026 A',
    standing: 'closed',
  });
}, 300_000);

test('a set that this laptop does not know is not checked', async () => {
  const about = { setId: 'ab'.repeat(16), generation: 1 };
  expect(await codeOf(laptop.host.start('drill', 'rehearsal', about))).toBe('no-set');
});

test('the days that are due leave as a calendar file, without a name of a custodian', async () => {
  const { host, room, rehearsalFolder } = laptop;
  const volumeId = await room.stickOf('sync');
  const { description } = await host.saveCalendar({ mode: 'rehearsal', volumeId });
  expect(description).toContain(STICKS.sync);
  const text = await readFile(join(rehearsalFolder, STICKS.sync, 'conclave-drills.ics'), 'utf8');
  // RFC 5545: lines end with CR LF, and none is longer than 75 bytes.
  const lines = text.split('\r\n');
  expect(lines.pop()).toBe('');
  for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  const whole = text.replaceAll('\r\n ', '');
  const [set] = (await host.home()).sets;
  const day = (set?.dueAt ?? '').slice(0, 10).replaceAll('-', '');
  expect(whole).toContain(`DTSTART;VALUE=DATE:${day}\r\n`);
  expect(whole).toContain('SUMMARY:Drill: prove the shares of 2026 A\r\n');
  expect(whole).toContain(`UID:${manifest.digest.slice(0, 32)}@laptop.conclave\r\n`);
  expect(whole).not.toContain('custodian ');
});
