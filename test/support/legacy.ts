/**
 * Legacy shares for tests: CheckTick's own vectors, and changes of single digits.
 * @module
 */
import { readFileSync } from 'node:fs';
import { parseLegacyShare, type LegacyShare } from '../../shared/checktick/index.ts';
import { Refusal } from '../../shared/refusal.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const parsed = (text: string): LegacyShare => parseLegacyShare(bytesOf(text));

/** A file of CheckTick's vectors. */
export function checktickVectors(name: string) {
  const url = new URL(`../vectors/checktick/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** The code of the refusal; `accepted` if there was none. Any other error is thrown on. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
}

/** The share's text with the digit at `position` (from 1, of the long number) replaced. */
export function withDigit(text: string, position: number, digit: string): string {
  const start = text.lastIndexOf('-') + position;
  return text.slice(0, start) + digit + text.slice(start + 1);
}

export const digitAt = (text: string, position: number): string =>
  text.charAt(text.lastIndexOf('-') + position);

/** Every way of taking `size` of `items`. */
export function choices<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) =>
    choices(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]),
  );
}
