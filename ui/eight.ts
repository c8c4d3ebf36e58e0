/**
 * Eight words as they are typed: how many are missing, which cannot be right.
 * @module
 */
import { normaliseWords, unknownWords } from '../shared/encoding/words.ts';

const EIGHT = 8;

function typedWords(text: string): string[] {
  return normaliseWords(text).split(' ').filter(Boolean);
}

export function wordsMissing(text: string): number {
  return Math.max(0, EIGHT - typedWords(text).length);
}

/** Points at what cannot be right, once all eight are there; undefined while nothing is. */
export function wordsFault(text: string): string | undefined {
  const { length } = typedWords(text);
  if (length > EIGHT) return `These are ${length} words. There are eight.`;
  if (length < EIGHT) return undefined;
  const unknown = unknownWords(text);
  return unknown.length === 0
    ? undefined
    : `Not in the list of words: ${unknown.join(', ')}. Ask for the spelling.`;
}
