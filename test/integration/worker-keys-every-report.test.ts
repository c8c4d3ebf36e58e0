/**
 * A YubiKey that comes out at each report of each operation, through a real worker: programmed and
 * locked, read back, opened. Afterwards the share is wholly there, or the step is repeated and
 * succeeds; and what the register hears is true.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SlotProgramming } from '../../shared/ceremony/types.ts';
import type { RackedKey } from '../support/key-rack.ts';
import { envelopeName, keySittings, mending, type Sitting } from '../support/key-sittings.ts';
import { atEachReport, looseKey } from '../support/loose-key.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';

const { rack, manifest, sit, write, readBack, give, onNote } = keySittings();
const loose = (serial: number) => looseKey(rack, serial);
const INDEX = 2;

const again = { onRefused: mending(() => undefined) };
const shareKey = () => manifest().shares[INDEX - 1]?.publicKey;
const forget = (sitting: Sitting) =>
  rmSync(join(sitting.path, envelopeName(INDEX)), { force: true });
const empty = ({ otp }: RackedKey) => otp.memory.write(1, new Uint8Array(58))?.();

it.each([false, true])(
  'while a slot is programmed and locks (number hidden: %s)',
  async (hides) => {
    const key = loose(51_000_001);
    key.own.otp.hidesSerial = hides;
    const sitting = await sit(INDEX, { own: key.own });
    let noted: SlotProgramming[] = [];
    onNote((about) => noted.push(about) > 0);
    let keys: unknown;
    const reports = await atEachReport(
      rack,
      key,
      async (keysNow) => {
        const now = { ...sitting, keys: keysNow };
        ({ keys } = await write(now, 'yubikey-otp', again));
      },
      {
        before() {
          noted = [];
          forget(sitting);
          empty(key.own);
        },
        async after(n) {
          const serial = hides ? null : 51_000_001;
          const verifier = verifierIn(key.own.otp, 1);
          const slot = { slot: 2, touch: true, programmed: true, verifier };
          expect(keys, `report ${n}`).toMatchObject([{ serial, slot }]);
          expect(noted.at(-1), `report ${n}`).toMatchObject({ verifier });
          for (const about of noted)
            expect(about).toMatchObject({ serial, slot: 2, found: 'empty' });
          expect(await readBack(sitting, 'yubikey-otp'), `report ${n}`).toMatchObject({
            shareKey: shareKey(),
          });
        },
      },
    );
    expect(reports).toBeGreaterThan(30);
  },
);

it('while a FIDO2 key makes its secret and locks', async () => {
  const key = loose(51_000_002);
  const sitting = await sit(INDEX, { own: key.own });
  let keys: readonly { readonly attestation: object | null }[] = [];
  const reports = await atEachReport(
    rack,
    key,
    async (keysNow) => {
      const now = { ...sitting, keys: keysNow };
      ({ keys } = await write(now, 'yubikey-fido2', again));
    },
    {
      before: () => forget(sitting),
      async after(n) {
        expect(keys, `report ${n}`).toMatchObject([{ serial: 51_000_002, isBackup: false }]);
        expect(keys[0]?.attestation, `report ${n}`).not.toBeNull();
        expect(await readBack(sitting, 'yubikey-fido2'), `report ${n}`).toMatchObject({
          shareKey: shareKey(),
        });
      },
    },
  );
  expect(reports).toBeGreaterThan(30);
});

it.each(['yubikey-otp', 'yubikey-fido2'] as const)('while %s is read back', async (medium) => {
  const key = loose(51_000_003);
  const sitting = await sit(INDEX, { own: key.own });
  await write(sitting, medium);
  let read: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (keys) => {
      const now = { ...sitting, keys };
      rack.only(key.own);
      read = await readBack(now, medium, again);
    },
    { after: async (n) => expect(read, `report ${n}`).toMatchObject({ shareKey: shareKey() }) },
  );
  expect(reports).toBeGreaterThan(5);
});

it.each(['yubikey-otp', 'yubikey-fido2'] as const)('while %s opens', async (medium) => {
  const key = loose(51_000_004);
  const sitting = await sit(INDEX, { own: key.own });
  await write(sitting, medium);
  let given: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (keys) => {
      const now = { ...sitting, keys };
      given = await give(now, INDEX, again);
    },
    {
      after: async (n) => {
        const done = medium === 'yubikey-otp' ? { renewal: { done: true } } : { renewal: null };
        expect(given, `report ${n}`).toMatchObject({ index: INDEX, medium, ...done });
      },
    },
  );
  expect(reports).toBeGreaterThan(5);
});
