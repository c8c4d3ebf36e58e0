import { hexToBytes } from '@noble/hashes/utils.js';
import jpeg from 'jpeg-js';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import { qrMatrix } from '../../electron/media/paper/qr.ts';
import { photograph, PLAIN, type Shot } from '../../test/vectors/photos/camera.ts';
import {
  formatLegacyShare,
  type LegacyShare,
  parseLegacyShare,
  splitLegacy,
} from '../checktick/index.ts';
import { fromQrText, toQrText } from '../encoding/qr-text.ts';
import { createScanner, HINTS, type Scanner } from './scanner.ts';

const photos = new URL('../../test/vectors/photos/', import.meta.url);
let scanner: Scanner;

beforeAll(async () => {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  scanner = await createScanner({ wasmBinary: readFileSync(path) });
});

interface Photo extends Shot {
  readonly file: string;
  readonly kind: string;
  readonly bytes: string;
}

test('at least 95% of the synthetic photographs are read, and none wrongly', async () => {
  const list = JSON.parse(readFileSync(new URL('photos.json', photos), 'utf8')) as Photo[];
  expect(list).toHaveLength(60);
  const unread: string[] = [];
  for (const { file, kind, bytes } of list) {
    const frame = jpeg.decode(readFileSync(new URL(file, photos)), { formatAsRGBA: true });
    const result = await scanner.scanFrame({
      ...frame,
      data: new Uint8ClampedArray(frame.data.buffer, frame.data.byteOffset, frame.data.length),
    });
    if (result.found)
      expect(fromQrText(result.found)).toEqual({ kind, sheet: 1, bytes: hexToBytes(bytes) });
    else unread.push(`${file}: ${result.hint}`);
  }
  expect(unread.length, unread.join(', ')).toBeLessThanOrEqual(0.05 * list.length);
});

async function share(seed = 7) {
  return qrMatrix(toQrText('share', new Uint8Array(110).fill(seed)), 'Q');
}

async function look(change: Partial<Shot>) {
  return (await scanner.scanFrame(photograph([await share()], { ...PLAIN, ...change }))).hint;
}

test.each(['M', 'Q'] as const)(
  'a code of a legacy share is read as its text, level %s',
  async (level) => {
    const [one] = splitLegacy(new Uint8Array(64).fill(5), { threshold: 2, count: 3 });
    const text = new TextDecoder().decode(formatLegacyShare(one as LegacyShare));
    const { found } = await scanner.scanFrame(photograph([await qrMatrix(text, level)], PLAIN));
    expect(parseLegacyShare(found ?? new Uint8Array())).toEqual(one);
  },
);

describe('while nothing is read, the hint says why', () => {
  test('the plain picture is read', async () => {
    expect(await look({})).toBeUndefined();
  });
  test.each([
    ['a dark room', 'too-dark', { light: 8, haze: 6, noise: 6 }],
    ['a lamp on the paper', 'too-bright', { light: 120, haze: 240 }],
    ['a metre away', 'too-far', { scale: 0.75, blur: 0.8, noise: 8 }],
    ['two metres away', 'too-far', { scale: 0.5, blur: 0.8, noise: 6 }],
    ['out of focus', 'blurred', { blur: 5 }],
    ['far out of focus', 'blurred', { blur: 9 }],
  ] as const)('%s: %s', async (_, hint, change) => {
    expect(await look(change)).toBe(hint);
  });
  test('a page of print with no code, a white wall and a black lens cap', async () => {
    const empty = photograph([], PLAIN);
    expect(await scanner.scanFrame(empty)).toEqual({ hint: 'nothing-seen' });
    const flat = (grey: number) => ({
      ...empty,
      data: empty.data.map((_, i) => (i % 4 === 3 ? 255 : grey)),
    });
    expect(await scanner.scanFrame(flat(180))).toEqual({ hint: 'nothing-seen' });
    expect(await scanner.scanFrame(flat(3))).toEqual({ hint: 'too-dark' });
  });
  test('two sheets at once', async () => {
    const frame = photograph([await share(1), await share(2)], {
      ...PLAIN,
      width: 960,
      height: 720,
      scale: 6,
    });
    expect(await scanner.scanFrame(frame)).toEqual({ hint: 'several-codes' });
  });
  test('a hand over a quarter of the code', async () => {
    const frame = photograph([await share()], PLAIN);
    for (let y = 240; y < 420; y += 1)
      frame.data.fill(150, (y * 640 + 300) * 4, (y * 640 + 500) * 4);
    expect(await scanner.scanFrame(frame)).toEqual({ hint: 'unclear' });
  });
  test('every hint has a sentence that says what to do', () => {
    for (const sentence of Object.values(HINTS)) expect(sentence).toMatch(/[A-Z].*\. [A-Z].*\.$/);
  });
});

test('a foreign code is found, and refused as foreign by its text', async () => {
  const code = await qrMatrix('https://example.org/menu', 'M');
  const { found } = await scanner.scanFrame(photograph([code], PLAIN));
  expect(found).toBeDefined();
  expect(() => fromQrText(found ?? new Uint8Array())).toThrow(
    expect.objectContaining({ code: 'code-foreign' }),
  );
});

test('a foreign code beside Conclave’s does not disturb', async () => {
  const text = toQrText('share', Uint8Array.of(1, 2, 3));
  const codes = [await qrMatrix('https://example.org/', 'M'), await qrMatrix(text, 'Q')];
  const frame = photograph(codes, { ...PLAIN, width: 960, height: 720, scale: 6 });
  const { found } = await scanner.scanFrame(frame);
  expect(new TextDecoder().decode(found)).toBe(text);
});
