import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { joinTypedLines, readTypedLine } from '../../../shared/encoding/lines.ts';
import { renderKeySheet, type KeySheetFacts } from './key-sheet.ts';
import { readPaperFile } from './read-file.ts';

const FACTS: KeySheetFacts = {
  mode: 'production',
  setLabel: '2026 A',
  setId: '9f3c02ab11223344556677889900aabb',
  generation: 1,
  index: 2,
  sheet: 3,
  threshold: 3,
  count: 4,
  custodian: 'custodian 2',
  date: '2026-11-23',
  ceremonyId: 'split-2026-11-23-7kq3',
  fingerprint: 'ab12cd34ef567890aabbccddeeff0011',
  keyVersion: 'v1',
  keys: 'YubiKey 5C NFC 23456789 and backup 34567890',
  opensWith: 'pin',
};
/** Of one key, of a key and its backup, and the longest that has room. */
const SIZES = [330, 583, 670];
const bytesOf = (length: number) =>
  Uint8Array.from({ length }, (_, at) => (at * 89 + at * at * 7 + 151) & 0xff);

function poppler(tool: string, args: string[], pdf: Uint8Array): Buffer {
  return execFileSync(tool, args, { input: pdf, maxBuffer: 2 ** 28 });
}
const textOf = (pdf: Uint8Array) => poppler('pdftotext', ['-layout', '-', '-'], pdf).toString();

/** As a person types them: down the left column, then the right one. */
function typedFrom(text: string): Uint8Array {
  const ascii = new TextEncoder();
  const found = [...text.matchAll(/(?<![0-9A-Z])(\d{1,2})((?:\s+[0-9A-Z]{4}){10})(?![0-9A-Z])/g)];
  const lines = found
    .map(([, number = '', line = '']) => [Number(number), line.trim()] as const)
    .sort(([one], [other]) => one - other);
  const first = readTypedLine('key-share', ascii.encode(lines[0]?.[1] ?? ''), { line: 1 });
  return joinTypedLines(
    'key-share',
    lines.map(([number, line]) =>
      readTypedLine('key-share', ascii.encode(line), { ...first, line: number }),
    ),
  );
}

const cases = (['A4', 'Letter'] as const).flatMap((page) =>
  (['production', 'rehearsal'] as const).map((mode) => ({ page, mode })),
);

describe.each(cases)('the sheet of an envelope, $page, $mode', ({ page, mode }) => {
  test('is one page, and reads back as PDF and as a scan of 150 dpi, whatever its keys', async () => {
    for (const size of SIZES) {
      const envelope = bytesOf(size);
      const pdf = await renderKeySheet({ ...FACTS, mode }, envelope, page);
      const info = poppler('pdfinfo', ['-'], pdf).toString();
      expect(info).toMatch(/Pages:\s+1\n/);
      // The document's properties outlive the paper: no person, no key.
      expect(info).not.toMatch(/custodian|23456789/);
      const scan = poppler('pdftoppm', ['-r', '150', '-singlefile', '-jpeg', '-gray', '-'], pdf);
      for (const file of [pdf, new Uint8Array(scan)]) {
        expect(await readPaperFile(file.slice())).toEqual({
          kind: 'key-share',
          sheet: 3,
          bytes: envelope,
        });
      }
    }
  });

  test('holds the same bytes as lines that can be typed', async () => {
    for (const size of SIZES) {
      const envelope = bytesOf(size);
      const pdf = await renderKeySheet({ ...FACTS, mode }, envelope, page);
      expect(typedFrom(textOf(pdf))).toEqual(envelope);
    }
  });

  test('says that it is useless without the key, whose it is, and what to do', async () => {
    const pdf = await renderKeySheet({ ...FACTS, mode }, bytesOf(583), page);
    const text = textOf(pdf).replaceAll(/\s+/g, ' ');
    for (const words of [
      'hare 2 of 4, locked',
      'This is an envelope.',
      'the key for surveys of key version v1',
      'Sheet 3 of this share',
      'any 3 open it',
      'custodian 2',
      '23 November 2026',
      'ab12 cd34 ef56 7890',
      'If it is lost, copied or seen',
      'This strip holds no secret',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toMatch(/23456789/);
    expect(text.includes('REHEARSAL')).toBe(mode === 'rehearsal');
  });
});

test.each(['A4', 'Letter'] as const)(
  'of an OTP key, %s: words, no PIN, and what follows its use',
  async (page) => {
    const facts: KeySheetFacts = { ...FACTS, keys: 'YubiKey 5C NFC 23456789', opensWith: 'words' };
    const text = textOf(await renderKeySheet(facts, bytesOf(330), page)).replaceAll(/\s+/g, ' ');
    expect(text).toContain('words that are not on this sheet');
    expect(text).not.toContain('PIN');
    expect(text).toMatch(/A new sheet/);
    const long = textOf(await renderKeySheet(FACTS, bytesOf(330), page));
    expect(long).not.toMatch(/A new sheet/);
  },
);

describe('a name that cannot be printed', () => {
  /** Where a word stands on the page, in points from the top. */
  function placeOf(pdf: Uint8Array, word: string): { top: number; bottom: number } {
    const boxes = poppler('pdftotext', ['-bbox', '-', '-'], pdf).toString();
    const found = new RegExp(`yMin="([\\d.]+)" xMax="[\\d.]+" yMax="([\\d.]+)">${word}<`).exec(
      boxes,
    );
    if (found === null) throw new Error(`${word} is not on the page.`);
    return { top: Number(found[1]), bottom: Number(found[2]) };
  }

  test.each(['A4', 'Letter'] as const)('%s: there is a line to write it by hand', async (page) => {
    const custodian = '山田 Custodian 2 with a name of so many letters that it takes three lines';
    const pdf = await renderKeySheet({ ...FACTS, custodian }, bytesOf(670), page);
    // The line lies 10 points under these words, and the typed lines begin below it.
    expect(placeOf(pdf, 'hand:').bottom + 10).toBeLessThan(placeOf(pdf, 'same,').top);
    expect(placeOf(pdf, 'Fingerprint').bottom).toBeLessThan(placeOf(pdf, 'hand:').top);
  });

  test('and none for one that can', async () => {
    const pdf = await renderKeySheet({ ...FACTS, custodian: 'Łukasiewicz' }, bytesOf(330), 'A4');
    expect(textOf(pdf)).not.toContain('hand:');
  });
});

test('an envelope that has no room is refused by name', async () => {
  await expect(renderKeySheet(FACTS, bytesOf(700), 'A4')).rejects.toMatchObject({
    code: 'paper-envelope-too-long',
  });
});
