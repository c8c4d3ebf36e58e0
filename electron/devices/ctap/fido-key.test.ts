import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../shared/refusal.ts';
import {
  FIRMWARE_5_4,
  FIRMWARE_5_7,
  type FidoProfile,
} from '../../../test/support/software-key/fido-profiles.ts';
import { pluggedFido } from '../../../test/support/software-key/fido-plugged.ts';
import { type FidoCredential, fidoCode, type FidoKey, refuseFido } from './index.ts';

const PIN = '123456';
const pinBytes = (pin = PIN): Uint8Array => new TextEncoder().encode(pin);
const userId = new Uint8Array(16).fill(7);
const salt = (name: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(name).digest());

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Refusal);
  return fidoCode(error);
}

function credential(key: FidoKey): Promise<FidoCredential> {
  return key.makeCredential({ userId, pin: pinBytes() });
}

const only = (protocol: 1 | 2, of: FidoProfile): FidoProfile => ({
  ...of,
  pinProtocols: [protocol],
});
const kinds = [
  { name: 'firmware 5.4', profile: FIRMWARE_5_4 },
  { name: 'firmware 5.7', profile: FIRMWARE_5_7 },
  { name: 'firmware 5.4 with protocol 1 only', profile: only(1, FIRMWARE_5_4) },
  { name: 'firmware 5.7 with protocol 1 only', profile: only(1, FIRMWARE_5_7) },
];

describe.each(kinds)('$name', ({ profile }) => {
  test('says what it is', async () => {
    const { open, key } = pluggedFido(profile);
    const fido = await open();
    const info = fido.info();
    expect(info.versions).toEqual(profile.versions);
    expect(info.pinProtocols).toEqual(profile.pinProtocols);
    expect(info.maxMessage).toBe(profile.maxMessage);
    expect(Buffer.from(info.aaguid).toString('hex')).toBe(profile.aaguid);
    expect(fido.firmware()).toEqual(profile.firmware);
    expect(fido.pinIsSet()).toBe(true);
    expect(await fido.serial()).toBe(key.facts.serial);
    expect(await fido.pinRetries()).toEqual({ left: 8, replug: false });
  });

  test('gives the same secret for the same salt, after it was taken out as well', async () => {
    const plugged = pluggedFido(profile);
    const fido = await plugged.open();
    const made = await credential(fido);
    expect(made.userVerified).toBe(true);
    const known = [made];
    const [salt1, salt2] = [salt('1'), salt('2')];
    let touches = 0;
    const onTouch = (): void => void (touches += 1);
    const first = await fido.hmacSecret({ credentials: known, salt1, pin: pinBytes(), onTouch });
    expect(touches).toBe(1);
    expect(first.secrets.map(({ length }) => length)).toEqual([32]);
    expect(first.userVerified).toBe(true);
    plugged.key.plug.out();
    plugged.key.plug.in();
    const again = await plugged.open();
    const both = await again.hmacSecret({ credentials: known, salt1, salt2, pin: pinBytes() });
    expect(both.secrets).toHaveLength(2);
    expect(both.secrets[0]).toEqual(first.secrets[0]);
    expect(both.secrets[1]).not.toEqual(first.secrets[0]);
    expect(both.signCount).toBeGreaterThan(first.signCount);
    const without = await again.hmacSecret({ credentials: known, salt1, pin: null });
    expect(without.userVerified).toBe(false);
    expect(without.secrets[0]).not.toEqual(first.secrets[0]);
  });

  test('a PIN is set once', async () => {
    const { open, applet } = pluggedFido(profile, null);
    const fido = await open();
    expect(fido.pinIsSet()).toBe(false);
    expect(await codeOf(credential(fido))).toBe('fido-pin-not-set');
    expect(await codeOf(fido.setPin(pinBytes('abc')))).toBe('fido-pin-policy');
    expect(await codeOf(fido.setPin(pinBytes('äöü')))).toBe('fido-pin-policy');
    expect(await codeOf(fido.setPin(pinBytes('x'.repeat(64))))).toBe('fido-pin-policy');
    await fido.setPin(pinBytes('äöüß'));
    expect(fido.pinIsSet()).toBe(true);
    await fido.makeCredential({ userId, pin: pinBytes('äöüß') });
    expect(await codeOf(fido.setPin(pinBytes()))).toBe('fido-pin-set-already');
    expect(applet.pin.left).toBe(8);
  });

  test('a wrong PIN: tries left, replug after three, blocked after eight, never sent by itself', async () => {
    const plugged = pluggedFido(profile);
    const { applet, key } = plugged;
    let fido = await plugged.open();
    const wrong = () => fido.makeCredential({ userId, pin: pinBytes('654321') });
    const refused = await wrong().catch((error: unknown) => error);
    expect(fidoCode(refused)).toBe('fido-pin-wrong');
    expect((refused as Refusal).sentences.means).toContain('7 more tries are left');
    expect(await codeOf(wrong())).toBe('fido-pin-wrong');
    expect(await codeOf(wrong())).toBe('fido-pin-replug');
    expect(await codeOf(credential(fido))).toBe('fido-pin-replug');
    expect(await fido.pinRetries()).toEqual({ left: 5, replug: true });
    expect(applet.pin.compared).toBe(3);
    for (let left = 4; left >= 0; left -= 1) {
      if ((5 - left) % 2 === 1) {
        key.plug.out();
        key.plug.in();
        fido = await plugged.open();
      }
      expect(await codeOf(wrong())).toBe(left === 0 ? 'fido-pin-blocked' : 'fido-pin-wrong');
      expect(applet.pin.left).toBe(left);
    }
    expect(await codeOf(credential(fido))).toBe('fido-pin-blocked');
    expect(applet.pin.compared).toBe(8);
  });

  test('the wrong key is named before the PIN is sent and without a touch', async () => {
    const here = pluggedFido(profile);
    const made = await credential(await pluggedFido(profile).open());
    const fido = await here.open();
    here.key.finger.waits();
    const request = { credentials: [made], salt1: salt('1'), pin: pinBytes('not the PIN') };
    expect(await codeOf(fido.hmacSecret(request))).toBe('fido-wrong-key');
    expect(here.applet.pin.compared).toBe(0);
    expect(await codeOf(fido.whichIsHere([made]))).toBe('fido-wrong-key');
    // Shares and identities are both asked for so: the words suit either.
    const { message } = refuseFido('fido-wrong-key');
    expect(message).toContain('was not made on this YubiKey');
    expect(message).not.toMatch(/share|envelope|identity/i);
    here.key.finger.hesitates(0);
    const own = await credential(fido);
    here.key.finger.waits();
    expect((await fido.whichIsHere([made, own]))?.credentialId).toEqual(own.credentialId);
    // Also when it has no PIN at all: the person took the wrong one, and need not set a PIN on it.
    const fresh = await pluggedFido(profile, null).open();
    expect(await codeOf(fresh.hmacSecret({ ...request, pin: pinBytes() }))).toBe('fido-wrong-key');
  });

  test('one of many credentials is found, of more than fit into one question', async () => {
    const here = pluggedFido(profile);
    const elsewhere = await pluggedFido(profile).open();
    const others: FidoCredential[] = [];
    for (let each = 0; each < 9; each += 1) others.push(await credential(elsewhere));
    const fido = await here.open();
    const made = await credential(fido);
    const request = { credentials: [...others, made], salt1: salt('1'), pin: pinBytes() };
    const secret = await fido.hmacSecret(request);
    expect(secret.credentialId).toEqual(made.credentialId);
  });

  test('not touched, cancelled, cancelled before it began', async () => {
    const { open, key, clock, applet } = pluggedFido(profile);
    const fido = await open();
    const made = await credential(fido);
    key.finger.waits();
    const request = { credentials: [made], salt1: salt('1'), pin: pinBytes() };
    expect(await codeOf(fido.hmacSecret(request))).toBe('fido-not-touched');
    const stop = new AbortController();
    clock.in(5_000, () => stop.abort());
    const cancelled = fido.hmacSecret({ ...request, signal: stop.signal });
    expect(await codeOf(cancelled)).toBe('fido-cancelled');
    const spent = applet.pin.compared;
    expect(await codeOf(fido.hmacSecret({ ...request, signal: stop.signal }))).toBe(
      'fido-cancelled',
    );
    expect(applet.pin.compared).toBe(spent);
    key.finger.hesitates(10);
    expect((await fido.hmacSecret(request)).userVerified).toBe(true);
  });

  test('a touch tells two keys apart, with and without a PIN', async () => {
    for (const pin of [PIN, null]) {
      const { open, key, applet } = pluggedFido(profile, pin);
      const fido = await open();
      await fido.select();
      key.finger.waits();
      expect(await codeOf(fido.select())).toBe('fido-not-touched');
      expect(applet.pin.compared).toBe(0);
      expect(applet.pin.left).toBe(8);
    }
  });

  test('the caller’s arrays are left alone, and operations queue up', async () => {
    const { open } = pluggedFido(profile);
    const fido = await open();
    const pin = pinBytes();
    const [one, two] = await Promise.all([
      fido.makeCredential({ userId, pin }),
      fido.makeCredential({ userId, pin, clientDataHash: salt('statement') }),
    ]);
    expect(one.credentialId).not.toEqual(two.credentialId);
    expect(two.attestation.clientDataHash).toEqual(salt('statement'));
    expect(pin).toEqual(pinBytes());
    await fido.close();
    await fido.close();
  });
});

test('a key without FIDO2 or hmac-secret is refused', async () => {
  const old = pluggedFido({ ...FIRMWARE_5_4, versions: ['U2F_V2'] });
  expect(await codeOf(old.open())).toBe('fido-not-fido2');
  const bare = pluggedFido({ ...FIRMWARE_5_4, extensions: [] });
  const fido = await bare.open();
  expect(await codeOf(credential(fido))).toBe('fido-no-hmac-secret');
  const strange = pluggedFido({ ...FIRMWARE_5_4, pinProtocols: [7] });
  expect(await codeOf(credential(await strange.open()))).toBe('fido-no-pin-protocol');
});

test('without a PIN where one is set: named, and nothing is made', async () => {
  const { open } = pluggedFido();
  const fido = await open();
  expect(await codeOf(fido.makeCredential({ userId, pin: null }))).toBe('fido-pin-required');
});

test.each([
  [0x2f, 'fido-not-touched'],
  [0x3a, 'fido-not-touched'],
  [0x27, 'fido-denied'],
  [0x28, 'fido-key-full'],
  [0x31, 'fido-pin-wrong'],
  [0x32, 'fido-pin-blocked'],
  [0x34, 'fido-pin-replug'],
  [0x35, 'fido-pin-not-set'],
  [0x36, 'fido-pin-required'],
  [0x37, 'fido-pin-policy'],
  [0x2d, 'fido-cancelled'],
  [0x2e, 'fido-wrong-key'],
  [0x33, 'fido-refused'],
  [0x7f, 'fido-refused'],
])('status %i is %s', async (status, code) => {
  const { open, applet } = pluggedFido(FIRMWARE_5_4, null);
  const fido = await open();
  applet.lies.status = status;
  expect(await codeOf(fido.makeCredential({ userId, pin: null }))).toBe(code);
});

test('a key that answers no silent question is asked with the PIN at once', async () => {
  const { open, applet } = pluggedFido();
  const fido = await open();
  const [one, two] = [await credential(fido), await credential(fido)];
  applet.lies.status = 0x36;
  expect(await fido.whichIsHere([one, two])).toBeNull();
  applet.lies.status = 0x36;
  const request = { credentials: [one, two], salt1: salt('1'), pin: pinBytes() };
  expect((await fido.hmacSecret(request)).credentialId).toEqual(one.credentialId);
});

test('arguments of the wrong length are mistakes of the caller', async () => {
  const { open } = pluggedFido();
  const fido = await open();
  const pin = pinBytes();
  await expect(fido.makeCredential({ userId: new Uint8Array(0), pin })).rejects.toThrow(RangeError);
  const short = { credentials: [await credential(fido)], salt1: randomBytes(31), pin };
  await expect(fido.hmacSecret(short)).rejects.toThrow(RangeError);
});
