/**
 * Words that all sentences about entries have in common.
 * @module
 */
import { plainDay } from '../encoding/dates.ts';
import { MEDIA_KINDS, MEDIUM_NAMES } from '../sharing/manifest.ts';
import type { Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';

/** `2026-05-03T09:30:00Z` as `3 May 2026, 09:30:00 UTC`; anything else as it is. */
export function plainTime(text: string): string {
  const match = /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)Z$/.exec(text);
  return match === null ? text : `${plainDay(text)}, ${match[1] ?? ''} UTC`;
}

/** The value at a path, or that there is none, or that it was withheld. */
export type Say = (path: string) => string;

/** One for an entry of its kind. */
type Sentence = (say: Say, entry: Entry) => string;

/** Of some kinds of entry. */
export type Sentences<Kind extends EntryKind> = Readonly<Record<Kind, Sentence>>;

/** How long, readable hex: the first 16 digits. */
export function short(hex: string): string {
  return /^[0-9a-f]{32,}$/.test(hex) ? `${hex.slice(0, 16)}…` : hex;
}

export const yes = (value: string, then: string, otherwise: string) =>
  value === 'true' ? then : value === 'false' ? otherwise : `${then} (${value})`;

/** The leaves `<prefix>.<id>` or `<prefix>.<id>.<part>`, in the order of their ids, each id once. */
export function list(entry: Entry, prefix: string): string {
  const byId = new Map<string, string[]>();
  for (const leaf of entry.leaves) {
    if (!leaf.path.startsWith(`${prefix}.`)) continue;
    const [id = '', part] = leaf.path.slice(prefix.length + 1).split('.');
    const value = 'withheld' in leaf ? '(withheld)' : short(String(leaf.value));
    // The name comes first, whatever else is told of it stands behind.
    const others = byId.get(id) ?? [];
    byId.set(id, part === 'name' ? [value, ...others] : [...others, value]);
  }
  return [...byId]
    .sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
    .map(([id, values]) => `${id} ${values.join(', ')}`)
    .join('; ');
}

export function mediumName(kind: string): string {
  return (
    MEDIA_KINDS.filter((known) => known === kind).map((known) => MEDIUM_NAMES[known])[0] ?? kind
  );
}

export const medium = (say: Say) => mediumName(say('medium'));

export function has(entry: Entry, path: string): boolean {
  return entry.leaves.some((leaf) => leaf.path === path);
}

/** The end of the sentence about a thing that was destroyed. */
export const stripSaid = (say: Say, entry: Entry): string =>
  has(entry, 'strip') ? `; from the bag or strip with the number ${say('strip')}.` : '.';
