/**
 * Fonts and WebAssembly that come with the packages: read from disk, never from a network.
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const PATHS = {
  'qr-reader': 'zxing-wasm/reader/zxing_reader.wasm',
  'qr-writer': 'zxing-wasm/writer/zxing_writer.wasm',
  pdf: '@hyzyla/pdfium/pdfium.wasm',
} as const;

/** The bytes of a WebAssembly module, in a buffer of their own. */
export function wasm(name: keyof typeof PATHS): ArrayBuffer {
  return read(PATHS[name]).buffer;
}

function read(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(createRequire(import.meta.url).resolve(path)));
}

const FONTS = {
  regular: ['next', 400, 'latin'],
  'regular-ext': ['next', 400, 'latin-ext'],
  bold: ['next', 700, 'latin'],
  'bold-ext': ['next', 700, 'latin-ext'],
  mono: ['mono', 500, 'latin'],
} as const;
export type FontName = keyof typeof FONTS;

/** A font of the Atkinson Hyperlegible family (SIL Open Font License 1.1), as WOFF. */
export function fontFile(name: FontName): Uint8Array {
  const [family, weight, script] = FONTS[name];
  const base = `atkinson-hyperlegible-${family}`;
  return read(`@fontsource/${base}/files/${base}-${script}-${weight}-normal.woff`);
}
