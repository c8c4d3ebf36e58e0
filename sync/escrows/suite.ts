/**
 * HPKE for sealing survey keys as they come in, each of which CheckTick waits for: the suite of
 * `shared/escrow` with the X-Wing of libsodium, and HKDF and AES of OpenSSL called directly, where
 * the library has them in JavaScript or behind a queue. HPKE itself stays the library's, and so do the bytes.
 * @module
 */
import { createCipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type AeadEncryptionContext, Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { XWing } from '@hpke/hybridkem-x-wing';
import libsodium, { type Libsodium } from 'libsodium';

type Bytes = ArrayBufferLike | ArrayBufferView;

const viewOf = (bytes: Bytes): Uint8Array =>
  ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);

/** Bytes, of X-Wing (draft-connolly-cfrg-xwing-kem): what an encapsulation takes and gives. */
const PUBLIC_KEY = 1_216;
const SEED = 64;
const CIPHERTEXT = 1_120;
const SHARED_SECRET = 32;

/** One place in libsodium's memory for all encapsulations: each is done before the next begins. */
interface Place {
  readonly sodium: Libsodium;
  readonly at: number;
  readonly encapsulate: Libsodium['_crypto_kem_xwing_enc_deterministic'];
}

async function madePlace(): Promise<Place> {
  // It wants to know at its start where random numbers come from. Nothing here asks for one.
  const sodium = await libsodium({ getRandomValue: () => randomBytes(4).readUInt32LE() });
  const {
    _sodium_init: start,
    _malloc: allocate,
    _crypto_kem_xwing_enc_deterministic: encapsulate,
  } = sodium;
  if (start() < 0) throw new Error('libsodium does not start');
  const at = allocate(PUBLIC_KEY + CIPHERTEXT + SEED + SHARED_SECRET);
  if (at === 0) throw new Error('libsodium has no memory');
  return { sodium, at, encapsulate };
}

type Encapsulation = Parameters<XWing['encap']>[0];

/** Only encapsulates, and only with a given `ekm`. Refuses the public keys that the library refuses. */
class SodiumXWing extends XWing {
  #place: Promise<Place> | undefined;

  override async encap({ recipientPublicKey, ekm }: Encapsulation) {
    if (ekm === undefined || 'privateKey' in ekm) throw new Error('an encapsulation needs its ekm');
    const publicKey = new Uint8Array(await this.serializePublicKey(recipientPublicKey));
    const seed = viewOf(ekm);
    if (publicKey.length !== PUBLIC_KEY || seed.length !== SEED) throw new Error('wrong length');
    const { sodium, at, encapsulate } = await (this.#place ??= madePlace());
    const ciphertext = at + PUBLIC_KEY;
    const secrets = ciphertext + CIPHERTEXT;
    const sharedSecret = secrets + SEED;
    sodium.HEAPU8.set(publicKey, at);
    sodium.HEAPU8.set(seed, secrets);
    try {
      const refused = encapsulate(ciphertext, sharedSecret, at, secrets);
      if (refused !== 0) throw new Error('the public key is none');
      return {
        enc: sodium.HEAPU8.slice(ciphertext, secrets).buffer,
        sharedSecret: sodium.HEAPU8.slice(sharedSecret, sharedSecret + SHARED_SECRET).buffer,
      };
    } finally {
      // SECURITY: that memory is never given back, so nothing else would overwrite it.
      sodium.HEAPU8.fill(0, secrets, sharedSecret + SHARED_SECRET);
    }
  }
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

/** Only seals. */
class OpenSslAes extends Aes256Gcm {
  override createEncryptionContext(key: Bytes): AeadEncryptionContext {
    return {
      seal: async (iv, data, aad) => {
        const cipher = createCipheriv('aes-256-gcm', viewOf(key), viewOf(iv)).setAAD(viewOf(aad));
        const sealed = [cipher.update(viewOf(data)), cipher.final(), cipher.getAuthTag()];
        return new Uint8Array(Buffer.concat(sealed)).buffer;
      },
      open: async () => {
        throw new Error('this suite only seals');
      },
    };
  }
}

/** For `sealEscrow`: one for all, as many at once as there are. */
export const escrowSuite = new CipherSuite({
  kem: new SodiumXWing(),
  kdf: new OpenSslHkdf(),
  aead: new OpenSslAes(),
});
