/**
 * What reaches a terminal. Names of surveys and users come from elsewhere: an escape sequence in one
 * of them must not rewrite what an admin reads, nor a line break look like a line of its own.
 * @module
 */
import { onlyVisible } from '../../shared/bundle/approval.ts';

/** Line breaks and tabs are the command's own: {@link visibleStrings} took them out of all names. */
const LAYOUT = /([\n\t])/;
const ESCAPED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text of several lines, with a mark in the place of what would move the cursor or hide. */
export function forTerminal(text: string): string {
  return text
    .split(LAYOUT)
    .map((part) => (LAYOUT.test(part) ? part : onlyVisible(part)))
    .join('');
}

/** JSON of one line in which such characters are escaped: the same value, and nothing acts on it. */
export function jsonForTerminal(value: unknown): string {
  return JSON.stringify(value).replaceAll(ESCAPED, (found) =>
    Array.from(
      { length: found.length },
      (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Reviver for `JSON.parse`: every string of an answer as it may stand in one line. */
export const visibleStrings = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? onlyVisible(value) : value;
