/**
 * What the log of a destruction says is gone.
 * @module
 */
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { facts } from './entry-facts.ts';

/** How the exception of a destruction begins that was stopped: whoever sat there may not have signed. */
export const STOPPED = 'The destruction was stopped: ';

/** Two people said that no backup with the old other half of a replaced set is left. */
export interface BackupsGone {
  /** Since this day: `2026-05-03`. */
  readonly on: string;
  readonly by: readonly [string, string];
}

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
  readonly backupsGone: BackupsGone | null;
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
    backupsGone: readBackupsGone(of),
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

/** Nothing where the ceremony broke off or was stopped: its witness has not signed then. */
function readBackupsGone(of: (kind: EntryKind) => readonly Entry[]): BackupsGone | null {
  const [said] = of('backups-gone');
  const [closed] = of('ceremony-closed');
  const isStopped = of('exception').some((entry) => facts(entry).text('text').startsWith(STOPPED));
  const isWhole = closed !== undefined && fact(closed, 'outcome') !== 'interrupted' && !isStopped;
  if (said === undefined || !isWhole || !isSealed(of, said)) return null;
  const { text } = facts(said);
  return { on: text('on'), by: [text('by.1.name'), text('by.2.name')] };
}

/** Both opened their identities after it was said: nobody gets up from a sitting without signing. */
function isSealed(of: (kind: EntryKind) => readonly Entry[], said: Entry): boolean {
  const after = of('identity-ready').filter((entry) => entry.n > said.n);
  return ['by.1.name', 'by.2.name'].every((by) =>
    after.some((entry) => fact(entry, 'name') === fact(said, by)),
  );
}

function slotIn(entry: Entry): 1 | 2 | null {
  const slot = fact(entry, 'slot');
  return slot === undefined ? null : slot === 1 ? 1 : 2;
}
