/**
 * PIN/UV authentication protocols 1 and 2 of CTAP2, the computer's side: an ECDH secret for one
 * operation, and what is encrypted and authenticated under it.
 * @module
 */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  type ECDH,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { concatBytes, plainBytes, utf8ToBytes } from '../../../shared/encoding/bytes.ts';
import { asBytes, asMap, type CborItem, type CborMap } from './cbor.ts';
import { nonsense } from './refusals.ts';

export type PinProtocol = 1 | 2;

/** A fresh key pair on P-256. */
export function freshKeyPair(): ECDH {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return pair;
}

/** Secret keys shared with one key for one operation. Wipe it. */
export class SharedSecret {
  readonly protocol: PinProtocol;
  /** Our public key as COSE_Key, for the command. */
  readonly keyAgreement: CborMap;
  readonly #mac: Uint8Array;
  readonly #aes: Uint8Array;

  /**
   * From the key's answer to getKeyAgreement. `own` is given by tests only.
   * @throws Refusal fido-nonsense when it is no point of P-256
   */
  constructor(protocol: PinProtocol, theirs: CborItem | undefined, own: ECDH = freshKeyPair()) {
    this.protocol = protocol;
    const peer = asMap(theirs, 'the key of the agreement');
    const x = asBytes(peer.get(-2), 'x of the agreement', 32);
    const y = asBytes(peer.get(-3), 'y of the agreement', 32);
    const z = sharedPoint(own, concatBytes(Uint8Array.of(4), x, y));
    const [mac, aes] = derive(protocol, z);
    z.fill(0);
    [this.#mac, this.#aes] = [mac, aes];
    const ours = own.getPublicKey();
    this.keyAgreement = new Map<number, CborItem>([
      [1, 2],
      // The specification asks for -25, "although this is not the algorithm actually used".
      [3, -25],
      [-1, 1],
      [-2, plainBytes(ours.subarray(1, 33))],
      [-3, plainBytes(ours.subarray(33))],
    ]);
  }

  /** `plain` is a multiple of 16 bytes; 16 more come out in protocol 2. */
  encrypt(plain: Uint8Array): Uint8Array {
    const iv = this.protocol === 1 ? new Uint8Array(16) : new Uint8Array(randomBytes(16));
    const cipher = createCipheriv('aes-256-cbc', this.#aes, iv).setAutoPadding(false);
    const sealed = concatBytes(cipher.update(plain), cipher.final());
    return this.protocol === 1 ? sealed : concatBytes(iv, sealed);
  }

  /** A secret: the caller wipes it. @throws Refusal fido-nonsense for a length that cannot be */
  decrypt(sealed: Uint8Array): Uint8Array {
    const head = this.protocol === 1 ? 0 : 16;
    if (sealed.length <= head || sealed.length % 16 !== 0) {
      throw nonsense(`${sealed.length} encrypted bytes`);
    }
    const iv = head === 0 ? new Uint8Array(16) : sealed.subarray(0, head);
    const cipher = createDecipheriv('aes-256-cbc', this.#aes, iv).setAutoPadding(false);
    const opened = cipher.update(sealed.subarray(head));
    const plain = plainBytes(opened);
    opened.fill(0);
    cipher.final();
    return plain;
  }

  authenticate(message: Uint8Array): Uint8Array {
    return authenticate(this.protocol, this.#mac, message);
  }

  wipe(): void {
    this.#mac.fill(0);
    this.#aes.fill(0);
  }
}

function sharedPoint(own: ECDH, peer: Uint8Array): Uint8Array {
  try {
    return own.computeSecret(peer);
  } catch {
    throw nonsense('the key of the agreement is no point of P-256');
  }
}

/** The key for MACs and the key for AES; in protocol 1 they are equal. */
export function derive(protocol: PinProtocol, z: Uint8Array): [Uint8Array, Uint8Array] {
  if (protocol === 1) {
    const digest = createHash('sha256').update(z).digest();
    return [plainBytes(digest), digest];
  }
  const part = (info: string) =>
    new Uint8Array(hkdfSync('sha256', z, new Uint8Array(32), utf8ToBytes(info), 32));
  return [part('CTAP2 HMAC key'), part('CTAP2 AES key')];
}

/**
 * HMAC-SHA256, of which protocol 1 keeps 16 bytes. As key the whole of a token, always: keys that
 * checked only a part of it exist (YSA-2025-02).
 */
export function authenticate(
  protocol: PinProtocol,
  key: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const mac = createHmac('sha256', key).update(message).digest();
  return plainBytes(protocol === 1 ? mac.subarray(0, 16) : mac);
}
