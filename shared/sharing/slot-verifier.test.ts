import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { assert, constantFrom, integer, property, uint8Array } from 'fast-check';
import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { slotVerifier, VERIFIER_CHALLENGE } from './slot-verifier.ts';

const secret = new Uint8Array(20).map((_, at) => at);

test('is what any other program computes', () => {
  const label = 'conclave/v1/slot-verifier';
  const response = createHmac('sha1', secret).update(label).digest();
  const expected = createHash('sha256').update(label).update(response).digest('hex');
  expect(slotVerifier(hmac(sha1, secret, VERIFIER_CHALLENGE))).toBe(expected);
  expect(expected).toBe('6b9e9926b44d6d5ec91c8174b814920ddfc65057fe7439ae6c6e46bcd7d71967');
});

test('is another one for every other response, and takes no other length', () => {
  const response = hmac(sha1, secret, VERIFIER_CHALLENGE);
  const own = slotVerifier(response);
  for (const at of response.keys()) {
    expect(slotVerifier(response.map((byte, i) => (i === at ? byte ^ 1 : byte)))).not.toBe(own);
  }
  for (const length of [0, 19, 21, 32]) {
    expect(() => slotVerifier(new Uint8Array(length))).toThrow(RangeError);
  }
});

/** What a slot of variable length makes its response of: the filling taken off again. */
function stripped(challenge: Uint8Array): string {
  const last = challenge.at(-1) === 0 ? 1 : 0;
  const filled = [...challenge, ...Array<number>(64 - challenge.length).fill(last)];
  while (filled.at(-1) === last) filled.pop();
  return Buffer.from(filled).toString('hex');
}

test('asks what no envelope ever asks', () => {
  const asked = stripped(VERIFIER_CHALLENGE);
  expect(asked).toBe(Buffer.from(VERIFIER_CHALLENGE).toString('hex'));
  const envelope = uint8Array({ minLength: 32, maxLength: 32 });
  const end = integer({ min: 0, max: 32 });
  assert(
    property(envelope, end, constantFrom(0, 1), (random, from, filling) => {
      const challenge = random.fill(filling, from);
      challenge.set(VERIFIER_CHALLENGE.subarray(0, from));
      expect(stripped(challenge)).not.toBe(asked);
    }),
  );
});
