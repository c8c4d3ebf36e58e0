/**
 * What the log of an adoption says of the legacy shares that were given to it.
 * @module
 */
import type { Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { facts } from './entry-facts.ts';
import { readNewLegacy, type NewLegacyMade } from './read-new-legacy.ts';

/** What an adoption was given. */
export interface LegacyFacts {
  readonly given: readonly {
    readonly numbers: readonly number[];
    readonly by: string;
    readonly source: string;
  }[];
  /** The key opened a survey key. */
  readonly proved: boolean;
  readonly made: NewLegacyMade | null;
}

/** Words of `legacy-proved`. */
const PROVES: ReadonlySet<string> = new Set(['escrow', 'organisation']);

/** What was given and not taken back, and whether what came out was proved. */
export function readLegacy(of: (kind: EntryKind) => readonly Entry[]): LegacyFacts {
  let given: LegacyFacts['given'] = [];
  for (const entry of [...of('legacy-given'), ...of('legacy-taken-back')].sort(
    (a, b) => a.n - b.n,
  )) {
    const { text } = facts(entry);
    const numbers = legacyNumbers(text('numbers'));
    if (text('kind') === 'legacy-given') {
      given = [...given, { numbers, by: text('by'), source: text('source') }];
    } else {
      given = given.filter((one) => !one.numbers.some((number) => numbers.includes(number)));
    }
  }
  const proved = of('legacy-proved').at(-1);
  return {
    given,
    proved: proved !== undefined && PROVES.has(facts(proved).text('proof')),
    made: readNewLegacy(of),
  };
}

/** `1, 3`; `whole` is 0. */
const legacyNumbers = (text: string): number[] =>
  text === 'whole' ? [0] : text.split(', ').map(Number);
