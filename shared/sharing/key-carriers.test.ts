import { expect, test } from 'vitest';
import { envelopeSheets, keyCarriers, onAnotherSheet } from './key-carriers.ts';

const otp = (description: string) => ({ kind: 'yubikey-otp' as const, description });
const SHEET = 'YubiKey 5C NFC 12345678, envelope on A4 sheet 3';
const STICK = 'YubiKey 5C NFC 12345678, envelope on stick HOME-1 (16 GB)';

test('stick or sheet, as the manifest says; both where it does not say', () => {
  expect(keyCarriers([otp(SHEET)])).toEqual(['sheet']);
  expect(keyCarriers([otp(STICK)])).toEqual(['stick']);
  expect(keyCarriers([otp(STICK), otp(SHEET), otp(SHEET)])).toEqual(['stick', 'sheet']);
  expect(keyCarriers([otp('YubiKey')])).toEqual(['stick', 'sheet']);
  expect(keyCarriers([{ kind: 'paper', description: 'A4 sheet 1' }])).toEqual([]);
});

test('the numbers of sheets with envelopes, and no others', () => {
  const letter = otp('YubiKey 12345678, envelope on Letter sheet 12');
  const paper = { kind: 'paper' as const, description: 'A4 sheet 7' };
  expect(envelopeSheets([otp(SHEET), otp(STICK), letter, paper])).toEqual([3, 12]);
});

test('a sheet that was made anew has its new number, and only that one', () => {
  expect(onAnotherSheet(SHEET, 3, 4)).toBe('YubiKey 5C NFC 12345678, envelope on A4 sheet 4');
  expect(onAnotherSheet(SHEET, 2, 4)).toBe(SHEET);
  expect(onAnotherSheet(STICK, 3, 4)).toBe(STICK);
});
