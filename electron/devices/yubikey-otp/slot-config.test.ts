import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum } from '../../../test/support/software-key/otp-slots.ts';
import { fromHex, toHex, VECTORS } from '../../../test/support/software-key/plugged-otp.ts';
import { filledChallenge } from './challenge.ts';
import { emptyConfig, hmacConfig, writePayload } from './slot-config.ts';

const [, [SECRET]] = VECTORS;
const FIXED = '00'.repeat(16);
const NO_CODE = '00'.repeat(6);

describe('the configuration of a slot', () => {
  it('is that of the reference, without touch and with it', () => {
    const inner = `${FIXED}404142430000303132333435363738393a3b3c3d3e3f${NO_CODE}00044`;
    expect(toHex(hmacConfig(fromHex(SECRET), false))).toBe(`${inner}02600009841`);
    expect(toHex(hmacConfig(fromHex(SECRET), true))).toBe(`${inner}02e00005a87`);
  });

  it('carries its checksum and the new access code, and is followed by the old one', () => {
    const sized = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
    fc.assert(
      fc.property(sized(20), fc.boolean(), sized(6), sized(6), (secret, touch, code, current) => {
        const config = hmacConfig(secret, touch, code);
        expect(checksum(config)).toBe(0xf0b8);
        const copy = config.slice();
        const payload = writePayload(config, current);
        expect(payload).toEqual(Uint8Array.of(...copy, ...current));
        expect(copy.slice(38, 44)).toEqual(code);
        expect(config).toEqual(new Uint8Array(52));
      }),
    );
  });

  it('of an empty slot is zeros', () => {
    expect(writePayload(emptyConfig())).toEqual(new Uint8Array(58));
  });

  it('takes secrets of 20 bytes and access codes of 6 only', () => {
    expect(() => hmacConfig(new Uint8Array(19), true)).toThrow(RangeError);
    expect(() => hmacConfig(new Uint8Array(20), true, new Uint8Array(5))).toThrow(RangeError);
    expect(() => writePayload(emptyConfig(), new Uint8Array(7))).toThrow(RangeError);
  });
});

describe('the filling of a challenge', () => {
  it('is what a slot of variable length strips again, and nothing more', () => {
    const ending = fc.constantFrom([], [0], [0, 0], [1], [1, 1], [0, 1]);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), ending, (start, end) => {
        const challenge = Uint8Array.of(...start, ...end);
        const filled = filledChallenge(challenge);
        expect(filled).toHaveLength(64);
        let length = 64;
        while (length > 0 && filled[length - 1] === filled[63]) length -= 1;
        expect(filled.subarray(0, length)).toEqual(challenge);
      }),
    );
  });

  it('leaves no room for 64 bytes, nor for none', () => {
    expect(() => filledChallenge(new Uint8Array(64))).toThrow(RangeError);
    expect(() => filledChallenge(new Uint8Array())).toThrow(RangeError);
  });
});
