/**
 * Opening a share that is locked to a YubiKey.
 * @module
 */
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { Secret, wipingAfter } from '../../../shared/secret/secret.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { requireResponse } from '../../../shared/sharing/key-envelope-seal.ts';
import type { KeyEnvelope } from '../../../shared/sharing/key-envelope.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import { fidoCode } from '../../devices/ctap/index.ts';
import {
  askCredential,
  credentialOf,
  openWithCredential,
  type FidoEnvelope,
} from '../../media/yubikey/fido.ts';
import { keyTitle, withFidoKey, type PluggedKey } from '../../media/yubikey/keys.ts';
import { askSlotOf, openWithPassphrase, type OtpEnvelope } from '../../media/yubikey/otp.ts';
import { isOtpRefusal } from '../../media/yubikey/otp-refusals.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import { askPassphrase } from '../asking.ts';
import type { KeyHolder } from './holder.ts';
import { withPin } from './pin.ts';

/** What a handler makes of the share's wire bytes; it copies what it keeps. */
export type CheckWire<T> = (wire: Uint8Array) => T;

/** An OTP envelope that was opened: what is needed to make it anew. */
export interface OpenedSlot<T> {
  readonly value: T;
  readonly passphrase: Secret;
  readonly key: PluggedKey;
}

/**
 * The key first, by its touch; then the words, as often as they are typed wrongly, without another
 * touch. Whether it is the right key is known before anybody types.
 * @param where `the stick HOME-1`
 */
export async function openWithSlot<T extends object>(
  holder: KeyHolder,
  envelope: OtpEnvelope,
  where: string,
  check: CheckWire<T>,
): Promise<OpenedSlot<T>> {
  const { entry, person } = holder;
  const title = shareName(envelope.index, envelope.count);
  const { response, key } = await answerOf(holder, envelope, title);
  return wipingAfter([response], async () => {
    const { value, passphrase } = await askPassphrase(
      entry,
      { person, opens: `${title} on ${where}, with the YubiKey` },
      async (words) => {
        const wire = await openWithPassphrase(envelope, response, words);
        return wipingAfter([wire], () => check(wire));
      },
    );
    return { value, passphrase, key };
  });
}

/** The answer of the key that locks the envelope. */
function answerOf(holder: KeyHolder, envelope: OtpEnvelope, title: string) {
  const [{ serial, slot, challenge }] = envelope.keys;
  return holder.withKeys(
    { method: 'otp-hmac', purpose: 'open', title, wanted: [{ serial, isBackup: false }] },
    async (keys) => {
      try {
        return await holder.touch(keys, 'otp-hmac', 'open', (waiting) =>
          askSlotOf(holder.sockets, keys, slot, challenge, waiting, (response) =>
            requireResponse(envelope, 0, response),
          ),
        );
      } catch (error) {
        throw lossOf(envelope, keys, title, error);
      }
    },
  );
}

/** Of the very key that locks the envelope: what its slot says means that it will never open it. */
function lossOf(
  envelope: OtpEnvelope,
  [key, ...others]: readonly [PluggedKey, ...PluggedKey[]],
  title: string,
  error: unknown,
): unknown {
  const [{ serial, slot }] = envelope.keys;
  if (serial === null || serial !== key.serial || others.length > 0) return error;
  if (isOtpRefusal(error, 'otp-slot-empty')) {
    return refuseKey('key-slot-erased', keyTitle(key), title, slot);
  }
  const differs = error instanceof Refusal && error.code === 'key-response-differs';
  return differs || isOtpRefusal(error, 'otp-refused')
    ? refuseKey('key-slot-changed', keyTitle(key), title, slot)
    : error;
}

/**
 * With one of the envelope's FIDO2 keys, or with the one that is asked for.
 * @param only which of the keys; null: whichever is plugged in
 */
export async function openWithPin<T extends object>(
  holder: KeyHolder,
  envelope: FidoEnvelope,
  only: number | null,
  check: CheckWire<T>,
): Promise<{ readonly value: T; readonly at: number }> {
  const title = shareName(envelope.index, envelope.count);
  const places = envelope.keys.map((_, at) => at).filter((at) => only === null || at === only);
  const wanted = places.map((at) => ({
    serial: envelope.keys[at]?.serial ?? null,
    isBackup: at > 0,
  }));
  return holder.withKeys({ method: 'fido2', purpose: 'open', title, wanted }, async ([key]) => {
    const own = await placesOn(holder, envelope, places, key);
    return withPin(holder, key, title, async (pin) => {
      let last: unknown;
      for (const at of own) {
        try {
          return await openPart(holder, envelope, at, key, pin, check);
        } catch (error) {
          // Said before the PIN was sent: the other credential may be on it.
          if (!(error instanceof Refusal) || error.code !== 'fido-wrong-key') throw error;
          last = error;
        }
      }
      throw last;
    });
  });
}

/**
 * Which places of the envelope this key opens, asked before anybody types or sets a PIN. All that
 * were asked for, where the key answers no such question.
 * @throws Refusal `fido-wrong-key`; `key-credential-gone` where the number is right
 */
async function placesOn(
  { sockets }: KeyHolder,
  envelope: FidoEnvelope,
  places: readonly number[],
  key: PluggedKey,
): Promise<readonly number[]> {
  const credentials = places.map((at) => credentialOf(envelope, at));
  try {
    const here = await withFidoKey(sockets, key.path, (open) => open.whichIsHere(credentials));
    if (here === null) return places;
    return places.filter((_, n) => {
      const id = credentials[n]?.credentialId;
      return id !== undefined && equalBytes(id, here.credentialId);
    });
  } catch (error) {
    const isNamed = places.some((at) => envelope.keys[at]?.serial === key.serial);
    if (key.serial === null || !isNamed || fidoCode(error) !== 'fido-wrong-key') throw error;
    throw refuseKey(
      'key-credential-gone',
      keyTitle(key),
      shareName(envelope.index, envelope.count),
    );
  }
}

async function openPart<T extends object>(
  holder: KeyHolder,
  envelope: FidoEnvelope,
  at: number,
  key: PluggedKey,
  pin: Uint8Array,
  check: CheckWire<T>,
): Promise<{ readonly value: T; readonly at: number }> {
  const lock = envelope.keys[at];
  if (lock === undefined) throw new RangeError(`the envelope has no key ${at}`);
  const asked = { credential: credentialOf(envelope, at), challenge: lock.challenge };
  const { response } = await holder.touch([key], 'fido2', 'open', (waiting) =>
    askCredential(holder.sockets, key, asked, pin, waiting),
  );
  return wipingAfter([response], async () => {
    const wire = await openWithCredential(envelope, at, response);
    return wipingAfter([wire], () => ({ value: check(wire), at }));
  });
}

/**
 * Reading back: each key of the envelope loses its power and opens the share.
 * @param drop wipes what `check` made of a part that another one follows
 * @returns what `check` made of the last part, and the words of an OTP envelope
 */
export async function readLockedBack<T extends object>(
  holder: KeyHolder,
  envelope: KeyEnvelope,
  where: string,
  check: CheckWire<T>,
  drop: (value: T) => void,
): Promise<{ readonly value: T; readonly passphrase: Secret | null }> {
  const title = shareName(envelope.index, envelope.count);
  await holder.replugged(envelope.method, title);
  if (envelope.method === 'otp-hmac') return openWithSlot(holder, envelope, where, check);
  const last = envelope.keys.length - 1;
  for (let at = 0; at < last; at += 1) {
    drop((await openWithPin(holder, envelope, at, check)).value);
    holder.entry.accepted('The first YubiKey opens it.');
    // The second key is put in for the first; it was written to in this sitting as well.
    await holder.replugged(envelope.method, title);
  }
  const { value } = await openWithPin(holder, envelope, last, check);
  return { value, passphrase: null };
}
