/**
 * The plan of a ceremony on paper, A4 or Letter: for the wall, and for whoever gathers people and
 * things. As many pages as there are people. It holds nothing secret, and no place where a share is.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';
import type { PlannedPerson } from '../../../shared/plan/people.ts';
import { grouped } from './facts.ts';
import {
  box,
  type Ink,
  newPage,
  type PageSize,
  paragraph,
  rule,
  type TextStyle,
  widthOf,
  wrap,
  write,
} from './ink.ts';
import { headline, MARGIN, type Row, table } from './layout.ts';
import { markAsRehearsal } from './rehearsal-marks.ts';

export interface PlanSheetFacts {
  readonly mode: Mode;
  /** `Split of a new platform key` */
  readonly ceremony: string;
  /** The day of printing as `2026-05-03`: of the file's properties, not on the sheet. */
  readonly printed: string;
  /** Label and value: when, how long, where, which set. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly people: readonly PlannedPerson[];
  /** Empty: none. */
  readonly remarks: string;
  /** SHA-256 of the plan's file, in hex. */
  readonly digest: string;
  /** Its eight words. */
  readonly words: string;
}

const SIZE = 10;
const LINE = SIZE * 1.32;
/** Room for the foot, in points. */
const FOOT = 72;
const PAGES_AT_MOST = 12;

export async function renderPlanSheet(facts: PlanSheetFacts, size: PageSize): Promise<Uint8Array> {
  const first = await newPage(size, 'Conclave plan', facts.printed);
  const pages = [begin(first, facts)];
  const [ink] = pages as [Ink];
  let y = about(ink, facts, 86);
  y = heading(ink, y + 8);
  for (const person of facts.people) {
    const here = pages.at(-1) ?? ink;
    const rows = measured(here, person);
    if (y + rows.height <= here.height - FOOT) {
      y = drawn(here, rows, y);
      continue;
    }
    if (pages.length === PAGES_AT_MOST) throw new RangeError('so many people come to no ceremony');
    const page = first.document.addPage([first.width, first.height]);
    const next = begin({ ...first, page }, facts);
    pages.push(next);
    y = drawn(next, measured(next, person), heading(next, 86));
  }
  pages.forEach((page, at) => foot(page, facts, `Page ${at + 1} of ${pages.length}`));
  return first.document.save();
}

function begin(ink: Ink, { mode, ceremony }: PlanSheetFacts): Ink {
  const isRehearsal = mode === 'rehearsal';
  if (isRehearsal) markAsRehearsal(ink);
  headline(ink, isRehearsal ? 'REHEARSAL. Plan' : 'Plan of a ceremony', ceremony);
  return ink;
}

function about(ink: Ink, { mode, facts, remarks, words }: PlanSheetFacts, top: number): number {
  const width = ink.width - 2 * MARGIN;
  const what =
    (mode === 'rehearsal' ? 'This is the plan of a rehearsal: nothing of it is real. ' : '') +
    'Nothing on this sheet is secret, and nobody brings more than it says. Before the ceremony begins ' +
    'the screen shows the plan and its eight words: they are those of this sheet, or it is another plan.';
  let y = paragraph(ink, what, { x: MARGIN, y: top, width }, { size: SIZE }) + 6;
  // Nothing lies behind what is compared letter by letter, a rehearsal's mark neither.
  const rows: Row[] = [['Eight words', words], ...facts];
  box(ink, MARGIN - 4, y - 11, width + 8, 16, true);
  y = table(ink, rows, { x: MARGIN, y, width }, 3);
  if (remarks === '') return y;
  write(ink, 'Remarks', MARGIN, y, { size: 9 });
  for (const line of remarks.split('\n')) {
    y = paragraph(ink, line, { x: MARGIN + 62, y, width: width - 62 }, { size: SIZE });
  }
  return y;
}

/** Where the columns begin, from the left margin. */
const COLUMNS = { name: 22, role: 200, brings: 300 } as const;

function heading(ink: Ink, top: number): number {
  rule(ink, MARGIN, top, ink.width - 2 * MARGIN);
  const bold = { face: 'bold', size: SIZE } as const;
  write(ink, 'Here', MARGIN - 2, top + 14, { face: 'bold', size: 8 });
  write(ink, 'Who', MARGIN + COLUMNS.name, top + 14, bold);
  write(ink, 'As', MARGIN + COLUMNS.role, top + 14, bold);
  write(ink, 'With', MARGIN + COLUMNS.brings, top + 14, bold);
  return top + 32;
}

interface Measured {
  readonly cells: readonly {
    readonly x: number;
    readonly lines: readonly string[];
    readonly style: TextStyle;
  }[];
  readonly height: number;
}

function measured(ink: Ink, { name, role, brings }: PlannedPerson): Measured {
  const right = ink.width - 2 * MARGIN;
  const cell = (text: string, from: number, to: number, style: TextStyle) => ({
    x: MARGIN + from,
    lines: text === '' ? [] : wrap(ink, text, to - from - 8, style),
    style,
  });
  const cells = [
    cell(name, COLUMNS.name, COLUMNS.role, { face: 'bold', size: SIZE }),
    cell(role, COLUMNS.role, COLUMNS.brings, { size: SIZE }),
    cell(brings, COLUMNS.brings, right + 8, { size: SIZE }),
  ];
  return { cells, height: Math.max(...cells.map(({ lines }) => lines.length)) * LINE + 7 };
}

/** @returns where the next one begins */
function drawn(ink: Ink, { cells, height }: Measured, top: number): number {
  // A box to tick: black, and a little smaller in white.
  box(ink, MARGIN, top - 9.4, 12, 12);
  box(ink, MARGIN + 1.4, top - 8, 9.2, 9.2, true);
  for (const { x, lines, style } of cells) {
    lines.forEach((line, at) => write(ink, line, x, top + at * LINE, style));
  }
  rule(ink, MARGIN, top + height - 12, ink.width - 2 * MARGIN, [1, 3]);
  return top + height;
}

function foot(ink: Ink, { digest, mode }: PlanSheetFacts, page: string): void {
  // A rehearsal has a bar below it.
  const y = ink.height - (mode === 'rehearsal' ? 48 : 40);
  box(ink, MARGIN - 4, y - 15, ink.width - 2 * MARGIN + 8, 28, true);
  rule(ink, MARGIN, y - 16, ink.width - 2 * MARGIN);
  write(ink, 'SHA-256 of the plan’s file', MARGIN, y - 4, { size: 8 });
  write(ink, page, ink.width - MARGIN - widthOf(ink, page, { size: 8 }), y - 4, { size: 8 });
  write(ink, grouped(digest, digest.length), MARGIN, y + 8, { face: 'mono', size: 8.5 });
}
