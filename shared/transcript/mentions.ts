/**
 * Which entries of a ceremony log name a document that should lie in the log too.
 * @module
 */
import { fact, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';

/** By kind: the leaf that names it, and what it is. */
const MENTIONS: Partial<Record<EntryKind, readonly (readonly [path: string, what: string])[]>> = {
  'descriptor-trusted': [['digest', 'descriptor']],
  'package-imported': [['digest', 'package']],
  'set-signed': [
    ['manifestDigest', 'manifest'],
    ['rosterDigest', 'roster'],
  ],
  'refreshed-set-signed': [
    ['manifestDigest', 'manifest'],
    ['rosterDigest', 'roster'],
  ],
  'refresh-agreed': [['replaces', 'manifest']],
  'roster-signed': [['rosterDigest', 'roster']],
  'roster-agreed': [['previous', 'roster']],
  'rotation-agreed': [
    ['replaces', 'manifest'],
    ['previous', 'roster'],
  ],
  'version-agreed': [
    ['beside', 'manifest'],
    ['previous', 'roster'],
  ],
  'set-agreed': [
    ['beside', 'manifest'],
    ['previous', 'roster'],
  ],
  'bundle-made': [['digest', 'bundle']],
  'receipt-imported': [['digest', 'receipt']],
};

export interface Mention {
  readonly entry: Entry;
  readonly what: string;
  readonly digest: string;
}

/** A digest that is withheld names nothing. */
export function mentions(all: readonly Entry[]): Mention[] {
  return all.flatMap((entry) =>
    (MENTIONS[fact(entry, 'kind') as EntryKind] ?? []).flatMap(([path, what]) => {
      const digest = fact(entry, path);
      return typeof digest === 'string' ? [{ entry, what, digest }] : [];
    }),
  );
}
