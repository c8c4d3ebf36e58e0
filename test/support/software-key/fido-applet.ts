/**
 * The CTAP2 commands of a software key: what it checks in which order, and what it signs.
 * @module
 */
import { createHash, createHmac, sign } from 'node:crypto';
import { type Fields, fromCbor, map, needed, optional, toCbor } from './fido-cbor.ts';
import { type Issued, Maker } from './fido-certificate.ts';
import { type Credential, Credentials } from './fido-credentials.ts';
import { FidoPin } from './fido-pin.ts';
import type { FidoProfile } from './fido-profiles.ts';
import { CODE, Refused } from './fido-status.ts';

/** A command is answered at once, or when the key was touched. Answers begin with a status. */
export type Outcome = { readonly answer: Uint8Array } | { readonly touched: () => Uint8Array };

/** What a test may falsify, before it is signed or before it is sent. */
export interface FidoLies {
  /** Status of the next command, instead of doing it; used once. */
  status?: number;
  rpId?: string;
  /** Flags of authenticator data that are left out: 0x01 touched, 0x04 PIN, 0x80 extensions. */
  withoutFlags?: number;
  /** Changes an answer before it is encoded. */
  answer?: (answer: Fields) => void;
  /** Changes extension outputs. */
  extensions?: (extensions: Fields) => void;
}

const MAKER = new Maker();
/** The root certificate, DER, of all software keys. */
export const SOFTWARE_ROOT = MAKER.root;

const COMMANDS = { makeCredential: 1, getAssertion: 2, getInfo: 4, clientPin: 6, selection: 11 };

export class FidoApplet {
  readonly pin: FidoPin;
  readonly credentials = new Credentials();
  readonly lies: FidoLies = {};
  attestation: Issued;
  readonly #profile: FidoProfile;
  readonly #aaguid: Buffer;

  constructor(profile: FidoProfile) {
    this.#profile = profile;
    this.#aaguid = Buffer.from(profile.aaguid, 'hex');
    this.pin = new FidoPin(profile);
    this.attestation = MAKER.attests(this.#aaguid);
  }

  command(message: Uint8Array): Outcome {
    try {
      return this.#command(message);
    } catch (error) {
      return { answer: refusal(error) };
    }
  }

  #command(message: Uint8Array): Outcome {
    if (message.length > this.#profile.maxMessage) throw new Refused('tooLarge');
    if (this.lies.status !== undefined) {
      const answer = Uint8Array.of(this.lies.status);
      delete this.lies.status;
      return { answer };
    }
    const number = message[0];
    if (number === undefined) throw new Refused('invalidLength');
    const request = message.length > 1 ? fromCbor(message.subarray(1)) : new Map();
    switch (number) {
      case COMMANDS.makeCredential:
        return this.#makeCredential(request);
      case COMMANDS.getAssertion:
        return this.#getAssertion(request);
      case COMMANDS.getInfo:
        return { answer: this.#encode(this.#info()) };
      case COMMANDS.clientPin:
        return { answer: this.#encode(this.pin.command(request)) };
      case COMMANDS.selection:
        if (!this.#profile.hasSelection) throw new Refused('invalidCommand');
        return { touched: () => Uint8Array.of(0) };
      default:
        throw new Refused('invalidCommand');
    }
  }

  #info(): Fields {
    const { versions, extensions, options, maxMessage, pinProtocols, maxCredentials } =
      this.#profile;
    return map([
      [1, versions],
      [2, extensions],
      [3, new Uint8Array(this.#aaguid)],
      [4, map(Object.entries({ ...options, clientPin: this.pin.isSet }))],
      [5, maxMessage],
      [6, pinProtocols],
      [7, maxCredentials],
      [8, 128],
      [9, ['usb']],
      [10, [map(Object.entries({ alg: -7, type: 'public-key' }))]],
      [13, 4],
    ]);
  }

  #makeCredential(request: Fields): Outcome {
    const clientDataHash = needed(request, 1, 'bytes');
    const rpId = needed(needed(request, 2, 'map'), 'id', 'text');
    needed(needed(request, 3, 'map'), 'id', 'bytes');
    const algorithms = needed(request, 4, 'list') as readonly Fields[];
    const parameter = optional(request, 8, 'bytes');
    if (parameter?.length === 0) return this.#onlyTouched();
    if (!algorithms.some((each) => each.get('alg') === -7)) {
      throw new Refused('unsupportedAlgorithm');
    }
    const options = optional(request, 7, 'map') ?? new Map<unknown, unknown>();
    if (options.get('uv') === true || options.get('up') === false) {
      throw new Refused('invalidOption');
    }
    const protocol = optional(request, 9, 'number');
    const verified = this.pin.verify(parameter, protocol, clientDataHash, 'make', rpId);
    const excluded = this.#listed(request, 5).some((id) => this.credentials.find(rpId, id));
    const extensions = optional(request, 6, 'map') ?? new Map<unknown, unknown>();
    const secret = optional(extensions, 'hmac-secret', 'boolean');
    return this.#whenTouched(() => {
      if (excluded) throw new Refused('excluded');
      const credential = this.credentials.make(rpId, options.get('rk') === true);
      const outputs = map([['hmac-secret', secret ?? undefined]]);
      const authData = this.#authData(rpId, true, verified, credential, outputs);
      const signed = sign('sha256', concat(authData, clientDataHash), this.attestation.privateKey);
      const statement = map([
        ['alg', -7],
        ['sig', new Uint8Array(signed)],
        ['x5c', [this.attestation.certificate]],
      ]);
      return map([
        [1, 'packed'],
        [2, authData],
        [3, statement],
      ]);
    });
  }

  #getAssertion(request: Fields): Outcome {
    const rpId = needed(request, 1, 'text');
    const clientDataHash = needed(request, 2, 'bytes');
    const parameter = optional(request, 6, 'bytes');
    if (parameter?.length === 0) return this.#onlyTouched();
    const options = optional(request, 5, 'map') ?? new Map<unknown, unknown>();
    if (options.get('uv') === true) throw new Refused('invalidOption');
    if (options.has('rk')) throw new Refused('unsupportedOption');
    const withTouch = options.get('up') !== false;
    const protocol = optional(request, 7, 'number');
    const verified = this.pin.verify(parameter, protocol, clientDataHash, 'assert', rpId);
    const extensions = optional(request, 4, 'map') ?? new Map<unknown, unknown>();
    const hmac = optional(extensions, 'hmac-secret', 'map');
    if (hmac !== null && !withTouch) throw new Refused('unsupportedOption');
    const credential = this.#choose(rpId, request);
    const outputs = (): Fields =>
      map([['hmac-secret', hmac === null ? undefined : this.#secret(hmac, credential, verified)]]);
    const answer = (): Fields => {
      const authData = this.#authData(rpId, withTouch, verified, null, outputs());
      const signed = sign('sha256', concat(authData, clientDataHash), credential.privateKey);
      const described = map([
        ['id', credential.id],
        ['type', 'public-key'],
      ]);
      return map([
        [1, described],
        [2, authData],
        [3, new Uint8Array(signed)],
      ]);
    };
    return withTouch ? this.#whenTouched(answer) : { answer: this.#encode(answer()) };
  }

  #choose(rpId: string, request: Fields): Credential {
    const found = request.has(3)
      ? this.#listed(request, 3)
          .map((id) => this.credentials.find(rpId, id))
          .find((each) => each !== null)
      : this.credentials.discover(rpId);
    if (found === undefined || found === null) throw new Refused('noCredentials');
    return found;
  }

  #listed(request: Fields, field: number): readonly Uint8Array[] {
    const list = optional(request, field, 'list') ?? [];
    if (list.length > this.#profile.maxCredentials) throw new Refused('limitExceeded');
    return list.map((each) => {
      if (!(each instanceof Map)) throw new Refused('unexpectedType');
      return needed(each as Fields, 'id', 'bytes');
    });
  }

  #secret(hmac: Fields, credential: Credential, verified: boolean): Uint8Array {
    const protocol = optional(hmac, 4, 'number') ?? 1;
    const shared = this.pin.share(protocol, needed(hmac, 1, 'map'));
    const sealed = needed(hmac, 2, 'bytes');
    shared.verify(sealed, needed(hmac, 3, 'bytes'));
    const salts = shared.decrypt(sealed);
    if (salts.length !== 32 && salts.length !== 64) throw new Refused('invalidLength');
    const key = this.credentials.secretKey(credential.id, verified);
    const made = [salts.subarray(0, 32), salts.subarray(32)]
      .filter(({ length }) => length > 0)
      .map((salt) => createHmac('sha256', key).update(salt).digest());
    return shared.encrypt(Buffer.concat(made));
  }

  #authData(
    rpId: string,
    present: boolean,
    verified: boolean,
    credential: Credential | null,
    extensions: Fields,
  ): Uint8Array {
    this.lies.extensions?.(extensions);
    const flags =
      (present ? 0x01 : 0) |
      (verified ? 0x04 : 0) |
      (credential === null ? 0 : 0x40) |
      (extensions.size === 0 ? 0 : 0x80);
    const told = flags & ~(this.lies.withoutFlags ?? 0);
    const head = Buffer.alloc(5);
    head.writeUInt8(told);
    head.writeUInt32BE(this.credentials.count(), 1);
    const parts: Uint8Array[] = [digest(this.lies.rpId ?? rpId), head];
    if (credential !== null) {
      const length = Buffer.from([credential.id.length >> 8, credential.id.length & 0xff]);
      parts.push(this.#aaguid, length, credential.id, toCbor(credential.publicKey));
    }
    if ((told & 0x80) !== 0) parts.push(toCbor(extensions));
    return concat(...parts);
  }

  /** What keys without selection are asked for instead. */
  #onlyTouched(): Outcome {
    return this.#whenTouched(() => {
      throw new Refused(this.pin.isSet ? 'pinInvalid' : 'pinNotSet');
    });
  }

  #whenTouched(answer: () => Fields): Outcome {
    return {
      touched: () => {
        try {
          return this.#encode(answer());
        } catch (error) {
          return refusal(error);
        } finally {
          this.pin.touched();
        }
      },
    };
  }

  #encode(answer: Fields): Uint8Array {
    this.lies.answer?.(answer);
    if (answer.size === 0) return Uint8Array.of(0);
    return concat(Uint8Array.of(0), toCbor(answer));
  }
}

function refusal(error: unknown): Uint8Array {
  if (!(error instanceof Refused)) throw error;
  return Uint8Array.of(error.status);
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Not touched in time, and cancelled. */
export const TOUCH_TIMEOUT = Uint8Array.of(CODE.touchTimeout);
export const CANCELLED = Uint8Array.of(CODE.cancelled);
