/**
 * A page to write on: fonts, wrapped text, rules and codes. Lengths are points (1/72 inch), the
 * origin is the top left corner, y is the baseline of text and grows downwards.
 * @module
 */
import { PDFDocument, type PDFFont, type PDFPage, rgb } from '@cantoo/pdf-lib';
import fontkit from '@cantoo/fontkit';
import { type FontName, fontFile } from './assets.ts';
import type { QrMatrix } from './qr.ts';

export type PageSize = 'A4' | 'Letter';

/** Width and height in points. */
const SIZES = { A4: [595.28, 841.89], Letter: [612, 792] } as const;
export const POINTS_PER_MM = 72 / 25.4;
const BLACK = rgb(0, 0, 0);
const WHITE = rgb(1, 1, 1);

export type Face = 'regular' | 'bold' | 'mono';
export interface TextStyle {
  readonly face?: Face;
  /** In points; line height is 1.32 of it. */
  readonly size: number;
}

interface Glyphs {
  readonly font: PDFFont;
  has(symbol: string): boolean;
}

export interface Ink {
  readonly document: PDFDocument;
  readonly page: PDFPage;
  readonly width: number;
  readonly height: number;
  readonly fonts: Readonly<Record<FontName, Glyphs>>;
}

/** A document with one empty page. Its metadata name Conclave and `title`, nothing else. */
export async function newPage(size: PageSize, title: string, day: string): Promise<Ink> {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit);
  document.setTitle(title);
  document.setProducer('Conclave');
  document.setCreator('Conclave');
  const midnight = new Date(`${day}T00:00:00Z`);
  document.setCreationDate(midnight);
  document.setModificationDate(midnight);
  const [width, height] = SIZES[size];
  const page = document.addPage([width, height]);
  const load = async (name: FontName): Promise<Glyphs> => {
    const font = await document.embedFont(fontFile(name), { subset: true });
    const known = new Set(font.getCharacterSet());
    return { font, has: (symbol) => known.has(symbol.codePointAt(0) ?? 0) };
  };
  const fonts = {
    regular: await load('regular'),
    'regular-ext': await load('regular-ext'),
    bold: await load('bold'),
    'bold-ext': await load('bold-ext'),
    mono: await load('mono'),
  };
  return { document, page, width, height, fonts };
}

/** Whether every letter of a text exists in the bundled fonts (Latin scripts of Europe). */
export function canPrint(ink: Ink, text: string): boolean {
  return Array.from(text.normalize('NFC')).every((symbol) => glyphsFor(ink, symbol, 'regular'));
}

function glyphsFor(ink: Ink, symbol: string, face: Face): Glyphs | undefined {
  const names: FontName[] = face === 'mono' ? ['mono'] : [face, `${face}-ext`];
  return names.map((name) => ink.fonts[name]).find((glyphs) => glyphs.has(symbol));
}

/** A text cut where the font changes. Letters that no font has become "?", for all to see. */
function runs(ink: Ink, text: string, face: Face): { font: PDFFont; text: string }[] {
  const cut: { font: PDFFont; text: string }[] = [];
  for (const letter of Array.from(text.normalize('NFC').replaceAll(/\s/g, ' '))) {
    const symbol = glyphsFor(ink, letter, face) ? letter : '?';
    const font = (glyphsFor(ink, symbol, face) ?? ink.fonts[face]).font;
    const last = cut.at(-1);
    if (last?.font === font) last.text += symbol;
    else cut.push({ font, text: symbol });
  }
  return cut;
}

export function widthOf(ink: Ink, text: string, { face = 'regular', size }: TextStyle): number {
  return runs(ink, text, face).reduce(
    (w, run) => w + run.font.widthOfTextAtSize(run.text, size),
    0,
  );
}

/** One line of text; gives its width. */
export function write(ink: Ink, text: string, x: number, y: number, style: TextStyle): number {
  let at = x;
  for (const run of runs(ink, text, style.face ?? 'regular')) {
    ink.page.drawText(run.text, {
      x: at,
      y: ink.height - y,
      size: style.size,
      font: run.font,
      color: BLACK,
    });
    at += run.font.widthOfTextAtSize(run.text, style.size);
  }
  return at - x;
}

/** Words to lines that fit `width`; a word that is too long is cut. */
export function wrap(ink: Ink, text: string, width: number, style: TextStyle): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    let rest = word;
    const line = lines.at(-1) ?? '';
    const joined = line === '' ? word : `${line} ${word}`;
    if (widthOf(ink, joined, style) <= width) {
      lines[lines.length - 1] = joined;
      continue;
    }
    while (widthOf(ink, rest, style) > width) {
      const letters = Array.from(rest);
      let fit = letters.length - 1;
      while (fit > 1 && widthOf(ink, letters.slice(0, fit).join(''), style) > width) fit -= 1;
      lines.push(letters.slice(0, fit).join(''));
      rest = letters.slice(fit).join('');
    }
    lines.push(rest);
  }
  return lines.filter((line, i) => line !== '' || (i === 0 && lines.length === 1));
}

/** Wrapped text whose first baseline is `y`; gives the baseline that would follow. */
export function paragraph(
  ink: Ink,
  text: string,
  at: { x: number; y: number; width: number },
  style: TextStyle,
): number {
  let y = at.y;
  for (const line of wrap(ink, text, at.width, style)) {
    write(ink, line, at.x, y, style);
    y += style.size * 1.32;
  }
  return y;
}

export function box(ink: Ink, x: number, y: number, width: number, height: number, white = false) {
  const color = white ? WHITE : BLACK;
  ink.page.drawRectangle({ x, y: ink.height - y - height, width, height, color });
}

export function rule(ink: Ink, x: number, y: number, width: number, dash?: number[]): void {
  ink.page.drawLine({
    start: { x, y: ink.height - y },
    end: { x: x + width, y: ink.height - y },
    thickness: 0.6,
    color: BLACK,
    ...(dash ? { dashArray: dash } : {}),
  });
}

/** A code as rectangles, one for each run of dark modules in a row, overlapping a hair. */
export function drawCode(ink: Ink, code: QrMatrix, x: number, y: number, side: number): void {
  const module = side / code.size;
  const hair = module * 0.02;
  for (let row = 0; row < code.size; row += 1) {
    for (let column = 0; column < code.size; column += 1) {
      if (!code.dark(column, row)) continue;
      const first = column;
      while (column + 1 < code.size && code.dark(column + 1, row)) column += 1;
      box(
        ink,
        x + first * module,
        y + row * module,
        (column + 1 - first) * module + hair,
        module + hair,
      );
    }
  }
}
