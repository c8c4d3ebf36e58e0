/**
 * A set of which every custodian has another medium, through the real host without a window: paper,
 * a stick, the OTP interface of a YubiKey, a FIDO2 key. Then a survey key is recovered with the
 * OTP key, the FIDO2 key and the stick. The keys are software that answers report by report.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filledChallenge } from '../../electron/devices/yubikey-otp/challenge.ts';
import { writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import { openAge } from '../../electron/media/age.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import { openWithPassphrase } from '../../electron/media/yubikey/otp.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import {
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { bytesToHex, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { decodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { encodeLog, entries, parseLog, type CeremonyLog } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  FACTS,
  makeTicket,
  openLaptop,
  PLAN,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
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
let made: BundleDocument;
let manifest: ManifestDocument;
let platformKey: Uint8Array;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  otpKey = rack.add(11_111_111);
  const own = rack.add(22_222_222, PIN);
  const backup = rack.add(33_333_333, PIN);
  laptop.people.get(OTP).hands = { keys: { rack, own: otpKey } };
  laptop.people.get(FIDO).hands = {
    keys: { rack, own, backup, pins: [PIN] },
    // The key of the custodian before is still in its socket: it is not used, and taken out.
    onRefused: ({ code }) => code === 'key-taken',
  };
});
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

async function onStick(kind: string, digest: string): Promise<Uint8Array> {
  const name = `conclave-${kind}-${digest.slice(0, 8)}.json`;
  return new Uint8Array(await readFile(join(laptop.rehearsalFolder, STICKS.sync, name)));
}

async function bundleOnStick(): Promise<BundleDocument> {
  const { view } = laptop.room;
  if (view.screen !== 'waiting') throw new Error(`The screen is ${view.screen}.`);
  return bundleType.parse(await onStick('bundle', view.bundleDigest), 'rehearsal');
}

async function fileOf(name: keyof typeof STICKS, ending: RegExp): Promise<Uint8Array> {
  const folder = join(laptop.rehearsalFolder, STICKS[name]);
  const file = (await readdir(folder)).find((entry) => ending.test(entry)) ?? '';
  return new Uint8Array(await readFile(join(folder, file)));
}
const envelopeOf = (name: keyof typeof STICKS) => fileOf(name, /^conclave-yubikey-share-.*\.cbor$/);

/** What the check of the laptop found of keys, once each time that it was made. */
const keysLookedFor = (log: CeremonyLog) =>
  entries(log)
    .filter((entry) => fact(entry, 'kind') === 'environment-checked')
    .map((entry) => fact(entry, 'probe.keys'));
/** Root may open any key; others need a rule of udev, which this computer has or has not. */
const LOOKED = [expect.stringMatching(/^(pass|fail)$/) as string];

/** Three shares from their media, put together outside of the worker: one of them with its key. */
async function componentFromMedia(): Promise<Uint8Array> {
  const { people } = laptop;
  const sheet = people.get('custodian 1').sheets.share;
  if (sheet === undefined) throw new Error('custodian 1 has no sheet.');
  const words = (name: string) => people.get(name).person.words;
  const envelope = decodeKeyEnvelope(await envelopeOf(OTP));
  if (envelope.method !== 'otp-hmac') throw new Error('an OTP envelope');
  const slot = otpKey.otp.memory.hmac(1);
  if (slot === null) throw new Error('Slot 2 holds no secret.');
  const response = slot.respond(filledChallenge(envelope.keys[0].challenge));
  const shares = [
    (await readPaperFile(sheet.slice())).bytes,
    await openAge(await fileOf('custodian 2', /^conclave-share-.*\.age$/), words('custodian 2')),
    await openWithPassphrase(envelope, response, words(OTP)),
  ].map(decodeShare);
  expect(shares.map(({ index }) => index)).toEqual([1, 2, 3]);
  const { componentId, checks } = manifest.body;
  return combineShares(shares, {
    what: 'custodian-component',
    componentId,
    checkValue: checks.custodianComponent,
  });
}

test('a 3-of-4 set on paper, a stick, an OTP key and a FIDO2 key with its backup is split and read back', async () => {
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEY_PLAN });
  await room.until(({ screen }) => screen === 'waiting');
  made = await bundleOnStick();
  manifest = parseManifest(await onStick('manifest', made.body.manifestDigest), 'rehearsal');
  expect(manifest.body.shares.map(({ media }) => media.map(({ kind }) => kind))).toEqual([
    ['paper'],
    ['usb'],
    ['yubikey-otp'],
    ['yubikey-fido2'],
  ]);
  const descriptions = manifest.body.shares.map(({ media }) => media[0]?.description);
  expect(descriptions[2]).toMatch(/11111111, envelope on folder practice stick D$/);
  expect(descriptions[3]).toMatch(/22222222 and backup 33333333, envelope on folder practice/);
  const { person } = laptop.people.get(FIDO);
  expect(person.tasks.filter(({ task }) => task === 'key-replug')).toHaveLength(3);
  expect(person.refusals.map(({ code }) => code)).toEqual(['key-taken']);
});

test('its component comes out of the media with the keys alone, and fits', async () => {
  const component = await componentFromMedia();
  const vaultComponent = await openBundle(made.body, laptop.sync.recipient.privateKey);
  platformKey = xorComponents(component, vaultComponent);
  const { componentId, checks } = manifest.body;
  expect(checkValueFits('platform-key', platformKey, componentId, checks.platformKey)).toBe(true);
});

test('the log is authenticated and tells which key is whose, with the proof of its hardware', async () => {
  const log = await readLog(laptop, made.body.ceremonyId);
  expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
  expect(encodeLog(parseLog(encodeLog(log)))).toEqual(encodeLog(log));
  const told = narrateLog(log).join('\n');
  expect(told).toContain('11111111, firmware');
  expect(told).toMatch(/The backup key of custodian 4 for share 4 is a .* 33333333/);
  expect(told).toContain('slot 2 of the YubiKey 11111111 of custodian 3 was programmed');
  expect(keysLookedFor(log)).toEqual(LOOKED);
  const attested = entries(log).filter((entry) => fact(entry, 'kind') === 'key-attested');
  expect(attested.map((entry) => fact(entry, 'serial'))).toEqual([22_222_222, 33_333_333]);
  expect(attested.every((entry) => fact(entry, 'format') === 'packed')).toBe(true);
});

test('no PIN, no words and no share lie on the laptop’s own disk', async () => {
  const folder = join(laptop.dataFolder, 'rehearsal', 'ceremonies');
  const [name = ''] = await readdir(folder);
  const text = await readFile(join(folder, name), 'latin1');
  expect(text).not.toContain(PIN);
  for (const person of [OTP, FIDO]) {
    expect(text).not.toContain(Buffer.from(laptop.people.get(person).person.words).toString());
  }
  for (const encoding of ['hex', 'base64', 'latin1'] as const) {
    expect(text.includes(Buffer.from(platformKey).toString(encoding))).toBe(false);
  }
});

test('the receipt closes it; home shows four proved shares', async () => {
  await carryReceipt(laptop, made);
  await laptop.room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
  const home = await laptop.host.home();
  expect(home.sets).toMatchObject([{ standing: 'live', proved: 4, count: 4 }]);
});

const ERASED = 'The slot of the YubiKey that opened the share is empty.';

/** The custodian comes, the slot is empty, and the transcript says so; later the slots are as before. */
async function getUpWithErasedSlot(): Promise<void> {
  const { room } = laptop;
  const config = otpKey.otp.memory.at(1);
  if (config === null) throw new Error('Slot 2 is empty.');
  otpKey.otp.memory.write(1, new Uint8Array(58))?.();
  await room.say({ type: 'who', index: 3 });
  expect(await codeOf(room.until(({ screen }) => screen === 'who'))).toBe('key-slot-erased');
  expect(room.view).toMatchObject({ screen: 'share-in', spare: { backup: false, copy: false } });
  await room.say({ type: 'get-up', reason: ERASED });
  await room.until(({ screen }) => screen === 'who');
  otpKey.otp.memory.write(1, writePayload(config, undefined))?.();
}

test('the OTP key, the FIDO2 key and the stick recover one survey key', async () => {
  const { host, room, people, sync } = laptop;
  const { ticket, pocket } = await makeTicket(laptop);
  if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
  const kek = randomBytes(32);
  const userKey = await userRecoveryKey(platformKey, FACTS.userId);
  const path = vaultPaths.userSurveyRecoveryKek(FACTS.userId, FACTS.surveyId);
  await carryRecoverPackage(laptop, ticket, {
    manifest,
    roster: made.body.roster,
    vaultComponent: await openBundle(made.body, sync.recipient.privateKey),
    encryptedKek: await sealKekBlob(userKey, path, kek),
  });
  const before = await envelopeOf(OTP);
  const fidoBefore = await envelopeOf(FIDO);

  await host.start('recover', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  await room.until(({ screen }) => screen === 'who');
  await getUpWithErasedSlot();
  for (const index of [3, 4, 2]) {
    await room.say({ type: 'who', index });
    await room.until(({ screen }) => screen === 'who' || screen === 'recover');
  }
  await room.until(({ screen }) => screen === 'waiting');
  const recovered = await bundleOnStick();
  expect(await openBundle(recovered.body, sync.recipient.privateKey)).toEqual(kek);

  const after = await envelopeOf(OTP);
  const log = await readLog(laptop, recovered.body.ceremonyId);
  expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
  // Nobody planned a medium here: the manifest says that shares need keys.
  expect(keysLookedFor(log)).toEqual(LOOKED);
  const of = (kind: string) => entries(log).filter((entry) => fact(entry, 'kind') === kind);
  expect(of('share-refused').map((entry) => fact(entry, 'code'))).toEqual(['key-slot-erased']);
  expect(of('share-refused').map((entry) => String(fact(entry, 'culprit')))).toEqual([
    expect.stringContaining('11111111'),
  ]);
  expect(narrateLog(log).join('\n')).toContain(ERASED);
  expect(
    of('share-accepted').map((entry) => [fact(entry, 'index'), fact(entry, 'medium')]),
  ).toEqual([
    [3, 'yubikey-otp'],
    [4, 'yubikey-fido2'],
    [2, 'usb'],
  ]);
  expect(
    of('envelope-renewed').map((entry) => [fact(entry, 'before'), fact(entry, 'after')]),
  ).toEqual([[keyEnvelopeDigest(before), keyEnvelopeDigest(after)]]);
  expect(decodeKeyEnvelope(after).ceremonyId).toBe(recovered.body.ceremonyId);
  // The new envelope opens with the key alone, too; the one of FIDO2 stayed as it was.
  expect(bytesToHex(await componentFromMedia())).toHaveLength(128);
  expect(await envelopeOf(FIDO)).toEqual(fidoBefore);
  const text = Buffer.from(encodeLog(log)).toString('latin1');
  expect(text.includes(Buffer.from(utf8ToBytes(PIN)).toString('latin1'))).toBe(false);
});
