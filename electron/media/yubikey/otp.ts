/**
 * Locking a share to a slot of a YubiKey's OTP interface. The slot has no PIN: a passphrase is
 * mandatory, and challenge and envelope are made anew after every reveal.
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import type { RandomSource } from '../../../shared/secret/random.ts';
import { wipingAfter } from '../../../shared/secret/secret.ts';
import {
  KEY_WORK_FACTOR,
  openKeyEnvelope,
  responseCheck,
  sealKeyEnvelope,
  stretchPassphrase,
} from '../../../shared/sharing/key-envelope-seal.ts';
import type {
  KeyEnvelope,
  KeyEnvelopeFacts,
  OtpLock,
} from '../../../shared/sharing/key-envelope.ts';
import type { Slot, SlotState, Waiting } from '../../devices/yubikey-otp/index.ts';
import { slotVerifier, VERIFIER_CHALLENGE } from '../../../shared/sharing/slot-verifier.ts';
import { withOtpKey, type KeySockets, type PluggedKey } from './keys.ts';
import { orOtpRefusal } from './otp-refusals.ts';

/** The slot that is used where nothing speaks against it. The first one types passwords. */
export const DEFAULT_SLOT: Slot = 2;
const SECRET_BYTES = 20;

/** Asks the key for its answer to a challenge of 32 bytes; the caller wipes the 20 bytes. */
export type AskSlot = (challenge: Uint8Array) => Promise<Uint8Array>;

export interface OtpLockFacts {
  readonly serial: number | null;
  readonly slot: Slot;
  /** As the key shows it. */
  readonly touch: boolean;
}

export interface OtpSealOptions {
  readonly random: RandomSource;
  /** log2 of scrypt's N. Lower it in tests only. */
  readonly workFactor?: number;
}

/** An envelope of OTP-HMAC, which has one key. */
export type OtpEnvelope = Extract<KeyEnvelope, { method: 'otp-hmac' }>;

/**
 * Locks a share.
 * @param challenge 32 random bytes, of this envelope only: no key was asked them before
 * @param share wire bytes; the caller wipes them
 * @param passphrase UTF-8; the caller wipes it
 */
export async function lockToSlot(
  facts: KeyEnvelopeFacts,
  share: Uint8Array,
  { serial, slot, touch }: OtpLockFacts,
  challenge: Uint8Array,
  passphrase: Uint8Array,
  ask: AskSlot,
  { random, workFactor = KEY_WORK_FACTOR }: OtpSealOptions,
): Promise<OtpEnvelope> {
  const response = await ask(challenge);
  return wipingAfter([response], async () => {
    const check = responseCheck(facts, 'otp-hmac', challenge, response);
    const salt = random(16);
    const lock: OtpLock = {
      serial,
      slot,
      touch,
      challenge,
      responseCheck: check,
      salt,
      workFactor,
    };
    const stretched = await stretchPassphrase(passphrase, lock);
    return wipingAfter([stretched], async () => {
      const keyed = { ...facts, method: 'otp-hmac' as const, keys: [lock] as const };
      const { sealed } = await sealKeyEnvelope(keyed, share, [{ stretched, response }]);
      return { ...keyed, sealed };
    });
  });
}

/**
 * Opens an envelope with the key's answer and a passphrase.
 * @returns the share's wire bytes; the caller wipes them
 * @throws Refusal `key-response-differs`, `key-passphrase-wrong`
 */
export async function openWithPassphrase(
  envelope: OtpEnvelope,
  response: Uint8Array,
  passphrase: Uint8Array,
): Promise<Uint8Array> {
  const stretched = await stretchPassphrase(passphrase, envelope.keys[0]);
  return wipingAfter([stretched], () => openKeyEnvelope(envelope, 0, { stretched, response }));
}

/** Both slots of a key, as it shows them now. @throws Refusal of the driver */
export function slotsOf(
  sockets: KeySockets,
  key: PluggedKey,
): Promise<readonly [SlotState, SlotState]> {
  return withOtpKey(sockets, placeOf(key), (open) => open.slots());
}

/**
 * Puts a new random secret that nobody else has into a slot. It answers to a touch.
 * @param typedSerial the number that a person typed, for a slot that is in use
 * @param challenges what the slot will be asked, one after the other
 * @param about hears of the secret before the key does: it may be pulled out after it took it, and
 *   the laptop may lose its power. It copies what it keeps; what it throws stops everything
 * @returns what it must answer to each, computed here: a slot that was programmed wrongly never
 *   locks anything. 20 bytes each, secret; the caller wipes them
 * @throws Refusal of the driver
 */
export async function programSlot(
  sockets: KeySockets,
  key: PluggedKey,
  choice: { readonly slot: Slot; readonly typedSerial: number | null },
  challenges: readonly Uint8Array[],
  random: RandomSource,
  about: (drawn: SecretDrawn) => Promise<void> | void = () => undefined,
): Promise<readonly Uint8Array[]> {
  const { slot, typedSerial } = choice;
  const secret = random(SECRET_BYTES);
  return wipingAfter([secret], async () => {
    const answers = challenges.map((challenge) => hmac(sha1, secret, challenge));
    try {
      await about({ answers, verifier: await verifierOf(secret) });
      await withOtpKey(sockets, placeOf(key), (open) =>
        open.program(slot, secret, {
          touch: true,
          ...(typedSerial === null ? {} : { overwrite: { typedSerial } }),
        }),
      );
      return answers;
    } catch (error) {
      for (const answer of answers) answer.fill(0);
      throw error;
    }
  });
}

function verifierOf(secret: Uint8Array): Promise<string> {
  const response = hmac(sha1, secret, VERIFIER_CHALLENGE);
  return wipingAfter([response], () => slotVerifier(response));
}

/** A secret on its way into a slot. */
interface SecretDrawn {
  /** To each challenge, 20 bytes: secret. */
  readonly answers: readonly Uint8Array[];
  /** Public: see slot-verifier.ts. */
  readonly verifier: string;
}

/** What is known after a slot was erased. */
export interface SlotErased {
  readonly serial: number;
  readonly slot: Slot;
  /** Read from the key after it, which shows the slot without a configuration. */
  readonly isEmpty: boolean;
}

/**
 * Empties a slot and reads it again from a key that was opened anew.
 * @param typedSerial as a person typed it
 * @throws Refusal of the driver: another key, an access code, gone
 */
export async function eraseSlot(
  sockets: KeySockets,
  key: PluggedKey,
  slot: Slot,
  typedSerial: number,
): Promise<SlotErased> {
  await withOtpKey(sockets, placeOf(key), (open) => open.erase(slot, { typedSerial }));
  const slots = await slotsOf(sockets, key);
  return { serial: typedSerial, slot, isEmpty: slots[slot - 1]?.isConfigured === false };
}

/**
 * Asks several keys at once and takes the first answer that passes `check`: where serial numbers are
 * hidden, the finger tells them apart, and a slot that answers without one does not win by that. The
 * others stop blinking.
 * @param check throws a Refusal where an answer is another key's
 * @throws Refusal when none answered rightly: of `check` if one answered at all
 */
export async function askSlotOf(
  sockets: KeySockets,
  keys: readonly PluggedKey[],
  slot: Slot,
  challenge: Uint8Array,
  waiting: Waiting,
  check: (response: Uint8Array) => void = () => undefined,
): Promise<{ readonly response: Uint8Array; readonly key: PluggedKey }> {
  const others = new AbortController();
  const { signal } = others;
  const stop = () => others.abort();
  if (waiting.signal?.aborted === true) stop();
  waiting.signal?.addEventListener('abort', stop);
  let wrong: unknown = null;
  const asked = keys.map((key) =>
    withSlot(sockets, key, slot, async (ask) => {
      const response = await ask(challenge, { ...waiting, signal });
      try {
        check(response);
      } catch (error) {
        response.fill(0);
        wrong = error;
        throw error;
      }
      return { response, key };
    }),
  );
  try {
    const first = await Promise.any(asked);
    stop();
    for (const late of await Promise.allSettled(asked)) {
      // SECURITY: two fingers on two keys; nobody needs the second answer.
      if (late.status === 'fulfilled' && late.value !== first) late.value.response.fill(0);
    }
    return first;
  } catch (error) {
    if (error instanceof AggregateError) throw wrong ?? error.errors[0];
    throw error;
  } finally {
    waiting.signal?.removeEventListener('abort', stop);
  }
}

/** Asks the slot of one key as often as `work` wants, while nobody can put another in its place. */
export function withSlot<T>(
  sockets: KeySockets,
  key: PluggedKey,
  slot: Slot,
  work: (ask: (challenge: Uint8Array, waiting: Waiting) => Promise<Uint8Array>) => Promise<T>,
): Promise<T> {
  return withOtpKey(sockets, placeOf(key), (open) =>
    work((challenge, waiting) =>
      orOtpRefusal(() => open.challengeResponse(slot, challenge, waiting)),
    ),
  );
}

function placeOf({ place }: PluggedKey) {
  if (place === null) throw new Error('This key was found by its FIDO interface.');
  return place;
}
