/**
 * The PIN: how many tries it has, setting the first one, and a token for one operation. A PIN goes
 * out encrypted, once, and only when its caller asked for it: no try is spent otherwise.
 * @module
 */
import { createHash } from 'node:crypto';
import { wipingAfter } from '../../../shared/secret/secret.ts';
import { type Authenticator, CTAP, fields } from './authenticator.ts';
import { asBytes, asCount, type CborItem } from './cbor.ts';
import { pinIsSet, pinProtocolOf } from './info.ts';
import { authenticate, type PinProtocol, SharedSecret } from './pin-protocol.ts';
import { nonsense, refuseFido } from './refusals.ts';
import { refuseStatus, STATUS, StatusError } from './status.ts';

const SUB = { retries: 1, keyAgreement: 2, setPin: 3, token: 5, tokenWithPermissions: 9 } as const;
const LONGEST_PIN = 63;

/** What a token may be used for. */
export const PERMISSION = { makeCredential: 1, getAssertion: 2 } as const;
export type Permission = (typeof PERMISSION)[keyof typeof PERMISSION];

export interface PinRetries {
  /** Wrong PINs until it is blocked for good. */
  readonly left: number;
  /** It takes no PIN until it is taken out and put in again. */
  readonly replug: boolean;
}

/** @throws Refusal */
export async function pinRetries(key: Authenticator): Promise<PinRetries> {
  const answer = await key.worded(
    CTAP.clientPin,
    fields([1, pinProtocolOf(key.info)], [2, SUB.retries]),
  );
  const replug = answer.get(4) ?? false;
  if (typeof replug !== 'boolean') throw nonsense('an odd state of the PIN');
  return { left: asCount(answer.get(3), 'the tries that are left'), replug };
}

/** A fresh secret with the key. Wipe it. @throws Refusal */
export async function agree(key: Authenticator): Promise<SharedSecret> {
  const protocol = pinProtocolOf(key.info);
  const answer = await key.worded(CTAP.clientPin, fields([1, protocol], [2, SUB.keyAgreement]));
  return new SharedSecret(protocol, answer.get(1));
}

/**
 * Sets the first PIN: UTF-8 in Unicode's form NFC. The caller wipes `pin`.
 * @throws Refusal fido-pin-set-already, fido-pin-policy, …
 */
export async function setPin(key: Authenticator, pin: Uint8Array): Promise<void> {
  if (pinIsSet(key.info) === true) throw refuseFido('fido-pin-set-already');
  demandPossible(pin, key.info.shortestPin);
  const shared = await agree(key);
  const padded = new Uint8Array(64);
  padded.set(pin);
  await wipingAfter([padded], async () => {
    const newPin = shared.encrypt(padded);
    const request = fields(
      [1, shared.protocol],
      [2, SUB.setPin],
      [3, shared.keyAgreement],
      [4, shared.authenticate(newPin)],
      [5, newPin],
    );
    await key.command(CTAP.clientPin, request, { once: true });
  })
    .catch((error: unknown) => {
      if (!(error instanceof StatusError)) throw error;
      if (error.status === STATUS.pinAuthInvalid) throw refuseFido('fido-pin-set-already');
      throw refuseStatus(error.status, CTAP.clientPin.name, key.info.shortestPin);
    })
    .finally(() => shared.wipe());
}

/** Signs one client data hash with the token of one operation. Wipe it. */
export class PinToken {
  readonly protocol: PinProtocol;
  readonly #token: Uint8Array;

  constructor(protocol: PinProtocol, token: Uint8Array) {
    this.protocol = protocol;
    this.#token = token;
  }

  authenticate(clientDataHash: Uint8Array): Uint8Array {
    return authenticate(this.protocol, this.#token, clientDataHash);
  }

  wipe(): void {
    this.#token.fill(0);
  }
}

/**
 * A token for one operation, by the PIN, which is sent once. A wrong one costs one of the key's
 * tries, and makes the key forget `shared`; one that cannot be right by its length costs none.
 * @throws Refusal fido-pin-wrong with the tries that are left, fido-pin-replug, fido-pin-blocked, …
 */
export async function pinToken(
  key: Authenticator,
  shared: SharedSecret,
  pin: Uint8Array,
  permission: Permission,
  rpId: string,
  signal?: AbortSignal,
): Promise<PinToken> {
  const { info } = key;
  if (pinIsSet(info) !== true) throw refuseFido('fido-pin-not-set');
  demandPossible(pin, info.shortestPin);
  if (info.mustChangePin) throw refuseFido('fido-pin-policy', info.shortestPin);
  try {
    if (signal?.aborted === true) throw refuseFido('fido-cancelled');
    return await exchangePin(key, shared, pin, permission, rpId);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.status === STATUS.pinInvalid) {
      throw refuseFido('fido-pin-wrong', (await pinRetries(key)).left);
    }
    throw refuseStatus(error.status, CTAP.clientPin.name, info.shortestPin);
  }
}

async function exchangePin(
  key: Authenticator,
  shared: SharedSecret,
  pin: Uint8Array,
  permission: Permission,
  rpId: string,
): Promise<PinToken> {
  const digest = createHash('sha256').update(pin).digest();
  const pinHash = shared.encrypt(digest.subarray(0, 16));
  digest.fill(0);
  const permissions: (readonly [number, CborItem])[] =
    key.info.options.get('pinUvAuthToken') === true
      ? [
          [2, SUB.tokenWithPermissions],
          [9, permission],
          [10, rpId],
        ]
      : [[2, SUB.token]];
  const answer = await key.command(
    CTAP.clientPin,
    fields([1, shared.protocol], [3, shared.keyAgreement], [6, pinHash], ...permissions),
    // SECURITY: a PIN is never sent twice by itself, not even to a key that says it was busy.
    { once: true },
  );
  const token = shared.decrypt(asBytes(answer.get(2), 'the token'));
  const lengths = shared.protocol === 1 ? [16, 32] : [32];
  if (lengths.includes(token.length)) return new PinToken(shared.protocol, token);
  token.fill(0);
  throw nonsense(`a token of ${token.length} bytes`);
}

/** UTF-8 has one byte that is not 10xxxxxx for each character. */
function demandPossible(pin: Uint8Array, shortest: number): void {
  const characters = pin.filter((byte) => (byte & 0xc0) !== 0x80).length;
  if (characters < shortest || pin.length > LONGEST_PIN || pin.includes(0)) {
    throw refuseFido('fido-pin-policy', shortest);
  }
}
