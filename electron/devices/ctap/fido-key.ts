/**
 * A FIDO2 key from outside: find it, open it, and what it does for Conclave. Every error is a
 * Refusal with words for the person who holds it.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../yubikey-otp/hid/clock.ts';
import {
  type HidConnection,
  HidGone,
  HidNoPermission,
  type HidTransport,
  HidUnavailable,
} from '../yubikey-otp/hid/transport.ts';
import { Authenticator, CTAP } from './authenticator.ts';
import { type CallOptions, Channel, ChannelError } from './channel.ts';
import { type PinRetries, pinRetries, setPin } from './client-pin.ts';
import { RELYING_PARTY } from './demands.ts';
import {
  credentialHere,
  type FidoSecret,
  hmacSecret,
  type KnownCredential,
  type SecretRequest,
} from './hmac-secret.ts';
import { type FidoInfo, pinIsSet } from './info.ts';
import { type CredentialRequest, type FidoCredential, makeCredential } from './make-credential.ts';
import { nonsense, refuseFido } from './refusals.ts';
import { select } from './selection.ts';
import { readSerial } from './serial.ts';
import { refuseStatus, StatusError } from './status.ts';

const FIDO_USAGE_PAGE = 0xf1d0;
const FIDO_USAGE = 0x0001;
const YUBICO = 0x1050;
const CAN_CBOR = 0x04;

export interface ListedFidoKey {
  readonly path: string;
  /** E.g. `YubiKey OTP+FIDO+CCID`; may be empty. */
  readonly product: string;
  readonly isYubico: boolean;
}

/** All FIDO keys that are plugged in, without opening any. @throws Refusal */
export async function listFidoKeys(transport: HidTransport): Promise<readonly ListedFidoKey[]> {
  const all = await inWords(() => transport.list());
  return all
    .filter(({ usagePage, usage }) => usagePage === FIDO_USAGE_PAGE && usage === FIDO_USAGE)
    .map(({ path, product, vendorId }) => ({ path, product, isYubico: vendorId === YUBICO }));
}

/** Opens one of {@link listFidoKeys}. Close it. @throws Refusal */
export async function openFidoKey(
  transport: HidTransport,
  path: string,
  clock: Clock = systemClock,
): Promise<FidoKey> {
  return inWords(async () => {
    const connection = namingFailures(await transport.open(path).catch(couldNot('opened')));
    try {
      const channel = await Channel.open(connection, clock);
      if ((channel.greeting.capabilities & CAN_CBOR) === 0) throw refuseFido('fido-not-fido2');
      const key = await Authenticator.greet(channel);
      const isFido2 = key.info.versions.some((version) => version.startsWith('FIDO_2'));
      if (!isFido2) throw refuseFido('fido-not-fido2');
      return new FidoKey(connection, key);
    } catch (error) {
      await connection.close();
      throw error;
    }
  });
}

/** A stack that fails in a way of its own, with the key still there, is no secret of the key's. */
function namingFailures(connection: HidConnection): HidConnection {
  return {
    write: (report) => connection.write(report).catch(couldNot('written to')),
    read: (milliseconds) => connection.read(milliseconds).catch(couldNot('read from')),
    sendFeature: (report) => connection.sendFeature(report),
    getFeature: () => connection.getFeature(),
    close: () => connection.close(),
  };
}

/** Passes on what has words of its own. */
function couldNot(what: string): (error: unknown) => never {
  return (error) => {
    const isNamed =
      error instanceof HidGone ||
      error instanceof HidNoPermission ||
      error instanceof HidUnavailable;
    throw isNamed ? error : refuseFido('fido-unreachable', what);
  };
}

/** An open key. Its operations queue up: a key does one thing at a time. */
export class FidoKey {
  readonly #connection: HidConnection;
  #key: Authenticator;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(connection: HidConnection, key: Authenticator) {
    this.#connection = connection;
    this.#key = key;
  }

  /** As of opening, or of the last {@link setPin}. */
  info(): FidoInfo {
    return this.#key.info;
  }

  /** Major, minor, build. */
  firmware(): readonly [number, number, number] {
    return this.#key.channel.greeting.firmware;
  }

  /** Null when the key has no PINs at all. */
  pinIsSet(): boolean | null {
    return pinIsSet(this.#key.info);
  }

  /** Of a YubiKey that does not hide it; null otherwise. @throws Refusal */
  serial(): Promise<number | null> {
    return this.#next(() => readSerial(this.#key.channel));
  }

  /** Uses none of the tries. @throws Refusal */
  pinRetries(): Promise<PinRetries> {
    return this.#next(() => pinRetries(this.#key));
  }

  /**
   * Sets the first PIN, UTF-8 in Unicode's form NFC. The caller wipes it.
   * @throws Refusal fido-pin-set-already, fido-pin-policy, …
   */
  setPin(pin: Uint8Array): Promise<void> {
    return this.#next(async () => {
      await setPin(this.#key, pin);
      this.#key = await this.#key.again();
    });
  }

  /**
   * A new credential with hmac-secret, of which the key stores nothing: any number fits. The
   * answer is checked: for Conclave, touched, PIN asked for, attestation signed by its certificate.
   * @throws Refusal
   */
  makeCredential(
    request: Omit<CredentialRequest, 'once' | 'clientDataHash'> & {
      /** 32 bytes; random when it does not matter. */
      readonly clientDataHash?: Uint8Array;
    },
  ): Promise<FidoCredential> {
    const clientDataHash = request.clientDataHash ?? new Uint8Array(randomBytes(32));
    return this.#next(() =>
      makeCredential(this.#key, RELYING_PARTY, { ...request, clientDataHash }),
    );
  }

  /**
   * One secret for each salt. Whether this is the right key is found out before the PIN is sent
   * and before it blinks; the answer's signature is checked. The caller wipes the secrets.
   * @throws Refusal fido-wrong-key, fido-pin-wrong, fido-not-touched, fido-forged, …
   */
  hmacSecret(request: Omit<SecretRequest, 'once'>): Promise<FidoSecret> {
    return this.#next(() => hmacSecret(this.#key, RELYING_PARTY, request));
  }

  /**
   * Whether this is the right key, asked without PIN and without touch. Null when the key answers
   * no such question; {@link hmacSecret} finds out.
   * @throws Refusal fido-wrong-key when it has none of them; …
   */
  whichIsHere(credentials: readonly KnownCredential[]): Promise<KnownCredential | null> {
    return this.#next(() => credentialHere(this.#key, RELYING_PARTY, credentials));
  }

  /** Returns when this key was touched: tells two keys apart. @throws Refusal */
  select(options: Omit<CallOptions, 'once'> = {}): Promise<void> {
    return this.#next(() => select(this.#key, RELYING_PARTY, options));
  }

  /** Safe to call twice, and after the key was taken out. */
  close(): Promise<void> {
    return this.#next(() => this.#connection.close());
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(() => inWords(work));
    this.#queue = mine.catch(() => undefined);
    return mine;
  }
}

/** Turns what the HID stack and the two protocols throw into refusals. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HidGone) throw refuseFido('fido-gone');
    if (error instanceof HidNoPermission) throw refuseFido('fido-no-permission');
    if (error instanceof HidUnavailable) throw refuseFido('fido-unavailable', error.message);
    if (error instanceof ChannelError) throw nonsense(error.message);
    if (error instanceof StatusError) throw refuseStatus(error.status, CTAP.getInfo.name, 4);
    throw error;
  }
}
