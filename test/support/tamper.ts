/**
 * Changing bytes one at a time.
 * @module
 */
import { randomInt } from 'node:crypto';
import { Refusal } from '../../shared/refusal.ts';

/**
 * Every single-byte change: each position with all 255 other values, or with `sample` of them,
 * which differ from place to place and from run to run. With a `step`, every `step`-th position,
 * from a first one that differs from run to run, too. Each fault that is found names its position.
 */
function* singleByteChanges(
  bytes: Uint8Array,
  sample?: number,
  step = 1,
): Generator<{ readonly changed: Uint8Array; readonly at: number; readonly value: number }> {
  const turn = randomInt(255);
  for (let at = randomInt(step); at < bytes.length; at += step) {
    const original = bytes[at] ?? 0;
    // The lowest bit, letter case, any other, the highest bit: each place begins with another one.
    const others =
      sample === undefined
        ? Array.from({ length: 255 }, (_, value) => original ^ (value + 1))
        : Array.from({ length: sample }, (_, i) => {
            const masks = [1, 0x20, 1 + ((at * 37 + turn) % 255), 0x80];
            return original ^ (masks[(at + turn + i) % masks.length] ?? 1);
          });
    for (const value of others) {
      const changed = bytes.slice();
      changed[at] = value;
      yield { changed, at, value };
    }
  }
}

/**
 * Runs `accept` on every change and returns the ones that were not refused with a
 * {@link Refusal}: an accepted change, or an error of another class. Must be empty.
 */
export function notRefused(
  bytes: Uint8Array,
  accept: (changed: Uint8Array) => unknown,
  { sample, step }: { readonly sample?: number; readonly step?: number } = {},
): string[] {
  const wrong: string[] = [];
  for (const { changed, at, value } of singleByteChanges(bytes, sample, step)) {
    try {
      accept(changed);
      wrong.push(`byte ${at} as 0x${value.toString(16)}: accepted`);
    } catch (error) {
      if (!(error instanceof Refusal)) wrong.push(`byte ${at}: ${String(error)}`);
    }
  }
  return wrong;
}
