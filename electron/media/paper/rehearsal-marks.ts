/**
 * Marks by which nobody can take a rehearsal sheet for a real one, in a photocopy either: only
 * solid black, since copiers drop grey.
 * @module
 */
import {
  beginText,
  endText,
  lineTo,
  moveTo,
  type PDFOperator,
  popGraphicsState,
  pushGraphicsState,
  rgb,
  setFontAndSize,
  setLineWidth,
  setStrokingGrayscaleColor,
  setTextMatrix,
  setTextRenderingMode,
  showText,
  stroke,
  TextRenderingMode,
} from '@cantoo/pdf-lib';
import { box, type Ink, widthOf } from './ink.ts';

const WORD = 'REHEARSAL';

/** The word across the page, filled with diagonal stripes. Draw it first: all else lies over it. */
function watermark(ink: Ink): void {
  const { width, height } = ink;
  const angle = Math.atan2(height, width);
  const length = Math.hypot(width, height) * 0.8;
  const size = (100 * length) / widthOf(ink, WORD, { face: 'bold', size: 100 });
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const x = width / 2 - (length / 2) * cos + size * 0.35 * sin;
  const y = height / 2 - (length / 2) * sin - size * 0.35 * cos;
  striped(ink, [cos, sin, -sin, cos, x, y], size, 7, { x: 0, y: 0, width, height });
}

/** The word once more, level, `width` points wide, its baseline at `y` from the top. */
export function stamp(ink: Ink, x: number, y: number, width: number): void {
  const size = (100 * width) / widthOf(ink, WORD, { face: 'bold', size: 100 });
  // Capitals reach three quarters of the size; the rest is room to spare.
  const around = { x, y: ink.height - y - size / 4, width, height: size * 1.25 };
  striped(ink, [1, 0, 0, 1, x, ink.height - y], size, 2.5, around);
}

/** In points, from the lower left corner of the page. */
interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Matrix = [number, number, number, number, number, number];

/** The word as `matrix` says. Stripes only where it is: each costs whoever renders the page time. */
function striped({ page, fonts }: Ink, matrix: Matrix, size: number, gap: number, area: Area) {
  const { font } = fonts.bold;
  const stripes: PDFOperator[] = [];
  for (let at = area.x - area.height; at < area.x + area.width; at += gap) {
    stripes.push(moveTo(at, area.y), lineTo(at + area.height, area.y + area.height));
  }
  page.pushOperators(
    pushGraphicsState(),
    setStrokingGrayscaleColor(0),
    setLineWidth(0.45),
    beginText(),
    setTextRenderingMode(TextRenderingMode.OutlineAndClip),
    setFontAndSize(page.node.newFontDictionary(font.name, font.ref), size),
    setTextMatrix(...matrix),
    showText(font.encodeText(WORD)),
    endText(),
    ...stripes,
    stroke(),
    popGraphicsState(),
  );
}

/** Everything that a rehearsal sheet carries before the rest is drawn over it. */
export function markAsRehearsal(ink: Ink): void {
  watermark(ink);
  band(ink, 'top');
  band(ink, 'bottom');
}

/** A black bar with white words, within what office printers reach. */
function band(ink: Ink, edge: 'top' | 'bottom'): void {
  const words = `${WORD} · THIS SHEET OPENS NOTHING REAL · ${WORD}`;
  const y = edge === 'top' ? 15 : ink.height - 15 - 18;
  box(ink, 18, y, ink.width - 36, 18);
  const style = { face: 'bold', size: 10.5 } as const;
  ink.page.drawText(words, {
    x: (ink.width - widthOf(ink, words, style)) / 2,
    y: ink.height - y - 12.8,
    size: style.size,
    font: ink.fonts.bold.font,
    color: rgb(1, 1, 1),
  });
}
