import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeyRecord } from '../../../shared/ceremony/types.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';
import { describeLocked, ownersIn } from './owners.ts';

const key = (serial: number | null, isBackup: boolean): KeyRecord => ({
  serial,
  model: 'YubiKey 5C NFC',
  firmware: '5.4.3',
  isBackup,
  slot: null,
  attestation: null,
});

function shares(...descriptions: readonly string[]): Manifest['shares'] {
  return descriptions.map((description, at) => ({
    index: at + 1,
    x: at + 1,
    publicKey: '',
    custodian: { name: `custodian ${at + 1}`, publicKey: '' },
    media: [{ kind: 'yubikey-fido2' as const, description }],
  }));
}

test('whose key it is comes back out of what was written about it', () => {
  const serial = fc.integer({ min: 1_000_000, max: 0xffffffff });
  fc.assert(
    fc.property(serial, fc.option(serial), fc.string({ maxLength: 30 }), (own, second, stick) => {
      fc.pre(own !== second);
      const keys = [key(own, false), ...(second === null ? [] : [key(second, true)])];
      const owners = ownersIn({ shares: shares('', describeLocked(keys, stick)) });
      expect([...owners]).toEqual(
        [own, ...(second === null ? [] : [second])].map((one) => [one, 'custodian 2']),
      );
    }),
  );
});

test('a key that hides its number, and numbers on sticks and sheets, are nobody’s key', () => {
  const hidden = describeLocked([key(null, false)], 'stick 12345678 (16 GB)');
  expect(hidden).toBe('YubiKey 5C NFC, envelope on stick 12345678 (16 GB)');
  expect(ownersIn({ shares: shares(hidden) }).size).toBe(0);
  const [first] = shares('stick 12345678');
  if (first === undefined) throw new Error('one share');
  const onStick = { ...first, media: [{ kind: 'usb' as const, description: 'stick 12345678' }] };
  expect(ownersIn({ shares: [onStick] }).size).toBe(0);
});
