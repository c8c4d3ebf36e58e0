/**
 * Which entry of a list that changes is meant.
 * @module
 */

/**
 * What is chosen after the list changed: the one that was just plugged in; else what was chosen
 * before; else the only one there is. `before` is null for the first list.
 */
export function newest(
  before: readonly string[] | null,
  now: readonly string[],
  chosen: string | null,
): string | null {
  const fresh = before === null ? [] : now.filter((id) => !before.includes(id));
  const [first] = fresh;
  if (first !== undefined && fresh.length === 1) return first;
  if (chosen !== null && now.includes(chosen)) return chosen;
  const [only] = now;
  return only !== undefined && now.length === 1 ? only : null;
}
