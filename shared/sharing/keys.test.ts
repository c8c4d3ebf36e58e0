/** Share keys and check values, computed a second time by node:crypto from the documented bytes. */
import { createHmac, createPrivateKey, createPublicKey, hkdfSync, verify } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesToHex } from '../encoding/bytes.ts';
import { checkValue, checkValueFits } from './check-value.ts';
import { sharePublicKey, shareKeySeed, shareSigner } from './share-key.ts';

const share = {
  mode: 'production' as const,
  setId: '00112233445566778899aabbccddeeff',
  generation: 0x01020304,
  index: 2,
  x: 0xfe,
  threshold: 3,
  count: 4,
  y: Uint8Array.from({ length: 64 }, (_, at) => at),
};
/** Made with Python's hmac and hashlib from the documented bytes. */
const VECTORS = {
  production: '69a870d97fb288034d452381f2d61b71f5be2dd136c3cc7c554c11ca6a921c36',
  rehearsal: '950adf4e53a4f9faf3c7adc81f33595ec7bcc8e1200875937536342a0e142382',
  checks: {
    'custodian-component': '9bb3f38ff66e471f3ba19190bba8ae88',
    'vault-component': 'bfeb4ae0133f14eaf8a145e70c412cc2',
    'platform-key': '6ce6d0917680286563db94f5c141beb4',
  },
} as const;
const PKCS8 = '302e020100300506032b657004220420';

function independentSeed(mode: 'production' | 'rehearsal'): Buffer {
  const info = Buffer.concat([
    Buffer.from('conclave/v1/share-key'),
    Buffer.from(mode === 'production' ? '50' : '52', 'hex'),
    Buffer.from('01020304', 'hex'),
    Buffer.from('fe', 'hex'),
  ]);
  return Buffer.from(hkdfSync('sha256', share.y, Buffer.from(share.setId, 'hex'), info, 32));
}

function independentKey(mode: 'production' | 'rehearsal') {
  const der = Buffer.concat([Buffer.from(PKCS8, 'hex'), independentSeed(mode)]);
  return createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

test('the share key is HKDF and Ed25519 as documented', () => {
  expect(bytesToHex(shareKeySeed(share))).toBe(VECTORS.production);
  expect(bytesToHex(shareKeySeed({ ...share, mode: 'rehearsal' }))).toBe(VECTORS.rehearsal);
  expect(independentSeed('production').toString('hex')).toBe(VECTORS.production);
  for (const mode of ['production', 'rehearsal'] as const) {
    const raw = independentKey(mode).export({ format: 'der', type: 'spki' }).subarray(-32);
    expect(sharePublicKey({ ...share, mode })).toBe(raw.toString('hex'));
  }
});

test('what the share key signs, node:crypto verifies', async () => {
  const message = new TextEncoder().encode('a message');
  const signature = await shareSigner(share).sign(message);
  expect(verify(null, message, independentKey('production'), signature)).toBe(true);
  expect(verify(null, message, independentKey('rehearsal'), signature)).toBe(false);
});

test('mode, generation, x, set id and every byte of y change the key', () => {
  const keys = [
    share,
    { ...share, mode: 'rehearsal' as const },
    { ...share, generation: 1 },
    { ...share, x: 1 },
    { ...share, setId: 'ff'.repeat(16) },
    ...Array.from(share.y.keys(), (at) => ({
      ...share,
      y: share.y.map((b, i) => (i === at ? b ^ 1 : b)),
    })),
  ].map(sharePublicKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(sharePublicKey({ ...share, index: 1, count: 9, threshold: 2 })).toBe(keys[0]);
});

test('a check value is HMAC-SHA256 over label, length and component id, cut to 16 bytes', () => {
  const whats = ['custodian-component', 'vault-component', 'platform-key'] as const;
  for (const what of whats) {
    expect(checkValue(what, share.y, share.setId)).toBe(VECTORS.checks[what]);
  }
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 64 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.constantFrom(...whats),
      (secret, id, what) => {
        const message = Buffer.concat([
          Buffer.from(`conclave/v1/check/${what}`),
          Buffer.from([0, 16]),
          id,
        ]);
        const independent = createHmac('sha256', secret).update(message).digest('hex').slice(0, 32);
        const value = checkValue(what, secret, bytesToHex(id));
        expect(value).toBe(independent);
        expect(checkValueFits(what, secret, bytesToHex(id), value)).toBe(true);
        const other = whats[(whats.indexOf(what) + 1) % 3] ?? 'platform-key';
        expect(checkValueFits(other, secret, bytesToHex(id), value)).toBe(false);
      },
    ),
  );
});
