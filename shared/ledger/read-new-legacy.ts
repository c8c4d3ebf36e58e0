/**
 * What the log of an adoption says of new legacy shares: the component in the clear, on sticks.
 * @module
 */
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { facts } from './entry-facts.ts';
import type { NewLegacyKept } from './ledger.ts';

/** As they were split, and every stick that was written with one, or begun. */
export type NewLegacyMade = Pick<NewLegacyKept, 'threshold' | 'count'> & {
  readonly written: readonly Omit<NewLegacyKept['pieces'][number], 'gone'>[];
};

/** Null: none were split. */
export function readNewLegacy(of: (kind: EntryKind) => readonly Entry[]): NewLegacyMade | null {
  const [split] = of('new-legacy-split');
  if (split === undefined) return null;
  const finished = of('new-legacy-written');
  const written = finished.map((entry) => {
    const { text, number } = facts(entry);
    return { number: number('number'), by: text('custodian'), description: text('description') };
  });
  const [unfinished] = of('new-legacy-writing')
    .filter(
      (begun) =>
        !finished.some(
          (entry) => entry.n > begun.n && fact(entry, 'number') === fact(begun, 'number'),
        ),
    )
    .slice(-1);
  const { text, number } = facts(unfinished);
  const perhaps = {
    number: number('number'),
    by: text('custodian'),
    description: 'a stick, not finished: look for it',
  };
  return {
    threshold: facts(split).number('threshold'),
    count: facts(split).number('count'),
    written: unfinished === undefined ? written : [...written, perhaps],
  };
}
