/**
 * A YubiKey that comes out at each report of what is done before and beside the ordinary locking,
 * through a real worker: a slot that is in use, written over or used as it is; a key's first PIN; a
 * backup key; the one of two that is touched. Afterwards the step was repeated and the share opens.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import type { SlotProgramming } from '../../shared/ceremony/types.ts';
import type { KeyTask } from '../../shared/ipc/entry.ts';
import type { KeyHands, RackedKey } from '../support/key-rack.ts';
import { envelopeName, keySittings, mending, type Sitting } from '../support/key-sittings.ts';
import { atEachReport, looseKey, type LooseKey } from '../support/loose-key.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';

const { rack, manifest, sit, write, readBack, give, onNote } = keySittings();
const INDEX = 2;

const again = { onRefused: mending(() => undefined) };
const never = () => false;
const touching = (does: string) => (task: KeyTask) => task.task === 'touch' && task.does === does;
const whole = () => ({ shareKey: manifest().shares[INDEX - 1]?.publicKey });
const forget = (sitting: Sitting) =>
  rmSync(join(sitting.path, envelopeName(INDEX)), { force: true });

/** Slot 2 holds a secret that Conclave knows nothing of. */
function useForSomething({ otp }: RackedKey): void {
  const secret = new Uint8Array(20).fill(7);
  otp.memory.write(1, writePayload(hmacConfig(secret, true, undefined), undefined))?.();
}

it('while a slot in use is written over, its number typed', async () => {
  let n = 0;
  for (; ; n += 1) {
    // Each time another key: a slot that opens a share is not written over.
    const serial = 54_100_000 + n;
    const key = looseKey(rack, serial, { begins: ({ task }) => task === 'key-slot', ends: never });
    useForSomething(key.own);
    const sitting = await sit(INDEX, { own: key.own });
    forget(sitting);
    rack.allOut();
    const noted: SlotProgramming[] = [];
    onNote((about) => noted.push(about) > 0);
    const slot = { type: 'slot', slot: 2, use: 'program', typedSerial: serial } as const;
    const now = { ...sitting, keys: { ...key.hands(n), slot } };
    const { keys } = await write(now, 'yubikey-otp', again);
    if (!key.wasOut()) break;
    const verifier = verifierIn(key.own.otp, 1);
    expect(keys, `report ${n}`).toMatchObject([
      { serial, slot: { slot: 2, touch: true, programmed: true, verifier } },
    ]);
    expect(noted.at(-1), `report ${n}`).toMatchObject({ verifier });
    // Nobody takes it for a slot that was empty before.
    for (const { found } of noted) expect(found, `report ${n}`).toBe('configured');
    expect(await readBack(sitting, 'yubikey-otp'), `report ${n}`).toMatchObject(whole());
  }
  expect(n).toBeGreaterThan(30);
});

it('while a slot in use is used as it is', async () => {
  const key = looseKey(rack, 54_000_002, { begins: null, ends: never });
  const sitting = await sit(INDEX, { own: key.own });
  useForSomething(key.own);
  const [verifier, changes] = [verifierIn(key.own.otp, 1), key.own.otp.memory.changes];
  let locked: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (keys) => {
      ({ keys: locked } = await write({ ...sitting, keys }, 'yubikey-otp', again));
    },
    {
      before: () => forget(sitting),
      async after(n) {
        expect(locked, `report ${n}`).toMatchObject([
          { serial: 54_000_002, slot: { slot: 2, touch: true, programmed: false } },
        ]);
        expect(verifierIn(key.own.otp, 1), `report ${n}`).toBe(verifier);
        expect(key.own.otp.memory.changes, `report ${n}`).toBe(changes);
        expect(await readBack(sitting, 'yubikey-otp'), `report ${n}`).toMatchObject(whole());
      },
    },
  );
  expect(reports).toBeGreaterThan(20);
});

it('while a key gets its first PIN', async () => {
  const key = looseKey(rack, 54_000_003, {
    begins: ({ task }) => task === 'new-pin',
    ends: touching('make-credential'),
  });
  const { pin } = key.own.fido;
  const sitting = await sit(INDEX, { own: key.own });
  const reports = await atEachReport(
    rack,
    key,
    (keys) => write({ ...sitting, keys }, 'yubikey-fido2', again),
    {
      before() {
        forget(sitting);
        pin.forget();
      },
      async after(n) {
        // What was typed is the PIN now, whether or not the key said so, and no try was lost.
        const { shareKey } = await readBack(sitting, 'yubikey-fido2');
        expect({ shareKey }, `report ${n}`).toEqual(whole());
        expect([pin.isSet, pin.left], `report ${n}`).toEqual([true, 8]);
      },
    },
  );
  expect(reports).toBeGreaterThan(5);
});

const isOfBackup = (task: KeyTask) =>
  task.task === 'key-in' && (task.purpose === 'backup' || task.wanted[0]?.isBackup === true);

/** The second key of an envelope in a loose hand; the first in a steady one. */
const backupOf = (first: RackedKey, second: LooseKey, hands: KeyHands): KeyHands => ({
  rack,
  own: first,
  backup: second.own,
  instead: (task) => (isOfBackup(task) ? hands.instead?.(task) : undefined),
});

it('while a backup key makes its secret and locks', async () => {
  const first = rack.add(54_000_004);
  const second = looseKey(rack, 54_000_005, { begins: null, ends: never });
  const sitting = await sit(INDEX, { own: first, backup: second.own });
  let locked: unknown;
  const reports = await atEachReport(
    rack,
    second,
    async (hands) => {
      const keys = backupOf(first, second, hands);
      ({ keys: locked } = await write({ ...sitting, keys }, 'yubikey-fido2', again));
    },
    {
      before: () => forget(sitting),
      async after(n) {
        expect(locked, `report ${n}`).toMatchObject([
          { serial: 54_000_004, isBackup: false },
          { serial: 54_000_005, isBackup: true },
        ]);
        // Each of the two is asked for, and opens.
        expect(await readBack(sitting, 'yubikey-fido2'), `report ${n}`).toMatchObject(whole());
      },
    },
  );
  expect(reports).toBeGreaterThan(30);
});

it('while a backup key is read back', async () => {
  const first = rack.add(54_000_006);
  const second = looseKey(rack, 54_000_007, { begins: null, ends: never });
  const sitting = await sit(INDEX, { own: first, backup: second.own });
  await write(sitting, 'yubikey-fido2');
  let read: unknown;
  const reports = await atEachReport(
    rack,
    second,
    async (hands) => {
      const keys = backupOf(first, second, hands);
      read = await readBack({ ...sitting, keys }, 'yubikey-fido2', again);
    },
    { after: async (n) => expect(read, `report ${n}`).toMatchObject(whole()) },
  );
  expect(reports).toBeGreaterThan(5);
});

/** Both go in together, and come out together: as on one hub. */
const bothIn = (loose: LooseKey, other: RackedKey, hands: KeyHands): KeyHands => ({
  rack,
  own: loose.own,
  instead(task) {
    // It counts from the first page on, with nothing to put in for it.
    const answer = hands.instead?.(task);
    if (task.task !== 'key-in') return answer;
    if (task.state === 'none') rack.replug(loose.own, () => other.key.plug.in());
    return null;
  },
});

it('while the one of two FIDO2 keys is touched that is meant', async () => {
  const other = rack.add(54_000_008);
  other.key.finger.waits();
  const key = looseKey(rack, 54_000_009, {
    begins: touching('select'),
    ends: touching('make-credential'),
  });
  key.own.key.plug.onLoss(() => {
    if (key.wasOut()) rack.replug(key.own, () => other.key.plug.in());
  });
  const sitting = await sit(INDEX, { own: key.own });
  let locked: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (hands) => {
      const keys = bothIn(key, other, hands);
      ({ keys: locked } = await write({ ...sitting, keys }, 'yubikey-fido2', again));
    },
    {
      before: () => forget(sitting),
      async after(n) {
        expect(locked, `report ${n}`).toMatchObject([{ serial: 54_000_009, isBackup: false }]);
        expect(await readBack(sitting, 'yubikey-fido2'), `report ${n}`).toMatchObject(whole());
      },
    },
  );
  expect(reports).toBeGreaterThan(2);
});

it('while the one of two OTP keys answers that is meant, where both hide their numbers', async () => {
  const other = rack.add(54_000_010);
  const key = looseKey(rack, 54_000_011, {
    begins: touching('open'),
    ends: touching('renew'),
  });
  for (const one of [key.own, other]) one.hideSerial();
  useForSomething(other);
  key.own.key.plug.onLoss(() => {
    if (key.wasOut()) rack.replug(key.own, () => other.key.plug.in());
  });
  const sitting = await sit(INDEX, { own: key.own });
  await write(sitting, 'yubikey-otp');
  let read: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (hands) => {
      const keys = bothIn(key, other, hands);
      read = await give({ ...sitting, keys }, INDEX, again);
    },
    {
      after: async (n) =>
        expect(read, `report ${n}`).toMatchObject({ index: INDEX, renewal: { done: true } }),
    },
  );
  expect(reports).toBeGreaterThan(5);
});
