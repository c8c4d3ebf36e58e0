/**
 * The page that a sheet with a share has, and one with the envelope of a locked share: headline, the
 * code with the facts beside it, typed lines, what to do, and a strip for the auditor.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';
import { grouped, longDate } from './facts.ts';
import {
  box,
  canPrint,
  drawCode,
  type Ink,
  newPage,
  type PageSize,
  paragraph,
  POINTS_PER_MM,
  rule,
} from './ink.ts';
import { headline, instructions, MARGIN, type Row, strip, table } from './layout.ts';
import type { QrMatrix } from './qr.ts';
import { markAsRehearsal, stamp } from './rehearsal-marks.ts';

/** What is printed beside the code. All of it is public. */
export interface ShareFacts {
  readonly mode: Mode;
  /** What people call the share set, such as "2026 A". */
  readonly setLabel: string;
  /** Hex; its first eight digits are printed. */
  readonly setId: string;
  readonly generation: number;
  /** "share 2 of 4, any 3 open it": index 2, count 4, threshold 3. */
  readonly index: number;
  /** Which sheet of this share, 1 to 99: each print has its own number. */
  readonly sheet: number;
  readonly threshold: number;
  readonly count: number;
  readonly custodian: string;
  /** The day as `2026-05-03`. */
  readonly date: string;
  readonly ceremonyId: string;
  /** Hex of the share's public key; its first sixteen digits are printed. */
  readonly fingerprint: string;
  /** CheckTick's name of it, such as "v1". */
  readonly keyVersion: string;
}

/** What differs between the two kinds of sheet. */
export interface SharePage {
  /** Of the document, in its properties: no person, no key. */
  readonly name: string;
  /** `Key share 2 of 4` */
  readonly headline: string;
  readonly code: QrMatrix;
  /** What it is and for whom, in sentences. */
  readonly what: string;
  /** The YubiKeys that open it; null: it opens as it is. */
  readonly keys: string | null;
  /** Draws the typed lines from this y on, and gives the next. */
  lines(ink: Ink, top: number): number;
  readonly instructions: readonly (readonly [heading: string, text: string])[];
}

const CODE_SIDE = 111 * POINTS_PER_MM;
const TOP = 84;

/** @returns the PDF; the caller wipes it */
export async function renderSharePage(
  facts: ShareFacts,
  page: PageSize,
  parts: SharePage,
): Promise<Uint8Array> {
  const rehearsal = facts.mode === 'rehearsal';
  const ink = await newPage(page, `Conclave ${parts.name}, ${facts.setLabel}`, facts.date);
  if (rehearsal) markAsRehearsal(ink);
  headline(ink, parts.headline, `Set ${facts.setLabel}`);
  box(ink, MARGIN - 14, TOP - 14, CODE_SIDE + 28, CODE_SIDE + 28, true);
  drawCode(ink, parts.code, MARGIN, TOP, CODE_SIDE);
  const x = MARGIN + CODE_SIDE + 24;
  const end = aside(ink, facts, parts, x);
  if (rehearsal && end < TOP + CODE_SIDE - 30) {
    stamp(ink, x, TOP + CODE_SIDE - 2, ink.width - MARGIN - x);
  }
  const spare = ink.height - 792;
  const below = parts.lines(ink, TOP + CODE_SIDE + 20 + spare * 0.25);
  instructions(ink, below + 2 + spare * 0.2, parts.instructions);
  strip(ink, {
    heading: `${rehearsal ? 'REHEARSAL. ' : ''}For the auditor’s file. This strip holds no secret.`,
    facts: stripFacts(facts, parts),
  });
  return ink.document.save();
}

function aside(ink: Ink, facts: ShareFacts, { what, keys }: SharePage, x: number): number {
  const width = ink.width - MARGIN - x;
  const isPrintable = canPrint(ink, facts.custodian + facts.setLabel);
  // What has to stand beside the code has no room as it is with a key, or with a name to be written.
  const tight = keys !== null || !isPrintable;
  let y = paragraph(ink, what, { x, y: TOP + 9, width }, { size: tight ? 9.5 : 10.5 }) + 4;
  const { setLabel, generation } = facts;
  const rows: Row[] = [
    ...opensWith(keys),
    ...(tight
      ? [['Set', `${setLabel}, generation ${generation}`] as const]
      : [['Set', setLabel] as const, ['Generation', String(generation)] as const]),
    ['Share', shareName(facts)],
    ['Sheet', sheetName(facts)],
    ['Custodian', facts.custodian],
    ['Printed', longDate(facts.date)],
    ['Key version', facts.keyVersion],
    ['Ceremony', facts.ceremonyId, 'mono'],
    ['Set id', grouped(facts.setId, 8), 'mono'],
    ['Fingerprint', grouped(facts.fingerprint, 16), 'mono'],
  ];
  y = table(ink, rows, { x, y, width }, 3, tight ? 2 : undefined);
  if (isPrintable) return y;
  const note =
    'A “?” stands for a letter that this sheet cannot print. Write the name here by hand:';
  y = paragraph(ink, note, { x, y: y + 3, width }, { size: 8.5 });
  rule(ink, x, y + 10, width);
  return y + 10;
}

/** Two columns of four: with a key, its number is there instead of the ceremony. */
function stripFacts(facts: ShareFacts, { keys }: SharePage): Row[] {
  return [
    ['Set', `${facts.setLabel}, generation ${facts.generation}`],
    ['Share', shareName(facts)],
    ['Sheet', sheetName(facts)],
    ['Custodian', facts.custodian],
    ...opensWith(keys),
    ['Printed', longDate(facts.date)],
    ...(keys === null ? [['Ceremony', facts.ceremonyId] as const] : []),
    ['Fingerprint', grouped(facts.fingerprint, 16)],
  ];
}

const opensWith = (keys: string | null): readonly Row[] =>
  keys === null ? [] : [['Opens with', keys]];

function shareName({ index, count, threshold }: ShareFacts): string {
  return `${index} of ${count}, any ${threshold} open it`;
}

/** In words, so that two people with two sheets name the same one. */
function sheetName({ sheet }: ShareFacts): string {
  return `Sheet ${sheet} of this share`;
}
