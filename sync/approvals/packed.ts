/**
 * Many parts as few facts, of which each is short enough for a statement.
 * @module
 */

/** Characters of one fact in a statement, at most. */
const FACT = 1_000;

/** Parts, as many in one fact as go into it: nothing is cut. */
export function packed(
  label: string,
  parts: readonly string[],
  most: number = FACT,
): [string, string][] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines[lines.length - 1];
    const longer = last === undefined ? part : `${last}, ${part}`;
    if (last === undefined || longer.length > most) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => [label, line]);
}
