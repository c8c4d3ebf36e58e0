import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { ALPHABET } from './base32.ts';
import {
  LINE_SYMBOLS,
  MAX_LINES,
  ownerOf,
  passes,
  placesOf,
  type SheetKind,
} from './line-check.ts';
import { joinTypedLines, readTypedLine, toTypedLines } from './lines.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const payloads = fc.uint8Array({ minLength: 1, maxLength: 255 });
const kinds = fc.constantFrom<SheetKind>('share', 'identity', 'key-share');
const sheets = fc.integer({ min: 1, max: 99 });
const values = (symbols: string) => Uint8Array.from(symbols, (c) => ALPHABET.indexOf(c));
const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 89 + seed * 151 + i * i * 7) & 0xff);

function readAll(kind: SheetKind, lines: readonly string[]) {
  const first = readTypedLine(kind, ascii(lines[0] ?? ''), { line: 1 });
  const rest = lines
    .slice(1)
    .map((text, i) => readTypedLine(kind, ascii(text), { ...first, line: i + 2 }));
  expect(rest.every(({ sheet }) => sheet === first.sheet)).toBe(true);
  return { sheet: first.sheet, bytes: joinTypedLines(kind, [first, ...rest]) };
}

function refusalOf(
  kind: SheetKind,
  text: string,
  asked: { line: number; count?: number; sheet?: number },
) {
  try {
    readTypedLine(kind, ascii(text), asked);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return undefined;
}

test('bytes survive, in ten groups of four', () => {
  fc.assert(
    fc.property(kinds, payloads, sheets, (kind, bytes, sheet) => {
      const lines = toTypedLines(kind, bytes, sheet);
      for (const line of lines)
        expect(line).toMatch(/^([02-9AC-HJ-NP-Z]{4} ){9}[02-9AC-HJ-NP-Z]{4}$/);
      expect(readAll(kind, lines)).toEqual({ sheet, bytes });
      expect(
        readAll(
          kind,
          lines.map((l) => l.toLowerCase().replaceAll(' ', '-')),
        ),
      ).toEqual({ sheet, bytes });
    }),
  );
});

test('every length from 1 to 255 bytes survives; other lengths are the caller’s mistake', () => {
  for (let length = 1; length <= 255; length += 1) {
    const bytes = bytesOf(length, length);
    expect(readAll('share', toTypedLines('share', bytes)).bytes).toEqual(bytes);
  }
  expect(() => toTypedLines('share', new Uint8Array(0))).toThrow(RangeError);
  expect(() => toTypedLines('share', new Uint8Array(256))).toThrow(RangeError);
  expect(() => toTypedLines('share', new Uint8Array(9), 0)).toThrow(RangeError);
  expect(() => toTypedLines('share', new Uint8Array(9), 100)).toThrow(RangeError);
  expect(toTypedLines('share', new Uint8Array(255))).toHaveLength(MAX_LINES);
  expect(toTypedLines('share', new Uint8Array(102))).toHaveLength(5);
  expect(toTypedLines('share', new Uint8Array(110))).toHaveLength(6);
});

test('the format does not move', () => {
  const bytes = Uint8Array.from({ length: 30 }, (_, i) => i);
  expect(toTypedLines('share', bytes)).toEqual([
    'RCQS QQGZ QVZQ 2PS8 PQYS 5ZCV P58Q 7YQ3 ZGSP HNUA',
    'F3G9 GKZU VPJX SMRS WSQQ QQQQ QQQQ QQQQ QQZ8 3JPK',
  ]);
  expect(toTypedLines('key-share', bytes)).toEqual([
    'QQ0Q ZQQP QGPS GPGX QUYQ JZST PSXS URCS ZY9L HZSW',
    'FPX9 Q4ZC T3SX G6RV WP6Q QQQQ QQQQ QQQQ QQ3T 56ZQ',
  ]);
});

test('a share for a YubiKey may be longer, and its first line says how many there are', () => {
  for (const length of [1, 21, 240, 255, 256, 360, 521, 870, 1023, 1024]) {
    const bytes = bytesOf(length, length);
    const lines = toTypedLines('key-share', bytes, 7);
    expect(lines).toHaveLength(Math.ceil(((3 + length) * 8) / 5 / 34));
    expect(readAll('key-share', lines)).toEqual({ sheet: 7, bytes });
  }
  expect(() => toTypedLines('key-share', new Uint8Array(1025))).toThrow(RangeError);
  const lines = toTypedLines('key-share', bytesOf(521, 1), 2);
  const first = readTypedLine('key-share', ascii(lines[0] ?? ''), { line: 1 });
  expect(first).toMatchObject({ count: 25, sheet: 2 });
  for (const [at, text] of lines.entries()) {
    const line = at + 1;
    const place = { kind: 'key-share', line, count: 0, sheet: at === 0 ? null : 2 };
    expect(ownerOf(values(text.replaceAll(' ', '')))).toEqual(place);
    const asked = { line, count: 25, sheet: 2 };
    expect(refusalOf('key-share', text, asked)).toBeUndefined();
    expect(refusalOf('share', text, asked)).toMatchObject({ code: 'line-other-kind' });
    if (at > 0) {
      expect(refusalOf('key-share', text, { ...asked, sheet: 3 })?.code).toBe('line-other-copy');
      expect(refusalOf('key-share', text, { ...asked, line: at })?.code).toBe('line-other');
    }
    const wrong = text.replace(/.$/, text.endsWith('Q') ? 'P' : 'Q');
    expect(refusalOf('key-share', wrong, asked)).toMatchObject({
      code: 'line-check',
      culprit: `line ${line}, group 10`,
    });
  }
  expect(refusalOf('key-share', lines[24] ?? '', { line: 25, count: 24, sheet: 2 })?.code).toBe(
    'line-other-sheet',
  );
});

/** All single errors at one place of a line: typed wrong, left out, typed twice, swapped. */
function* singleErrors(line: string): Generator<string> {
  const s = line.replaceAll(' ', '');
  for (let at = 0; at <= s.length; at += 1) {
    for (const symbol of ALPHABET) yield s.slice(0, at) + symbol + s.slice(at);
    if (at === s.length) continue;
    yield s.slice(0, at) + s.slice(at + 1);
    for (const symbol of ALPHABET) {
      if (symbol !== s[at]) yield s.slice(0, at) + symbol + s.slice(at + 1);
    }
    const [a, b] = [s.charAt(at), s.charAt(at + 1)];
    if (b !== '' && a !== b) yield s.slice(0, at) + b + a + s.slice(at + 2);
  }
}

test('100% of single typing errors are refused at their line, and never taken for another', () => {
  let errors = 0;
  const payloadsAndSheets = [
    [bytesOf(102, 1), 1],
    [bytesOf(111, 2), 2],
    [new Uint8Array(60), 99],
    [new Uint8Array(21).fill(255), 1],
  ] as const;
  for (const [bytes, sheet] of payloadsAndSheets) {
    const lines = toTypedLines('share', bytes, sheet);
    for (const [i, text] of lines.entries()) {
      const line = i + 1;
      const asked = i === 0 ? { line } : { line, count: lines.length, sheet };
      for (const wrong of singleErrors(text)) {
        errors += 1;
        const code = wrong.length === LINE_SYMBOLS ? 'line-check' : 'line-length';
        const found = refusalOf('share', wrong, asked)?.code;
        if (found !== code) throw new Error(`${wrong} in line ${line}: ${found ?? 'read'}`);
      }
    }
  }
  expect(errors).toBeGreaterThan(30_000);
});

test('every place of every line with every other byte is refused, whatever key was hit', () => {
  const sheet = 2;
  const lines = toTypedLines('share', bytesOf(102, 6), sheet);
  let tries = 0;
  for (const [i, text] of lines.entries()) {
    const asked = i === 0 ? { line: 1 } : { line: i + 1, count: lines.length, sheet };
    const typed = ascii(text);
    for (let at = 0; at < typed.length; at += 1) {
      const right = String.fromCharCode(typed[at] ?? 0);
      for (let other = 0; other < 256; other += 1) {
        const symbol = String.fromCharCode(other);
        // The same in lower case is no error; a gap is as good as another gap.
        const same = symbol.toUpperCase() === right || (right === ' ' && ' \t-'.includes(symbol));
        const wrong = typed.slice();
        wrong[at] = other;
        let code = 'read';
        try {
          readTypedLine('share', wrong, asked);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          code = error.code;
        }
        tries += 1;
        if (same !== (code === 'read')) throw new Error(`line ${i + 1}, ${at}, ${other}: ${code}`);
        if (!same) expect(code).toMatch(/^line-(check|length|symbol)$/);
      }
    }
  }
  expect(tries).toBe(5 * 49 * 256);
});

test('one symbol typed wrong is looked for in the right group, on every line and symbol', () => {
  const lines = toTypedLines('identity', bytesOf(200, 5));
  for (const [i, text] of lines.entries()) {
    const s = text.replaceAll(' ', '');
    for (let at = 0; at < s.length; at += 1) {
      const symbol = ALPHABET.charAt((ALPHABET.indexOf(s.charAt(at)) + 1 + i) % 32);
      const wrong = s.slice(0, at) + symbol + s.slice(at + 1);
      const asked = i === 0 ? { line: 1 } : { line: i + 1, count: lines.length, sheet: 1 };
      expect(refusalOf('identity', wrong, asked)).toMatchObject({
        code: 'line-check',
        culprit: `line ${i + 1}, group ${Math.floor(at / 4) + 1}`,
      });
    }
  }
});

test('at least 99.99% of 200,000 random garbles are refused', () => {
  const tries = 200_000;
  const lines = toTypedLines('share', bytesOf(110, 9)).map((l) => values(l.replaceAll(' ', '')));
  // mulberry32: a fixed seed, so that a failure can be repeated.
  let state = 20_261_123;
  const random = (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
  let accepted = 0;
  for (let i = 0; i < tries; i += 1) {
    const line = 1 + (i % lines.length);
    const garbled = (lines[line - 1] ?? new Uint8Array()).slice();
    const before = garbled.join();
    // From two wrong symbols up to a line of nothing but noise.
    for (let wrong = 2 + random(60); wrong > 0; wrong -= 1)
      garbled[random(LINE_SYMBOLS)] = random(32);
    if (garbled.join() === before) continue;
    // Taken for any line at all: the asked one, or one of another kind, sheet or number.
    if (ownerOf(garbled)) accepted += 1;
  }
  expect(accepted).toBeLessThanOrEqual(tries / 10_000);
});

test('a line is found among all kinds, counts and sheets, and is what the library says', () => {
  for (const kind of ['share', 'identity'] as const) {
    for (const sheet of [1, 2, 57, 99]) {
      const lines = toTypedLines(kind, bytesOf(150, sheet), sheet);
      for (const [i, text] of lines.entries()) {
        const symbols = values(text.replaceAll(' ', ''));
        const owner = ownerOf(symbols);
        const place = { kind, line: i + 1, count: lines.length, sheet: i === 0 ? null : sheet };
        expect(owner).toEqual(place);
        expect(passes(place, symbols)).toBe(true);
        const tried = placesOf(kind, i + 1).filter((each) => passes(each, symbols));
        expect(tried).toEqual([place]);
      }
    }
  }
});

describe('two sheets of one share', () => {
  const bytes = bytesOf(102, 8);
  const first = toTypedLines('share', bytes, 1);
  const second = toTypedLines('share', bytes, 2);
  test('the first line says which sheet it is of', () => {
    const read = readTypedLine('share', ascii(second[0] ?? ''), { line: 1 });
    expect(read).toMatchObject({ sheet: 2, count: 5 });
    expect(refusalOf('share', first[0] ?? '', { line: 1, sheet: 2 })).toMatchObject({
      code: 'sheet-other-copy',
      culprit: 'sheet 1',
      sentences: { happened: 'This is sheet 1 of your share; sheet 2 is being checked.' },
    });
  });
  test('a line of the other sheet is named, on every line', () => {
    for (let line = 2; line <= first.length; line += 1) {
      const asked = { line, count: 5, sheet: 2 };
      expect(refusalOf('share', first[line - 1] ?? '', asked)?.sentences.happened).toBe(
        `This is line ${line} of sheet 1; the lines of sheet 2 are asked for.`,
      );
      expect(refusalOf('share', second[line - 1] ?? '', asked)).toBeUndefined();
    }
  });
});

describe('a refusal says what is wrong', () => {
  const lines = toTypedLines('share', bytesOf(110, 3));
  const second = lines[1] ?? '';
  test('another line of the sheet, before and after the number of lines is known', () => {
    expect(refusalOf('share', lines[2] ?? '', { line: 2, count: 6 })?.sentences.happened).toBe(
      'This is line 3; line 2 is asked for.',
    );
    expect(refusalOf('share', second, { line: 1 })).toMatchObject({ code: 'line-other' });
  });
  test('a line of a longer sheet, and of another kind', () => {
    const longer = toTypedLines('share', bytesOf(200, 1))[1] ?? '';
    const identity = toTypedLines('identity', bytesOf(110, 1))[1] ?? '';
    const asked = { line: 2, count: 6 };
    expect(refusalOf('share', longer, asked)).toMatchObject({ code: 'line-other-sheet' });
    expect(refusalOf('share', identity, asked)).toMatchObject({ code: 'line-other-kind' });
  });
  test('a symbol that is not in the code, by its place, look-alikes with a hint', () => {
    for (const symbol of '1BIOo') {
      const refusal = refusalOf('share', `${second.slice(0, 7)}${symbol}${second.slice(8)}`, {
        line: 2,
        count: 6,
      });
      expect(refusal).toMatchObject({ code: 'line-symbol', culprit: 'line 2, symbol 7' });
      expect(refusal?.sentences.means).toContain('look like others');
      expect(refusal?.sentences.happened).toContain('group 2, third of four');
    }
    expect(refusalOf('share', 'QQ.Q', { line: 1 })).toMatchObject({ culprit: 'line 1, symbol 3' });
    expect(refusalOf('share', 'é', { line: 1 })).toMatchObject({ code: 'line-symbol' });
  });
  test('too short, too long, empty, and a whole file pasted by mistake', () => {
    expect(refusalOf('share', second.slice(0, -1), { line: 2, count: 6 })?.sentences.happened).toBe(
      'Line 2 has 39 symbols where 40 belong.',
    );
    for (const text of ['', `${second}Q`, 'Q'.repeat(5_000_000)]) {
      expect(refusalOf('share', text, { line: 2, count: 6 })).toMatchObject({
        code: 'line-length',
      });
    }
  });
});

const read = (bytes: Uint8Array) =>
  toTypedLines('share', bytes).map((text, i, all) =>
    readTypedLine('share', ascii(text), { line: i + 1, count: all.length }),
  );

describe('joining', () => {
  const codeOf = (lines: ReturnType<typeof read>) => {
    try {
      joinTypedLines('share', lines);
    } catch (error) {
      return error instanceof Refusal ? error.code : error;
    }
    return 'joined';
  };
  const lines = read(bytesOf(110, 3));
  test('none, too few, twice, out of order, as another kind', () => {
    expect(codeOf([])).toBe('lines-incomplete');
    expect(codeOf(lines.slice(0, 5))).toBe('lines-incomplete');
    expect(codeOf([...lines, ...lines.slice(5)])).toBe('lines-incomplete');
    expect(codeOf([...lines].reverse())).toBe('lines-incomplete');
    expect(codeOf(lines.map((l) => ({ ...l, kind: 'identity' as const })))).toBe(
      'lines-incomplete',
    );
  });
  test('padding that is not zero, in words and in the last word’s spare bits', () => {
    for (const length of [1, 20, 100, 110, 126]) {
      const whole = read(bytesOf(length, 3));
      const used = Math.ceil(((2 + length) * 8) / 5);
      const spare = used * 5 - (2 + length) * 8;
      for (let at = used - (spare > 0 ? 1 : 0); at < whole.length * 34; at += 1) {
        const touched = whole.map((l) => ({ ...l, words: l.words.slice() }));
        const words = touched[Math.floor(at / 34)]?.words ?? new Uint8Array();
        words[at % 34] = (words[at % 34] ?? 0) ^ 1;
        expect(codeOf(touched)).toBe('lines-disagree');
      }
    }
  });
  test('lines of two sheets', () => {
    expect(codeOf(lines.map((l) => (l.line === 3 ? { ...l, sheet: 2 } : l)))).toBe(
      'lines-disagree',
    );
  });
  test('a length that needs fewer or more lines, or none', () => {
    for (const length of [0, 50, 200]) {
      const touched = lines.map((l) => ({ ...l, words: l.words.slice() }));
      touched[0]?.words.set([length >> 3, (length & 7) << 2]);
      expect(codeOf(touched)).toBe('lines-disagree');
    }
  });
});
