/**
 * The sheet of paper that carries one person's identity: an age file, locked with a passphrase that
 * is nowhere on the sheet. One page, A4 or Letter. It has no typed lines: the file on a stick is
 * the other copy.
 * @module
 */
import { toQrText } from '../../../shared/encoding/qr-text.ts';
import type { Mode } from '../../../shared/mode.ts';
import { grouped, longDate } from './facts.ts';
import { box, drawCode, newPage, type PageSize, paragraph, POINTS_PER_MM } from './ink.ts';
import { headline, instructions, MARGIN, strip } from './layout.ts';
import { qrMatrix } from './qr.ts';
import { markAsRehearsal, stamp } from './rehearsal-marks.ts';

/** What is printed beside the code. All of it is public. */
export interface IdentityFacts {
  readonly mode: Mode;
  readonly person: string;
  /** Which sheet of this identity, 1 to 99: each print has its own number. */
  readonly sheet: number;
  /** As people say them: "custodian", "witness". */
  readonly roles: readonly string[];
  /** Hex of the public key; its first sixteen digits are printed. */
  readonly fingerprint: string;
  /** The day as `2026-05-03`. */
  readonly date: string;
}

const CODE_SIDE = 125 * POINTS_PER_MM;

/**
 * @param identityFile the age file, 150 to 600 bytes
 * @returns the PDF; it holds nothing that opens without the passphrase, but wipe it all the same
 */
export async function renderIdentitySheet(
  facts: IdentityFacts,
  identityFile: Uint8Array,
  page: PageSize,
): Promise<Uint8Array> {
  if (identityFile.length > 600) throw new RangeError('the identity is too long for one code');
  const rehearsal = facts.mode === 'rehearsal';
  const ink = await newPage(page, 'Conclave identity sheet', facts.date);
  if (rehearsal) markAsRehearsal(ink);
  headline(ink, rehearsal ? 'Rehearsal identity' : 'Personal identity', facts.person);
  const what =
    `This sheet holds the Conclave identity of ${facts.person}, which signs for this person in the ` +
    'record of every ceremony. It is locked with a passphrase that only this person knows and that ' +
    'is not on this sheet.';
  const width = ink.width - 2 * MARGIN;
  const below = paragraph(ink, what, { x: MARGIN, y: 92, width }, { size: 11.5 });

  const top = below + 18;
  const code = await qrMatrix(toQrText('identity', identityFile, facts.sheet), 'M');
  box(ink, MARGIN - 14, top - 14, CODE_SIDE + 28, CODE_SIDE + 28, true);
  drawCode(ink, code, MARGIN, top, CODE_SIDE);
  const x = MARGIN + CODE_SIDE + 22;
  const beside = ink.width - MARGIN - x;
  // The column is narrow: labels stand above their values.
  let y = top + 9;
  for (const [label, value] of [
    ['Person', facts.person],
    ['Roles', facts.roles.join(', ')],
    ['Sheet', `Sheet ${facts.sheet} of this identity`],
    ['Made', longDate(facts.date)],
    ['Fingerprint', grouped(facts.fingerprint, 16)],
  ] as const) {
    y = paragraph(ink, label, { x, y, width: beside }, { size: 9 });
    y = paragraph(ink, value, { x, y, width: beside }, { face: 'bold', size: 11 }) + 7;
  }
  if (rehearsal) stamp(ink, x, top + CODE_SIDE - 2, beside);

  instructions(ink, top + CODE_SIDE + 40, INSTRUCTIONS);
  strip(ink, {
    heading: `${rehearsal ? 'REHEARSAL. ' : ''}For the auditor’s file. This strip holds no secret.`,
    facts: [
      ['Person', facts.person],
      ['Roles', facts.roles.join(', ')],
      ['Sheet', `Sheet ${facts.sheet} of this identity`],
      ['Made', longDate(facts.date)],
      ['Fingerprint', grouped(facts.fingerprint, 16)],
    ],
  });
  return ink.document.save();
}

const INSTRUCTIONS = [
  [
    'If you are asked to use it',
    'Hold the code before the laptop’s camera in a ceremony and type your passphrase yourself, ' +
      'unseen. Compare the fingerprint on the screen with the one on this sheet.',
  ],
  [
    'If it is lost, copied or seen',
    'Without the passphrase it signs nothing. Tell the operator all the same: the roster is changed ' +
      'at the next ceremony, and this identity then counts no more.',
  ],
  [
    'Never',
    'Never write the passphrase on this sheet or keep it beside it. Never tell it to anyone. Never ' +
      'let anyone else sign in your name.',
  ],
] as const;
