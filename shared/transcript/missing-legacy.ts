/**
 * What one would expect in the log of an adoption and does not find: of its new legacy shares, and of
 * those who answer for its key.
 * @module
 */
import { fact, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';

/** Each a sentence: who is said to answer for an adopted key has typed it before. */
export function missingOfAnswers(all: readonly Entry[]): string[] {
  return all.flatMap((decided, at) => {
    if (fact(decided, 'kind') !== 'legacy-decided') return [];
    return ['by.1.name', 'by.2.name']
      .map((key) => fact(decided, key))
      .filter(
        (name) =>
          !all
            .slice(0, at)
            .some(
              (entry) =>
                fact(entry, 'kind') === 'legacy-answered' &&
                fact(entry, 'name') === name &&
                fact(entry, 'place') === fact(decided, 'place'),
            ),
      )
      .map((name) => `No entry says that ${String(name)} typed an answer for the adopted key.`);
  });
}

/** Each a sentence. They open the key without Conclave, so each that was begun is accounted for. */
export function missingOfNewLegacy(all: readonly Entry[]): string[] {
  const of = (kind: EntryKind) => all.filter((entry) => fact(entry, 'kind') === kind);
  const numbers = (kind: EntryKind) => new Set(of(kind).map((entry) => fact(entry, 'number')));
  const readBack = numbers('new-legacy-read-back');
  const begun = [...numbers('new-legacy-writing'), ...numbers('new-legacy-written')];
  const notRead = [...new Set(begun)].filter((number) => !readBack.has(number));
  const isEnded = of('new-legacy-proved').length > 0 || of('new-legacy-left').length > 0;
  return [
    ...notRead.map(
      (number) =>
        `New legacy share ${String(number)} was written, or begun, and no entry says that it was read back.`,
    ),
    ...(of('new-legacy-split').length > 0 && !isEnded
      ? [
          'No entry says that the new legacy shares gave the component back, or that they were left.',
        ]
      : []),
  ];
}
