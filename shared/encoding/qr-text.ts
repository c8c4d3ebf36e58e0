/**
 * What the QR code of a sheet says: `CONCLAVE/1/SHARE/<base32>` (or `IDENTITY`, or `KEYSHARE` for a
 * share that is locked to a YubiKey), all in the QR alphanumeric mode.
 * base32 holds u8 sheet number ‖ bytes ‖ four bytes of SHA-256("conclave/v1/qr-text/" ‖ kind ‖ 00 ‖
 * sheet number ‖ bytes), so that a text that was cut, changed or given another kind or number is
 * refused before anybody looks inside. The number tells one copy from another: reading back the
 * second sheet must not be satisfied by the first, whose bytes are the same.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeBase32, encodeBase32 } from './base32.ts';
import { isSheetNumber, SHEET_KINDS, type SheetKind } from './line-check.ts';
import { refuse } from './refusals.ts';

const WORDS = { share: 'SHARE', identity: 'IDENTITY', 'key-share': 'KEYSHARE' } as const;
const CHECK_BYTES = 4;
/** SECURITY: the largest QR code holds 4,296 alphanumeric symbols; more never came from one. */
const MAX_TEXT_BYTES = 4_296;

/**
 * A code that was read: its kind, which sheet of it (1 to 99), and the opaque bytes inside (secret
 * for a share: wipe them).
 */
export interface QrContent {
  readonly kind: SheetKind;
  readonly sheet: number;
  readonly bytes: Uint8Array;
}

/** @param content u8 sheet number ‖ bytes */
function check(kind: SheetKind, content: Uint8Array): Uint8Array {
  const label = utf8ToBytes(`conclave/v1/qr-text/${kind}\0`);
  return sha256.create().update(label).update(content).digest().subarray(0, CHECK_BYTES);
}

/**
 * The text to draw. It is a string because what draws codes wants one; keep it short-lived.
 * Throws a RangeError for a sheet number that is the caller's mistake.
 */
export function toQrText(kind: SheetKind, bytes: Uint8Array, sheet = 1): string {
  if (!isSheetNumber(sheet)) throw new RangeError(`there is no sheet ${sheet}`);
  const content = concatBytes(Uint8Array.of(sheet), bytes);
  const body = concatBytes(content, check(kind, content));
  try {
    return `CONCLAVE/1/${WORDS[kind]}/${encodeBase32(body)}`;
  } finally {
    content.fill(0);
    body.fill(0);
  }
}

/**
 * The bytes of a scanned text back to what was printed.
 * @param text what the camera read, as bytes (ASCII); the caller wipes it.
 * @throws {Refusal} `code-foreign`, `code-newer`, `code-damaged`
 */
export function fromQrText(text: Uint8Array): QrContent {
  const ascii = text.length <= MAX_TEXT_BYTES ? String.fromCharCode(...text) : '';
  const [, version, word, body] = /^CONCLAVE\/(\d{1,4})\/([^/]*)\/?([^/]*)$/.exec(ascii) ?? [];
  if (version === undefined) {
    throw refuse(ascii.startsWith('CONCLAVE/') ? 'code-damaged' : 'code-foreign');
  }
  if (version !== '1') throw refuse(Number(version) > 1 ? 'code-newer' : 'code-damaged', version);
  const kind = SHEET_KINDS.find((known) => WORDS[known] === word);
  if (kind === undefined || body === undefined) throw refuse('code-damaged');
  const decoded = decodeBase32(body);
  const end = decoded.length - CHECK_BYTES;
  const wanted = check(kind, decoded.subarray(0, Math.max(0, end)));
  const sheet = decoded[0] ?? 0;
  try {
    const differs = wanted.some((byte, i) => byte !== decoded[end + i]);
    if (end < 2 || differs || !isSheetNumber(sheet)) throw refuse('code-damaged');
    return { kind, sheet, bytes: decoded.slice(1, end) };
  } finally {
    decoded.fill(0);
  }
}
