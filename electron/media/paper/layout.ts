/**
 * The parts that every sheet has: a table of facts, three columns of instructions, the strip.
 * @module
 */
import { type Face, type Ink, paragraph, rule, widthOf, wrap, write } from './ink.ts';

/** Left and right, in points: 12.7 mm, which every office printer reaches. */
export const MARGIN = 36;
const STRIP_HEIGHT = 108;

export type Row = readonly [label: string, value: string, face?: Face];

/** The title at the left, what the sheet belongs to at the right, each as large as there is room. */
export function headline(ink: Ink, left: string, right: string): void {
  const most = ink.width - 2 * MARGIN;
  const fit = (text: string, width: number) => {
    const natural = widthOf(ink, text, { face: 'bold', size: 24 });
    return { face: 'bold', size: Math.min(24, Math.max(9, (24 * width) / natural)) } as const;
  };
  const style = fit(left, most * 0.6);
  const used = write(ink, left, MARGIN, 62, style);
  const other = fit(right, most - used - 20);
  write(ink, right, ink.width - MARGIN - widthOf(ink, right, other), 62, other);
}

/**
 * Label and value side by side; long values wrap and are cut after `most` lines. Gives the next y.
 * @param gap between two rows, in points
 */
export function table(
  ink: Ink,
  rows: readonly Row[],
  at: { x: number; y: number; width: number },
  most = 3,
  gap = 3.4,
): number {
  const labels = 62;
  let y = at.y;
  for (const [label, value, face = 'bold'] of rows) {
    const style = { face, size: face === 'mono' ? 9 : 10 } as const;
    write(ink, label, at.x, y, { size: 9 });
    for (const line of shortened(wrap(ink, value, at.width - labels, style), most)) {
      write(ink, line, at.x + labels, y, style);
      y += 12.2;
    }
    y += gap;
  }
  return y;
}

function shortened(lines: string[], most: number): string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${(lines[most - 1] ?? '').slice(0, -1)}…`];
}

/** Columns of a bold heading and a short text. */
export function instructions(
  ink: Ink,
  y: number,
  columns: readonly (readonly [heading: string, text: string])[],
): void {
  const gap = 16;
  const width = (ink.width - 2 * MARGIN - gap * (columns.length - 1)) / columns.length;
  columns.forEach(([heading, text], i) => {
    const x = MARGIN + i * (width + gap);
    rule(ink, x, y, width);
    write(ink, heading, x, y + 13, { face: 'bold', size: 10 });
    paragraph(ink, text, { x, y: y + 26, width }, { size: 9.2 });
  });
}

/** The strip at the foot of the page: a line to cut along, facts in two columns, two signatures. */
export function strip(
  ink: Ink,
  { heading, facts }: { heading: string; facts: readonly Row[] },
): void {
  const top = ink.height - 40 - STRIP_HEIGHT;
  const width = ink.width - 2 * MARGIN;
  rule(ink, 0, top, ink.width, [5, 4]);
  write(ink, 'cut here', ink.width - MARGIN - 32, top - 3, { size: 8 });
  write(ink, heading, MARGIN, top + 16, { face: 'bold', size: 10 });
  const half = (width - 20) / 2;
  const middle = Math.ceil(facts.length / 2);
  table(ink, facts.slice(0, middle), { x: MARGIN, y: top + 33, width: half }, 2);
  table(ink, facts.slice(middle), { x: MARGIN + half + 20, y: top + 33, width: half }, 2);
  const foot = top + STRIP_HEIGHT - 4;
  for (const [i, who] of ['Custodian’s signature', 'Witness’s signature'].entries()) {
    const x = MARGIN + i * (half + 20);
    const label = write(ink, who, x, foot, { size: 8.5 });
    rule(ink, x + label + 6, foot + 1, half - label - 6);
  }
}
