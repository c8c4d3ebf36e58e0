import { createECDH, createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CborItem } from './cbor.ts';
import { fidoCode } from './index.ts';
import { authenticate, derive, freshKeyPair, SharedSecret } from './pin-protocol.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (some: Uint8Array): string => Buffer.from(some).toString('hex');

/** Vectors of Yubico's python-fido2. */
const PRIVATE = '7452e599fee739d8a653f6a507343d12d382249108a651402520b72f24fe7684';
const DEVICE = {
  x: '0501d5bc78da9252560a26cb08fcc60cbe0b6d3b8e1d1fcee514fac0af675168',
  y: 'd551b3ed46f665731f95b4532939c25d91db7eb844bd96d4abd4083785f8df47',
};
const SHARED = 'c42a039d548100dfba521e487debcbbb8b66bb7496f8b1862a7a395ed83e1a1c';

function cose(x: Uint8Array, y: Uint8Array): CborItem {
  return new Map<number, CborItem>([
    [1, 2],
    [3, -25],
    [-1, 1],
    [-2, x],
    [-3, y],
  ]);
}

function fixedPair() {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(Buffer.from(PRIVATE, 'hex'));
  return pair;
}

test('protocol 1 as python-fido2 has it', () => {
  const shared = new SharedSecret(1, cose(bytes(DEVICE.x), bytes(DEVICE.y)), fixedPair());
  const pinHash = createHash('sha256').update('1234').digest().subarray(0, 16);
  expect(hex(shared.encrypt(pinHash))).toBe('afe8327ce416da8ee3d057589c2ce1a9');
  expect(hex(shared.decrypt(bytes('7a9f98e31b77be90f9c64d12e9635040')))).toBe(
    'aff12c6dcfbf9df52f7a09211e8865cd',
  );
  const message = bytes('00'.repeat(32));
  expect(shared.authenticate(message)).toEqual(authenticate(1, bytes(SHARED), message));
  const point = fixedPair().computeSecret(Buffer.from(`04${DEVICE.x}${DEVICE.y}`, 'hex'));
  expect(derive(1, point).map(hex)).toEqual([SHARED, SHARED]);
});

test('the keys of protocol 2', () => {
  expect(derive(2, new Uint8Array(32).fill(0xff)).map(hex)).toEqual([
    '570b4ed82aa5dfb49db79dbeaf4b315d8abb1a9867b245f3367026987c0d47a1',
    '7d9a93c39baec741d141c6238d8e1846de323d8eed022cb397d19a73b98945e2',
  ]);
});

test('MACs: 16 bytes in protocol 1, 32 in protocol 2, and the whole token counts', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 64 }),
      fc.nat(31),
      (token, message, place) => {
        const [one, two] = [authenticate(1, token, message), authenticate(2, token, message)];
        expect([one.length, two.length]).toEqual([16, 32]);
        expect(two.subarray(0, 16)).toEqual(one);
        const other = token.slice();
        other[place] = (other[place] ?? 0) ^ 1;
        expect(authenticate(2, other, message)).not.toEqual(two);
      },
    ),
  );
});

test.each([1, 2] as const)('protocol %i: what one side encrypts the other opens', (protocol) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), (blocks) => {
      const [a, b] = [freshKeyPair(), freshKeyPair()];
      const keyOf = (pair: ReturnType<typeof freshKeyPair>) => {
        const point = new Uint8Array(pair.getPublicKey());
        return cose(point.slice(1, 33), point.slice(33));
      };
      const [ours, theirs] = [
        new SharedSecret(protocol, keyOf(b), a),
        new SharedSecret(protocol, keyOf(a), b),
      ];
      const plain = new Uint8Array(16 * blocks).fill(blocks);
      const sealed = ours.encrypt(plain);
      expect(sealed).toHaveLength(plain.length + (protocol === 1 ? 0 : 16));
      expect(theirs.decrypt(sealed)).toEqual(plain);
      expect(theirs.authenticate(sealed)).toEqual(ours.authenticate(sealed));
    }),
    { numRuns: 20 },
  );
});

test('no point of the curve, other lengths, no key: refused', () => {
  const bad: (CborItem | undefined)[] = [
    undefined,
    1,
    new Map(),
    cose(bytes(DEVICE.x), bytes(DEVICE.x)),
    cose(bytes('00'.repeat(32)), bytes('00'.repeat(32))),
    cose(bytes(DEVICE.x).subarray(1), bytes(DEVICE.y)),
  ];
  for (const key of bad) {
    let code: string | null = null;
    try {
      code = `${new SharedSecret(1, key).protocol}`;
    } catch (error) {
      code = fidoCode(error);
    }
    expect(code).toBe('fido-nonsense');
  }
});

test('encrypted bytes of a length that cannot be are refused', () => {
  const key = cose(bytes(DEVICE.x), bytes(DEVICE.y));
  for (const [protocol, length] of [
    [1, 0],
    [1, 15],
    [1, 33],
    [2, 0],
    [2, 16],
    [2, 47],
  ] as const) {
    const shared = new SharedSecret(protocol, key);
    let code: string | null = 'opened';
    try {
      shared.decrypt(new Uint8Array(length));
    } catch (error) {
      code = fidoCode(error);
    }
    expect(code).toBe('fido-nonsense');
  }
});

test('a wiped secret is of no use', () => {
  const shared = new SharedSecret(1, cose(bytes(DEVICE.x), bytes(DEVICE.y)), fixedPair());
  shared.wipe();
  expect(shared.authenticate(bytes(''))).toEqual(authenticate(1, new Uint8Array(32), bytes('')));
});
