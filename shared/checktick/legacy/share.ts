/**
 * A legacy share, `80{number}-{x}-{y}`: number and x are the same, y is a field element in
 * lower-case hex, filled up with zeros to 256 digits and no further. It has no version, threshold,
 * set or checksum. CheckTick ignores the number and takes any x and y; here the grammar is strict:
 * one share, one spelling, but for letter case and white space around it.
 *
 * SECURITY: in and out as bytes of ASCII, because a string cannot be wiped.
 * @module
 */
import { equalBytes } from '../../encoding/bytes.ts';
import { FIELD_BYTES, isInField } from './field.ts';
import { refuseLegacy } from './refusals.ts';

/** Two digits a byte: the fewest and the most digits of a y. */
export const LEGACY_DIGITS = { least: 256, most: 2 * FIELD_BYTES } as const;
/** The highest number of a share. */
export const LEGACY_NUMBERS = 255;

/** Wipe `y` when done with it. */
export interface LegacyShare {
  /** 1 to 255: which share it is, and the x at which y lies on the polynomial. */
  readonly number: number;
  /** 256 bytes, big-endian, below the prime. */
  readonly y: Uint8Array;
}

const DASH = 0x2d;
const ZERO = 0x30;
const EIGHT = 0x38;
const NINE = 0x39;
const DIGITS = '0123456789abcdef';
const NO_DIGIT = 0xff;
const VALUES = new Uint8Array(256).fill(NO_DIGIT);
for (const [value, digit] of Array.from(DIGITS).entries()) {
  VALUES[digit.charCodeAt(0)] = value;
  VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The value of a hex digit in either case; undefined for any other character. */
export function hexValue(character = 0): number | undefined {
  const value = VALUES[character];
  return value === NO_DIGIT ? undefined : value;
}

export function isBlank(character: number | undefined): boolean {
  return character === 0x20 || (character !== undefined && character >= 0x09 && character <= 0x0d);
}

/** Without white space at either end; a view, not a copy. */
export function trimmed(text: Uint8Array): Uint8Array {
  let [from, to] = [0, text.length];
  while (from < to && isBlank(text[from])) from += 1;
  while (to > from && isBlank(text[to - 1])) to -= 1;
  return text.subarray(from, to);
}

/**
 * Reads one share.
 *
 * @param text ASCII; white space around it and capitals are allowed. The caller wipes it.
 * @param what What the text is for the refusal: `line 2`.
 * @throws Refusal `legacy-not-a-share`, `legacy-documented-form`, `legacy-number`,
 *   `legacy-number-differs`, `legacy-foreign-character`, `legacy-length`, `legacy-leading-zero`,
 *   `legacy-out-of-field`.
 */
export function parseLegacyShare(text: Uint8Array, what = 'this share'): LegacyShare {
  const line = trimmed(text);
  const first = line.indexOf(DASH);
  const second = first < 0 ? -1 : line.indexOf(DASH, first + 1);
  if (second < 0)
    throw refuseLegacy(
      isDocumented(line, first) ? 'legacy-documented-form' : 'legacy-not-a-share',
      what,
    );
  const label = line.subarray(0, first);
  const middle = line.subarray(first + 1, second);
  if (!isDecimal(label) || !isDecimal(middle) || label[0] !== EIGHT || label[1] !== ZERO) {
    throw refuseLegacy('legacy-not-a-share', what);
  }
  const number = numberOf(middle);
  if (number === undefined) throw refuseLegacy('legacy-number', what);
  const again = label.subarray(2);
  if (!equalBytes(again, middle)) {
    throw refuseLegacy('legacy-number-differs', what, shown(again), shown(middle));
  }
  return { number, y: parseY(line.subarray(second + 1), what) };
}

/** `01-<hex>` or `801-<hex>`, as CheckTick's documents show shares. */
function isDocumented(line: Uint8Array, dash: number): boolean {
  const label = line.subarray(0, Math.max(dash, 0));
  const rest = line.subarray(dash + 1);
  const headed = isDecimal(label) && /^(80|0)[0-9]/.test(shown(label));
  return headed && rest.length > 0 && firstForeign(rest) < 0;
}

function isDecimal(characters: Uint8Array): boolean {
  for (const character of characters) if (character < ZERO || character > NINE) return false;
  return characters.length > 0;
}

/** 1 to 255 without a zero in front, or undefined. */
function numberOf(digits: Uint8Array): number | undefined {
  if (digits.length > 3 || digits[0] === ZERO) return undefined;
  const number = digits.reduce((value, digit) => value * 10 + digit - ZERO, 0);
  return number <= LEGACY_NUMBERS ? number : undefined;
}

/** The first few digits of a number as text: so little that no secret becomes a string. */
const shown = (digits: Uint8Array): string => String.fromCharCode(...digits.subarray(0, 4));

function parseY(digits: Uint8Array, what: string): Uint8Array {
  const foreign = firstForeign(digits);
  if (foreign >= 0) throw refuseLegacy('legacy-foreign-character', what, foreign + 1);
  if (digits.length < LEGACY_DIGITS.least || digits.length > LEGACY_DIGITS.most) {
    throw refuseLegacy('legacy-length', what, digits.length);
  }
  if (digits.length > LEGACY_DIGITS.least && digits[0] === ZERO) {
    throw refuseLegacy('legacy-leading-zero', what);
  }
  const y = new Uint8Array(FIELD_BYTES);
  // From the right, two digits a byte; in front of the first digit there are zeros.
  for (let place = FIELD_BYTES - 1, at = digits.length - 1; at >= 0; place -= 1, at -= 2) {
    const high = at > 0 ? valueOf(digits, at - 1) : 0;
    y[place] = (high << 4) | valueOf(digits, at);
  }
  if (isInField(y)) return y;
  y.fill(0);
  throw refuseLegacy('legacy-out-of-field', what);
}

/** Where the first character stands that is no hexadecimal digit; -1: there is none. */
export function firstForeign(digits: Uint8Array): number {
  for (let at = 0; at < digits.length; at += 1) if (valueOf(digits, at) === NO_DIGIT) return at;
  return -1;
}

const valueOf = (digits: Uint8Array, at: number): number => VALUES[digits[at] ?? 0] ?? NO_DIGIT;

/**
 * The bytes of pairs of hexadecimal digits; the caller wipes either.
 * @param digits ASCII, looked at by {@link firstForeign} before
 */
export const bytesOfPairs = (digits: Uint8Array): Uint8Array =>
  Uint8Array.from(
    { length: digits.length / 2 },
    (_, at) => (valueOf(digits, 2 * at) << 4) | valueOf(digits, 2 * at + 1),
  );

/** The digits of a y as CheckTick writes them: ASCII, 256 to 512. The caller wipes them. */
export function legacyDigits(y: Uint8Array): Uint8Array {
  const digits = new Uint8Array(LEGACY_DIGITS.most);
  for (const [at, byte] of y.entries()) {
    digits[2 * at] = DIGITS.charCodeAt(byte >> 4);
    digits[2 * at + 1] = DIGITS.charCodeAt(byte & 0xf);
  }
  const significant = digits.findIndex((digit) => digit !== ZERO);
  const most = LEGACY_DIGITS.most - LEGACY_DIGITS.least;
  const cut = digits.slice(significant < 0 ? most : Math.min(significant, most));
  digits.fill(0);
  return cut;
}

/** The share as CheckTick writes it: ASCII without a line end. The caller wipes it. */
export function formatLegacyShare({ number, y }: LegacyShare): Uint8Array {
  const head = new TextEncoder().encode(`80${number}-${number}-`);
  const digits = legacyDigits(y);
  const text = new Uint8Array(head.length + digits.length);
  text.set(head);
  text.set(digits, head.length);
  digits.fill(0);
  return text;
}
