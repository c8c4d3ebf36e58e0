/**
 * What the log of a destruction says is gone.
 * @module
 */
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { facts } from './entry-facts.ts';

/** What a destruction did, with the set that it was about. */
export interface DestroyFacts {
  readonly setId: string;
  readonly generation: number;
  readonly media: readonly { readonly index: number; readonly description: string }[];
  readonly slots: readonly {
    readonly index: number;
    readonly serial: number | null;
    /** Null: it was left where nobody knew which one. */
    readonly slot: 1 | 2 | null;
  }[];
  /** Numbers of legacy shares; 0: the component that was never split. */
  readonly legacy: readonly number[];
  /** New legacy shares, by number and what each lay on. */
  readonly newLegacy: readonly { readonly number: number; readonly description: string }[];
}

/** Null before anybody agreed to it. */
export function readDestroyed(of: (kind: EntryKind) => readonly Entry[]): DestroyFacts | null {
  const [agreed] = of('destruction-agreed');
  if (agreed === undefined) return null;
  const { text, number } = facts(agreed);
  const erased = of('slot-erased').filter((entry) => fact(entry, 'empty') === true);
  return {
    setId: text('setId'),
    generation: number('generation'),
    legacy: of('legacy-destroyed')
      .filter((entry) => fact(entry, 'written') === undefined)
      .map((entry) => facts(entry).number('number')),
    newLegacy: of('legacy-destroyed')
      .filter((entry) => fact(entry, 'written') !== undefined)
      .map((entry) => ({
        number: facts(entry).number('number'),
        description: facts(entry).text('description'),
      })),
    media: of('medium-destroyed').map((entry) => ({
      index: facts(entry).number('index'),
      description: facts(entry).text('description'),
    })),
    slots: [...erased, ...of('slot-left')].map((entry) => {
      const serial = fact(entry, 'serial');
      return {
        index: facts(entry).number('index'),
        serial: typeof serial === 'number' ? serial : null,
        slot: slotIn(entry),
      };
    }),
  };
}

function slotIn(entry: Entry): 1 | 2 | null {
  const slot = fact(entry, 'slot');
  return slot === undefined ? null : slot === 1 ? 1 : 2;
}
