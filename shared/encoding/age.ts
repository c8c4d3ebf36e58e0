/**
 * Passphrase-protected files: binary age v1 files with one scrypt recipient, so that any age tool
 * opens them when no Conclave is left. Shares on sticks, personal identities and tickets are kept
 * in them.
 *
 * Source: age-encryption.org/v1 (C2SP age.md); the library is typage (`age-encryption`).
 * @module
 */
import { Decrypter, Encrypter } from 'age-encryption';
import type { Identity, Stanza } from 'age-encryption';
import { Refusal } from '../refusal.ts';
import { refuseAge } from './refusals-age.ts';

/** The largest file that is sealed or opened here, in bytes. Check it before reading, too. */
export const AGE_FILE_LIMIT = 64 * 1024;
/** scrypt N = 2^18, r = 8, p = 1: about a second, as the age command does. */
export const AGE_WORK_FACTOR = 18;
const HIGHEST_WORK_FACTOR = 20;
const VERSION_LINE = new TextEncoder().encode('age-encryption.org/v1\n');

export interface SealOptions {
  /** log2 of scrypt's N, 1..20. Lower it in tests only. */
  readonly workFactor?: number;
}

/**
 * Locks `plaintext` with a passphrase.
 *
 * @param plaintext the bytes to protect; the caller wipes them
 * @param passphrase UTF-8 text, exactly as it must be typed again; the caller wipes it
 * @returns a binary age file, at most {@link AGE_FILE_LIMIT} bytes
 * @throws Refusal `age-passphrase-unusable`, `age-empty` (nothing to protect), `age-too-large`
 */
export async function sealAge(
  plaintext: Uint8Array,
  passphrase: Uint8Array,
  { workFactor = AGE_WORK_FACTOR }: SealOptions = {},
): Promise<Uint8Array> {
  if (!Number.isInteger(workFactor) || workFactor < 1 || workFactor > HIGHEST_WORK_FACTOR) {
    throw new RangeError('an age work factor is a whole number from 1 to 20');
  }
  if (plaintext.length === 0) throw refuseAge('age-empty');
  // The largest plaintext is judged before the second of scrypt is spent; header and tag are small.
  if (plaintext.length > AGE_FILE_LIMIT - 1024) {
    throw refuseAge('age-too-large', plaintext.length, AGE_FILE_LIMIT - 1024);
  }
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphraseText(passphrase));
  encrypter.setScryptWorkFactor(workFactor);
  return encrypter.encrypt(plaintext);
}

/**
 * Opens a file made by {@link sealAge} or by `age --passphrase`.
 *
 * @returns the plaintext, a plain `Uint8Array`; the caller wipes it
 * @throws Refusal one of refusals-age.ts, whatever the bytes are. A change in the first part of the
 *   file (salt, wrapped key) cannot be told from a wrong passphrase and is reported as one.
 */
export async function openAge(file: Uint8Array, passphrase: Uint8Array): Promise<Uint8Array> {
  if (file.length === 0) throw refuseAge('age-empty');
  if (file.length > AGE_FILE_LIMIT) throw refuseAge('age-too-large', file.length, AGE_FILE_LIMIT);
  if (!VERSION_LINE.every((byte, at) => file[at] === byte)) throw refuseAge('age-other-format');

  const decrypter = new Decrypter();
  // typage asks its identities in turn: ours looks at the parsed header first, and is asked last
  // when the passphrase opened nothing. So no error text of the library has to be interpreted.
  decrypter.addIdentity(inspectHeader);
  decrypter.addPassphrase(passphraseText(passphrase));
  decrypter.addIdentity(nothingOpened);
  try {
    return await decrypter.decrypt(file, 'uint8array');
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw refuseAge('age-damaged');
  }
}

const inspectHeader: Identity = {
  unwrapFileKey(stanzas: Stanza[]): null {
    if (stanzas.length === 0) throw refuseAge('age-damaged');
    const [only] = stanzas;
    if (stanzas.length !== 1 || only?.args[0] !== 'scrypt') throw refuseAge('age-other-recipient');
    const workFactor = only.args[2] ?? '';
    if (only.args.length !== 3 || !/^[1-9][0-9]*$/.test(workFactor)) throw refuseAge('age-damaged');
    // SECURITY: a hostile header could ask for hours of work or all memory (age.md, scrypt).
    if (Number(workFactor) > HIGHEST_WORK_FACTOR) {
      throw refuseAge('age-work-factor', workFactor.slice(0, 12));
    }
    return null;
  },
};

const nothingOpened: Identity = {
  unwrapFileKey(): never {
    throw refuseAge('age-wrong-passphrase');
  },
};

/**
 * SECURITY: typage takes passphrases only as strings, which cannot be wiped. The string lives in
 * the worker alone, from here to the end of one scrypt; the worker dies with its ceremony.
 */
function passphraseText(passphrase: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(passphrase);
    if (text.length > 0) return text;
  } catch {
    // not UTF-8: refused below
  }
  throw refuseAge('age-passphrase-unusable');
}
