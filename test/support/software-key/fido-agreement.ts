/**
 * PIN/UV authentication protocols 1 and 2, the key's side: its pair of ECDH, and the secret with
 * one computer. Written from the specification, not from the driver.
 * @module
 */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { type Fields, map, needed } from './fido-cbor.ts';
import { Refused } from './fido-status.ts';

export class Agreement {
  readonly #pair = createECDH('prime256v1');

  constructor() {
    this.#pair.generateKeys();
  }

  /** COSE_Key. */
  publicKey(): Fields {
    const point = new Uint8Array(this.#pair.getPublicKey());
    return map([
      [1, 2],
      [3, -25],
      [-1, 1],
      [-2, point.slice(1, 33)],
      [-3, point.slice(33, 65)],
    ]);
  }

  /** @throws Refused when the computer's key is none */
  with(protocol: number, platform: Fields): Shared {
    const [x, y] = [needed(platform, -2, 'bytes'), needed(platform, -3, 'bytes')];
    try {
      return new Shared(protocol, this.#pair.computeSecret(Buffer.from([4, ...x, ...y])));
    } catch {
      throw new Refused('invalidParameter');
    }
  }
}

/** What key and computer share for one command. */
export class Shared {
  readonly #protocol: number;
  readonly #hmacKey: Buffer;
  readonly #aesKey: Buffer;

  constructor(protocol: number, z: Buffer) {
    this.#protocol = protocol;
    const hkdf = (info: string) =>
      Buffer.from(hkdfSync('sha256', z, Buffer.alloc(32), Buffer.from(info), 32));
    const simple = createHash('sha256').update(z).digest();
    this.#hmacKey = protocol === 1 ? simple : hkdf('CTAP2 HMAC key');
    this.#aesKey = protocol === 1 ? simple : hkdf('CTAP2 AES key');
  }

  encrypt(plain: Uint8Array): Uint8Array {
    const iv = this.#protocol === 1 ? Buffer.alloc(16) : randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', this.#aesKey, iv);
    cipher.setAutoPadding(false);
    const parts = [cipher.update(plain), cipher.final()];
    return new Uint8Array(Buffer.concat(this.#protocol === 1 ? parts : [iv, ...parts]));
  }

  /** @throws Refused */
  decrypt(sealed: Uint8Array): Buffer {
    const iv = this.#protocol === 1 ? Buffer.alloc(16) : sealed.slice(0, 16);
    const rest = this.#protocol === 1 ? sealed : sealed.slice(16);
    if (iv.length !== 16 || rest.length === 0 || rest.length % 16 !== 0) {
      throw new Refused('invalidLength');
    }
    const cipher = createDecipheriv('aes-256-cbc', this.#aesKey, iv);
    cipher.setAutoPadding(false);
    return Buffer.concat([cipher.update(rest), cipher.final()]);
  }

  /** @throws Refused when `signature` is not the MAC of `message` */
  verify(message: Uint8Array, signature: Uint8Array): void {
    verifyMac(this.#protocol, this.#hmacKey, message, signature);
  }
}

/** @throws Refused */
export function verifyMac(
  protocol: number,
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): void {
  const mac = createHmac('sha256', key).update(message).digest();
  const expected = protocol === 1 ? mac.subarray(0, 16) : mac;
  if (!expected.equals(signature)) throw new Refused('pinAuthInvalid');
}
