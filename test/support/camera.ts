/**
 * A person who holds a sheet before the camera: the sheet's PDF, rendered by poppler, becomes the
 * film that Chromium plays instead of a camera (`--use-file-for-fake-video-capture`).
 *
 * The code is looked for on the page, as the person would; the sheet is held a little askew, not
 * whole in the frame, in a moving hand, under uneven light, and the camera compresses.
 * @module
 */
import { execFile } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import jpeg from 'jpeg-js';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Of the pictures: what most laptops' cameras give. */
const WIDTH = 1280;
const HEIGHT = 720;
/** Dots per inch of the rendered sheet. */
const RESOLUTION = 150;

/** How the sheet is held. */
export interface Hold {
  /** Degrees, clockwise. */
  readonly turn: number;
  /** How much of the picture's height the code fills. */
  readonly fill: number;
  /** Degrees by which the top of the sheet leans away. */
  readonly lean: number;
  /** Brightness of white paper, 0 to 255. */
  readonly light: number;
}

const BY_HAND: Hold = { turn: 6, fill: 0.74, lean: 7, light: 205 };

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

/** Renders the first page. Nothing is left on the disk. */
async function render(pdf: string): Promise<Sheet> {
  const { stdout } = await run('pdftoppm', ['-gray', '-r', String(RESOLUTION), '-l', '1', pdf], {
    encoding: 'buffer',
    maxBuffer: 64 << 20,
  });
  // PGM: `P5 width height 255`, one white space, then the pixels.
  const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(stdout.subarray(0, 64).toString('latin1'));
  if (header === null) throw new Error('pdftoppm gave no picture.');
  const grey = new Uint8Array(stdout.subarray(header[0].length));
  return { width: Number(header[1]), height: Number(header[2]), grey };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of the code and its side, in pixels of the sheet. */
async function findCode({ width, height, grey }: Sheet): Promise<{ middle: Point; side: number }> {
  const wasmBinary = await readFile(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  await prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer },
    fireImmediately: true,
  });
  const data = new Uint8ClampedArray(grey.length * 4).fill(255);
  for (const [at, value] of grey.entries()) data.fill(value, at * 4, at * 4 + 3);
  const image = { width, height, data, colorSpace: 'srgb' } as ImageData;
  const [code] = await readBarcodes(image, { formats: ['QRCode'], tryHarder: true });
  if (code === undefined) throw new Error('There is no code on this sheet.');
  const { topLeft, topRight, bottomRight } = code.position;
  return {
    middle: { x: (topLeft.x + bottomRight.x) / 2, y: (topLeft.y + bottomRight.y) / 2 },
    side: Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y),
  };
}

/** Brightness of the sheet at a point, between pixels too; the table beside it. */
function look({ width, height, grey }: Sheet, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) {
    return 120 + 5 * Math.sin(x / 19) * Math.sin(y / 240);
  }
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - column, y - row];
  const at = row * width + column;
  const upper = (grey[at] ?? 0) * (1 - right) + (grey[at + 1] ?? 0) * right;
  const lower = (grey[at + width] ?? 0) * (1 - right) + (grey[at + width + 1] ?? 0) * right;
  return upper * (1 - down) + lower * down;
}

const RADIAN = Math.PI / 180;

function photograph(sheet: Sheet, code: { middle: Point; side: number }, hold: Hold): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 4, 255);
  const scale = code.side / (hold.fill * HEIGHT);
  const [sin, cos] = [Math.sin(hold.turn * RADIAN), Math.cos(hold.turn * RADIAN)];
  const slope = Math.tan(hold.lean * RADIAN);
  const distance = 1.3 * WIDTH;
  for (let v = 0; v < HEIGHT; v += 1) {
    for (let u = 0; u < WIDTH; u += 1) {
      const [across, below] = [u - WIDTH / 2, v - HEIGHT / 2];
      const reach = distance / (distance + slope * below);
      const [px, py] = [across * reach * scale, below * reach * scale];
      const x = code.middle.x + cos * px + sin * py;
      const y = code.middle.y + cos * py - sin * px;
      const shade = 1 - (0.25 * (u + v)) / (WIDTH + HEIGHT);
      const noise = ((u * 73 + v * 151 + ((u * v) % 97)) % 7) - 3;
      const light = 18 + (look(sheet, x, y) / 255) * (hold.light - 18) * shade + noise;
      data.fill(Math.max(0, Math.min(255, light)), (v * WIDTH + u) * 4, (v * WIDTH + u) * 4 + 3);
    }
  }
  return jpeg.encode({ width: WIDTH, height: HEIGHT, data }, 70).data;
}

/** What a camera sees of a table with nothing on it. */
export async function emptyTable(film: string): Promise<void> {
  const nothing: Sheet = { width: 0, height: 0, grey: new Uint8Array() };
  const middle = { x: 0, y: 0 };
  await replace(film, [photograph(nothing, { middle, side: HEIGHT / 2 }, BY_HAND)]);
}

/** How long each sheet is held there, in pictures: the camera takes 30 a second. */
const HELD = 45;

/**
 * The next time that the camera is switched on it sees these sheets, one after the other, again
 * and again.
 * @param film the file that Chromium was started with; a name that ends in `.mjpeg`
 */
export async function holdBeforeCamera(
  film: string,
  sheets: readonly string[],
  hold: Partial<Hold> = {},
): Promise<void> {
  const held = { ...BY_HAND, ...hold };
  const pictures: Buffer[] = [];
  for (const pdf of sheets) {
    const sheet = await render(pdf);
    const code = await findCode(sheet);
    const hand = [0, 0.7].map((more) =>
      photograph(sheet, code, { ...held, turn: held.turn + more }),
    );
    sheet.grey.fill(0);
    for (let at = 0; at < HELD; at += 1) pictures.push(...hand.slice(at % 2, (at % 2) + 1));
  }
  await replace(film, pictures);
}

/** Motion JPEG is pictures one after the other. */
async function replace(film: string, pictures: readonly Buffer[]): Promise<void> {
  const next = `${film}.next`;
  await writeFile(next, Buffer.concat(pictures), { mode: 0o600 });
  await rm(film, { force: true });
  await rename(next, film);
}

/** The typed lines of a sheet's first page as `pdftotext` finds them: groups of four. */
export async function linesOnSheet(pdf: string): Promise<string[]> {
  const { stdout } = await run('pdftotext', ['-layout', pdf, '-']);
  return stdout
    .split('\n')
    .flatMap((line) => /^\s*\d\s+((?:[0-9A-Z]{4}\s+){9}[0-9A-Z]{4})\s*$/.exec(line)?.[1] ?? [])
    .map((line) => line.trim().replace(/\s+/g, ' '));
}
