/**
 * Reading the leaves of an entry whose kind is known: what is absent or withheld reads as empty.
 * @module
 */
import { fact, type Entry, type LeafValue } from '../transcript/entry.ts';

export interface Facts {
  readonly text: (path: string) => string;
  readonly number: (path: string) => number;
  readonly yes: (path: string) => boolean;
}

export function facts(entry: Entry | undefined): Facts {
  const get = (path: string): LeafValue | undefined =>
    entry === undefined ? undefined : fact(entry, path);
  return {
    text: (path) => String(get(path) ?? ''),
    number: (path) => Number(get(path) ?? 0),
    yes: (path) => get(path) === true,
  };
}
