import { ml_kem768_x25519 as NobleXWing } from '@noble/post-quantum/hybrid.js';
import { base64 } from '@scure/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { id16, keyVersion, mode, natural } from '../../test/support/arbitraries.ts';
import { hexToBytes, plainBytes } from '../../shared/encoding/bytes.ts';
import { type EscrowBinding, openEscrow, sealEscrow } from '../../shared/escrow/escrow.ts';
import { escrowPrivateKey, escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { MODES } from '../../shared/mode.ts';
import { escrowSuite } from './suite.ts';

const PLACE: EscrowBinding = {
  mode: 'production',
  audience: 'a1'.repeat(16),
  keyVersion: 'v1',
  userId: 7,
  surveyId: 31,
};

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const binding = fc.record<EscrowBinding>({
  mode,
  audience: id16,
  keyVersion,
  userId: natural,
  surveyId: natural,
});

test('gives the very bytes of the suite that runs everywhere, for every escrow key', async () => {
  await fc.assert(
    fc.asyncProperty(bytes(64), binding, bytes(32), async (platformKey, of, kek) => {
      const publicKey = await escrowPublicKey(platformKey, of);
      const sealed = await sealEscrow(publicKey, of, kek, escrowSuite);
      expect(sealed).toEqual(await sealEscrow(publicKey, of, kek));
      expect(await openEscrow(escrowPrivateKey(platformKey, of), of, sealed)).toEqual(kek);
    }),
    { numRuns: 25 },
  );
});

test('encapsulates as noble’s X-Wing does, the shared secret too', async () => {
  await fc.assert(
    fc.asyncProperty(bytes(32), bytes(64), async (seed, ekm) => {
      const { publicKey } = NobleXWing.keygen(seed);
      const recipientPublicKey = await escrowSuite.kem.deserializePublicKey(plainBytes(publicKey));
      const ours = await escrowSuite.kem.encap({ recipientPublicKey, ekm });
      const noble = NobleXWing.encapsulate(publicKey, ekm);
      expect(new Uint8Array(ours.enc)).toEqual(noble.cipherText);
      expect(new Uint8Array(ours.sharedSecret)).toEqual(noble.sharedSecret);
    }),
    { numRuns: 25 },
  );
});

test.each(MODES)('gives the golden escrow: %s', async (of) => {
  const { platformKey, surveyKey, ...place } = goldenJson(
    of,
    'escrow-expected.json',
  ) as EscrowBinding & { platformKey: string; surveyKey: string };
  const publicKey = await escrowPublicKey(hexToBytes(platformKey), place);
  const sealed = await sealEscrow(publicKey, place, hexToBytes(surveyKey), escrowSuite);
  expect(sealed).toEqual(goldenFile(of, 'escrow.cbor'));
});

test('seals many at once, to several keys, as one after the other', async () => {
  const keys = await Promise.all(
    [1, 2].map((fill) => escrowPublicKey(new Uint8Array(64).fill(fill), PLACE)),
  );
  const all = Array.from({ length: 24 }, (_, surveyId) => ({
    publicKey: keys[surveyId % 2] ?? '',
    of: { ...PLACE, surveyId: surveyId + 1 },
    kek: new Uint8Array(32).fill(surveyId),
  }));
  const atOnce = await Promise.all(
    all.map(({ publicKey, of, kek }) => sealEscrow(publicKey, of, kek, escrowSuite)),
  );
  for (const [at, { publicKey, of, kek }] of all.entries()) {
    expect(atOnce[at]).toEqual(await sealEscrow(publicKey, of, kek));
  }
});

// Points of small order: every secret gives zeros with them (RFC 7748, 6.1).
test.each([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
])('refuses the point %s, as the other suite does', async (point) => {
  const recipient = base64.decode(await escrowPublicKey(new Uint8Array(64), PLACE));
  recipient.set(hexToBytes(point), 1184);
  const key = base64.encode(recipient);
  const kek = new Uint8Array(32).fill(1);
  await expect(sealEscrow(key, PLACE, kek)).rejects.toThrow();
  await expect(sealEscrow(key, PLACE, kek, escrowSuite)).rejects.toThrow();
});

// FIPS 203, 7.2: a coefficient of 3,329 or more is none.
test('refuses a public key with a coefficient that is too large, as the other suite does', async () => {
  const recipient = base64.decode(await escrowPublicKey(new Uint8Array(64), PLACE));
  recipient.set([0xff, 0xff], 0);
  const key = base64.encode(recipient);
  const kek = new Uint8Array(32).fill(1);
  await expect(sealEscrow(key, PLACE, kek)).rejects.toThrow();
  await expect(sealEscrow(key, PLACE, kek, escrowSuite)).rejects.toThrow();
});
