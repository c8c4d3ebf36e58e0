/**
 * Width and height of a PNG or JPEG from its header, before anything is unpacked: a small file can
 * hold a picture that would fill the memory.
 * @module
 */

interface Size {
  readonly width: number;
  readonly height: number;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Pixels across and down; `other` for a file of another kind, `damaged` for a broken header. */
export function pictureSize(file: Uint8Array): Size | 'other' | 'damaged' {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (PNG.every((byte, i) => file[i] === byte)) return pngSize(view);
  if (file[0] === 0xff && file[1] === 0xd8) return jpegSize(view);
  return 'other';
}

/** IHDR is always first (PNG, third edition, 5.6). */
function pngSize(view: DataView): Size | 'damaged' {
  const header = 0x49484452;
  if (view.byteLength < 33 || view.getUint32(12) !== header) return 'damaged';
  return sized(view.getUint32(16), view.getUint32(20));
}

/** The first start-of-frame segment (ITU T.81, B.2.2): FFC0 to FFCF but for C4, C8 and CC. */
function jpegSize(view: DataView): Size | 'damaged' {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return 'damaged';
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return sized(view.getUint16(at + 7), view.getUint16(at + 5));
    const length = view.getUint16(at + 2);
    if (length < 2 || marker === 0xda) return 'damaged';
    at += 2 + length;
  }
  return 'damaged';
}

function sized(width: number, height: number): Size | 'damaged' {
  return width > 0 && height > 0 ? { width, height } : 'damaged';
}
