/**
 * Locking a share with what a YubiKey answers, and opening it again.
 *
 *     P = scrypt(passphrase, salt, N = 2^workFactor, r = 8, p = 1), 32 bytes; nothing for FIDO2,
 *         whose key asks for its PIN itself
 *     R = what the key answers to the 32 random bytes c: HMAC-SHA1 (20 bytes) or hmac-secret (32)
 *     key ‖ nonce = HKDF-SHA256(ikm = P ‖ R, salt = c, info), 32 + 12 bytes
 *     info = for each of `conclave/v1/yubikey`, mode, method, set id, u32 generation, u8 index,
 *            ceremony: u16 length ‖ bytes
 *     sealed = AES-256-GCM(key, nonce, share's wire bytes, additional data = the header)
 *     response check = HKDF-SHA256(ikm = R, salt = c, info with `…/check` as its first field), 4 bytes
 *
 * c is drawn anew for every key of every envelope, so no key and nonce are used twice. The response
 * check tells a wrong key from a wrong passphrase; 32 bits about a response of 160 bits help nobody.
 *
 * With two FIDO2 keys the share is sealed twice, once for each, and no data key lies in between:
 * that is 16 bytes longer for each key at most, each part opens by exactly the rule above, and there
 * is no third secret that one opened part would give away for the other.
 * @module
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  concatBytes,
  equalBytes,
  hexToBytes,
  lengthPrefixed,
  plainBytes,
  u32,
} from '../encoding/bytes.ts';
import { wipingAfter } from '../secret/secret.ts';
import {
  keyEnvelopeHeader,
  type FidoLock,
  type KeyEnvelope,
  type KeyEnvelopeFacts,
  type KeyLocks,
  type KeyMethod,
  type OtpLock,
} from './key-envelope.ts';
import { refuseKeyEnvelope } from './key-envelope-refusals.ts';

/** scrypt's N = 2^18, as age files have it. */
export const KEY_WORK_FACTOR = 18;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const CHECK_BYTES = 4;
/** By method: HMAC-SHA1, and hmac-secret for one salt. */
export const RESPONSE_BYTES = { 'otp-hmac': 20, fido2: 32 } as const satisfies Record<
  KeyMethod,
  number
>;

function info(label: string, facts: KeyEnvelopeFacts, method: KeyMethod): Uint8Array {
  return lengthPrefixed(
    label,
    facts.mode,
    method,
    hexToBytes(facts.setId),
    u32(facts.generation),
    Uint8Array.of(facts.index),
    hexToBytes(facts.ceremonyId),
  );
}

/**
 * What tells a wrong key from a wrong passphrase.
 * @param response of the key; the caller wipes it
 */
export function responseCheck(
  facts: KeyEnvelopeFacts,
  method: KeyMethod,
  challenge: Uint8Array,
  response: Uint8Array,
): Uint8Array {
  const of = info('conclave/v1/yubikey/check', facts, method);
  return hkdf(sha256, response, challenge, of, CHECK_BYTES);
}

/**
 * The passphrase of an OTP-HMAC envelope, stretched. 32 bytes; the caller wipes them.
 * @param passphrase UTF-8; the caller wipes it
 */
export function stretchPassphrase(
  passphrase: Uint8Array,
  { salt, workFactor }: Pick<OtpLock, 'salt' | 'workFactor'>,
): Promise<Uint8Array> {
  return scryptAsync(passphrase, salt, { N: 2 ** workFactor, r: 8, p: 1, dkLen: 32 });
}

/** What opens one part of an envelope. The caller wipes both. */
export interface KeyAnswer {
  /** {@link stretchPassphrase} for OTP-HMAC, empty for FIDO2. */
  readonly stretched: Uint8Array;
  /** 20 bytes of HMAC-SHA1, or 32 of hmac-secret. */
  readonly response: Uint8Array;
}

/**
 * Locks a share for each of the keys.
 * @param share the share's wire bytes; the caller wipes them
 * @param answers one for each key, in their order
 */
export async function sealKeyEnvelope(
  envelope: KeyEnvelopeFacts & KeyLocks,
  share: Uint8Array,
  answers: readonly KeyAnswer[],
): Promise<KeyEnvelope> {
  const header = keyEnvelopeHeader(envelope);
  const sealed: Uint8Array[] = [];
  for (const [at, lock] of envelope.keys.entries()) {
    const answer = answers[at];
    if (answer === undefined) throw new RangeError('one answer for each key');
    const copy = plainBytes(share);
    sealed.push(
      await wipingAfter([copy], () =>
        withCipher(envelope, lock, answer, header, (key, parameters) =>
          globalThis.crypto.subtle.encrypt(parameters, key, copy),
        ),
      ),
    );
  }
  return { ...envelope, sealed };
}

/**
 * Whether a key answered as the one that locks this part did.
 * @throws Refusal `key-response-differs`
 */
export function requireResponse(
  envelope: KeyEnvelope,
  at: number,
  response: Uint8Array,
): OtpLock | FidoLock {
  const lock = envelope.keys[at];
  if (lock === undefined) throw new RangeError(`the envelope has no key ${at}`);
  const { method, index, count } = envelope;
  const check = responseCheck(envelope, method, lock.challenge, response);
  if (!equalBytes(check, lock.responseCheck)) {
    throw refuseKeyEnvelope('key-response-differs', index, count);
  }
  return lock;
}

/**
 * The share's wire bytes; the caller wipes them, and has the share judged by its own manifest.
 * @param at which of the envelope's keys answered
 * @throws Refusal `key-response-differs`; `key-passphrase-wrong` (OTP-HMAC),
 *   `key-envelope-not-genuine` (FIDO2, where nothing was typed that could be wrong)
 */
export async function openKeyEnvelope(
  envelope: KeyEnvelope,
  at: number,
  answer: KeyAnswer,
): Promise<Uint8Array> {
  const lock = requireResponse(envelope, at, answer.response);
  const sealed = envelope.sealed[at];
  if (sealed === undefined) throw new RangeError(`the envelope has no part ${at}`);
  const header = keyEnvelopeHeader(envelope);
  return withCipher(envelope, lock, answer, header, async (key, parameters) => {
    try {
      return await globalThis.crypto.subtle.decrypt(parameters, key, plainBytes(sealed));
    } catch {
      // The tag does not fit; nothing else can go wrong with well-formed parameters.
      const { method, index, count } = envelope;
      throw refuseKeyEnvelope(
        method === 'otp-hmac' ? 'key-passphrase-wrong' : 'key-envelope-not-genuine',
        index,
        count,
      );
    }
  });
}

async function withCipher(
  facts: KeyEnvelopeFacts & { readonly method: KeyMethod },
  { challenge }: OtpLock | FidoLock,
  { stretched, response }: KeyAnswer,
  header: Uint8Array,
  work: (key: CryptoKey, parameters: AesGcmParams) => Promise<ArrayBuffer>,
): Promise<Uint8Array> {
  if (response.length !== RESPONSE_BYTES[facts.method]) throw new RangeError('response');
  if (stretched.length !== (facts.method === 'otp-hmac' ? 32 : 0))
    throw new RangeError('stretched');
  const ikm = concatBytes(stretched, response);
  const of = info('conclave/v1/yubikey', facts, facts.method);
  const okm = hkdf(sha256, ikm, challenge, of, KEY_BYTES + NONCE_BYTES);
  return wipingAfter([ikm, okm], async () => {
    const raw = plainBytes(okm.subarray(0, KEY_BYTES));
    const key = await wipingAfter([raw], () =>
      globalThis.crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']),
    );
    const parameters = {
      name: 'AES-GCM',
      iv: plainBytes(okm.subarray(KEY_BYTES)),
      additionalData: plainBytes(header),
    };
    return new Uint8Array(await work(key, parameters));
  });
}
