/**
 * The medium on a software key in process: slots, their erasing with evidence, and what a key that
 * answers wrongly comes to.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pluggedOtp, type Plugged } from '../../../test/support/software-key/plugged-otp.ts';
import { seededRandom } from '../../../test/support/people.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { slotVerifier, VERIFIER_CHALLENGE } from '../../../shared/sharing/slot-verifier.ts';
import { listVolumes, type Volume } from '../usb/volumes.ts';
import { readEnvelopeFile, replaceEnvelopeFile, writeEnvelopeFile } from './envelope-file.ts';
import { keyTitle, pluggedKeys, socketsInUse, type KeySockets, type PluggedKey } from './keys.ts';
import {
  askSlotOf,
  eraseSlot,
  lockToSlot,
  openWithPassphrase,
  programSlot,
  slotsOf,
  type OtpEnvelope,
} from './otp.ts';

const FACTS = {
  mode: 'rehearsal',
  setId: 'a1'.repeat(16),
  generation: 1,
  index: 2,
  count: 4,
  ceremonyId: 'ce'.repeat(16),
} as const;
const SHARE = new Uint8Array(102).map((_, at) => at);
const WORDS = new TextEncoder().encode('absorb cradle fabric hollow market zebra');
const random = seededRandom('media yubikey');

let plugged: Plugged;
let sockets: KeySockets;
let key: PluggedKey;
let folder: string;

beforeEach(async () => {
  plugged = pluggedOtp();
  sockets = { hid: plugged.transport, clock: plugged.clock };
  const [found] = await pluggedKeys(sockets, 'otp-hmac');
  if (found === undefined) throw new Error('a key');
  key = found;
  folder = mkdtempSync(join(tmpdir(), 'conclave-yubikey-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  return error instanceof Refusal ? error.code : String(error);
}

const ask = (challenge: Uint8Array) => askSlotOf(sockets, [key], 2, challenge, {});

async function locked(challenge = random(32)): Promise<OtpEnvelope> {
  return lockToSlot(
    FACTS,
    SHARE,
    { serial: key.serial, slot: 2, touch: true },
    challenge,
    WORDS,
    async (asked) => (await ask(asked)).response,
    { random, workFactor: 2 },
  );
}

describe('a slot', () => {
  it('answers as it was computed when it was programmed, to a touch', async () => {
    expect(keyTitle(key)).toMatch(/^YubiKey.* 12345678$/);
    const challenge = random(32);
    const [wanted = new Uint8Array()] = await programSlot(
      sockets,
      key,
      { slot: 2, typedSerial: null },
      [challenge],
      random,
    );
    expect(await slotsOf(sockets, key)).toMatchObject([
      { isConfigured: false },
      { isConfigured: true, touch: true },
    ]);
    expect((await ask(challenge)).response).toEqual(wanted);
    const envelope = await locked(challenge);
    expect(await openWithPassphrase(envelope, wanted, WORDS)).toEqual(SHARE);
  });

  it('holds the secret of which its verifier was told before it took it', async () => {
    const told: string[] = [];
    const choice = { slot: 2, typedSerial: null } as const;
    await programSlot(sockets, key, choice, [random(32)], random, async ({ verifier }) => {
      expect((await slotsOf(sockets, key))[1].isConfigured).toBe(false);
      told.push(verifier);
    });
    expect([slotVerifier((await ask(VERIFIER_CHALLENGE)).response)]).toEqual(told);
  });

  it('takes nothing of which nobody could be told', async () => {
    const choice = { slot: 2, typedSerial: null } as const;
    const full = new Error('a full disk');
    const told = programSlot(sockets, key, choice, [random(32)], random, () =>
      Promise.reject(full),
    );
    await expect(told).rejects.toThrow('a full disk');
    expect((await slotsOf(sockets, key))[1].isConfigured).toBe(false);
  });

  it('also to challenges that end in what the padding is made of', async () => {
    for (const end of [0, 1]) {
      const challenge = random(32).fill(end, 28);
      await eraseSlot(sockets, key, 2, 12_345_678);
      const [wanted = new Uint8Array()] = await programSlot(
        sockets,
        key,
        { slot: 2, typedSerial: null },
        [challenge],
        random,
      );
      expect((await ask(challenge)).response).toEqual(wanted);
    }
  });

  it('that is not touched in time is refused by name, and nothing is locked', async () => {
    await programSlot(sockets, key, { slot: 2, typedSerial: null }, [random(32)], random);
    plugged.key.finger.waits();
    expect(await codeOf(locked())).toBe('otp-not-touched');
  });

  it('is erased when the number was typed, and read again: empty', async () => {
    await programSlot(sockets, key, { slot: 2, typedSerial: null }, [random(32)], random);
    expect(await codeOf(eraseSlot(sockets, key, 2, 12_345_679))).toBe('otp-serial-differs');
    expect((await slotsOf(sockets, key))[1].isConfigured).toBe(true);
    const envelope = await locked();
    expect(await eraseSlot(sockets, key, 2, 12_345_678)).toEqual({
      serial: 12_345_678,
      slot: 2,
      isEmpty: true,
    });
    expect((await slotsOf(sockets, key))[1].isConfigured).toBe(false);
    // The share on it is gone with it: nobody has the secret.
    expect(await codeOf(ask(envelope.keys[0].challenge))).toBe('otp-slot-empty');
  });

  it('of a key that is pulled out is erased or not, and says which when it is asked again', async () => {
    for (let reports = 0; ; reports += 1) {
      plugged.key.plug.in();
      const [again] = await pluggedKeys(sockets, 'otp-hmac');
      if (again === undefined) throw new Error('a key');
      if (!(await slotsOf(sockets, again))[1].isConfigured) {
        await programSlot(sockets, again, { slot: 2, typedSerial: null }, [random(32)], random);
      }
      plugged.key.plug.comeOutAfter(reports);
      const code = await codeOf(eraseSlot(sockets, again, 2, 12_345_678));
      if (code === 'null') break;
      expect(code).toBe('otp-gone');
      expect(reports).toBeLessThan(200);
    }
    plugged.key.plug.in();
    const [last] = await pluggedKeys(sockets, 'otp-hmac');
    if (last === undefined) throw new Error('a key');
    expect((await slotsOf(sockets, last))[1].isConfigured).toBe(false);
  });
});

describe('an envelope on a stick', () => {
  const volume = async (): Promise<Volume> => {
    const found = (await listVolumes({ mode: 'rehearsal', folders: [folder] })).find(
      ({ id }) => id === `at:${folder}`,
    );
    if (found === undefined) throw new Error('the folder is no stick');
    return found;
  };

  it('gives way to a new one only when that one opened', async () => {
    await programSlot(sockets, key, { slot: 2, typedSerial: null }, [random(32)], random);
    const old = await locked();
    const name = await writeEnvelopeFile(await volume(), old);
    const bytes = readFileSync(join(folder, name));
    const fresh = await locked();
    const no = new Error('it does not open');
    await expect(
      replaceEnvelopeFile(await volume(), name, fresh, () => Promise.reject(no)),
    ).rejects.toThrow();
    expect(readFileSync(join(folder, name))).toEqual(bytes);
    expect(readdirSync(folder)).toEqual([name]);
    let seen: unknown = null;
    await replaceEnvelopeFile(await volume(), name, fresh, async (readBack) => {
      seen = readBack;
      // Until now the old one lies under its name.
      expect(readFileSync(join(folder, name))).toEqual(bytes);
    });
    expect(seen).toEqual(fresh);
    expect(await readEnvelopeFile(folder, name)).toEqual(fresh);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('is not looked for outside of the stick', async () => {
    expect(await codeOf(readEnvelopeFile(folder, '../x.cbor'))).toBe('usb-file-name');
  });
});

describe('which keys there are', () => {
  it('is no matter of paths: what is put in next has the one that is free', async () => {
    const before = await socketsInUse(sockets, 'otp-hmac');
    plugged.key.plug.out();
    expect(await pluggedKeys(sockets, 'otp-hmac')).toEqual([]);
    plugged.key.plug.in();
    expect(before).toHaveLength(1);
    expect(await socketsInUse(sockets, 'otp-hmac')).toEqual(before);
  });
});
