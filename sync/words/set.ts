/**
 * What the words about bundles and packages have in common: a share set by its name, and what becomes of
 * the list of people that comes with one.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import { changeInWords, rosterChanges } from '../../shared/identity/roster-change.ts';
import type { Roster } from '../../shared/identity/roster.ts';

interface NamedSet {
  readonly label: string;
  readonly threshold: number;
  readonly count: number;
}

/** `2026 B, 3 of 4` */
export function setName({ label, threshold, count }: NamedSet): string {
  return `${asOneLine(label, 80)}, ${threshold} of ${count}`;
}

/** `share set 2026 B, 3 of 4` */
export const setInWords = (set: NamedSet): string => `share set ${setName(set)}`;

/** Label and value: every change of the roster, one by one. */
export function rosterFacts(before: Roster, after: Roster): [string, string][] {
  const changes = rosterChanges(before.people, after.people).map(changeInWords);
  return changes.map((change, at): [string, string] => [
    `change ${at + 1} of the roster`,
    asOneLine(change, 1_000),
  ]);
}
