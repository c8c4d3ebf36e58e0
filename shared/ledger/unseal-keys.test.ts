import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { encodeJson } from '../encoding/json.ts';
import { MODES } from '../mode.ts';
import { Refusal } from '../refusal.ts';
import {
  encodeUnsealKeys,
  parseUnsealKeys,
  UNSEAL_KEYS_LIMIT,
  unsealKeysSaid,
  type KeptUnsealKeys,
} from './unseal-keys.ts';

const person = fc
  .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
  .filter((text) => unsealKeysSaid.safeParse({ holders: [text], needed: 1 }).success);
const said: fc.Arbitrary<KeptUnsealKeys> = fc
  .record({
    mode: fc.constantFrom(...MODES),
    saidAt: fc
      .date({ min: new Date('2026-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
      .map((at) => `${at.toISOString().slice(0, 19)}Z`),
    holders: fc.array(person, { minLength: 1, maxLength: 12 }),
    share: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  .map(({ share, ...more }) => ({
    ...more,
    needed: 1 + Math.floor(share * more.holders.length),
  }));

const one: KeptUnsealKeys = {
  mode: 'production',
  saidAt: '2026-05-03T09:30:00Z',
  holders: ['custodian 1', 'admin 2', 'admin 2'],
  needed: 2,
};

function codeOf(bytes: Uint8Array): string {
  try {
    parseUnsealKeys(bytes, 'production');
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.note().happened}`;
    throw error;
  }
  return 'taken';
}

test('what was said comes back from its file', () => {
  fc.assert(
    fc.property(said, (kept) => {
      expect(parseUnsealKeys(encodeUnsealKeys(kept), kept.mode)).toEqual(kept);
    }),
  );
});

test.each(MODES)('the golden one of %s', (mode) => {
  const bytes = goldenFile(mode, 'unseal-keys.json');
  const kept = parseUnsealKeys(bytes, mode);
  expect(kept).toEqual(goldenJson(mode, 'unseal-keys-expected.json'));
  expect(encodeUnsealKeys(kept)).toEqual(bytes);
});

test('no changed bit goes unseen, and none is left out or added', () => {
  const bytes = encodeUnsealKeys(one);
  for (const [at, value] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit += 1) {
      const other = bytes.slice();
      other[at] = value ^ (1 << bit);
      expect(codeOf(other)).toMatch(/^unseal-keys-file /);
    }
    expect(codeOf(bytes.slice(0, at))).toMatch(/^unseal-keys-file /);
  }
  expect(codeOf(Uint8Array.of(...bytes, 0x0a))).toMatch(/^unseal-keys-file /);
});

describe('is refused, and why', () => {
  test.each([
    ['an empty file', new Uint8Array(), 'it is empty'],
    ['a long one', new Uint8Array(UNSEAL_KEYS_LIMIT + 1), 'it is too long'],
    ['text', utf8ToBytes('custodian 1'), 'it is not in its form'],
    ['another document', encodeJson({ conclave: 'ledger', version: 1 }), 'it is not in its form'],
    ['of a rehearsal', encodeUnsealKeys({ ...one, mode: 'rehearsal' }), 'it is of a rehearsal'],
    ['more needed than there are', encodeUnsealKeys({ ...one, needed: 4 }), 'not in its form'],
    ['nobody', encodeUnsealKeys({ ...one, holders: [] }), 'it is not in its form'],
    ['a name of a blank', encodeUnsealKeys({ ...one, holders: [' '], needed: 1 }), 'not in its'],
  ])('%s', (_what, bytes, why) => {
    expect(codeOf(bytes)).toContain(why);
  });
});
