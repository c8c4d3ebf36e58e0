/**
 * The sheet of paper that carries the envelope of a share that is locked to a YubiKey: a PDF of one
 * page, A4 or Letter. It says of itself that it opens nothing without the key and its PIN or words.
 * @module
 */
import { toTypedLines } from '../../../shared/encoding/lines.ts';
import { toQrText } from '../../../shared/encoding/qr-text.ts';
import { grouped, longDate } from './facts.ts';
import {
  box,
  drawCode,
  type Ink,
  newPage,
  type PageSize,
  paragraph,
  POINTS_PER_MM,
  write,
} from './ink.ts';
import { headline, instructions, MARGIN, strip, table, type Row } from './layout.ts';
import { qrMatrix } from './qr.ts';
import { refuse } from './refusals.ts';
import { markAsRehearsal, stamp } from './rehearsal-marks.ts';
import type { ShareFacts } from './sheet.ts';

/** What is printed beside the code. All of it is public. */
export interface KeySheetFacts extends ShareFacts {
  /** `YubiKey 5C NFC 12345678 and backup 23456789` */
  readonly keys: string;
  /** FIDO2: the key's PIN; OTP: the custodian's words, and a new sheet after each use. */
  readonly opensWith: 'pin' | 'words';
}

const CODE_SIDE = 111 * POINTS_PER_MM;
/** Two columns of so many; an envelope for two keys with credential ids of 64 bytes needs 28. */
const MOST_LINES = 32;

/**
 * @param envelope canonical bytes
 * @returns the PDF; it opens nothing without the key, but wipe it all the same
 * @throws Refusal `paper-envelope-too-long`
 */
export async function renderKeySheet(
  facts: KeySheetFacts,
  envelope: Uint8Array,
  page: PageSize,
): Promise<Uint8Array> {
  const lines = toTypedLines('key-share', envelope, facts.sheet);
  if (lines.length > MOST_LINES) throw refuse('paper-envelope-too-long', envelope.length);
  const rehearsal = facts.mode === 'rehearsal';
  const ink = await newPage(page, `Conclave key envelope sheet, ${facts.setLabel}`, facts.date);
  if (rehearsal) markAsRehearsal(ink);
  const code = await qrMatrix(toQrText('key-share', envelope, facts.sheet), 'M');

  const title = `${rehearsal ? 'Rehearsal share' : 'Share'} ${facts.index} of ${facts.count}, locked`;
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
  const below = typedLines(ink, rehearsal, lines, top + CODE_SIDE + 20 + spare * 0.25);
  instructions(ink, below + 2 + spare * 0.2, INSTRUCTIONS[facts.opensWith]);
  strip(ink, {
    heading: `${rehearsal ? 'REHEARSAL. ' : ''}For the auditor’s file. This strip holds no secret.`,
    facts: [
      ['Set', `${facts.setLabel}, generation ${facts.generation}`],
      ['Share', `${facts.index} of ${facts.count}, any ${facts.threshold} open it`],
      ['Sheet', sheetName(facts)],
      ['Custodian', facts.custodian],
      ['Opens with', facts.keys],
      ['Printed', longDate(facts.date)],
      ['Fingerprint', grouped(facts.fingerprint, 16)],
    ],
  });
  return ink.document.save();
}

function sheetName({ sheet }: ShareFacts): string {
  return `Sheet ${sheet} of this share`;
}

function aside(ink: Ink, facts: KeySheetFacts, x: number, top: number): number {
  const width = ink.width - MARGIN - x;
  const what =
    `This is an envelope. The share of ${facts.custodian} is locked inside it, and only the ` +
    `YubiKey named below opens it, with ${OPENS[facts.opensWith]}. Without the key this sheet is ` +
    `useless; without this sheet the key opens nothing of this set. Keep the two apart.`;
  const y = paragraph(ink, what, { x, y: top, width }, { size: 10.5 }) + 4;
  const rows: Row[] = [
    ['Opens with', facts.keys],
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
  return table(ink, rows, { x, y, width });
}

/** In two columns, down the left one first. Gives the next y. */
function typedLines(ink: Ink, rehearsal: boolean, lines: readonly string[], top: number): number {
  const words =
    'The same, to be typed if the code cannot be read: down the left column, then the right';
  write(ink, rehearsal ? `REHEARSAL. ${words}` : words, MARGIN, top, { face: 'bold', size: 10 });
  const rows = Math.ceil(lines.length / 2);
  const step = Math.min(12, 130 / rows);
  const half = (ink.width - 2 * MARGIN) / 2;
  box(ink, MARGIN - 4, top + 6, ink.width - 2 * MARGIN + 8, rows * step + 8, true);
  lines.forEach((line, at) => {
    const x = MARGIN + (at < rows ? 0 : half + 4);
    const y = top + 18 + (at % rows) * step;
    write(ink, String(at + 1), x, y, { face: 'bold', size: 7.5 });
    const group = (half - 24) / 10;
    line.split(' ').forEach((four, place) => {
      const wider = place > 4 ? 4 : 0;
      write(ink, four, x + 15 + place * group + wider, y, { face: 'mono', size: 7.5 });
    });
  });
  return top + 14 + rows * step;
}

const OPENS = {
  pin: 'its PIN and a touch',
  words: 'a touch and words that are not on this sheet',
} as const satisfies Record<KeySheetFacts['opensWith'], string>;

const PIN_INSTRUCTIONS = [
  [
    'If you are asked to use it',
    'Come only to a ceremony of which every custodian was told. Bring the key too. Hold the code ' +
      'before the laptop’s camera yourself, then type the PIN, unseen.',
  ],
  [
    'If it is lost, copied or seen',
    'Without the key it opens nothing. Tell the operator all the same, on the same day: whoever has ' +
      'the sheet needs only the key and its PIN.',
  ],
  [
    'Never',
    'Never keep it with the key or write the PIN on it. Never photograph, copy or send it. Never ' +
      'reset the key: it opens nothing then.',
  ],
] as const;

const WORDS_INSTRUCTIONS = [
  [
    'If you are asked to use it',
    'Come only to a ceremony of which every custodian was told. Bring key and words too. A new sheet ' +
      'is printed and read back there; then this one is destroyed.',
  ],
  [
    'If it is lost, copied or seen',
    'Without key and words it opens nothing. Tell the operator all the same, on the same day: whoever ' +
      'has the sheet needs only those two.',
  ],
  [
    'Never',
    'Never keep it with the key or the words. Never photograph, copy or send it. Never reprogram or ' +
      'erase the slot of the key: it opens nothing then.',
  ],
] as const;

const INSTRUCTIONS = { pin: PIN_INSTRUCTIONS, words: WORDS_INSTRUCTIONS } as const;
