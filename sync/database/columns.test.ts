import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { beginningWith } from './columns.ts';

/** As PostgreSQL compares bytea. */
const between = (one: Uint8Array, [first, last]: readonly [Uint8Array, Uint8Array]): boolean =>
  Buffer.compare(first, one) <= 0 && Buffer.compare(one, last) <= 0;

it('takes in exactly what begins so', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 32 });
  fc.assert(
    fc.property(bytes, bytes, fc.integer({ min: 1, max: 32 }), (one, other, length) => {
      const prefix = bytesToHex(one).slice(0, length);
      expect(between(one, beginningWith(prefix))).toBe(true);
      expect(between(other, beginningWith(prefix))).toBe(bytesToHex(other).startsWith(prefix));
    }),
  );
});

it('the first and the last of all are found by their whole name', () => {
  for (const byte of [0x00, 0xff]) {
    for (const length of [16, 32]) {
      const one = new Uint8Array(length).fill(byte);
      expect(between(one, beginningWith(bytesToHex(one)))).toBe(true);
    }
  }
});
