import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_SENTENCES, eventSentence } from '../database/event-types.ts';
import { csvRecord } from './csv.ts';
import { auditTypes } from './filter.ts';
import { readPlace, writePlace } from './place.ts';
import { shortAddresses } from '../mail/short-address.ts';

/** What Python's csv module, strict, reads: somebody else's idea of CSV. */
function readByPython(text: string): string[][] {
  const program =
    'import csv,io,json,sys;' +
    'text=sys.stdin.buffer.read().decode("utf-8");' +
    'print(json.dumps(list(csv.reader(io.StringIO(text,newline=""),strict=True))))';
  const out = execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8' });
  return JSON.parse(out) as string[][];
}

describe('CSV', () => {
  it('is read back as it was written, whatever people type', () => {
    const text = fc
      .string({ unit: fc.constantFrom(...'aé"\',;\n\r\t 日=+-@'.split('')), maxLength: 12 })
      .map((typed) => `x${typed}`);
    const records = fc.sample(fc.array(text, { minLength: 3, maxLength: 3 }), 300);
    expect(readByPython(records.map(csvRecord).join(''))).toEqual(records);
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '\u00A0=1',
    '\u200B=1',
    '＝1',
    '\n',
  ])('gives a spreadsheet no formula to run: %j', (typed) => {
    expect(readByPython(csvRecord([typed, 'plain']))).toEqual([[`'${typed}`, 'plain']]);
  });
});

describe('the kinds of entry', () => {
  it('have a plain sentence each, also without a single fact', () => {
    for (const { type, says } of auditTypes()) {
      expect(says, type).toMatch(/^[A-Z].{9,}[^\s:]$/);
      expect(says, type).not.toMatch(/undefined|null|\s{2}/);
    }
    expect(new Set(auditTypes().map(({ says }) => says)).size).toBe(auditTypes().length);
    for (const type of Object.keys(EVENT_SENTENCES)) {
      expect(eventSentence(type, { code: 'ABC-123-XYZ', name: 'Name 1' })).not.toMatch(/\s{2}/);
    }
  });

  it('of a newer sync are shown by their names', () => {
    expect(eventSentence('share-sung', {})).toContain('share-sung');
    // SECURITY: what every object has is no sentence.
    expect(eventSentence('constructor', {})).toContain('constructor');
  });
});

describe('places', () => {
  it('come back as they were given, and nothing else is one', () => {
    const place = { at: '2026-11-24T14:10:00.123456Z', rank: 1, number: 0, key: 'ab cd' };
    expect(readPlace(writePlace(place))).toEqual(place);
    for (const text of [
      '',
      'e30',
      'null',
      '%',
      writePlace({ ...place, rank: 7 }),
      'x'.repeat(999),
    ]) {
      expect(() => readPlace(text)).toThrow('none that sync has given');
    }
  });
});

it('mail addresses are shortened wherever they stand', () => {
  expect(shortAddresses('to <name@example.org>: 550 no "other.name+1@sub.example.org" here')).toBe(
    'to <n…@example.org>: 550 no "o…@sub.example.org" here',
  );
  expect(shortAddresses('no address @ all')).toBe('no address @ all');
});
