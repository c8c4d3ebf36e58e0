/**
 * Text as CheckTick's Python reads it: `" ".join(phrase.lower().split())` and `bytes.fromhex`.
 *
 * SECURITY: a phrase is never held as one JavaScript string, because strings cannot be wiped; it
 * goes through character by character.
 * @module
 */
import { refuse } from './refusals.ts';

// Python's str.split(): U+001C-001F and U+0085 are white space there and not in JavaScript's \s;
// U+FEFF is the other way round.
const WHITE_SPACE = new Set([
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001,
  0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f,
  0x205f, 0x3000,
]);
const CAPITAL_SIGMA = 0x3a3;
const CASED = /^\p{Cased}$/u;
const CASE_IGNORABLE = /^\p{Case_Ignorable}$/u;

/** Code points of UTF-8; wiped by the caller. */
function decode(utf8: Uint8Array): Uint32Array {
  // One character at a time: the decoder checks the encoding, no string holds the phrase.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const points = new Uint32Array(utf8.length);
  let count = 0;
  for (let at = 0; at < utf8.length; count += 1) {
    const lead = utf8[at] ?? 0;
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    try {
      points[count] = decoder.decode(utf8.subarray(at, at + size)).codePointAt(0) ?? 0;
    } catch {
      points.fill(0);
      throw refuse('not-text');
    }
    at += size;
  }
  return points.subarray(0, count);
}

/** Unicode's Final_Sigma rule: a capital sigma at the end of a word becomes ς, else σ. */
function lowerSigma(points: Uint32Array, at: number): string {
  const nextTo = (step: 1 | -1): string => {
    let look = at + step;
    while (CASE_IGNORABLE.test(character(points[look]))) look += step;
    return character(points[look]);
  };
  return CASED.test(nextTo(-1)) && !CASED.test(nextTo(1)) ? 'ς' : 'σ';
}

const character = (point: number | undefined): string =>
  point === undefined ? '' : String.fromCodePoint(point);

/**
 * A password or recovery phrase as CheckTick feeds it to scrypt: lower case, white space runs
 * collapsed to one space, ends trimmed, no Unicode normalisation.
 *
 * @param utf8 The phrase, UTF-8. Not changed.
 * @returns UTF-8, new; the caller wipes it.
 * @throws Refusal `not-text`.
 */
export function normalisePhrase(utf8: Uint8Array): Uint8Array {
  const points = decode(utf8);
  // Lower-casing can lengthen: U+023A has 2 bytes, its small letter 3; U+0130 becomes two letters.
  const room = new Uint8Array(utf8.length * 2 + 4);
  const encoder = new TextEncoder();
  let length = 0;
  let gap = false;
  try {
    for (const [at, point] of points.entries()) {
      if (WHITE_SPACE.has(point)) {
        gap = length > 0;
        continue;
      }
      const lower =
        point === CAPITAL_SIGMA ? lowerSigma(points, at) : character(point).toLowerCase();
      if (gap) room[length++] = 0x20;
      gap = false;
      length += encoder.encodeInto(lower, room.subarray(length)).written;
    }
    return room.slice(0, length);
  } finally {
    points.fill(0);
    room.fill(0);
  }
}

/**
 * Python's `bytes.fromhex`: either case, ASCII white space between the pairs, no `0x`.
 *
 * @param what What the text is, for the refusal.
 * @throws Refusal `hex-text`.
 */
export function bytesFromPythonHex(what: string, text: string): Uint8Array {
  const pairs: number[] = [];
  const pair = /[ \t\n\r\f\v]*([0-9a-fA-F]{2})/y;
  const tail = /[ \t\n\r\f\v]*$/y;
  let end = 0;
  for (let hit = pair.exec(text); hit !== null; hit = pair.exec(text)) {
    pairs.push(Number.parseInt(hit[1] ?? '', 16));
    end = pair.lastIndex;
  }
  tail.lastIndex = end;
  const bytes = Uint8Array.from(pairs);
  pairs.fill(0);
  if (tail.test(text)) return bytes;
  bytes.fill(0);
  throw refuse('hex-text', what);
}
