/**
 * The PIN of a software FIDO2 key: eight tries, three in a row until it wants to be replugged, and
 * tokens. What is lost with the power and what is not, as on a real key.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { Agreement, type Shared, verifyMac } from './fido-agreement.ts';
import { type Fields, map, needed, optional } from './fido-cbor.ts';
import type { FidoProfile } from './fido-profiles.ts';
import { Refused } from './fido-status.ts';

const TRIES = 8;
const TRIES_IN_A_ROW = 3;
const MAKE_CREDENTIAL = 0x01;
const GET_ASSERTION = 0x02;

interface Token {
  readonly protocol: number;
  readonly bytes: Buffer;
  permissions: number;
  rpId: string | null;
}

export class FidoPin {
  readonly #profile: FidoProfile;
  #digest: Buffer | null = null;
  #left = TRIES;
  #wrongInARow = 0;
  #agreement = new Agreement();
  #token: Token | null = null;
  /** Times that a PIN was compared: what a driver really spent. */
  compared = 0;

  constructor(profile: FidoProfile) {
    this.#profile = profile;
  }

  get isSet(): boolean {
    return this.#digest !== null;
  }

  get left(): number {
    return this.#left;
  }

  /** As if somebody had set it before. */
  set(pin: string): void {
    this.#digest = hashOf(Buffer.from(pin));
  }

  /** As it came from the factory. */
  forget(): void {
    this.#digest = null;
  }

  powerLost(): void {
    this.#wrongInARow = 0;
    this.#agreement = new Agreement();
    this.#token = null;
  }

  /** authenticatorClientPIN. @throws Refused */
  command(request: Fields): Fields {
    switch (needed(request, 2, 'number')) {
      case 1:
        return map([
          [3, this.#left],
          [4, this.#wantsReplug() ? true : undefined],
        ]);
      case 2:
        this.#protocol(request);
        return map([[1, this.#agreement.publicKey()]]);
      case 3:
        return this.#set(request);
      case 5:
        return this.#giveToken(request, MAKE_CREDENTIAL | GET_ASSERTION, null);
      case 9: {
        if (!this.#profile.hasPermissions) throw new Refused('invalidSubcommand');
        const permissions = needed(request, 9, 'number');
        if (permissions === 0) throw new Refused('invalidParameter');
        if (permissions > 3) throw new Refused('unauthorizedPermission');
        return this.#giveToken(request, permissions, optional(request, 10, 'text'));
      }
      default:
        throw new Refused('invalidSubcommand');
    }
  }

  /** The secret of a command that carries a public key (3) or an extension that does (1). */
  share(protocol: number, platform: Fields): Shared {
    if (!this.#profile.pinProtocols.includes(protocol)) throw new Refused('invalidParameter');
    return this.#agreement.with(protocol, platform);
  }

  /** Whether the user is verified: by `parameter`, of a token for this. @throws Refused */
  verify(
    parameter: Uint8Array | null,
    protocol: number | null,
    clientDataHash: Uint8Array,
    use: 'make' | 'assert',
    rpId: string,
  ): boolean {
    if (parameter === null) {
      if (use === 'make' && this.isSet) throw new Refused('pinRequired');
      return false;
    }
    if (protocol === null) throw new Refused('missingParameter');
    const token = this.#token;
    if (token === null || token.protocol !== protocol) throw new Refused('pinAuthInvalid');
    verifyMac(protocol, token.bytes, clientDataHash, parameter);
    const permission = use === 'make' ? MAKE_CREDENTIAL : GET_ASSERTION;
    if ((token.permissions & permission) === 0) throw new Refused('pinAuthInvalid');
    token.rpId ??= rpId;
    if (token.rpId !== rpId) throw new Refused('pinAuthInvalid');
    return true;
  }

  /** Somebody touched the key for a command with a token. */
  touched(): void {
    if (this.#profile.hasPermissions && this.#token !== null) this.#token.permissions = 0;
  }

  #protocol(request: Fields): number {
    const protocol = needed(request, 1, 'number');
    if (!this.#profile.pinProtocols.includes(protocol)) throw new Refused('invalidParameter');
    return protocol;
  }

  #wantsReplug(): boolean {
    return this.#wrongInARow >= TRIES_IN_A_ROW;
  }

  #set(request: Fields): Fields {
    const shared = this.share(this.#protocol(request), needed(request, 3, 'map'));
    if (this.isSet) throw new Refused('pinAuthInvalid');
    const sealed = needed(request, 5, 'bytes');
    shared.verify(sealed, needed(request, 4, 'bytes'));
    const padded = shared.decrypt(sealed);
    if (padded.length !== 64) throw new Refused('invalidParameter');
    let end = padded.length;
    while (end > 0 && padded[end - 1] === 0) end -= 1;
    const pin = padded.subarray(0, end);
    if (end === 64 || Array.from(pin.toString('utf8')).length < 4) throw new Refused('pinPolicy');
    this.#digest = hashOf(pin);
    this.#left = TRIES;
    return new Map();
  }

  #giveToken(request: Fields, permissions: number, rpId: string | null): Fields {
    const protocol = this.#protocol(request);
    const shared = this.share(protocol, needed(request, 3, 'map'));
    const sealed = needed(request, 6, 'bytes');
    if (this.#digest === null) throw new Refused('pinNotSet');
    if (this.#left === 0) throw new Refused('pinBlocked');
    if (this.#wantsReplug()) throw new Refused('pinAuthBlocked');
    this.#left -= 1;
    this.compared += 1;
    if (!shared.decrypt(sealed).equals(this.#digest)) {
      this.#wrongInARow += 1;
      this.#agreement = new Agreement();
      if (this.#left === 0) throw new Refused('pinBlocked');
      throw new Refused(this.#wantsReplug() ? 'pinAuthBlocked' : 'pinInvalid');
    }
    this.#left = TRIES;
    this.#wrongInARow = 0;
    const bytes = randomBytes(protocol === 1 ? this.#profile.tokenLength : 32);
    this.#token = { protocol, bytes, permissions, rpId };
    return map([[2, shared.encrypt(bytes)]]);
  }
}

function hashOf(pin: Uint8Array): Buffer {
  return createHash('sha256').update(pin).digest().subarray(0, 16);
}
