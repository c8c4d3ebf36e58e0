/**
 * The sealed part, opened a second time by nothing of ours: noble's X-Wing and node:crypto's HKDF
 * and AES-GCM, after RFC 9180's own text. If this passes, any HPKE implementation can read us.
 */
import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { ml_kem768_x25519 as XWing } from '@noble/post-quantum/hybrid.js';
import { base64 } from '@scure/base';
import { expect, test } from 'vitest';
import { bytesToHex } from '../encoding/bytes.ts';
import { encodeJson } from '../encoding/json.ts';
import { generateRecipient, sealTo, type SealContext } from '../sealing/hpke.ts';

const context: SealContext = {
  type: 'bundle-recover',
  version: 1,
  mode: 'rehearsal',
  audience: '01'.repeat(16),
  ceremony: '02'.repeat(16),
  nonce: '03'.repeat(16),
};
const publicPart = { facts: { userId: 7 }, kind: 'recover' };

// RFC 9180, 7.1 to 7.3: KEM 0x647a, KDF 0x0001 HKDF-SHA256, AEAD 0x0002 AES-256-GCM.
const SUITE = Buffer.concat([Buffer.from('HPKE'), Buffer.from('647a00010002', 'hex')]);

function extract(salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  const labeled = Buffer.concat([Buffer.from('HPKE-v1'), SUITE, Buffer.from(label), ikm]);
  return createHmac('sha256', salt).update(labeled).digest();
}

/** One block of HKDF-Expand is enough for 32 and 12 bytes. */
function expand(prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const labeled = Buffer.concat([
    Buffer.from([0, length]),
    Buffer.from('HPKE-v1'),
    SUITE,
    Buffer.from(label),
    info,
    Buffer.from([1]),
  ]);
  return createHmac('sha256', prk).update(labeled).digest().subarray(0, length);
}

function documentedInfo(): Buffer {
  const { type, version, mode, audience, ceremony, nonce } = context;
  return Buffer.concat(
    ['conclave/v1', type, String(version), mode, audience, ceremony, nonce].flatMap((field) => [
      Buffer.from([field.length >> 8, field.length & 255]),
      Buffer.from(field),
    ]),
  );
}

test('noble’s X-Wing gives the same public key for the same 32-byte private key', async () => {
  const keys = await generateRecipient();
  expect(bytesToHex(XWing.keygen(keys.privateKey).publicKey)).toBe(
    bytesToHex(base64.decode(keys.publicKey)),
  );
});

test('another implementation opens it from the documented info and aad', async () => {
  const keys = await generateRecipient();
  const plaintext = new TextEncoder().encode('sealed and opened by two implementations');
  const sealed = await sealTo(keys.publicKey, context, publicPart, plaintext);
  const { secretKey } = XWing.keygen(keys.privateKey);
  const shared = XWing.decapsulate(base64.decode(sealed.enc), secretKey);

  const empty = new Uint8Array();
  const schedule = Buffer.concat([
    Buffer.from([0]), // mode_base
    extract(empty, 'psk_id_hash', empty),
    extract(empty, 'info_hash', documentedInfo()),
  ]);
  const secret = extract(shared, 'secret', empty);
  const decipher = createDecipheriv(
    'aes-256-gcm',
    expand(secret, 'key', schedule, 32),
    expand(secret, 'base_nonce', schedule, 12),
  );
  decipher.setAAD(createHash('sha256').update(encodeJson(publicPart)).digest());
  const ct = base64.decode(sealed.ct);
  decipher.setAuthTag(ct.slice(-16));
  const opened = Buffer.concat([decipher.update(ct.slice(0, -16)), decipher.final()]);
  expect(new Uint8Array(opened)).toEqual(plaintext);
});
