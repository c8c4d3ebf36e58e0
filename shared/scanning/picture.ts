/**
 * What can be measured in a camera picture without understanding it: light, contrast, sharpness.
 * @module
 */

/** One picture of a camera: RGBA, four bytes a pixel, row by row. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface Measures {
  /** Luminance (0 to 255) that 1% of the pixels stay under, and that 1% exceed. */
  readonly dark: number;
  readonly bright: number;
  /** Share (0 to 1) of pixels that are as white as the camera can say. */
  readonly glare: number;
  /**
   * The sharpest edges against the contrast: the 99.5th percentile of |Laplacian| of the picture at
   * half size, divided by bright - dark. About 1 for print in focus, under 0.35 where the edges
   * spread over several pixels. Noise hardly matters, because half size averages four pixels.
   */
  readonly sharpness: number;
  /**
   * Side in pixels of the square that all code-like parts would fill: fine texture in both
   * directions, about as much ink as paper. Print has less ink, an edge has one direction. 0: none.
   */
  readonly codeLike: number;
}

/** Measures a frame; 10 ms for 1280 x 720. */
export function measure(frame: Frame): Measures {
  const small = halfSize(frame);
  const light = new Uint32Array(256);
  for (const value of small.data) light[value] = (light[value] ?? 0) + 1;
  const dark = percentile(light, 0.01);
  const bright = percentile(light, 0.99);
  const edges = percentile(laplacian(small), 0.995);
  const white = light.subarray(250).reduce((sum, n) => sum + n, 0);
  return {
    dark,
    bright,
    glare: white / Math.max(1, small.data.length),
    sharpness: edges / Math.max(1, bright - dark),
    codeLike: 2 * BLOCK * Math.sqrt(codeLikeBlocks(small, dark, bright)),
  };
}

/** Side of a block, in pixels of the picture at half size. */
const BLOCK = 8;

function codeLikeBlocks({ width, height, data }: Grey, dark: number, bright: number): number {
  const contrast = bright - dark;
  let count = 0;
  for (let top = 0; top + BLOCK < height; top += BLOCK) {
    for (let left = 0; left + BLOCK < width; left += BLOCK) {
      let [sum, across, down] = [0, 0, 0];
      for (let y = top; y < top + BLOCK; y += 1) {
        for (let at = y * width + left; at < y * width + left + BLOCK; at += 1) {
          const here = data[at] ?? 0;
          sum += here - dark;
          across += Math.abs((data[at + 1] ?? 0) - here);
          down += Math.abs((data[at + width] ?? 0) - here);
        }
      }
      const area = BLOCK * BLOCK * contrast;
      const paper = sum / area;
      if (paper > 0.3 && paper < 0.65 && across > 0.1 * area && down > 0.1 * area) count += 1;
    }
  }
  return contrast < 25 ? 0 : count;
}

interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

function halfSize({ width, height, data }: Frame): Grey {
  const w = width >> 1;
  const h = height >> 1;
  const grey = new Uint8Array(w * h);
  const luma = (at: number) =>
    54 * (data[at] ?? 0) + 183 * (data[at + 1] ?? 0) + 19 * (data[at + 2] ?? 0);
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      const at = (2 * y * width + 2 * x) * 4;
      const below = at + 4 * width;
      grey[y * w + x] = (luma(at) + luma(at + 4) + luma(below) + luma(below + 4)) >> 10;
    }
  }
  return { width: w, height: h, data: grey };
}

/** Histogram of |4 * centre - its four neighbours|. */
function laplacian({ width, height, data }: Grey): Uint32Array {
  const histogram = new Uint32Array(1021);
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      const around =
        (data[at - 1] ?? 0) +
        (data[at + 1] ?? 0) +
        (data[at - width] ?? 0) +
        (data[at + width] ?? 0);
      const edge = Math.abs(4 * (data[at] ?? 0) - around);
      histogram[edge] = (histogram[edge] ?? 0) + 1;
    }
  }
  return histogram;
}

function percentile(histogram: Uint32Array, part: number): number {
  const total = histogram.reduce((sum, n) => sum + n, 0);
  let seen = 0;
  for (let value = 0; value < histogram.length; value += 1) {
    seen += histogram[value] ?? 0;
    if (seen >= part * total) return value;
  }
  return histogram.length - 1;
}
