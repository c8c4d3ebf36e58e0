/**
 * Many things of one kind in one statement.
 * @module
 */

/** A list of digests or nonces in hex (`parameter`, text[]) as rows of bytes, for `= ANY`. */
export const fromHex = (parameter: string): string =>
  `(SELECT decode(hex, 'hex') FROM unnest(${parameter}::text[]) AS hex)`;

/** Rows by what they belong to, each group in the order of the rows. */
export function grouped<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
