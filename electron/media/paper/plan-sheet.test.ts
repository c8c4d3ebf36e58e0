import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type PlanSheetFacts, renderPlanSheet } from './plan-sheet.ts';

const DIGEST = '0123456789abcdef'.repeat(4);
const WORDS = 'ability about above absent absorb abstract absurd abuse';

function facts(mode: PlanSheetFacts['mode'], count: number, who: string): PlanSheetFacts {
  return {
    mode,
    ceremony: 'New shares of the platform key',
    printed: '2026-11-30',
    facts: [
      ['Begins', '14 December 2026 at 09:30 UTC; takes 180 minutes'],
      ['Place', 'Board room, main building'],
      ['Share set', `2027 A: any 3 of ${count} open the key`],
    ],
    people: Array.from({ length: count }, (_, i) => ({
      name: `${who} ${i + 1}`,
      role: `custodian ${i + 1}`,
      brings: i % 2 === 0 ? `paper sheet, bag 0041${i}` : 'the envelope of share 2, and its key',
    })),
    remarks: 'Bring the small printer.\nLunch at 12:30.',
    digest: DIGEST,
    words: WORDS,
  };
}

/** Poppler: another PDF reader than the one inside Conclave. */
function poppler(tool: string, args: string[], pdf: Uint8Array): string {
  return execFileSync(tool, args, { input: pdf, maxBuffer: 2 ** 26 }).toString();
}

const LONG = 'Department of Clinical Records, Northern Regional Hospital';
const cases = (['A4', 'Letter'] as const).flatMap((size) =>
  (['production', 'rehearsal'] as const).flatMap((mode) =>
    [['Custodian', 4, 1] as const, [LONG, 64, 5] as const].map(([who, count, most]) => ({
      size,
      mode,
      who,
      count,
      most,
    })),
  ),
);

describe.each(cases)('the sheet of a plan, $size, $mode, $count people', (each) => {
  const { size, mode, who, count, most } = each;
  const sheet = renderPlanSheet(facts(mode, count, who), size);

  test('has that size, no more pages than it needs, and properties that name nobody', async () => {
    const info = poppler('pdfinfo', ['-'], await sheet);
    const pages = Number(/Pages:\s+(\d+)/.exec(info)?.[1]);
    expect(pages).toBeGreaterThan(count > 16 ? 1 : 0);
    expect(pages).toBeLessThanOrEqual(most);
    expect(info).toContain(size === 'A4' ? '595.28 x 841.89' : '612 x 792');
    expect(info).not.toContain(who);
  });

  test('names everybody once, the words, and the digest on each page', async () => {
    const raw = poppler('pdftotext', ['-raw', '-', '-'], await sheet);
    const text = raw.replaceAll(/\s+/g, ' ');
    for (let i = 0; i < count; i += 1) {
      const named = new RegExp(`${who} ${i + 1}(?! ?\\d)`, 'g');
      expect(text.match(named)).toHaveLength(1);
    }
    expect(text).toContain(WORDS);
    expect(text).toContain('Begins 14 December 2026 at 09:30 UTC; takes 180 minutes');
    expect(text).toContain('Bring the small printer. Lunch at 12:30.');
    const grouped = (DIGEST.match(/.{4}/g) ?? []).join(' ');
    const pages = raw.split('\f').filter((page) => page.trim() !== '');
    for (const page of pages) {
      expect(page.replaceAll(/\s+/g, ' ')).toContain(grouped);
      expect(page.includes('REHEARSAL')).toBe(mode === 'rehearsal');
    }
    expect(pages.at(-1)).toContain(`Page ${pages.length} of ${pages.length}`);
  });

  test('no line of it lies upon another', async () => {
    const boxes = poppler('pdftotext', ['-bbox-layout', '-', '-'], await sheet);
    for (const page of boxes.split('<page ').slice(1)) {
      const lines = [
        ...page.matchAll(/<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"/g),
      ].map(([, ...numbers]) => numbers.map(Number) as [number, number, number, number]);
      // The mark of a rehearsal lies behind everything and is taller than any line.
      const written = lines.filter(([, top, , bottom]) => bottom - top < 40);
      expect(written.length).toBeGreaterThan(5);
      for (const [i, one] of written.entries()) {
        for (const other of written.slice(i + 1)) {
          const across = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
          const down = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
          const height = Math.min(one[3] - one[1], other[3] - other[1]);
          if (across > 1 && down > height * 0.45)
            throw new Error(`${one.join()} on ${other.join()}`);
        }
      }
    }
  });
});
