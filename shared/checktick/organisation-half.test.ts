/** The half for organisations gives what the whole platform key gives, and nothing without a passphrase. */
import { pbkdf2Sync } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomBytes } from '../secret/random.ts';
import { organisationKey } from './keys.ts';
import {
  HALF_BYTES,
  hasOrganisationHalf,
  organisationHalf,
  organisationKeyFromHalf,
} from './organisation-half.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const words = (text: string) => new TextEncoder().encode(text);

test.each([
  ['one letter', 'a'],
  ['a sentence', 'Violett-Kran 7 zaehlt Moosbeeren, Quarz & Treppe'],
  ['more than one block', 'ä€ '.repeat(60)],
  ['as long as fills the block with its padding', 'x'.repeat(55)],
  ['one more than that', 'x'.repeat(56)],
  ['a whole block', 'x'.repeat(64)],
])('with %s it is the organisation’s key', async (_, passphrase) => {
  const platformKey = randomBytes(64);
  const half = organisationHalf(platformKey);
  expect(half).toHaveLength(HALF_BYTES);
  const key = await organisationKeyFromHalf(half, 4, words(passphrase));
  expect(key).toEqual(await organisationKey(platformKey, 4, words(passphrase)));
  expect(key).not.toEqual(await organisationKeyFromHalf(half, 5, words(passphrase)));
});

test('by the formula of CheckTick, on another implementation', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      async (platformKey, passphrase) => {
        const input = Buffer.concat([platformKey, passphrase]);
        const wanted = pbkdf2Sync(input, 'checktick-org-7', 200_000, 32, 'sha256');
        const half = organisationHalf(platformKey);
        expect(await organisationKeyFromHalf(half, 7, passphrase)).toEqual(new Uint8Array(wanted));
      },
    ),
    { numRuns: 20 },
  );
});

test('a platform key of another length has none', () => {
  for (const bytes of [16, 32, 63]) {
    expect(hasOrganisationHalf(bytes)).toBe(false);
    expect(() => organisationHalf(randomBytes(bytes))).toThrow(refused('component-length'));
  }
});

test('nothing comes of it without a passphrase, nor of another length', async () => {
  const half = organisationHalf(randomBytes(64));
  await expect(organisationKeyFromHalf(half, 4, new Uint8Array())).rejects.toThrow(
    refused('empty-secret'),
  );
  await expect(organisationKeyFromHalf(half.subarray(1), 4, words('a'))).rejects.toThrow(
    refused('key-length'),
  );
});
