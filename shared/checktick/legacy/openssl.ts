/**
 * Shares as CheckTick's YubiKey procedure stores them:
 * `openssl enc -aes-256-cbc -salt -pbkdf2 -pass file:KEY`, where KEY holds 32 random bytes and
 * lies beside it as `.key.enc`, encrypted for the RSA key in the YubiKey's PIV slot 9d. The
 * YubiKey's own tool decrypts that; here its result and the `.enc` come in.
 * @module
 */
import { openCbc, pbkdf2 } from '../webcrypto.ts';
import { readLegacyFile } from './read.ts';
import { refuseLegacy } from './refusals.ts';
import type { LegacyShare } from './share.ts';

const MAGIC = new TextEncoder().encode('Salted__');
const SALT_BYTES = 8;
const HEAD_BYTES = MAGIC.length + SALT_BYTES;
const BLOCK_BYTES = 16;
const KEY_BYTES = 32;
const KEY_FILE_BYTES = 32;
/** OpenSSL's own number where the command names none. */
const ITERATIONS = 10_000;

/**
 * The password that OpenSSL really takes from `-pass file:`: the first line, and of it what comes
 * before the first NUL. Of random key files 22% are cut by that, and 1 in 256 begins with a line
 * feed and is an empty password.
 */
function effectivePassword(keyFile: Uint8Array): Uint8Array {
  const end = keyFile.findIndex((byte) => byte === 0x0a || byte === 0x00);
  return end < 0 ? keyFile : keyFile.subarray(0, end);
}

/**
 * Opens a share.
 *
 * @param encrypted The file `.enc`.
 * @param keyFile What the YubiKey's tool gave for `.key.enc`: 32 bytes. The caller wipes it.
 * @returns The shares in it, as `readLegacyFile`: one, as a rule.
 * @throws Refusal `openssl-file`, `openssl-key-file`, `openssl-not-opened`; as `readLegacyFile`
 *   when it opens and holds no share.
 */
export async function openOpensslShare(
  encrypted: Uint8Array,
  keyFile: Uint8Array,
): Promise<LegacyShare[]> {
  const body = encrypted.length - HEAD_BYTES;
  const salted = MAGIC.every((byte, at) => encrypted[at] === byte);
  if (!salted || body < BLOCK_BYTES || body % BLOCK_BYTES !== 0) throw refuseLegacy('openssl-file');
  if (keyFile.length !== KEY_FILE_BYTES) throw refuseLegacy('openssl-key-file', keyFile.length);
  const salt = encrypted.slice(MAGIC.length, HEAD_BYTES);
  const password = effectivePassword(keyFile);
  const derived = await pbkdf2(password, salt, ITERATIONS, KEY_BYTES + BLOCK_BYTES);
  let text: Uint8Array | undefined;
  try {
    const key = derived.subarray(0, KEY_BYTES);
    text = await openCbc(key, derived.slice(KEY_BYTES), encrypted.subarray(HEAD_BYTES));
    // One wrong key in 256 leaves a padding that looks right, and nothing that is text.
    if (text.some((byte) => byte > 0x7e)) throw refuseLegacy('openssl-not-opened');
    return readLegacyFile(text);
  } catch (error) {
    if (text === undefined) throw refuseLegacy('openssl-not-opened');
    throw error;
  } finally {
    derived.fill(0);
    text?.fill(0);
  }
}
