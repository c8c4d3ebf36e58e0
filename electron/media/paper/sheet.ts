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
import { box, type Ink, type PageSize, write } from './ink.ts';
import { MARGIN } from './layout.ts';
import { qrMatrix } from './qr.ts';
import { renderSharePage, type ShareFacts } from './share-page.ts';

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
  const { mode, index, count, custodian } = facts;
  return renderSharePage(facts, page, {
    name: 'share sheet',
    headline: `${mode === 'rehearsal' ? 'Rehearsal key' : 'Key'} share ${index} of ${count}`,
    code: await qrMatrix(toQrText('share', share, facts.sheet), 'Q'),
    what:
      `This sheet is one of ${count} shares of the key that can recover encrypted surveys of key ` +
      `version ${facts.keyVersion} in CheckTick; any ${facts.threshold} of them together open it, and this one alone opens nothing. ` +
      `It was made for ${custodian}, who keeps it sealed in a safe place.`,
    keys: null,
    lines: (ink, top) => typedLines(ink, mode, lines, top + 6),
    instructions: INSTRUCTIONS,
  });
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
