import { PDFDocument } from '@cantoo/pdf-lib';
import jpeg from 'jpeg-js';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toQrText } from '../../../shared/encoding/qr-text.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { photograph, PLAIN } from '../../../test/vectors/photos/camera.ts';
import { qrMatrix } from './qr.ts';
import { readPaperFile } from './read-file.ts';

const share = Uint8Array.from({ length: 110 }, (_, i) => (i * 31) & 255);

async function codeOf(file: Uint8Array): Promise<string> {
  try {
    await readPaperFile(file);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'read';
}

async function photo(...texts: string[]): Promise<Uint8Array> {
  const codes = await Promise.all(texts.map(async (text) => qrMatrix(text, 'M')));
  const shot = texts.length > 1 ? { ...PLAIN, width: 960, height: 720, scale: 6 } : PLAIN;
  return jpeg.encode(photograph(codes, shot), 85).data;
}

/** A PDF whose pages are these pictures, as a scanner would make it. */
async function scans(...pictures: Uint8Array[]): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (const picture of pictures) {
    const image = await document.embedJpg(picture);
    document.addPage([480, 360]).drawImage(image, { x: 0, y: 0, width: 480, height: 360 });
  }
  return document.save();
}

/** A PNG header that promises a picture, with nothing behind it. */
function pngOf(width: number, height: number): Uint8Array {
  const head = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
  ];
  const file = new Uint8Array(64);
  file.set(head);
  new DataView(file.buffer).setUint32(16, width);
  new DataView(file.buffer).setUint32(20, height);
  return file;
}

const text = toQrText('share', share);

test('a photograph, and a scan in a PDF, are read', async () => {
  const picture = await photo(text);
  expect(await readPaperFile(picture)).toEqual({ kind: 'share', sheet: 1, bytes: share });
  expect(await readPaperFile(await scans(picture))).toMatchObject({ sheet: 1, bytes: share });
});

test('the same sheet on two pages is one sheet; two sheets are refused', async () => {
  const one = await photo(text);
  const other = await photo(
    toQrText(
      'share',
      share.map((byte) => byte ^ 1),
    ),
  );
  expect(await codeOf(await scans(one, one))).toBe('read');
  expect(await codeOf(await scans(one, other))).toBe('file-several-codes');
  expect(await codeOf(await photo(text, toQrText('identity', share)))).toBe('file-several-codes');
  expect(await codeOf(await photo(text, toQrText('share', share, 2)))).toBe('file-several-codes');
});

test('a foreign code, no code, an empty page', async () => {
  expect(await codeOf(await photo('https://example.org/'))).toBe('code-foreign');
  expect(await codeOf(jpeg.encode(photograph([], PLAIN), 80).data)).toBe('file-no-code');
  const empty = await PDFDocument.create();
  empty.addPage();
  expect(await codeOf(await empty.save())).toBe('file-no-code');
});

test('other kinds, empty, cut and broken files', async () => {
  const picture = await photo(text);
  const pdf = await scans(picture);
  expect(await codeOf(new Uint8Array(0))).toBe('file-empty');
  expect(await codeOf(new TextEncoder().encode('hello'))).toBe('file-kind');
  expect(await codeOf(new TextEncoder().encode('%PDF-1.7 and nothing else'))).toBe('file-damaged');
  expect(await codeOf(picture.subarray(0, 12))).toBe('file-damaged');
  expect(await codeOf(pngOf(0, 100))).toBe('file-damaged');
  expect(await codeOf(pngOf(100, 100))).toBe('file-no-code');
  for (const part of [0.1, 0.5, 0.9]) {
    expect(await codeOf(pdf.subarray(0, pdf.length * part))).toMatch(/^file-(damaged|no-code)$/);
    expect(await codeOf(picture.subarray(0, picture.length * part))).toMatch(/^file-|^read$/);
  }
});

test('files that would fill the memory are refused before they are unpacked', async () => {
  expect(await codeOf(new Uint8Array(26 * 2 ** 20))).toBe('file-too-large');
  expect(await codeOf(pngOf(60_000, 60_000))).toBe('file-too-fine');
  const many = await PDFDocument.create();
  for (let i = 0; i < 11; i += 1) many.addPage();
  expect(await codeOf(await many.save())).toBe('file-too-many-pages');
  const vast = await PDFDocument.create();
  vast.addPage([1_000_000, 1_000_000]);
  expect(await codeOf(await vast.save())).toBe('file-no-code');
});

test('noise in every place of a photograph gives a refusal or the right bytes, nothing else', async () => {
  const path = new URL('../../../test/vectors/photos/00-share.jpg', import.meta.url);
  const picture = new Uint8Array(readFileSync(path));
  const right = await readPaperFile(picture);
  for (let at = 0; at < picture.length; at += Math.ceil(picture.length / 60)) {
    const touched = picture.slice();
    touched.fill(at & 255, at, at + 8);
    try {
      expect(await readPaperFile(touched)).toEqual(right);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
    }
  }
});
