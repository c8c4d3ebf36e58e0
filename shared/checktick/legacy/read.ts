/**
 * Legacy shares and unsplit components as they come in: files from a stick, the text of a code.
 * All bytes belong to the caller, who wipes them.
 * @module
 */
import { checkNotZero } from './combine.ts';
import { UnprovedComponent } from './component.ts';
import { refuseLegacy } from './refusals.ts';
import {
  bytesOfPairs,
  firstForeign,
  isBlank,
  parseLegacyShare,
  trimmed,
  type LegacyShare,
} from './share.ts';

/** SECURITY: 255 shares of 520 characters, twice as much in UTF-16, and some room. */
const MAX_FILE_BYTES = 512 * 1024;
const FILE = 'this file';
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/**
 * The text of a QR code that somebody made of a share: one share and nothing else.
 * @throws Refusal as `parseLegacyShare`.
 */
export function readLegacyCode(text: Uint8Array): LegacyShare {
  return parseLegacyShare(text, 'this code');
}

/**
 * A text file with a share, or with the whole output of CheckTick's command: one share a line,
 * with or without the `Share 1: ` that the command prints before it. Byte order mark (UTF-8, or
 * UTF-16 as Windows writes it), line ends of all kinds, empty lines and white space around a line
 * are allowed, nothing else.
 *
 * @returns One or more shares; whether they belong together is not looked at.
 * @throws Refusal `legacy-file`; as `parseLegacyShare`, naming the line where there are several.
 */
export function readLegacyFile(file: Uint8Array): LegacyShare[] {
  const text = plainText(file);
  try {
    const lines = linesOf(text);
    if (lines.length === 0) throw refuseLegacy('legacy-file', FILE, 'it is empty');
    const shares: LegacyShare[] = [];
    try {
      for (const { line, number } of lines) {
        shares.push(readLine(line, lines.length === 1 ? FILE : `line ${number}`));
      }
      return shares;
    } catch (error) {
      for (const { y } of shares) y.fill(0);
      throw error;
    }
  } finally {
    text.fill(0);
  }
}

/** A copy as one byte a character, without byte order mark. */
function plainText(file: Uint8Array): Uint8Array {
  if (file.length > MAX_FILE_BYTES) throw refuseLegacy('legacy-file', FILE, 'it is too long');
  const [first, second, third] = file;
  if (first === 0xff && second === 0xfe) return narrowed(file, 0);
  if (first === 0xfe && second === 0xff) return narrowed(file, 1);
  return file.slice(first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0);
}

/** UTF-16 of which each second byte is zero, as it is of ASCII; `low` tells where the other is. */
function narrowed(file: Uint8Array, low: 0 | 1): Uint8Array {
  const other = file.subarray(2).some((byte, at) => at % 2 !== low && byte !== 0);
  if (other || file.length % 2 !== 0)
    throw refuseLegacy('legacy-file', FILE, 'it is no plain text');
  return file.subarray(2).filter((_, at) => at % 2 === low);
}

/** Every line that is not empty, with its number in the file; views of `text`. */
function linesOf(text: Uint8Array): { line: Uint8Array; number: number }[] {
  const lines: { line: Uint8Array; number: number }[] = [];
  let [from, number] = [0, 1];
  for (let at = 0; at <= text.length; at += 1) {
    const ends = at === text.length || text[at] === LINE_FEED || text[at] === RETURN;
    if (!ends) continue;
    const line = trimmed(text.subarray(from, at));
    if (line.length > 0) lines.push({ line, number });
    from = at + 1;
    // The line feed of a CR LF ends no other line.
    if (!(text[at] === LINE_FEED && text[at - 1] === RETURN)) number += 1;
  }
  return lines;
}

const LABEL = new TextEncoder().encode('Share ');

function readLine(line: Uint8Array, what: string): LegacyShare {
  if (!LABEL.every((character, at) => line[at] === character)) return parseLegacyShare(line, what);
  const colon = line.indexOf(0x3a);
  const label = String.fromCharCode(...line.subarray(LABEL.length, Math.min(colon, 10)));
  if (colon < 0 || !/^[1-9][0-9]{0,2}$/.test(label) || !isBlank(line[colon + 1])) {
    throw refuseLegacy('legacy-not-a-share', what);
  }
  const share = parseLegacyShare(line.subarray(colon + 1), what);
  if (share.number === Number(label)) return share;
  share.y.fill(0);
  throw refuseLegacy('legacy-number-differs', what, label, String(share.number));
}

/** Lengths of CheckTick's components: v2 and later, and v1. */
export const COMPONENT_BYTES: readonly number[] = [32, 64];

/**
 * A component that was never split, or that was left over: as `.bin` (32 or 64 bytes as they are),
 * or as hexadecimal digits in a text file, with white space anywhere.
 *
 * @returns Nothing proves it yet.
 * @throws Refusal `legacy-file`, `legacy-zero`.
 */
export function readLegacyComponent(file: Uint8Array): UnprovedComponent {
  const bytes = isText(file) ? hexBytes(file) : file.slice();
  if (bytes === undefined) throw refuseLegacy('legacy-file', FILE, 'it holds no component');
  if (!COMPONENT_BYTES.includes(bytes.length)) {
    bytes.fill(0);
    const detail = `a component has 32 or 64 bytes, and this has ${bytes.length}`;
    throw refuseLegacy('legacy-file', FILE, detail);
  }
  checkNotZero(bytes, 'component');
  return new UnprovedComponent(bytes, 'alone');
}

/** Printable characters, or a byte order mark of a file that no raw component is as long as. */
function isText(file: Uint8Array): boolean {
  if (!COMPONENT_BYTES.includes(file.length)) return true;
  return file.every((byte) => isBlank(byte) || (byte >= 0x20 && byte <= 0x7e));
}

/** The bytes of a text that consists of pairs of hex digits; undefined for anything else. */
function hexBytes(file: Uint8Array): Uint8Array | undefined {
  if (file.length > 4 * 2 * 64 + 3) return undefined;
  const text = plainText(file);
  const digits = text.filter((character) => !isBlank(character));
  try {
    const isHex = digits.length > 0 && digits.length % 2 === 0 && firstForeign(digits) < 0;
    return isHex ? bytesOfPairs(digits) : undefined;
  } finally {
    text.fill(0);
    digits.fill(0);
  }
}
