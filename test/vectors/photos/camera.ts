/**
 * A pinhole camera for tests: a sheet with a QR code on a table, seen from an angle, out of focus,
 * in bad light, with the noise of a small sensor. Deterministic for a seed.
 * @module
 */
import type { Frame } from '../../../shared/scanning/scanner.ts';

/** How a picture is taken. Lengths on paper in millimetres, in the picture in pixels. */
export interface Shot {
  readonly width: number;
  readonly height: number;
  /** Pixels for one millimetre of paper, in the middle: 100 dpi is 3.94. */
  readonly scale: number;
  /** Rotation in degrees, and the tilt of the sheet away from the camera around both axes. */
  readonly turn: number;
  readonly tiltX: number;
  readonly tiltY: number;
  /** Standard deviations: of the blur in pixels, of the noise in grey levels. */
  readonly blur: number;
  readonly noise: number;
  /** Luminance of white paper (0 to 255), and how much of it is lost towards one corner (0 to 1). */
  readonly light: number;
  readonly shadow: number;
  /** Luminance that stray light adds to everything, ink included. */
  readonly haze: number;
  readonly seed: number;
}

export const PLAIN: Shot = {
  width: 640,
  height: 480,
  scale: 3,
  turn: 0,
  tiltX: 0,
  tiltY: 0,
  blur: 0.5,
  noise: 2,
  light: 225,
  shadow: 0,
  haze: 15,
  seed: 1,
};

/** A code as `electron/media/paper/qr.ts` makes it. */
interface Matrix {
  readonly size: number;
  dark(column: number, row: number): boolean;
}

/** mulberry32: 0 <= number < 1. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const QR_MM = 110;

/** Reflectance (0 to 1) of an A4 sheet on a wooden table; the origin is the middle of the code. */
function sheet(codes: readonly Matrix[]) {
  return (x: number, y: number): number => {
    if (Math.abs(x) > 105 || y < -115 || y > 182) return 0.35 + 0.08 * Math.sin(y / 3 + Math.sin(x / 40));
    for (const [i, code] of codes.entries()) {
      const side = codes.length === 1 ? QR_MM : 45;
      const middle = (i - (codes.length - 1) / 2) * 65;
      const column = Math.floor(((x - middle + side / 2) / side) * code.size);
      const row = Math.floor(((y + side / 2) / side) * code.size);
      const inside = Math.max(column, row) < code.size && Math.min(column, row) >= 0;
      if (inside && code.dark(column, row)) return 0.04;
    }
    // Lines of print above and below the code.
    const line = Math.abs(y) > QR_MM / 2 + 8 && Math.abs(x) < 85;
    const glyph = Math.sin(x * 4.1 + Math.floor(y / 5) * 7) + Math.sin(x * 2.3) > 0.5;
    return line && ((y % 5) + 5) % 5 < 2.4 && glyph ? 0.1 : 1;
  };
}

const RADIAN = Math.PI / 180;

/** Where a point of the paper (mm from the code's middle) is in the picture (px from its middle). */
export function project(shot: Shot, x: number, y: number): [number, number] {
  const [sin, cos] = [Math.sin(shot.turn * RADIAN), Math.cos(shot.turn * RADIAN)];
  const [px, py] = [(cos * x - sin * y) * shot.scale, (sin * x + cos * y) * shot.scale];
  const depth = px * Math.tan(shot.tiltX * RADIAN) + py * Math.tan(shot.tiltY * RADIAN);
  const reach = 1 + depth / (1.4 * shot.width);
  return [px / reach, py / reach];
}

/** Takes the picture. RGBA, grey. */
export function photograph(codes: readonly Matrix[], shot: Shot): Frame {
  const { width, height } = shot;
  const ink = sheet(codes);
  const light = new Float32Array(width * height);
  const sub = 3;
  const [sin, cos] = [Math.sin(shot.turn * RADIAN), Math.cos(shot.turn * RADIAN)];
  const distance = 1.4 * width;
  const [sx, sy] = [Math.tan(shot.tiltX * RADIAN), Math.tan(shot.tiltY * RADIAN)];
  for (let at = 0; at < light.length; at += 1) {
    let sum = 0;
    for (let s = 0; s < sub * sub; s += 1) {
      const u = (at % width) + ((s % sub) + 0.5) / sub - width / 2;
      const v = Math.floor(at / width) + (Math.floor(s / sub) + 0.5) / sub - height / 2;
      // The ray through (u, v) meets the tilted plane z = sx * x + sy * y.
      const reach = distance / (distance - sx * u - sy * v);
      const x = (u * reach) / shot.scale;
      const y = (v * reach) / shot.scale;
      sum += ink(cos * x + sin * y, cos * y - sin * x);
    }
    const corner = ((at % width) / width + at / width / height) / 2;
    light[at] = (sum / (sub * sub)) * shot.light * (1 - shot.shadow * corner) + shot.haze;
  }
  return develop(blurred(light, width, height, shot.blur), shot);
}

function develop(light: Float32Array, { width, height, noise, seed }: Shot): Frame {
  const random = randomFrom(seed);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < light.length; at += 1) {
    // Four uniform numbers are near enough to a normal one; variance 4/12.
    const normal = (random() + random() + random() + random() - 2) * Math.sqrt(3);
    data.fill((light[at] ?? 0) + noise * normal, at * 4, at * 4 + 3);
  }
  return { width, height, data };
}

/** Gaussian blur, one axis after the other. */
function blurred(image: Float32Array, width: number, height: number, sigma: number): Float32Array {
  if (sigma <= 0) return image;
  const radius = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((a, b) => a + b, 0);
  const pass = (from: Float32Array, step: number, length: number, place: (at: number) => number) =>
    from.map((_, at) => {
      let sum = 0;
      for (let k = -radius; k <= radius; k += 1) {
        const here = place(at);
        const there = Math.min(length - 1, Math.max(0, here + k));
        sum += (kernel[k + radius] ?? 0) * (from[at + (there - here) * step] ?? 0);
      }
      return sum / total;
    });
  const across = pass(image, 1, width, (at) => at % width);
  return pass(across, width, height, (at) => Math.floor(at / width));
}
