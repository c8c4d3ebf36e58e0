import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { renderWitnessPage, type WitnessFacts } from './witness-page.ts';

const hex = (seed: number) =>
  Array.from({ length: 64 }, (_, i) => ((i * 7 + seed * 13 + i * i) % 16).toString(16)).join('');
const NAMES = ['Manifest', 'Roster', 'Descriptor', 'Package', 'Bundle', 'Transcript head'];
const WORDS = 'ability about above absent absorb abstract absurd abuse';

function facts(mode: WitnessFacts['mode'], count: number, custodian: string): WitnessFacts {
  return {
    mode,
    ceremony: 'Recovery of one survey key',
    setLabel: '2026 A',
    keyVersion: 'v1',
    ceremonyId: hex(3).slice(0, 32),
    date: '2026-11-23',
    threshold: 3,
    count,
    about: [
      ['Request', 'ABC-123-XYZ'],
      ['User', `7, ${custodian}`],
      ['Survey', `31, ${custodian}`],
    ],
    entries: 41,
    digests: NAMES.map((name, i) => ({ name, digest: hex(i), words: WORDS })),
    shares: Array.from({ length: count }, (_, i) => ({
      index: i + 1,
      custodian: `${custodian} ${i + 1}`,
      media: i % 2 === 0 ? ['paper', 'paper'] : ['paper', 'usb'],
      publicKey: hex(i + 20),
    })),
    witness: custodian,
    operator: 'operator',
  };
}

/** Poppler: another PDF reader than the one inside Conclave. */
function poppler(tool: string, args: string[], pdf: Uint8Array): string {
  return execFileSync(tool, args, { input: pdf, maxBuffer: 2 ** 26 }).toString();
}

const LONG = 'Department of Clinical Records, Northern Regional Hospital';
const cases = (['A4', 'Letter'] as const).flatMap((size) =>
  (['production', 'rehearsal'] as const).flatMap((mode) =>
    [['custodian', 4] as const, [LONG, 16] as const].map(([custodian, count]) => ({
      size,
      mode,
      custodian,
      count,
    })),
  ),
);

describe.each(cases)('the witness page, $size, $mode, $count shares', (each) => {
  const { size, mode, custodian, count } = each;
  const page = renderWitnessPage(facts(mode, count, custodian), size);

  test('is one page of that size, and its properties name nobody', async () => {
    const info = poppler('pdfinfo', ['-'], await page);
    expect(info).toMatch(/Pages:\s+1\n/);
    expect(info).toContain(size === 'A4' ? '595.28 x 841.89' : '612 x 792');
    expect(info).not.toContain(custodian);
  });

  test('has every digest whole, in groups of four, and every share', async () => {
    const text = poppler('pdftotext', ['-layout', '-', '-'], await page);
    NAMES.forEach((name, i) => {
      expect(text).toContain(name);
      expect(text).toContain((hex(i).match(/.{4}/g) ?? []).join(' '));
    });
    for (let i = 0; i < count; i += 1) {
      expect(text).toContain(`${custodian} ${i + 1}`);
      expect(text).toContain(
        (
          hex(i + 20)
            .slice(0, 16)
            .match(/.{4}/g) ?? []
        ).join(' '),
      );
    }
    expect(text).toContain('This page holds no secret');
    expect(text).toContain('--words');
    expect(text.includes('REHEARSAL')).toBe(mode === 'rehearsal');
  });

  test('no line of it lies upon another', async () => {
    const boxes = poppler('pdftotext', ['-bbox-layout', '-', '-'], await page);
    const lines = [
      ...boxes.matchAll(/<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"/g),
    ].map(([, ...numbers]) => numbers.map(Number) as [number, number, number, number]);
    // The mark of a rehearsal lies behind everything and is taller than any line.
    const written = lines.filter(([, top, , bottom]) => bottom - top < 40);
    expect(written.length).toBeGreaterThan(25);
    for (const [i, one] of written.entries()) {
      for (const other of written.slice(i + 1)) {
        const across = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
        const down = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
        // Boxes are taller than the letters in them: a third may overlap.
        const height = Math.min(one[3] - one[1], other[3] - other[1]);
        if (across > 1 && down > height * 0.45) throw new Error(`${one.join()} on ${other.join()}`);
      }
    }
  });
});
