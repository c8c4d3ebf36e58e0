import { execFileSync } from 'node:child_process';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { bytesFromPythonHex, normalisePhrase } from './python-text.ts';

const normal = (text: string) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(normalisePhrase(utf8ToBytes(text)));

/** The same by Python itself, as CheckTick runs it: hex of UTF-8, one phrase a line. */
function byPython(phrases: readonly string[]): string[] {
  const program =
    'import sys\n' +
    'for line in sys.stdin:\n' +
    '  text = bytes.fromhex(line).decode()\n' +
    '  print(" ".join(text.lower().split()).encode().hex())\n';
  const input = phrases.map((phrase) => `${bytesToHex(utf8ToBytes(phrase))}\n`).join('');
  const lines = execFileSync('python3', ['-c', program], { input, maxBuffer: 1 << 28 });
  return lines.toString().split('\n').slice(0, phrases.length);
}

/** Code points below U+20000 that this Python's Unicode tables do not hold yet. */
function unknownToPython(): number[] {
  const program =
    'import unicodedata\n' +
    'print(*[c for c in range(0x20000) if unicodedata.category(chr(c)) == "Cn"])\n';
  return execFileSync('python3', ['-c', program], { maxBuffer: 1 << 28 })
    .toString()
    .split(' ')
    .map(Number);
}

describe('normalisePhrase', () => {
  test('keeps to what Python calls white space', () => {
    const white =
      '\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006' +
      '\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';
    expect(normal(`${white}One${white}TWO${white}`)).toBe('one two');
    for (const solid of ['\ufeff', '\u200b', '\u180e', '\u001b', '\u0000']) {
      expect(normal(`a${solid}b`)).toBe(`a${solid}b`);
    }
    expect(normal('\ufeffa')).toBe('\ufeffa');
  });

  test('lower-cases like Python: final sigma, dotted I, no normalisation', () => {
    expect(normal('ΟΔΟΣ ΣΟΦΟΣ Σ ΑΣ. ΑΣ’Α')).toBe('ΟΔΟΣ ΣΟΦΟΣ Σ ΑΣ. ΑΣ’Α'.toLowerCase());
    expect(normal('İSTANBUL')).toBe('i̇stanbul');
    expect(normal('Ä')).toBe('ä');
    expect(normal('A\u0308')).toBe('a\u0308');
  });

  test('agrees with Python on every character of the first planes that both know', () => {
    const known = /^\P{Cn}$/u;
    const phrases: string[] = [];
    for (let point = 0; point < 0x20000; point += 1) {
      const character = String.fromCodePoint(point);
      if (known.test(character) && !/\p{Cs}/u.test(character)) phrases.push(`a${character}b`);
    }
    const ours = phrases.map((phrase) => bytesToHex(normalisePhrase(utf8ToBytes(phrase))));
    const python = byPython(phrases);
    // A letter that is newer than this Python has no small form there yet.
    const newer = new Set(unknownToPython());
    const isNewer = (text: string) =>
      Array.from(text).some((c) => newer.has(c.codePointAt(0) ?? 0));
    const differing = phrases.filter((phrase, at) => ours[at] !== python[at] && !isNewer(phrase));
    expect(differing).toEqual([]);
    expect(phrases.filter((phrase) => !isNewer(phrase)).length).toBeGreaterThan(60_000);
  });

  test('agrees with Python on phrases', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'Σ',
        'ς',
        '\u0345',
        '.',
        "'",
        'İ',
        ' ',
        '\u0085',
        '\u001f',
        '\u3000',
        '\ufeff',
        'A',
      ),
    );
    const phrases = fc.sample(
      fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
      3000,
    );
    const ours = phrases.map((phrase) => bytesToHex(normalisePhrase(utf8ToBytes(phrase))));
    expect(ours).toEqual(byPython(phrases));
  });

  test('refuses what is not UTF-8', () => {
    for (const bad of ['ff', 'c3', 'c328', 'eda080', 'f8888080', 'c0af', '61e282', '80']) {
      expect(() => normalisePhrase(hexToBytes(bad)), bad).toThrow(Refusal);
    }
  });
});

describe('bytesFromPythonHex', () => {
  test('reads what bytes.fromhex reads', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.constantFrom('', ' ', '\n', '\t '))),
        fc.boolean(),
        (pairs, upper) => {
          const text = pairs.map(([b, s]) => s + b.toString(16).padStart(2, '0')).join('');
          const read = bytesFromPythonHex('x', `${upper ? text.toUpperCase() : text}\r\n`);
          expect([...read]).toEqual(pairs.map(([b]) => b));
        },
      ),
    );
  });

  test('refuses the rest, and does not repeat it', () => {
    for (const bad of ['0x00', '0', '0 0', 'gg', '00_00', '00\u00a000', '٠٠']) {
      expect(() => bytesFromPythonHex('vault component', bad), bad).toThrow(
        /vault component is not written/,
      );
    }
  });
});
