import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { ml_kem768_x25519 as XWing } from '@noble/post-quantum/hybrid.js';
import { base64 } from '@scure/base';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { id16, keyVersion, mode as anyMode, natural } from '../../test/support/arbitraries.ts';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { bytesToHex, hexToBytes } from '../encoding/bytes.ts';
import { type CborValue, encodeCbor } from '../encoding/cbor.ts';
import { ESCROW_ALGORITHM } from '../checktick/index.ts';
import { MODES } from '../mode.ts';
import { Refusal } from '../refusal.ts';
import { randomBytes } from '../secret/random.ts';
import { escrowPrivateKey, escrowPublicKey } from '../sharing/escrow-key.ts';
import {
  checkEscrowPlace,
  escrowBinding,
  type EscrowBinding,
  openEscrow,
  sealEscrow,
  sealsThisKey,
} from './escrow.ts';

const PLATFORM_KEY = Uint8Array.from({ length: 64 }, (_, at) => at);
const KEK = Uint8Array.from({ length: 32 }, (_, at) => at);
const PLACE: EscrowBinding = {
  mode: 'production',
  audience: 'a1'.repeat(16),
  keyVersion: 'v1',
  userId: 7,
  surveyId: 31,
};

const binding = fc.record<EscrowBinding>({
  mode: anyMode,
  audience: id16,
  keyVersion,
  userId: natural,
  surveyId: natural,
});

let publicKey: string;
let privateKey: Uint8Array;
beforeAll(async () => {
  const of = { mode: PLACE.mode, keyVersion: PLACE.keyVersion };
  publicKey = await escrowPublicKey(PLATFORM_KEY, of);
  privateKey = escrowPrivateKey(PLATFORM_KEY, of);
});

/** From the documentation, by noble and node:crypto: nothing of ours. */
function fieldsOf(label: string, of: EscrowBinding, ...more: Uint8Array[]): Buffer {
  const { mode, audience, keyVersion: version, userId, surveyId } = of;
  const all = [label, mode, Buffer.from(audience, 'hex'), version, `${userId}`, `${surveyId}`];
  return Buffer.concat(
    [...all, ...more].flatMap((field) => {
      const bytes = Buffer.from(field);
      return [Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes];
    }),
  );
}

const SUITE = Buffer.concat([Buffer.from('HPKE'), Buffer.from('647a00010002', 'hex')]);

function extract(salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  const labeled = Buffer.concat([Buffer.from('HPKE-v1'), SUITE, Buffer.from(label), ikm]);
  return createHmac('sha256', salt).update(labeled).digest();
}

function expand(prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const head = Buffer.concat([Buffer.from([0, length]), Buffer.from('HPKE-v1'), SUITE]);
  const labeled = Buffer.concat([head, Buffer.from(label), info, Buffer.from([1])]);
  return createHmac('sha256', prk).update(labeled).digest().subarray(0, length);
}

describe('a sealed escrow', () => {
  test('opens to the key that was sealed, and the same key in the same place is the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        binding,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        async (of, kek) => {
          const sealed = await sealEscrow(publicKey, of, kek);
          expect(await openEscrow(privateKey, of, sealed)).toEqual(kek);
          expect(escrowBinding(sealed)).toEqual(of);
          expect(await sealsThisKey(publicKey, of, kek, sealed)).toBe(true);
          const other = kek.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
          expect(await sealsThisKey(publicKey, of, other, sealed)).toBe(false);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('is what noble and node:crypto make of the documentation', async () => {
    const sealed = await sealEscrow(publicKey, PLACE, KEK);
    const recipient = base64.decode(publicKey);
    const digest = createHash('sha256').update(recipient).digest();
    const randomness = fieldsOf('conclave/v1/escrow-randomness', PLACE, digest);
    const ekm = new Uint8Array(hkdfSync('sha256', KEK, new Uint8Array(), randomness, 64));
    const { cipherText, sharedSecret } = XWing.encapsulate(recipient, ekm);
    const empty = new Uint8Array();
    const schedule = Buffer.concat([
      Buffer.from([0]),
      extract(empty, 'psk_id_hash', empty),
      extract(empty, 'info_hash', fieldsOf('conclave/v1/escrow', PLACE)),
    ]);
    const secret = extract(sharedSecret, 'secret', empty);
    const ct = sealed.slice(-48);
    const decipher = createDecipheriv(
      'aes-256-gcm',
      expand(secret, 'key', schedule, 32),
      expand(secret, 'base_nonce', schedule, 12),
    );
    decipher.setAuthTag(ct.slice(-16));
    const opened = Buffer.concat([decipher.update(ct.slice(0, -16)), decipher.final()]);
    expect(new Uint8Array(opened)).toEqual(KEK);
    const audience = hexToBytes(PLACE.audience);
    expect(sealed).toEqual(encodeCbor([1, 0x50, audience, 'v1', 7, 31, cipherText, ct]));
  });

  test.each([
    [PLACE, '3079a762d60ff6b7bcd4379b4c230689c6ff92300e66ff4ed6672b2f8b1875ec'],
    [
      { ...PLACE, mode: 'rehearsal' as const, keyVersion: 'v2', userId: 1, surveyId: 1 },
      '3b5e1f55e0f13223e346dbf4839e6324c99bd9355d5ac3afef5618835e4d8c86',
    ],
  ])('has a vector', async (place, digest) => {
    const sealed = await sealEscrow(await escrowPublicKey(PLATFORM_KEY, place), place, KEK);
    expect(createHash('sha256').update(sealed).digest('hex')).toBe(digest);
  });

  test('is called in Vault as it will be called for ever', () => {
    expect(ESCROW_ALGORITHM).toBe('conclave/v1/escrow HPKE-X-Wing-HKDF-SHA256-AES-256-GCM');
  });

  test('of another place is named as what it is', async () => {
    const sealed = await sealEscrow(publicKey, PLACE, KEK);
    const elsewhere: [Partial<EscrowBinding>, string, string?][] = [
      [{ mode: 'rehearsal' }, 'escrow-other-mode'],
      [{ audience: 'b2'.repeat(16) }, 'escrow-other-place', 'sync installation'],
      [{ keyVersion: 'v2' }, 'escrow-other-place', 'key version'],
      [{ userId: 8 }, 'escrow-other-place', 'user'],
      [{ surveyId: 32 }, 'escrow-other-place', 'survey'],
    ];
    for (const [change, code, culprit] of elsewhere) {
      const asked = { ...PLACE, ...change };
      const refused = expect.objectContaining({ code, culprit }) as Error;
      await expect(openEscrow(privateKey, asked, sealed)).rejects.toThrow(refused);
      expect(() => checkEscrowPlace(asked, sealed)).toThrow(refused);
      expect(await sealsThisKey(publicKey, asked, KEK, sealed)).toBe(false);
    }
    expect(() => checkEscrowPlace(PLACE, sealed)).not.toThrow();
  });

  test('that only says that it is of this place does not open', async () => {
    const sealed = await sealEscrow(publicKey, { ...PLACE, surveyId: 32 }, KEK);
    const enc = sealed.slice(-50 - 1120, -50);
    expect(enc).toHaveLength(1120);
    const audience = hexToBytes(PLACE.audience);
    const lie = encodeCbor([1, 0x50, audience, 'v1', 7, 31, enc, sealed.slice(-48)]);
    checkEscrowPlace(PLACE, lie);
    await expect(openEscrow(privateKey, PLACE, lie)).rejects.toMatchObject({
      code: 'escrow-not-openable',
    });
    const whole = encodeCbor([1, 0x50, audience, 'v1', 7, 32, enc, sealed.slice(-48)]);
    expect(whole).toEqual(sealed);
  });

  test('does not open with the escrow key of another platform key, version or mode', async () => {
    const sealed = await sealEscrow(publicKey, PLACE, KEK);
    for (const other of [
      escrowPrivateKey(randomBytes(64), PLACE),
      escrowPrivateKey(PLATFORM_KEY, { ...PLACE, keyVersion: 'v2' }),
      escrowPrivateKey(PLATFORM_KEY, { ...PLACE, mode: 'rehearsal' }),
      new Uint8Array(31),
    ]) {
      await expect(openEscrow(other, PLACE, sealed)).rejects.toMatchObject({
        code: 'escrow-not-openable',
      });
    }
  });

  test.each([0, 16, 31, 33, 64])('is made of no key of %i bytes', async (length) => {
    await expect(sealEscrow(publicKey, PLACE, new Uint8Array(length))).rejects.toMatchObject({
      code: 'survey-key-length',
    });
  });

  test('of another form is refused', async () => {
    const sealed = await sealEscrow(publicKey, PLACE, KEK);
    const audience = hexToBytes(PLACE.audience);
    const parts: CborValue[] = [
      1,
      0x50,
      audience,
      'v1',
      7,
      31,
      new Uint8Array(1120),
      new Uint8Array(48),
    ];
    const withField = (at: number, value: CborValue): CborValue[] =>
      parts.map((part, index) => (index === at ? value : part));
    const damaged = [
      new Uint8Array(),
      randomBytes(1_200),
      sealed.slice(1),
      sealed.slice(0, -1),
      Uint8Array.of(...sealed, 0),
      encodeCbor(parts.slice(0, -1)),
      encodeCbor([...parts, 0]),
      encodeCbor(withField(1, 0x51)),
      encodeCbor(withField(0, 0)),
      encodeCbor(withField(3, '../v1')),
      encodeCbor(withField(4, 0)),
      encodeCbor(withField(6, new Uint8Array(1119))),
    ];
    for (const wrong of damaged) {
      expect(() => escrowBinding(wrong)).toThrow(
        expect.objectContaining({ code: 'escrow-damaged' }) as Error,
      );
    }
    expect(() => escrowBinding(encodeCbor(withField(0, 2)))).toThrow(
      expect.objectContaining({ code: 'escrow-other-version' }) as Error,
    );
  });

  test('with any byte changed is refused', async () => {
    const sealed = await sealEscrow(publicKey, PLACE, KEK);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 + ((at * 37) % 255));
      await expect(openEscrow(privateKey, PLACE, changed)).rejects.toBeInstanceOf(Refusal);
    }
  }, 180_000);

  test.each(MODES)('of before opens for ever: %s', async (mode) => {
    const golden = goldenJson(mode, 'escrow-expected.json') as EscrowBinding & {
      platformKey: string;
      surveyKey: string;
    };
    const { platformKey, surveyKey, ...of } = golden;
    const sealed = goldenFile(mode, 'escrow.cbor');
    expect(escrowBinding(sealed)).toEqual(of);
    const pmk = hexToBytes(platformKey);
    expect(bytesToHex(await openEscrow(escrowPrivateKey(pmk, of), of, sealed))).toBe(surveyKey);
    const key = await escrowPublicKey(pmk, of);
    expect(await sealsThisKey(key, of, hexToBytes(surveyKey), sealed)).toBe(true);
  });
});
