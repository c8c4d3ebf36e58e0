/**
 * HPKE for sealing survey keys as they come in, each of which CheckTick waits for: the suite of
 * `shared/escrow` with Curve25519, HMAC and HKDF of OpenSSL where the library has them in JavaScript
 * or behind a queue. X-Wing itself, ML-KEM and HPKE stay the library's, and so do the bytes.
 * @module
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { X25519 } from '@hpke/dhkem-x25519';
import { XWing } from '@hpke/hybridkem-x-wing';

/** RFC 8410: what stands before the 32 bytes of a private key of Curve25519. */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

type Bytes = ArrayBufferLike | ArrayBufferView;

const viewOf = (bytes: Bytes): Uint8Array =>
  ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);

/** As JWK, which OpenSSL reads in a tenth of the time that DER takes. */
const publicKeyOf = (point: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(point).toString('base64url') },
    format: 'jwk',
  });

/** SECURITY: not as JWK, which would make a text of it that nobody can wipe. */
function privateKeyOf(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8, seed]);
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } finally {
    key.fill(0);
  }
}

/** Refuses a public point that gives zeros with every key, as the library's own does. */
class OpenSslX25519 extends X25519 {
  /**
   * X-Wing multiplies twice by the same secret, and reading it takes ten times as long as that. By
   * the array itself, of which every encapsulation has one of its own.
   */
  readonly #read = new WeakMap<Uint8Array, KeyObject>();

  override async derive(secret: Uint8Array, point: Uint8Array): Promise<Uint8Array> {
    const privateKey = this.#read.get(secret) ?? privateKeyOf(secret);
    this.#read.set(secret, privateKey);
    return new Uint8Array(diffieHellman({ privateKey, publicKey: publicKeyOf(point) }));
  }
}

class OpenSslXWing extends XWing {
  protected override _x25519 = new OpenSslX25519(new HkdfSha256());
}

class OpenSslHkdf extends HkdfSha256 {
  override async extract(salt: Bytes, ikm: Bytes): Promise<ArrayBuffer> {
    // No salt is a salt of zeros, for HMAC as for HKDF.
    return new Uint8Array(createHmac('sha256', viewOf(salt)).update(viewOf(ikm)).digest()).buffer;
  }

  override async extractAndExpand(salt: Bytes, ikm: Bytes, info: Bytes, length: number) {
    return hkdfSync('sha256', viewOf(ikm), viewOf(salt), viewOf(info), length);
  }
}

/** For `sealEscrow`: one for all, as many at once as there are. */
export const escrowSuite = new CipherSuite({
  kem: new OpenSslXWing(),
  kdf: new OpenSslHkdf(),
  aead: new Aes256Gcm(),
});
