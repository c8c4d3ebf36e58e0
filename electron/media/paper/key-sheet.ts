/**
 * The sheet of paper that carries the envelope of a share that is locked to a YubiKey: a PDF of one
 * page, A4 or Letter. It says of itself that it opens nothing without the key and its PIN or words.
 * @module
 */
import { toTypedLines } from '../../../shared/encoding/lines.ts';
import { toQrText } from '../../../shared/encoding/qr-text.ts';
import { box, type Ink, type PageSize, write } from './ink.ts';
import { MARGIN } from './layout.ts';
import { qrMatrix } from './qr.ts';
import { refuse } from './refusals.ts';
import { renderSharePage, type ShareFacts } from './share-page.ts';

/** What is printed beside the code. All of it is public. */
export interface KeySheetFacts extends ShareFacts {
  /** `YubiKey 5C NFC 12345678 and backup 23456789` */
  readonly keys: string;
  /** FIDO2: the key's PIN; OTP: the custodian's words, and a new sheet after each use. */
  readonly opensWith: 'pin' | 'words';
}

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
  const { index, count, keys, opensWith } = facts;
  const rehearsal = facts.mode === 'rehearsal';
  return renderSharePage(facts, page, {
    name: 'key envelope sheet',
    headline: `${rehearsal ? 'Rehearsal share' : 'Share'} ${index} of ${count}, locked`,
    code: await qrMatrix(toQrText('key-share', envelope, facts.sheet), 'M'),
    what:
      `This is an envelope. A custodian’s share of the key for surveys of key version ${facts.keyVersion} is ` +
      `locked inside it, and only the YubiKey named below opens it, with ${OPENS[opensWith]}. Without the key this sheet is ` +
      `useless; without this sheet the key opens nothing of this set. Keep the two apart.`,
    keys,
    lines: (ink, top) => typedLines(ink, rehearsal, lines, top),
    instructions: INSTRUCTIONS[opensWith],
  });
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
