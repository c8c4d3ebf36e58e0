/**
 * A secret as lines that a person can type from paper, each with its own check.
 *
 * Payload: u8 length ‖ u8 sheet number ‖ bytes ‖ zero bits, as five-bit words, 34 to a line;
 * line-check.ts adds six symbols to each. Shown in upper case as ten groups of four. A share that
 * is locked to a YubiKey is longer: its length is a u16.
 *
 * The text of a line is a secret. It enters as bytes that the caller wipes. {@link toTypedLines}
 * gives strings, because what prints them wants strings.
 * @module
 */
import { bech32m } from '@scure/base';
import { ALPHABET } from './base32.ts';
import {
  DATA_WORDS,
  isSheetNumber,
  LINE_SYMBOLS,
  MAX_KEY_SHARE_BYTES,
  ownerOf,
  type Place,
  placesOf,
  sealLine,
  type SheetKind,
  suspectGroup,
} from './line-check.ts';
import { u16 } from './bytes.ts';
import { refuse } from './refusals.ts';

/** The longest payload, in bytes: its length is one byte, of a locked share two. */
const MAX_TYPED_BYTES = { share: 255, identity: 255, 'key-share': MAX_KEY_SHARE_BYTES } as const;

/** Length and sheet number. */
const HEAD_BYTES = { share: 2, identity: 2, 'key-share': 3 } as const;

/** One line that passed its check. `words` are 34 five-bit values and secret: wipe them. */
export interface TypedLine {
  readonly kind: SheetKind;
  readonly line: number;
  readonly count: number;
  /** Which sheet of the share or identity it is from, 1 to 99. */
  readonly sheet: number;
  readonly words: Uint8Array;
}

/**
 * Which line is asked for. Without `count` or `sheet` every possible one is tried: the first line
 * tells both, so whoever asks for the next ones knows them.
 */
export interface LineAsked {
  readonly line: number;
  readonly count?: number | undefined;
  readonly sheet?: number | undefined;
}

function wordsFor(kind: SheetKind, bytes: number): number {
  return Math.ceil(((HEAD_BYTES[kind] + bytes) * 8) / 5);
}

function linesFor(kind: SheetKind, bytes: number): number {
  return Math.ceil(wordsFor(kind, bytes) / DATA_WORDS);
}

/**
 * Bytes (1 to 255; 1 to 1,024 of a locked share) to lines of `XXXX XXXX … XXXX`: ten groups of four, 49 characters.
 * Throws a RangeError for a length or a sheet number that is the caller's mistake.
 */
export function toTypedLines(kind: SheetKind, bytes: Uint8Array, sheet = 1): string[] {
  if (!isSheetNumber(sheet)) throw new RangeError(`there is no sheet ${sheet}`);
  const most = MAX_TYPED_BYTES[kind];
  if (bytes.length < 1 || bytes.length > most) {
    throw new RangeError(`typed lines hold 1 to ${most} bytes, not ${bytes.length}`);
  }
  const count = linesFor(kind, bytes.length);
  const bound = kind === 'key-share' ? 0 : count;
  const head = HEAD_BYTES[kind];
  const payload = new Uint8Array(head + bytes.length);
  payload.set(kind === 'key-share' ? u16(bytes.length) : [bytes.length]);
  payload.set([sheet], head - 1);
  payload.set(bytes, head);
  const words = new Uint8Array(count * DATA_WORDS);
  try {
    words.set(bech32m.toWords(payload));
    return Array.from({ length: count }, (_, i) => {
      const data = words.subarray(i * DATA_WORDS, (i + 1) * DATA_WORDS);
      const place = { kind, line: i + 1, count: bound, sheet: i === 0 ? null : sheet };
      const symbols = sealLine(place, data).toUpperCase();
      return (symbols.match(/.{4}/g) ?? []).join(' ');
    });
  } finally {
    payload.fill(0);
    words.fill(0);
  }
}

/**
 * Reads one typed line: ASCII in either case; spaces and dashes do not count.
 * @throws {Refusal} `line-symbol`, `line-length`, `line-check`, `line-other-kind`,
 * `line-other-sheet`, `line-other`, `sheet-other-copy` (the first line), `line-other-copy`, in that
 * order of looking.
 */
export function readTypedLine(kind: SheetKind, typed: Uint8Array, asked: LineAsked): TypedLine {
  const values = symbolValues(typed, asked.line);
  try {
    const owner = ownerOf(values);
    const sheet = owner?.sheet ?? sheetIn(owner?.kind ?? kind, values);
    if (!owner || !isSheetNumber(sheet)) {
      const places = placesOf(kind, asked.line, asked.count, asked.sheet);
      throw refuse('line-check', asked.line, suspectGroup(places, values));
    }
    const line = { ...owner, count: countOf(owner, values, asked), sheet };
    requireAsked(line, kind, asked);
    return { ...line, words: values.slice(0, DATA_WORDS) };
  } finally {
    values.fill(0);
  }
}

/**
 * All lines, in order, back to the bytes. The result is secret: wipe it.
 * @throws {Refusal} `lines-incomplete`; `lines-disagree` where lines of two sheets were mixed and
 * the length, the number of lines or the zero padding betrays it. A mix that fits anyway is caught
 * by the checksum inside the payload.
 */
export function joinTypedLines(kind: SheetKind, lines: readonly TypedLine[]): Uint8Array {
  const count = lines[0]?.count ?? 0;
  const inOrder = lines.every((l, i) => l.line === i + 1 && l.count === count && l.kind === kind);
  if (count === 0 || lines.length !== count || !inOrder) {
    throw refuse('lines-incomplete', lines.length, count);
  }
  if (lines.some(({ sheet }) => sheet !== lines[0]?.sheet)) throw refuse('lines-disagree');
  const words = new Uint8Array(count * DATA_WORDS);
  let payload: Uint8Array | undefined;
  try {
    lines.forEach((l, i) => words.set(l.words, i * DATA_WORDS));
    const length = lengthIn(kind, words);
    const used = wordsFor(kind, length);
    const oneSpelling =
      length > 0 && length <= MAX_TYPED_BYTES[kind] && linesFor(kind, length) === count;
    if (!oneSpelling || words.subarray(used).some((w) => w !== 0)) throw refuse('lines-disagree');
    // fromWordsUnsafe answers nothing where the last word's spare bits are not zero.
    const decoded = bech32m.fromWordsUnsafe(Array.from(words.subarray(0, used)));
    if (!decoded) throw refuse('lines-disagree');
    payload = decoded;
    return payload.slice(HEAD_BYTES[kind]);
  } finally {
    words.fill(0);
    payload?.fill(0);
  }
}

/** The 40 five-bit values of what was typed, or the refusal that says where it is wrong. */
function symbolValues(typed: Uint8Array, line: number): Uint8Array {
  const values = new Uint8Array(LINE_SYMBOLS);
  try {
    let symbols = 0;
    for (const byte of typed) {
      if (byte === 0x20 || byte === 0x09 || byte === 0x2d) continue;
      symbols += 1;
      // SECURITY: what is pasted by mistake may be long; a line never is.
      if (symbols > 4 * LINE_SYMBOLS) break;
      const symbol = String.fromCharCode(byte).toUpperCase();
      const value = ALPHABET.indexOf(symbol);
      if (value < 0) throw refuse('line-symbol', line, symbols, '1BIO'.includes(symbol));
      if (symbols <= LINE_SYMBOLS) values[symbols - 1] = value;
    }
    if (symbols !== LINE_SYMBOLS) throw refuse('line-length', line, symbols, LINE_SYMBOLS);
    return values.slice();
  } finally {
    values.fill(0);
  }
}

/** Byte `at` of the payload, out of the first line's words. */
function byteIn(words: Uint8Array, at: number): number {
  const bit = at * 8;
  const first = Math.floor(bit / 5);
  const [a = 0, b = 0, c = 0] = words.subarray(first, first + 3);
  return (((a << 10) | (b << 5) | c) >> (7 - (bit % 5))) & 0xff;
}

/** The last byte of the payload's head: where the first line has the sheet's number. */
function sheetIn(kind: SheetKind, words: Uint8Array): number {
  return byteIn(words, HEAD_BYTES[kind] - 1);
}

function lengthIn(kind: SheetKind, words: Uint8Array): number {
  const first = byteIn(words, 0);
  return kind === 'key-share' ? (first << 8) | byteIn(words, 1) : first;
}

/** How many lines there are: bound to the line, or told by the first one's length. */
function countOf({ kind, line, count }: Place, values: Uint8Array, asked: LineAsked): number {
  if (kind !== 'key-share') return count;
  if (line > 1) return Math.max(line, asked.count ?? 0);
  const length = lengthIn(kind, values);
  const sound = length > 0 && length <= MAX_TYPED_BYTES[kind];
  return sound ? linesFor(kind, length) : 1;
}

/** A line that is right by itself may still not be the one that was asked for. */
function requireAsked(found: Omit<TypedLine, 'words'>, kind: SheetKind, asked: LineAsked): void {
  const { line, count, sheet } = found;
  if (found.kind !== kind) throw refuse('line-other-kind', line, found.kind, kind);
  if (asked.count !== undefined && count !== asked.count) {
    throw refuse('line-other-sheet', line, count, asked.count);
  }
  if (line !== asked.line) throw refuse('line-other', asked.line, line);
  if (asked.sheet === undefined || sheet === asked.sheet) return;
  throw line === 1
    ? refuse('sheet-other-copy', kind, sheet, asked.sheet)
    : refuse('line-other-copy', line, sheet, asked.sheet);
}
