/**
 * A legacy share, `80{number}-{x}-{y}`: number and x are the same, y is a field element in
 * lower-case hex, filled up with zeros to 256 digits and no further. It has no version, threshold,
 * set or checksum. CheckTick ignores the number and takes any x and y; here the grammar is strict:
 * one share, one spelling, but for letter case and white space around it.
 *
 * SECURITY: in and out as bytes of ASCII, because a string cannot be wiped.
 * @module
 */
import { FIELD_BYTES, isInField } from './field.ts';
import { refuseLegacy } from './refusals.ts';

/** Two digits a byte: the fewest and the most digits of a y. */
export const LEGACY_DIGITS = { least: 256, most: 2 * FIELD_BYTES } as const;
const MAX_NUMBER = 255;

/** Wipe `y` when done with it. */
export interface LegacyShare {
  /** 1 to 255: which share it is, and the x at which y lies on the polynomial. */
  readonly number: number;
  /** 256 bytes, big-endian, below the prime. */
  readonly y: Uint8Array;
}

const DASH = 0x2d;
const ZERO = 0x30;
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
  const label = decimal(line.subarray(0, Math.max(first, 0)));
  const documented = label !== undefined && /^(80|0)[0-9]/.test(label);
  if (second < 0) {
    const rest = line.subarray(first + 1);
    const hex = rest.length > 0 && rest.every((character) => hexValue(character) !== undefined);
    throw refuseLegacy(documented && hex ? 'legacy-documented-form' : 'legacy-not-a-share', what);
  }
  const number = decimal(line.subarray(first + 1, second));
  if (label === undefined || number === undefined || !label.startsWith('80')) {
    throw refuseLegacy('legacy-not-a-share', what);
  }
  if (!/^[1-9][0-9]{0,2}$/.test(number) || Number(number) > MAX_NUMBER) {
    throw refuseLegacy('legacy-number', what);
  }
  if (label !== `80${number}`) {
    throw refuseLegacy('legacy-number-differs', what, label.slice(2), number);
  }
  return { number: Number(number), y: parseY(line.subarray(second + 1), what) };
}

/**
 * A number that consists of decimal digits, as text: its first six, which is more than any share
 * has, and so little that no secret becomes a string. Undefined for anything else.
 */
function decimal(characters: Uint8Array): string | undefined {
  const numeric = characters.every((character) => character >= ZERO && character <= NINE);
  if (characters.length === 0 || !numeric) return undefined;
  return String.fromCharCode(...characters.subarray(0, 6));
}

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

function firstForeign(digits: Uint8Array): number {
  for (let at = 0; at < digits.length; at += 1) if (valueOf(digits, at) === NO_DIGIT) return at;
  return -1;
}

const valueOf = (digits: Uint8Array, at: number): number => VALUES[digits[at] ?? 0] ?? NO_DIGIT;

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
