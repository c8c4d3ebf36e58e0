/**
 * Makes the synthetic photographs beside it and their list, photos.json. Run once, committed:
 * `npx tsx test/vectors/photos/make.ts`. The scanner must read at least 95% and none wrongly.
 *
 * 60 pictures: sheets of a share (110 bytes, error correction Q) and of an identity (350 bytes, M),
 * as scans of 100 dpi and as camera frames, with perspective, up to 7 degrees of rotation (and some
 * upside down), blur, noise, shadow and JPEG compression.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import jpeg from 'jpeg-js';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { qrMatrix } from '../../../electron/media/paper/qr.ts';
import { toQrText } from '../../../shared/encoding/qr-text.ts';
import { photograph, PLAIN, project, randomFrom, type Shot } from './camera.ts';

const folder = new URL('.', import.meta.url);
const DPI_100 = 100 / 25.4;

function contentOf(index: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    bytes.set(sha256(Uint8Array.of(index, at >> 5)).subarray(0, length - at), at);
  }
  return bytes;
}

/** The scanning screen asks for the whole code, so the camera steps back until it is in view. */
function inView(shot: Shot): Shot {
  const corners = [-55, 55].flatMap((x) => [-55, 55].map((y) => project(shot, x, y)));
  const whole = corners.every(
    ([u, v]) => Math.abs(u) < shot.width / 2 - 8 && Math.abs(v) < shot.height / 2 - 8,
  );
  return whole ? shot : inView({ ...shot, scale: shot.scale * 0.98 });
}

function shotOf(index: number): { shot: Shot; quality: number } {
  const random = randomFrom(1000 + index);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const scan = index % 5 === 0;
  const [width, height] = scan ? [560, 520] : pick([640, 480], [720, 540], [800, 600]);
  const fill = 0.72 + 0.16 * random();
  return {
    shot: inView({
      ...PLAIN,
      width,
      height,
      scale: scan ? DPI_100 : (height * fill) / 110,
      turn: pick(0, 7, -7, 4, -3, 180, 90 + 5),
      tiltX: scan ? 0 : pick(0, 12, -18, 22),
      tiltY: scan ? 0 : pick(0, -10, 15, 20),
      blur: pick(0.6, 0.9, 1.2, 1.5),
      noise: pick(3, 6, 10),
      light: pick(225, 180, 130),
      shadow: pick(0, 0.3, 0.5),
      haze: pick(10, 25, 40),
      seed: index,
    }),
    quality: pick(35, 50, 75),
  };
}

const list = [];
for (const name of readdirSync(folder)) if (name.endsWith('.jpg')) rmSync(new URL(name, folder));
for (let index = 0; index < 60; index += 1) {
  const kind = index % 3 === 2 ? 'identity' : 'share';
  const bytes = contentOf(index, kind === 'share' ? 110 : 350);
  const code = await qrMatrix(toQrText(kind, bytes), kind === 'share' ? 'Q' : 'M');
  const { shot, quality } = shotOf(index);
  const file = `${String(index).padStart(2, '0')}-${kind}.jpg`;
  writeFileSync(new URL(file, folder), jpeg.encode(photograph([code], shot), quality).data);
  list.push({ file, kind, bytes: bytesToHex(bytes), quality, ...shot });
}
writeFileSync(new URL('photos.json', folder), `${JSON.stringify(list, undefined, 1)}\n`);
