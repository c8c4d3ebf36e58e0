/**
 * The check of one typed line: bech32m (BIP-350) over 34 five-bit words, 34 + 6 = 40 symbols.
 *
 * The human-readable part is never printed. It binds the kind, the line's number, the number of
 * lines and, from the second line on, the number of the sheet: `cshare01of06`, then `cshare020306`
 * for line 2 of sheet 3 (the first line has the sheet's number in its words). Its length is always
 * twelve, which keeps the whole code word at 65 symbols, within the 89 for which bech32m finds
 * *every* error of up to four symbols. Lines that are asked for differ in number and sheet by up to
 * two symbols each at most, so no typing error of one symbol turns one line into another.
 *
 * `@scure/base` takes strings only, so each check makes one short-lived string of a secret line.
 * @module
 */
import { bech32m } from '@scure/base';
import { ALPHABET } from './base32.ts';

export const SHEET_KINDS = ['share', 'identity', 'key-share'] as const;
export type SheetKind = (typeof SHEET_KINDS)[number];

export const DATA_WORDS = 34;
const CHECK_WORDS = 6;
/** Symbols in a line without its spaces. */
export const LINE_SYMBOLS = DATA_WORDS + CHECK_WORDS;
/** The lines that 255 bytes, their length byte and the sheet's number need. */
export const MAX_LINES = Math.ceil((257 * 8) / 5 / DATA_WORDS);
/** The most bytes of a share that is locked to a YubiKey, and the lines that they need. */
export const MAX_KEY_SHARE_BYTES = 1024;
const MAX_KEY_SHARE_LINES = Math.ceil(((MAX_KEY_SHARE_BYTES + 3) * 8) / 5 / DATA_WORDS);

/** Sheets of one share or identity are numbered as they are printed. */
export const MAX_SHEETS = 99;

export function isSheetNumber(sheet: number): boolean {
  return Number.isInteger(sheet) && sheet >= 1 && sheet <= MAX_SHEETS;
}

/** Which line of which sheet. */
export interface Place {
  readonly kind: SheetKind;
  readonly line: number;
  /** Of a share that is locked to a YubiKey 0: it is not bound. */
  readonly count: number;
  /** 1 to 99; null in the first line, whose words say it. */
  readonly sheet: number | null;
}

const NAMES = { share: 'cshare', identity: 'cident', 'key-share': 'ckeysh' } as const;

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function hiddenPart({ kind, line, count, sheet }: Place): string {
  return `${NAMES[kind]}${two(line)}${sheet === null ? 'of' : two(sheet)}${two(count)}`;
}

/** 34 words to the 40 symbols of the line, lower case, no spaces. */
export function sealLine(place: Place, words: Uint8Array): string {
  const hrp = hiddenPart(place);
  return bech32m.encode(hrp, Array.from(words)).slice(hrp.length + 1);
}

/** Whether 40 symbol values are the line of exactly this place. */
export function passes(place: Place, values: Uint8Array): boolean {
  const lower = ALPHABET.toLowerCase();
  const symbols = Array.from(values, (value) => lower.charAt(value)).join('');
  return bech32m.decodeUnsafe(`${hiddenPart(place)}1${symbols}`) !== undefined;
}

/** Every place that line `line` of `count` lines of `sheet` can be; what is not given is tried. */
export function placesOf(kind: SheetKind, line: number, count?: number, sheet?: number): Place[] {
  const bound = kind === 'key-share' ? 0 : count;
  const counts = bound === undefined ? range(Math.max(line, 1), MAX_LINES) : [bound];
  const sheets = line === 1 ? [null] : sheet === undefined ? range(1, MAX_SHEETS) : [sheet];
  return counts.flatMap((lines) => sheets.map((of) => ({ kind, line, count: lines, sheet: of })));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/**
 * Of which place a line is: of any kind, line, count and sheet.
 *
 * The check is linear over XOR: what the hidden part adds to it does not depend on the words, so
 * one table of what each place adds, made with the library at first use, finds the place at once.
 */
export function ownerOf(values: Uint8Array): Place | undefined {
  owners ??= tableOfOwners();
  const right = checkSymbols(sealLine(BASE, values.subarray(0, DATA_WORDS)));
  const place = owners.get(packed(values.subarray(DATA_WORDS)) ^ right);
  return place && passes(place, values) ? place : undefined;
}

const BASE: Place = { kind: 'share', line: 1, count: 1, sheet: null };
let owners: Map<number, Place> | undefined;

function tableOfOwners(): Map<number, Place> {
  const zeros = new Uint8Array(DATA_WORDS);
  const base = checkSymbols(sealLine(BASE, zeros));
  const all = SHEET_KINDS.flatMap((kind) =>
    range(1, kind === 'key-share' ? MAX_KEY_SHARE_LINES : MAX_LINES).flatMap((line) =>
      placesOf(kind, line),
    ),
  );
  const table = new Map(
    all.map((place) => [base ^ checkSymbols(sealLine(place, zeros)), place] as const),
  );
  if (table.size !== all.length) throw new Error('Two lines have the same check.');
  return table;
}

/**
 * The group (1 to 10) in which one changed symbol would explain the failure: BIP-173 advises to say
 * where and never to correct. Undefined where no single symbol does.
 *
 * The check is linear over XOR, so a changed symbol shifts it by an amount that depends on its
 * place and its difference alone: one table, made with the library at first use, is enough.
 */
export function suspectGroup(places: readonly Place[], values: Uint8Array): number | undefined {
  shifts ??= tableOfShifts();
  for (const place of places) {
    const right = checkSymbols(sealLine(place, values.subarray(0, DATA_WORDS)));
    const typed = packed(values.subarray(DATA_WORDS));
    const group = shifts.get(right ^ typed);
    if (group !== undefined) return group;
  }
  return undefined;
}

let shifts: Map<number, number> | undefined;

function tableOfShifts(): Map<number, number> {
  const zeros = checkSymbols(sealLine(BASE, new Uint8Array(DATA_WORDS)));
  const table = new Map<number, number>();
  for (let at = 0; at < LINE_SYMBOLS; at += 1) {
    for (let difference = 1; difference < ALPHABET.length; difference += 1) {
      const line = new Uint8Array(LINE_SYMBOLS);
      line[at] = difference;
      const shift =
        at < DATA_WORDS
          ? zeros ^ checkSymbols(sealLine(BASE, line.subarray(0, DATA_WORDS)))
          : packed(line.subarray(DATA_WORDS));
      table.set(shift, Math.floor(at / 4) + 1);
    }
  }
  return table;
}

function checkSymbols(line: string): number {
  const symbols = line.slice(-CHECK_WORDS).toUpperCase();
  return packed(Uint8Array.from(symbols, (symbol) => ALPHABET.indexOf(symbol)));
}

/** Six five-bit values as one number of 30 bits. */
function packed(values: Uint8Array): number {
  return values.reduce((number, value) => (number << 5) | value, 0);
}
