/**
 * Sets of one component: generations of one set, which a refresh makes, and further sets that joined it.
 * The shares of each of them open what the component opens, as long as they fit each other.
 * @module
 */
import type { LedgerSet } from './ledger.ts';
import type { BackupsGone } from './read-destroyed.ts';

type Generation = Pick<LedgerSet, 'mode' | 'setId' | 'generation'>;
type OfComponent = Pick<LedgerSet, 'mode' | 'setId' | 'componentId'>;

/** `2026 A`, `2026 A, generation 2` */
export const nameOf = ({ label, generation }: Pick<LedgerSet, 'label' | 'generation'>): string =>
  generation === 1 ? label : `${label}, generation ${generation}`;

/** The log of a refresh without a manifest does not say of which component it was; its set does. */
const componentOf = ({ mode, setId, componentId }: OfComponent, sets: readonly LedgerSet[]) =>
  componentId ??
  sets.find((one) => one.mode === mode && one.setId === setId && one.componentId !== null)
    ?.componentId ??
  null;

/** Whether the shares of both were made of the same component: generations of a set, or sets that joined. */
export function isSameComponent(
  set: OfComponent,
  other: OfComponent,
  sets: readonly LedgerSet[],
): boolean {
  if (set.mode !== other.mode) return false;
  if (set.setId === other.setId) return true;
  const component = componentOf(set, sets);
  return component !== null && component === componentOf(other, sets);
}

/** Whether it counts, or counted once. */
const isCounted = ({ status }: LedgerSet) =>
  status === 'live' || status === 'superseded' || status === 'retired';

/** Whether a later generation of the same set is in use, or was. */
export const isRefreshed = (
  { mode, setId, generation }: Generation,
  sets: readonly LedgerSet[],
): boolean =>
  sets.some(
    (one) =>
      one.mode === mode && one.setId === setId && one.generation > generation && isCounted(one),
  );

/** The other sets in use that open the same key as this one. */
export const joinedWith = (set: LedgerSet, sets: readonly LedgerSet[]): LedgerSet[] =>
  sets.filter(
    (one) => one.status === 'live' && one.setId !== set.setId && isSameComponent(one, set, sets),
  );

/**
 * Until when the component of a set opened the key together with sync's half of the day: `null`, it does
 * today. Undefined: no set of it ever counted.
 */
export function componentOver(
  set: OfComponent,
  sets: readonly LedgerSet[],
): { readonly since: string | null } | null | undefined {
  const all = sets.filter((one) => isCounted(one) && isSameComponent(one, set, sets));
  if (all.some(({ status }) => status !== 'superseded')) return null;
  const last = all.find((one) => !isRefreshed(one, sets));
  return last === undefined ? undefined : { since: last.replacedAt };
}

/**
 * Who said that no backup is left with the half that a replaced component needs; null: nobody. A backup
 * is of everything, so where none is left from a day or before, none is of any half that changed earlier.
 */
export function backupsGone(set: OfComponent, sets: readonly LedgerSet[]): BackupsGone | null {
  const over = componentOver(set, sets);
  if (over === null || over === undefined) return null;
  const { since } = over;
  const said = sets.find((one) => {
    if (one.mode !== set.mode || one.backupsGone === null) return false;
    if (isSameComponent(one, set, sets)) return true;
    const other = componentOver(one, sets)?.since ?? null;
    return since !== null && other !== null && since <= other;
  });
  return said?.backupsGone ?? null;
}
