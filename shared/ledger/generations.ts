/**
 * Generations of one set: a refresh makes other shares of the same component, so those of each of them
 * open what the component opens, as long as they fit each other.
 * @module
 */
import type { LedgerSet } from './ledger.ts';
import type { BackupsGone } from './read-destroyed.ts';

type Generation = Pick<LedgerSet, 'mode' | 'setId' | 'generation'>;

/** `2026 A`, `2026 A, generation 2` */
export const nameOf = ({ label, generation }: Pick<LedgerSet, 'label' | 'generation'>): string =>
  generation === 1 ? label : `${label}, generation ${generation}`;

/** All generations that count or counted, this one as well if it did. */
const counted = ({ mode, setId }: Pick<Generation, 'mode' | 'setId'>, sets: readonly LedgerSet[]) =>
  sets.filter(
    (one) =>
      one.mode === mode &&
      one.setId === setId &&
      (one.status === 'live' || one.status === 'superseded' || one.status === 'retired'),
  );

/** Whether a later generation of the same set is in use, or was. */
export const isRefreshed = (set: Generation, sets: readonly LedgerSet[]): boolean =>
  counted(set, sets).some(({ generation }) => generation > set.generation);

/**
 * Until when the component of a set opened the key together with sync's half of the day: `null`, it does
 * today. Undefined: no generation of it ever counted.
 */
export function componentOver(
  set: Pick<Generation, 'mode' | 'setId'>,
  sets: readonly LedgerSet[],
): { readonly since: string | null } | null | undefined {
  const all = counted(set, sets);
  const last = [...all].sort((one, other) => other.generation - one.generation)[0];
  if (last === undefined) return undefined;
  return last.status === 'superseded' ? { since: last.replacedAt } : null;
}

/**
 * Who said that no backup is left with the half that a replaced component needs; null: nobody. A backup
 * is of everything, so where none is left from a day or before, none is of any half that changed earlier.
 */
export function backupsGone(
  set: Pick<Generation, 'mode' | 'setId'>,
  sets: readonly LedgerSet[],
): BackupsGone | null {
  const over = componentOver(set, sets);
  if (over === null || over === undefined) return null;
  const { since } = over;
  const said = sets.find((one) => {
    if (one.mode !== set.mode || one.backupsGone === null) return false;
    if (one.setId === set.setId) return true;
    const other = componentOver(one, sets)?.since ?? null;
    return since !== null && other !== null && since <= other;
  });
  return said?.backupsGone ?? null;
}
