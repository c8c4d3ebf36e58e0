import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeyTask } from '../../shared/ipc/entry.ts';
import {
  keyInHeading,
  keyInMeaning,
  keyName,
  pinFault,
  typedSerial,
  TOUCHES,
} from './key-words.ts';

const task = (change: Partial<Extract<KeyTask, { task: 'key-in' }>>) => ({
  task: 'key-in' as const,
  person: 'custodian 2',
  method: 'fido2' as const,
  purpose: 'open' as const,
  title: 'share 2 of 4',
  wanted: [],
  found: [],
  state: 'none' as const,
  ...change,
});

test('a key is named by its number, or it is said that there is none', () => {
  const key = { model: 'YubiKey 5C NFC', firmware: '5.4.3' };
  expect(keyName({ ...key, serial: 12_345_678 })).toBe('YubiKey 5C NFC 12345678');
  expect(keyName({ ...key, serial: null })).toBe('YubiKey 5C NFC that hides its number');
});

test('which key is asked for: its number, both of them, or the share where one is hidden', () => {
  const one = { serial: 12_345_678, isBackup: false };
  expect(keyInHeading(task({ wanted: [one] }))).toBe('Put in the YubiKey 12345678');
  const both = [one, { serial: 23_456_789, isBackup: true }];
  expect(keyInHeading(task({ wanted: both }))).toBe(
    'Put in the YubiKey 12345678 or the backup key 23456789',
  );
  const hidden = [{ serial: null, isBackup: false }];
  expect(keyInHeading(task({ wanted: hidden }))).toBe('Put in the YubiKey of share 2 of 4');
});

test('for a signature the key is asked for by its number, or as that of the identity', () => {
  const wanted = [{ serial: 12_345_678, isBackup: false }];
  expect(keyInHeading(task({ purpose: 'sign', wanted }))).toBe('Put in the YubiKey 12345678');
  expect(keyInHeading(task({ purpose: 'sign', wanted: [{ serial: null, isBackup: false }] }))).toBe(
    'Put in the YubiKey of your identity',
  );
  expect(keyInHeading(task({ purpose: 'identity' }))).toBe('Put your YubiKey in');
});

test('every touch and every use of a key is told before, in words of its own', () => {
  const touches = Object.values(TOUCHES);
  expect(new Set(touches.map(({ heading }) => heading)).size).toBe(touches.length);
  const uses = (['otp-hmac', 'fido2'] as const).flatMap((method) =>
    (['lock', 'backup', 'open'] as const).map((purpose) => keyInMeaning(task({ method, purpose }))),
  );
  const identity = (['identity', 'sign'] as const).map((purpose) =>
    keyInMeaning(task({ purpose, title: 'share 2 of 4' })),
  );
  const all = [...uses, ...identity];
  // To lock, and to lock with a backup, are one thing for a slot.
  expect(new Set(all).size).toBe(all.length - 1);
  expect(all.every((said) => said.includes('share 2 of 4') && said.includes('touch'))).toBe(true);
});

describe('the number that is typed before a slot is overwritten', () => {
  test('comes back with spaces or without', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffffffff }), (serial) => {
        expect(typedSerial(String(serial))).toBe(serial);
        expect(typedSerial(` ${String(serial).split('').join(' ')} `)).toBe(serial);
      }),
    );
  });

  test.each(['', ' ', '0', '-5', '12a', '0x10', '1e5', '4294967296', '123.4', '١٢٣'])(
    '“%s” is no such number',
    (text) => expect(typedSerial(text)).toBeNull(),
  );
});

describe('a new PIN', () => {
  test.each([
    ['12345', '12345', 'At least 6 characters.'],
    ['123456', '', 'Now the same again.'],
    ['123456', '123457', 'The two are not the same yet.'],
    ['123456', '123456', null],
    // Characters, not bytes and not halves of them.
    ['🔑🔑🔑🔑🔑', '🔑🔑🔑🔑🔑', 'At least 6 characters.'],
    ['u\u0308u\u0308u\u0308u\u0308', 'üüüü', 'At least 6 characters.'],
    ['gru\u0308ne Karte', 'gr\u00FCne Karte', null],
    ['ü'.repeat(32), 'ü'.repeat(32), 'This is too long for a PIN: at most 63 bytes.'],
  ])('%s and %s: %s', (one, two, said) => expect(pinFault(one, two, 6)).toBe(said));
});
