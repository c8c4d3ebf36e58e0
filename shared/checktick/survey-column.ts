/**
 * A survey's KEK as it lies in CheckTick's table `surveys_survey`.
 *
 * | kind | columns | bytes | key |
 * |---|---|---|---|
 * | passphrase | encrypted_kek_password, encrypted_kek_recovery | salt 16 ‖ nonce 12 ‖ ct 32 ‖ tag 16 | scrypt N=16384 r=8 p=1 of the normalised phrase |
 * | oidc | encrypted_kek_oidc | nonce 12 ‖ ct 32 ‖ tag 16 | PBKDF2, 100,000 iterations, of `provider:subject`, salt from the user's sign-in record |
 * | organisation | encrypted_kek_org | nonce 12 ‖ ct 32 ‖ tag 16 | the 32-byte key itself |
 *
 * CheckTick lower-cases passwords before scrypt, so `Secret` and `secret` open the same survey:
 * reproduced, because only so CheckTick can open what is written here.
 * @module
 */
import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js';
import { concatBytes, randomBytes } from '@noble/hashes/utils.js';
import { checkKeyLength } from './keys.ts';
import { normalisePhrase } from './python-text.ts';
import { refuse } from './refusals.ts';
import { KEY_BYTES, NONCE_BYTES, openGcm, pbkdf2, sealGcm, TAG_BYTES } from './webcrypto.ts';

/** scrypt as the caller's platform has it; the default is noble's. */
export type Scrypt = (
  password: Uint8Array,
  salt: Uint8Array,
  cost: { N: number; r: number; p: number; dkLen: number },
) => Uint8Array | Promise<Uint8Array>;

export type SurveyColumnKind = 'passphrase' | 'oidc' | 'organisation';

export interface PassphraseOptions {
  /** A faster scrypt than noble's, e.g. Node's. */
  readonly scrypt?: Scrypt;
  /** For sealing: 16 random bytes drawn before, by whoever derives the key ahead; used once. */
  readonly salt?: Uint8Array;
}

export interface OidcOptions {
  /** The user's `key_derivation_salt` (CheckTick: 32 bytes). */
  readonly userSalt: Uint8Array;
}

type Options = PassphraseOptions & Partial<OidcOptions>;

const SALT_BYTES = 16;
const OIDC_ITERATIONS = 100_000;
const COST = { N: 16_384, r: 8, p: 1, dkLen: KEY_BYTES };
const COLUMN = 'survey column';

/** The AES key of a column, new; the caller wipes it. */
async function columnKey(
  kind: SurveyColumnKind,
  secret: Uint8Array,
  salt: Uint8Array,
  scrypt: Scrypt,
): Promise<Uint8Array> {
  if (kind === 'oidc') return pbkdf2(secret, salt, OIDC_ITERATIONS);
  if (kind === 'organisation') {
    checkKeyLength('organisation key', secret);
    // Not slice(): a Buffer's shares its memory, and the copy is wiped.
    return Uint8Array.from(secret);
  }
  const phrase = normalisePhrase(secret);
  try {
    return await scrypt(phrase, salt, COST);
  } finally {
    phrase.fill(0);
  }
}

function oidcSalt({ userSalt }: Options): Uint8Array {
  if (userSalt === undefined || userSalt.length < SALT_BYTES) {
    throw refuse('salt-length', userSalt?.length ?? 0);
  }
  return userSalt;
}

/** What must not be locked with nothing: white space alone is nothing to CheckTick. */
function refuseEmpty(kind: SurveyColumnKind, secret: Uint8Array): void {
  const phrase = kind === 'passphrase' ? normalisePhrase(secret) : undefined;
  const empty = (phrase ?? secret).length === 0;
  phrase?.fill(0);
  if (empty) throw refuse('empty-secret');
}

/** {@link sealSurveyColumn} with given salt and nonce: for test vectors only. */
export async function sealSurveyColumnWith(
  fixed: { salt: Uint8Array; nonce: Uint8Array },
  kind: SurveyColumnKind,
  secret: Uint8Array,
  kek: Uint8Array,
  options: Options = {},
): Promise<Uint8Array> {
  checkKeyLength('survey key', kek);
  refuseEmpty(kind, secret);
  const salt = kind === 'oidc' ? oidcSalt(options) : fixed.salt;
  const key = await columnKey(kind, secret, salt, options.scrypt ?? nobleScrypt);
  try {
    const sealed = await sealGcm(key, fixed.nonce, kek);
    return kind === 'passphrase' ? concatBytes(fixed.salt, sealed) : sealed;
  } finally {
    key.fill(0);
  }
}

/**
 * Seals a survey's KEK for one of CheckTick's columns.
 *
 * @param secretText passphrase: the phrase as typed, UTF-8. oidc: `provider:subject`, UTF-8, taken
 *   exactly as it is. organisation: the raw 32-byte key.
 * @param kek 32 bytes.
 * @returns 76 bytes (passphrase) or 60 (the others).
 * @throws Refusal `key-length`, `empty-secret`, `not-text`, `salt-length`.
 */
export async function sealSurveyColumn(
  ...call:
    | [kind: 'passphrase', secretText: Uint8Array, kek: Uint8Array, options?: PassphraseOptions]
    | [kind: 'oidc', secretText: Uint8Array, kek: Uint8Array, options: OidcOptions]
    | [kind: 'organisation', secretText: Uint8Array, kek: Uint8Array]
): Promise<Uint8Array> {
  const [kind, secret, kek, options] = call;
  const { salt = randomBytes(SALT_BYTES) }: Options = options ?? {};
  if (salt.length !== SALT_BYTES) throw refuse('salt-length', salt.length);
  const fixed = { salt, nonce: randomBytes(NONCE_BYTES) };
  return sealSurveyColumnWith(fixed, kind, secret, kek, options);
}

/**
 * Opens the KEK in one of CheckTick's columns; parameters as in {@link sealSurveyColumn}.
 *
 * @returns 32 bytes; the caller wipes them.
 * @throws Refusal `blob-length`, `not-opened`, `not-text`, `salt-length`, `key-length`.
 */
export async function openSurveyColumn(
  ...call:
    | [kind: 'passphrase', secretText: Uint8Array, column: Uint8Array, options?: PassphraseOptions]
    | [kind: 'oidc', secretText: Uint8Array, column: Uint8Array, options: OidcOptions]
    | [kind: 'organisation', secretText: Uint8Array, column: Uint8Array]
): Promise<Uint8Array> {
  const [kind, secret, column, options = {}] = call;
  const before = kind === 'passphrase' ? SALT_BYTES : 0;
  if (column.length !== before + NONCE_BYTES + KEY_BYTES + TAG_BYTES) {
    throw refuse('blob-length', COLUMN, column.length);
  }
  const settings: Options = options;
  const salt = kind === 'oidc' ? oidcSalt(settings) : column.slice(0, before);
  const key = await columnKey(kind, secret, salt, settings.scrypt ?? nobleScrypt);
  try {
    return await openGcm(key, column.subarray(before));
  } catch {
    throw refuse('not-opened', COLUMN);
  } finally {
    key.fill(0);
  }
}
