import { sha256 } from '@noble/hashes/sha2.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notRefused } from '../../test/support/tamper.ts';
import { encodeCbor } from '../encoding/cbor.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { decodeShare, encodeShare, MAX_CUSTODIANS, SHARE_LIMIT, type Share } from './envelope.ts';

const shareArbitrary: fc.Arbitrary<Share> = fc
  .record({
    mode: fc.constantFrom('production' as const, 'rehearsal' as const),
    setId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesToHex),
    generation: fc.integer({ min: 1, max: 0xffffffff }),
    count: fc.integer({ min: 2, max: MAX_CUSTODIANS }),
    x: fc.integer({ min: 1, max: 255 }),
    y: fc.uint8Array({ minLength: 16, maxLength: 64 }),
    pick: fc.nat(),
  })
  .map(({ pick, ...facts }) => ({
    ...facts,
    index: 1 + (pick % facts.count),
    threshold: 2 + (pick % (facts.count - 1)),
  }));

const sample: Share = {
  mode: 'production',
  setId: '00112233445566778899aabbccddeeff',
  generation: 1,
  index: 2,
  x: 200,
  threshold: 3,
  count: 4,
  y: new Uint8Array(64).fill(7),
};
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe('the share envelope', () => {
  test('any share comes back as it was, in at most 160 bytes', () => {
    fc.assert(
      fc.property(shareArbitrary, (share) => {
        const wire = encodeShare(share);
        expect(wire.length).toBeLessThanOrEqual(SHARE_LIMIT);
        expect(decodeShare(wire)).toEqual(share);
      }),
    );
  });

  test('has the documented bytes', () => {
    const wire = bytesToHex(encodeShare(sample));
    expect(wire.slice(0, 2 * 27)).toBe('8a0118505000112233445566778899aabbccddeeff010218c80304');
    expect(wire.slice(2 * 27, 2 * 29)).toBe('5840');
    expect(wire).toHaveLength(2 * (29 + 64 + 9));
  });

  test('every single-byte change is refused, in both modes', () => {
    for (const mode of ['production', 'rehearsal'] as const) {
      expect(notRefused(encodeShare({ ...sample, mode }), decodeShare)).toEqual([]);
    }
  });

  test('every truncation and every appended byte is refused', () => {
    const wire = encodeShare(sample);
    for (let length = 0; length < wire.length; length++) {
      expect(() => decodeShare(wire.subarray(0, length))).toThrow(refused('share-damaged'));
    }
    for (let value = 0; value < 256; value++) {
      expect(() => decodeShare(Uint8Array.of(...wire, value))).toThrow(refused('share-damaged'));
    }
  });

  test('random bytes are refused and never make it throw anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeShare(bytes)).toThrow(refused('share-damaged'));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['x = 0', { x: 0 }],
    ['x = 256', { x: 256 }],
    ['index 0', { index: 0 }],
    ['index over count', { index: 5 }],
    ['threshold over count', { threshold: 5 }],
    ['threshold 1', { threshold: 1 }],
    ['17 custodians', { count: 17 }],
    ['generation 0', { generation: 0 }],
    ['15 bytes of y', { y: new Uint8Array(15) }],
    ['65 bytes of y', { y: new Uint8Array(65) }],
    ['a short set id', { setId: '0011' }],
  ])('with a right checksum, %s is refused all the same', (_, change) => {
    expect(() => decodeShare(encodeShare({ ...sample, ...change }))).toThrow(
      refused('share-damaged'),
    );
  });

  test('a newer version is named as one only when its checksum fits', () => {
    const body = [2, 0x50, 'something new'];
    const input = new Uint8Array([
      ...new TextEncoder().encode('conclave/v1/share'),
      ...encodeCbor(body),
    ]);
    const checksum = sha256(input).slice(0, 8);
    expect(() => decodeShare(encodeCbor([...body, checksum]))).toThrow(
      refused('share-other-version'),
    );
    checksum[0] = (checksum[0] ?? 0) ^ 1;
    expect(() => decodeShare(encodeCbor([...body, checksum]))).toThrow(refused('share-damaged'));
  });
});
