/**
 * The sheet of paper that carries one share: a PDF of one page, A4 or Letter.
 *
 * Top to bottom: what it is and whose; the code beside the facts; the same as typed lines; what to
 * do with it; a strip to tear off for the auditor, which holds no secret.
 *
 * SECURITY: the bytes hold a share in the clear. They go to the printer through a pipe and are
 * wiped; fonts, strings and streams inside the PDF library cannot be, so this runs in the worker.
 * @module
 */
import { toTypedLines } from '../../../shared/encoding/lines.ts';
import { toQrText } from '../../../shared/encoding/qr-text.ts';
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
  write,
} from './ink.ts';
import { headline, instructions, MARGIN, type Row, strip, table } from './layout.ts';
import { qrMatrix } from './qr.ts';
import { markAsRehearsal, stamp } from './rehearsal-marks.ts';

/** What is printed beside the secret. All of it is public. */
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

const CODE_SIDE = 111 * POINTS_PER_MM;

/**
 * @param share the share's wire bytes, at most 168: the page has room for eight lines
 * @returns the PDF. It is secret: wipe it when it has been printed.
 */
export async function renderShareSheet(
  facts: ShareFacts,
  share: Uint8Array,
  page: PageSize,
): Promise<Uint8Array> {
  const lines = toTypedLines('share', share, facts.sheet);
  if (lines.length > 8) throw new RangeError('the share is too long for one sheet');
  const ink = await newPage(page, `Conclave share sheet, ${facts.setLabel}`, facts.date);
  const rehearsal = facts.mode === 'rehearsal';
  if (rehearsal) markAsRehearsal(ink);
  const code = await qrMatrix(toQrText('share', share, facts.sheet), 'Q');

  const title = `${rehearsal ? 'Rehearsal key' : 'Key'} share ${facts.index} of ${facts.count}`;
  headline(ink, title, `Set ${facts.setLabel}`);
  const top = 84;
  box(ink, MARGIN - 14, top - 14, CODE_SIDE + 28, CODE_SIDE + 28, true);
  drawCode(ink, code, MARGIN, top, CODE_SIDE);
  const x = MARGIN + CODE_SIDE + 24;
  const end = aside(ink, facts, x, top + 9);
  if (rehearsal && end < top + CODE_SIDE - 30) {
    stamp(ink, x, top + CODE_SIDE - 2, ink.width - MARGIN - x);
  }

  const spare = ink.height - 792;
  const y = typedLines(ink, facts.mode, lines, top + CODE_SIDE + 26 + spare * 0.25);
  instructions(ink, y + 2 + spare * 0.2, INSTRUCTIONS);
  strip(ink, {
    heading: `${rehearsal ? 'REHEARSAL. ' : ''}For the auditor’s file. This strip holds no secret.`,
    facts: [
      ['Set', `${facts.setLabel}, generation ${facts.generation}`],
      ['Share', `${facts.index} of ${facts.count}, any ${facts.threshold} open it`],
      ['Sheet', sheetName(facts)],
      ['Custodian', facts.custodian],
      ['Printed', longDate(facts.date)],
      ['Ceremony', facts.ceremonyId],
      ['Fingerprint', grouped(facts.fingerprint, 16)],
    ],
  });
  return ink.document.save();
}

/** In words, so that two people with two sheets name the same one. */
function sheetName({ sheet }: ShareFacts): string {
  return `Sheet ${sheet} of this share`;
}

function aside(ink: Ink, facts: ShareFacts, x: number, top: number): number {
  const width = ink.width - MARGIN - x;
  const what =
    `This sheet is one of ${facts.count} shares of the key that can recover encrypted surveys in ` +
    `CheckTick; any ${facts.threshold} of them together open it, and this one alone opens nothing. ` +
    `It was made for ${facts.custodian}, who keeps it sealed in a safe place.`;
  let y = paragraph(ink, what, { x, y: top, width }, { size: 10.5 }) + 4;
  const rows: Row[] = [
    ['Set', facts.setLabel],
    ['Generation', String(facts.generation)],
    ['Share', `${facts.index} of ${facts.count}, any ${facts.threshold} open it`],
    ['Sheet', sheetName(facts)],
    ['Custodian', facts.custodian],
    ['Printed', longDate(facts.date)],
    ['Key version', facts.keyVersion],
    ['Ceremony', facts.ceremonyId, 'mono'],
    ['Set id', grouped(facts.setId, 8), 'mono'],
    ['Fingerprint', grouped(facts.fingerprint, 16), 'mono'],
  ];
  y = table(ink, rows, { x, y, width });
  if (canPrint(ink, facts.custodian + facts.setLabel)) return y;
  const note =
    'A “?” stands for a letter that this sheet cannot print. Write the name here by hand:';
  y = paragraph(ink, note, { x, y: y + 3, width }, { size: 8.5 });
  rule(ink, x, y + 12, width);
  return y + 12;
}

function typedLines(ink: Ink, mode: Mode, lines: readonly string[], top: number): number {
  const size = lines.length > 7 ? 12 : 13;
  // Six lines is what a share of 126 bytes needs; more stand closer together.
  const step = 111 / Math.max(6, lines.length);
  const words = 'The same, to be typed if the code cannot be read';
  const title = mode === 'rehearsal' ? `REHEARSAL. ${words}` : words;
  write(ink, title, MARGIN, top, { face: 'bold', size: 10.5 });
  box(ink, MARGIN - 4, top + 6, ink.width - 2 * MARGIN + 8, lines.length * step + 6, true);
  lines.forEach((line, i) => {
    const y = top + 20 + i * step;
    write(ink, String(i + 1), MARGIN, y, { face: 'bold', size });
    spread(ink, line, MARGIN + 24, y, size);
  });
  return top + 20 + lines.length * step;
}

/** Ten groups across the page, a wider gap after the fifth, so that an eye finds its place. */
function spread(ink: Ink, line: string, x: number, y: number, size: number): void {
  const step = (ink.width - MARGIN - x - 8) / 10;
  line.split(' ').forEach((group, i) => {
    write(ink, group, x + i * step + (i > 4 ? 8 : 0), y, { face: 'mono', size });
  });
}

const INSTRUCTIONS = [
  [
    'If you are asked to use it',
    'Come only to a ceremony of which every custodian was told. Compare the set on this sheet with ' +
      'the one on the screen. Hold the code before the laptop’s camera yourself, then seal the ' +
      'sheet again.',
  ],
  [
    'If it is lost, copied or seen',
    'Tell the other custodians and the operator on the same day. Nothing is lost yet: the set is ' +
      'replaced, and then this sheet opens nothing. Say so even if you only suspect it.',
  ],
  [
    'Never',
    'Never photograph, copy, scan or send it. Never type it anywhere but in Conclave. Never hand it ' +
      'to anyone, whoever asks. Never keep it with another share.',
  ],
] as const;
