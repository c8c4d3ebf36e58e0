import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { joinTypedLines, readTypedLine } from '../../../shared/encoding/lines.ts';
import { renderIdentitySheet } from './identity-sheet.ts';
import { readPaperFile } from './read-file.ts';
import type { ShareFacts } from './share-page.ts';
import { renderShareSheet } from './sheet.ts';

const FACTS: ShareFacts = {
  mode: 'production',
  setLabel: '2026 A',
  setId: '9f3c02ab11223344556677889900aabb',
  generation: 1,
  index: 2,
  sheet: 1,
  threshold: 3,
  count: 4,
  custodian: 'custodian 2',
  date: '2026-11-23',
  ceremonyId: 'split-2026-11-23-7kq3',
  fingerprint: 'ab12cd34ef567890aabbccddeeff0011',
  keyVersion: 'v1',
};
const bytesOf = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, i) => (i * 89 + seed * 151 + i * i * 7) & 0xff);

/** Poppler is another PDF reader than the one inside Conclave: what it says, printers see. */
function poppler(tool: string, args: string[], pdf: Uint8Array): Buffer {
  return execFileSync(tool, args, { input: pdf, maxBuffer: 2 ** 28 });
}
const textOf = (pdf: Uint8Array) => poppler('pdftotext', ['-layout', '-', '-'], pdf).toString();
const scanOf = (pdf: Uint8Array, ...how: string[]) =>
  poppler('pdftoppm', ['-r', '150', '-singlefile', ...how, '-'], pdf);

function typedFrom(text: string): Uint8Array {
  const ascii = new TextEncoder();
  const rows = text.match(/^\s*\d+(?:\s+[0-9A-Z]{4}){10}\s*$/gm) ?? [];
  const typed = rows.map((row) => ascii.encode(row.trim().replace(/^\d+/, '')));
  const first = readTypedLine('share', typed[0] ?? new Uint8Array(), { line: 1 });
  return joinTypedLines(
    'share',
    typed.map((line, i) => readTypedLine('share', line, { ...first, line: i + 1 })),
  );
}

const pages = ['A4', 'Letter'] as const;
const modes = ['production', 'rehearsal'] as const;
const cases = pages.flatMap((page) => modes.map((mode) => ({ page, mode })));

describe.each(cases)('a share sheet, $page, $mode', ({ page, mode }) => {
  const share = bytesOf(110);
  const sheet = renderShareSheet({ ...FACTS, mode }, share, page);

  test('is one page of that size', async () => {
    const info = poppler('pdfinfo', ['-'], await sheet).toString();
    expect(info).toMatch(/Pages:\s+1\n/);
    expect(info).toContain(page === 'A4' ? '595.28 x 841.89' : '612 x 792');
    // The document's properties outlive the paper in spools and viewers: no person, no share.
    expect(info).not.toContain('custodian');
    expect(info).not.toContain('2 of 4');
  });

  test('reads back as PDF and as a scan of 150 dpi, as PNG and as JPEG', async () => {
    const pdf = await sheet;
    const files = [pdf, scanOf(pdf, '-png'), scanOf(pdf, '-jpeg', '-gray')];
    for (const file of files) {
      expect(await readPaperFile(new Uint8Array(file))).toEqual({
        kind: 'share',
        sheet: 1,
        bytes: share,
      });
    }
  });

  test('holds the same bytes as lines that can be typed', async () => {
    expect(typedFrom(textOf(await sheet))).toEqual(share);
  });

  test('prints the code at least 110 mm wide and high', async () => {
    // 254 dpi is ten dots for a millimetre. The left column of a code begins and ends with a finder.
    const raster = poppler('pdftoppm', ['-r', '254', '-mono', '-singlefile', '-'], await sheet);
    const [, width = 0, height = 0] = (
      /^P4\n(\d+) (\d+)\n/.exec(raster.toString('latin1')) ?? []
    ).map(Number);
    const stride = Math.ceil(width / 8);
    const rows = raster.subarray(raster.length - stride * height);
    const x = 130; // 0.3 mm inside the margin of 12.7 mm
    const dark = Array.from({ length: 1_430 }, (_, y) => y).filter(
      (y) => y > 250 && ((rows[y * stride + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1,
    );
    expect((dark.at(-1) ?? 0) - (dark[0] ?? 0)).toBeGreaterThanOrEqual(1_100);
  });

  test('says whose it is, what it opens, and what to do', async () => {
    const text = textOf(await sheet).replaceAll(/\s+/g, ' ');
    for (const words of [
      'share 2 of 4',
      'Sheet 1 of this share',
      'any 3 open it',
      'encrypted surveys of key',
      'version v1 in CheckTick',
      'custodian 2',
      '23 November 2026',
      'split-2026-11-23-7kq3',
      'ab12 cd34 ef56 7890',
      'If you are asked to use it',
      'If it is lost, copied or seen',
      'Never',
      'This strip holds no secret',
    ]) {
      expect(text).toContain(words);
    }
    expect(text.includes('REHEARSAL')).toBe(mode === 'rehearsal');
  });
});

/** Dots of ink after a fax or a bad copier: black or white, no grey. */
async function ink(mode: 'production' | 'rehearsal'): Promise<number> {
  const pdf = await renderShareSheet({ ...FACTS, mode }, bytesOf(110), 'A4');
  const raster = poppler('pdftoppm', ['-r', '72', '-mono', '-singlefile', '-'], pdf);
  const rows = raster.subarray(raster.length - 842 * Math.ceil(596 / 8));
  return rows.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}

async function printedName(custodian: string): Promise<string> {
  return textOf(await renderShareSheet({ ...FACTS, custodian }, bytesOf(110), 'A4'));
}

test('a black-and-white copy of a rehearsal sheet is full of marks that a real one has not', async () => {
  expect((await ink('rehearsal')) - (await ink('production'))).toBeGreaterThan(15_000);
});

describe('names that are long or in other letters', () => {
  test.each([
    ['60 letters', 'W'.repeat(60)],
    ['60 letters in words', 'Department of Clinical Records, Northern Regional Hospital 12'],
    ['other Latin letters', 'Ł. Ő. Šß-Čáéîøü'],
    ['no letter that the fonts have', '山田太郎 Αθήνα Київ'],
    ['right to left, and an emoji', 'שלום 👩‍⚕️'],
    ['nothing', ''],
  ])('%s', async (_, custodian) => {
    for (const page of pages) {
      const share = bytesOf(150, 4);
      const facts = { ...FACTS, mode: 'rehearsal', custodian, setLabel: custodian } as const;
      const pdf = await renderShareSheet(facts, share, page);
      expect(await readPaperFile(pdf)).toEqual({ kind: 'share', sheet: 1, bytes: share });
      expect(poppler('pdfinfo', ['-'], pdf).toString()).toMatch(/Pages:\s+1\n/);
      expect(typedFrom(textOf(pdf))).toEqual(share);
    }
  });
  test('letters that cannot be printed leave a line to write the name on', async () => {
    expect(await printedName('山田太郎')).toContain('hand:');
    expect(await printedName('Łukasiewicz')).toContain('Łukasiewicz');
    expect(await printedName('Łukasiewicz')).not.toContain('hand:');
  });
});

test('two sheets of one share say which they are, by code, typed and in words', async () => {
  const share = bytesOf(102, 5);
  for (const sheet of [1, 2]) {
    const pdf = await renderShareSheet({ ...FACTS, sheet }, share, 'A4');
    expect(await readPaperFile(pdf)).toEqual({ kind: 'share', sheet, bytes: share });
    const text = textOf(pdf);
    expect(typedFrom(text)).toEqual(share);
    const [line = ''] = text.match(/^\s*1(?:\s+[0-9A-Z]{4}){10}\s*$/gm) ?? [];
    const typed = new TextEncoder().encode(line.trim().slice(1));
    expect(readTypedLine('share', typed, { line: 1 }).sheet).toBe(sheet);
    // Beside the code and on the auditor's strip.
    expect(text.match(new RegExp(`Sheet ${sheet} of this share`, 'g'))).toHaveLength(2);
  }
});

test('a share that is too long for the page is the caller’s mistake', async () => {
  await expect(renderShareSheet(FACTS, bytesOf(200), 'A4')).rejects.toThrow(RangeError);
});

describe.each(cases)('an identity sheet, $page, $mode', ({ page, mode }) => {
  test('is one page, reads back, and marks rehearsals', async () => {
    const file = bytesOf(450, 3);
    const facts = {
      mode,
      person: 'custodian 2',
      sheet: 3,
      roles: ['custodian', 'witness'],
      fingerprint: FACTS.fingerprint,
      date: FACTS.date,
    };
    const pdf = await renderIdentitySheet(facts, file, page);
    expect(poppler('pdfinfo', ['-'], pdf).toString()).toMatch(/Pages:\s+1\n/);
    for (const scan of [pdf, scanOf(pdf, '-png')]) {
      expect(await readPaperFile(new Uint8Array(scan))).toEqual({
        kind: 'identity',
        sheet: 3,
        bytes: file,
      });
    }
    const text = textOf(pdf);
    expect(text).toContain('custodian, witness');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('Sheet 3 of this identity');
    expect(text.includes('REHEARSAL')).toBe(mode === 'rehearsal');
  });
});
