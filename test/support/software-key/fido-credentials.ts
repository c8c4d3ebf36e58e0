/**
 * The credentials of a software FIDO2 key. As on a real one, a credential that is not discoverable
 * takes no room: all of it follows from its id and the key's own master secret.
 * @module
 */
import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { type Fields, map } from './fido-cbor.ts';
import { Refused } from './fido-status.ts';

/** Discoverable credentials of a YubiKey with firmware 5.4. */
const ROOM = 25;

export interface Credential {
  readonly id: Uint8Array;
  readonly privateKey: KeyObject;
  /** COSE_Key. */
  readonly publicKey: Fields;
}

export class Credentials {
  readonly #master = randomBytes(32);
  readonly #stored: { rpId: string; id: Uint8Array }[] = [];
  #count = 0;

  /** @throws Refused when there is no room for a discoverable one */
  make(rpId: string, isDiscoverable: boolean): Credential {
    if (isDiscoverable && this.#stored.length >= ROOM) throw new Refused('keyFull');
    const nonce = randomBytes(32);
    const id = new Uint8Array(Buffer.concat([nonce, this.#tag(rpId, nonce)]));
    if (isDiscoverable) this.#stored.unshift({ rpId, id });
    return this.#credential(id);
  }

  /** Null when it was made elsewhere or for somebody else. */
  find(rpId: string, id: Uint8Array): Credential | null {
    if (id.length !== 64 || !this.#tag(rpId, id.slice(0, 32)).equals(id.slice(32))) return null;
    return this.#credential(id);
  }

  /** The newest discoverable one. */
  discover(rpId: string): Credential | null {
    const found = this.#stored.find((each) => each.rpId === rpId);
    return found === undefined ? null : this.#credential(found.id);
  }

  /** The key of hmac-secret: there are two of each credential. */
  secretKey(id: Uint8Array, verified: boolean): Buffer {
    return this.#derive(verified ? 'with PIN' : 'without PIN', id);
  }

  /** The next signature counter. */
  count(): number {
    this.#count += 1;
    return this.#count;
  }

  #derive(use: string, ...parts: readonly Uint8Array[]): Buffer {
    const hmac = createHmac('sha256', this.#master).update(use);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  }

  #tag(rpId: string, nonce: Uint8Array): Buffer {
    return this.#derive('credential', createHash('sha256').update(rpId).digest(), nonce);
  }

  #credential(id: Uint8Array): Credential {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(this.#derive('private key', id));
    const point = new Uint8Array(pair.getPublicKey());
    const [x, y] = [point.slice(1, 33), point.slice(33)];
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: text(x), y: text(y), d: text(pair.getPrivateKey()) };
    const publicKey = map([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, x],
      [-3, y],
    ]);
    return { id, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicKey };
  }
}
