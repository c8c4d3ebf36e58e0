/**
 * Reads a sheet back from a scan in a file: PNG, JPEG or PDF.
 *
 * SECURITY: the file is untrusted. Kind, size, pages and picture size are looked at before anything
 * is unpacked, and every decoder (zxing, PDFium) runs in WebAssembly, where a fault in it reaches
 * nothing else.
 * @module
 */
import { type PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium';
import { fromQrText, type QrContent } from '../../../shared/encoding/qr-text.ts';
import { createScanner, type Scanner, type ScanResult } from '../../../shared/scanning/scanner.ts';
import { wasm } from './assets.ts';
import { pictureSize } from './picture-size.ts';
import { refuse } from './refusals.ts';

const MAX_MIB = 25;
const MAX_PAGES = 10;
/** An A4 page at 600 dpi has 35 million pixels. */
const MAX_PIXELS = 40_000_000;
const DPI = 150;
/** Longest side of a page that is rendered, in pixels: A3 at 150 dpi. */
const MAX_SIDE = 2_500;

let scanner: Promise<Scanner> | undefined;

/**
 * @param file the whole file; the caller wipes it
 * @returns kind and bytes of the one code in it. Secret for a share: wipe them.
 * @throws {Refusal} `file-*`, or `code-*` of the text (encoding/refusals.ts)
 */
export async function readPaperFile(file: Uint8Array): Promise<QrContent> {
  if (file.length === 0) throw refuse('file-empty');
  if (file.length > MAX_MIB * 2 ** 20) throw refuse('file-too-large', MAX_MIB);
  scanner ??= createScanner({ wasmBinary: wasm('qr-reader') });
  const texts = isPdf(file)
    ? await readPdf(file, await scanner)
    : [textOf(await scanPicture(file, await scanner))].flatMap((text) => text ?? []);
  const [text] = texts;
  try {
    if (!text) throw refuse('file-no-code');
    if (texts.some((other) => !same(other, text))) throw refuse('file-several-codes');
    return fromQrText(text);
  } finally {
    for (const each of texts) each.fill(0);
  }
}

async function scanPicture(file: Uint8Array, eye: Scanner): Promise<ScanResult> {
  const size = pictureSize(file);
  if (size === 'other') throw refuse('file-kind');
  if (size === 'damaged') throw refuse('file-damaged');
  if (size.width * size.height > MAX_PIXELS) throw refuse('file-too-fine');
  return eye.scanPicture(file);
}

function textOf({ found, hint }: ScanResult): Uint8Array | undefined {
  if (hint === 'several-codes') throw refuse('file-several-codes');
  return found;
}

/** A PDF begins with `%PDF-`; readers allow some bytes before it, this one does not. */
function isPdf(file: Uint8Array): boolean {
  return Array.from('%PDF-').every((letter, i) => file[i] === letter.charCodeAt(0));
}

async function readPdf(file: Uint8Array, eye: Scanner): Promise<Uint8Array[]> {
  const library = await PDFiumLibrary.init({ wasmBinary: wasm('pdf') });
  try {
    const document = await library.loadDocument(file).catch(() => {
      throw refuse('file-damaged');
    });
    try {
      return await readPages(document, eye);
    } finally {
      document.destroy();
    }
  } finally {
    library.destroy();
  }
}

async function readPages(document: PDFiumDocument, eye: Scanner): Promise<Uint8Array[]> {
  const count = document.getPageCount();
  if (count > MAX_PAGES) throw refuse('file-too-many-pages', count, MAX_PAGES);
  const texts: Uint8Array[] = [];
  for (const page of document.pages()) {
    const { originalWidth, originalHeight } = page.getOriginalSize();
    const scale = Math.min(DPI / 72, MAX_SIDE / Math.max(1, originalWidth, originalHeight));
    const { width, height, data } = await page.render({ scale, render: 'bitmap' }).catch(() => {
      throw refuse('file-damaged');
    });
    try {
      // Red and blue are swapped in it; black on white stays what it is.
      const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
      const text = textOf(await eye.scanFrame({ width, height, data: pixels }));
      if (text) texts.push(text);
    } finally {
      data.fill(0);
    }
  }
  return texts;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
