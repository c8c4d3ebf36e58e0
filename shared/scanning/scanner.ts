/**
 * Reads the QR code of a sheet from camera pictures and says, while it cannot, why not.
 *
 * Works in a renderer and in Node. It judges no content: a foreign code is `found` too, and
 * `fromQrText` (encoding/qr-text.ts) refuses it in words of its own.
 *
 * SECURITY: zxing runs in WebAssembly memory that nobody can wipe, and makes strings of what it
 * reads. So does every QR library. The process that scans is short-lived for that reason.
 * @module
 */
import {
  prepareZXingModule,
  readBarcodes,
  type ReaderOptions,
  type ReadResult,
} from 'zxing-wasm/reader';
import { type Frame, measure } from './picture.ts';

export type { Frame } from './picture.ts';

/** Why nothing was read, as the scanning screen words it ({@link HINTS}). */
export type Hint =
  'too-dark' | 'too-bright' | 'too-far' | 'blurred' | 'unclear' | 'several-codes' | 'nothing-seen';

/** One instruction each, short enough to be read while holding a sheet. */
export const HINTS: Readonly<Record<Hint, string>> = {
  'too-dark': 'Too dark. Turn on a light, or hold the sheet towards it.',
  'too-bright': 'Too bright. Turn the sheet away from the lamp or the window.',
  'too-far': 'Too far away. Bring the code closer, until it fills the frame.',
  blurred: 'Blurred. Hold the sheet still, a hand’s width further away.',
  unclear:
    'The code is seen, but not clearly. Hold the sheet flat, with no shadow or finger on it.',
  'several-codes': 'More than one code is in view. Show one sheet only.',
  'nothing-seen': 'No code in view. Hold the large square before the camera, closer.',
};

/** `found` holds the text of the code as bytes: possibly a share, so wipe it after use. */
export type ScanResult =
  | { readonly found: Uint8Array; readonly hint?: never }
  | { readonly hint: Hint; readonly found?: never };

export interface Scanner {
  /** Looks at one frame; 20 to 60 ms for 1280 x 720. The caller wipes the frame's pixels. */
  scanFrame(frame: Frame): Promise<ScanResult>;
  /** Looks at a whole PNG or JPEG file; a file that cannot be decoded is `nothing-seen`. */
  scanPicture(file: Uint8Array): Promise<ScanResult>;
}

/** Under this, even white paper is too dark for the camera (luminance, 0 to 255). */
const DARK_PAPER = 70;
/** Over this, even black ink looks grey: light falls straight onto the paper. */
const PALE_INK = 150;
const FLAT = 25;
const SOFT = 0.35;
/** A code narrower than this part of the frame's shorter side is better brought closer. */
const SMALL = 0.35;
/** A code-like spot under this many pixels is chance. */
const SPECK = 40;

const OPTIONS: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryDenoise: true,
  returnErrors: true,
  maxNumberOfSymbols: 8,
};

/**
 * @param wasmBinary the bytes of `zxing-wasm/reader/zxing_reader.wasm`; without them the library
 * would ask the network.
 */
export async function createScanner({
  wasmBinary,
}: {
  wasmBinary: ArrayBuffer | Uint8Array;
}): Promise<Scanner> {
  const bytes = wasmBinary instanceof Uint8Array ? wasmBinary.slice().buffer : wasmBinary;
  await prepareZXingModule({ overrides: { wasmBinary: bytes }, fireImmediately: true });
  return { scanFrame, scanPicture };
}

async function scanFrame(frame: Frame): Promise<ScanResult> {
  // The library looks for width, height and data only; Node has no ImageData class.
  const results = await look(frame as ImageData);
  return theOne(results) ?? { hint: whyNot(frame, results) };
}

async function scanPicture(file: Uint8Array): Promise<ScanResult> {
  const results = await look(file);
  return theOne(results) ?? { hint: results.length > 0 ? 'unclear' : 'nothing-seen' };
}

async function look(image: ImageData | Uint8Array): Promise<ReadResult[]> {
  const results = await attempt(image, OPTIONS);
  if (results.some((result) => result.isValid)) return results;
  // One threshold for the whole picture reads some of the blurred ones that local ones miss.
  return [...results, ...(await attempt(image, { ...OPTIONS, binarizer: 'GlobalHistogram' }))];
}

async function attempt(image: ImageData | Uint8Array, options: ReaderOptions) {
  const results = await readBarcodes(image, options);
  // A picture file that cannot be decoded comes back as one result without bytes or position.
  return results.filter(({ bytes }: Partial<ReadResult>) => bytes !== undefined);
}

/** The code that is meant, or that there are several, or nothing. Wipes the bytes of all others. */
function theOne(results: readonly ReadResult[]): ScanResult | undefined {
  const read = results.filter((result) => result.isValid);
  const own = read.filter((result) => isOurs(result.bytes));
  const [only, another] = distinct(own.length > 0 ? own : read);
  for (const result of results) if (result !== only || another) result.bytes.fill(0);
  if (another) return { hint: 'several-codes' };
  return only && { found: only.bytes };
}

/** Whether a text begins like one of Conclave's: then a stray code beside it is no matter. */
function isOurs(text: Uint8Array): boolean {
  return Array.from('CONCLAVE/').every((letter, i) => text[i] === letter.charCodeAt(0));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function distinct(results: ReadResult[]): ReadResult[] {
  return results.filter((r, i) => results.findIndex((other) => same(other.bytes, r.bytes)) === i);
}

function whyNot(frame: Frame, undecoded: readonly ReadResult[]): Hint {
  const { dark, bright, glare, sharpness, codeLike } = measure(frame);
  if (bright < DARK_PAPER) return 'too-dark';
  if (dark > PALE_INK && glare > 0.5) return 'too-bright';
  const side = Math.max(codeLike, ...undecoded.map(({ position }) => widthOf(position)));
  const near = side > SMALL * Math.min(frame.width, frame.height);
  if (bright - dark > FLAT && sharpness < SOFT) return 'blurred';
  if (side < SPECK) return 'nothing-seen';
  return near ? 'unclear' : 'too-far';
}

function widthOf({ topLeft, topRight, bottomLeft }: ReadResult['position']): number {
  const across = Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y);
  const down = Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y);
  return Math.max(across, down);
}
