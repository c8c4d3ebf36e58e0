import { createHash, hkdfSync } from 'node:crypto';
import { ml_kem768_x25519 as XWing } from '@noble/post-quantum/hybrid.js';
import { base64 } from '@scure/base';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notRefused } from '../../test/support/tamper.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { openSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { MODES, type Mode } from '../mode.ts';
import { randomBytes } from '../secret/random.ts';
import { escrowKeyDigest, escrowPrivateKey, escrowPublicKey } from './escrow-key.ts';
import { manifestType, parseManifest } from './manifest.ts';

/** From the documentation, by node:crypto: nothing of ours. */
function documented(platformKey: Uint8Array, mode: string, keyVersion: string): Buffer {
  const fields = ['conclave/v1/escrow-key', mode, keyVersion].flatMap((field) => [
    Buffer.from([field.length >> 8, field.length & 255]),
    Buffer.from(field),
  ]);
  const salt = new Uint8Array();
  return Buffer.from(hkdfSync('sha256', platformKey, salt, Buffer.concat(fields), 32));
}

const VECTOR = Uint8Array.from({ length: 64 }, (_, at) => at);

describe('the escrow key', () => {
  test.each<[Mode, string, string, string]>([
    [
      'production',
      'v1',
      '3cd5e892436b216599667a4708f9d3a1e97204a435a3ebc56f17c93e495ebe83',
      '0a7c8ae2fa79ebc64280a5764bd6da2383dd0745983b7ac86d1efbf74335d6a6',
    ],
    [
      'rehearsal',
      'v2',
      'b63054de0bc44f9227382b86d8ebe8f6a23fe7687c927dfdd1915e871f2eca9b',
      '9bffa9cceda4d243995c376c0a704bf5f2a12178e573ff461cc0ab89b8996dc9',
    ],
  ])('has a vector: %s, %s', async (mode, keyVersion, privateKey, digest) => {
    const of = { mode, keyVersion };
    expect(bytesToHex(escrowPrivateKey(VECTOR, of))).toBe(privateKey);
    expect(escrowKeyDigest(await escrowPublicKey(VECTOR, of))).toBe(digest);
  });

  test('is what node:crypto and noble’s X-Wing make of the documentation', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        fc.constantFrom(...MODES),
        fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
        async (platformKey, mode, keyVersion) => {
          const seed = documented(platformKey, mode, keyVersion);
          const of = { mode, keyVersion };
          expect(Buffer.from(escrowPrivateKey(platformKey, of))).toEqual(seed);
          const { publicKey } = XWing.keygen(seed);
          const ours = await escrowPublicKey(platformKey, of);
          expect(ours).toBe(base64.encode(publicKey));
          expect(escrowKeyDigest(ours)).toBe(createHash('sha256').update(publicKey).digest('hex'));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('opens what is sealed to its public half; that of another mode, version or key does not', async () => {
    const platformKey = randomBytes(64);
    const of = { mode: 'production', keyVersion: 'v1' } as const;
    const context: SealContext = {
      type: 'test',
      version: 1,
      mode: 'production',
      audience: 'a',
      ceremony: 'b',
      nonce: 'c',
    };
    const kek = randomBytes(32);
    const sealed = await sealTo(await escrowPublicKey(platformKey, of), context, {}, kek);
    const open = (key: Uint8Array, about: Parameters<typeof escrowPrivateKey>[1]) =>
      openSealed(escrowPrivateKey(key, about), context, {}, sealed);
    expect(await open(platformKey, of)).toEqual(kek);
    const turned = platformKey.map((byte, at) => (at === 63 ? byte ^ 1 : byte));
    for (const [key, about] of [
      [turned, of],
      [platformKey, { ...of, mode: 'rehearsal' }],
      [platformKey, { ...of, keyVersion: 'v2' }],
    ] as const) {
      await expect(open(key, about)).rejects.toMatchObject({ code: 'sealed-not-openable' });
    }
  });
});

describe('a manifest with an escrow key', () => {
  test('is read as it was signed; one of before has none', async () => {
    const set = await makeShareSet({ mode: 'rehearsal' });
    const { body } = parseManifest(manifestType.toBytes(set.manifest), 'rehearsal');
    const of = { mode: set.mode, keyVersion: body.keyVersion };
    expect(body.escrowKey).toBe(await escrowPublicKey(set.platformKey, of));
    const old = await makeShareSet({ mode: 'rehearsal', isOld: true });
    expect(parseManifest(manifestType.toBytes(old.manifest), 'rehearsal').body).not.toHaveProperty(
      'escrowKey',
    );
    expect(new TextDecoder().decode(old.manifest.envelope.payload)).not.toContain('escrow');
  });

  test.each([
    ['too short', (key: string) => base64.encode(base64.decode(key).slice(1))],
    ['too long', (key: string) => base64.encode(Uint8Array.of(...base64.decode(key), 0))],
    ['not base64', (key: string) => `!${key.slice(1)}`],
    ['empty', () => ''],
    ['null', () => null],
  ])('of the wrong form is never signed: %s', async (_, change) => {
    const { manifest, quorum } = await makeShareSet({ mode: 'rehearsal' });
    const escrowKey = change(manifest.body.escrowKey ?? '') as string;
    await expect(manifestType.sign({ ...manifest.body, escrowKey }, quorum)).rejects.toThrow();
  });

  test('is refused with any byte changed', async () => {
    const { manifest } = await makeShareSet({ mode: 'rehearsal' });
    const open = (changed: Uint8Array) => parseManifest(changed, 'rehearsal');
    const bytes = manifestType.toBytes(manifest);
    expect(notRefused(bytes, open, { sample: 1, step: 7 })).toEqual([]);
  }, 180_000);
});
