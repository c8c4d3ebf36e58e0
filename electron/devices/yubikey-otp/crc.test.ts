import { describe, expect, it } from 'vitest';
import { crc16, isWhole } from './crc.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('the checksum', () => {
  it.each([
    ['0001020304', 0xf5c7],
    ['fe', 0x1176],
    ['55aa00ff', 0xcbb5],
    ['01020304', 0xc66e],
  ])('of %s is as Yubico says', (hex, expected) => {
    expect(crc16(bytes(hex))).toBe(expected);
  });

  it('tells bytes that carry their inverted checksum from those that do not', () => {
    expect(isWhole(bytes('010203049139'))).toBe(true);
    expect(isWhole(bytes('010203049138'))).toBe(false);
  });
});
