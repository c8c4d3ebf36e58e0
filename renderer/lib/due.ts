/**
 * Which shares are to be proved next, as the home screen groups them.
 * @module
 */
import type { HomeDue } from '../../shared/ceremony/home.ts';

const DAY = 86_400_000;
/** Checks that are further away are not listed. */
const LISTED_DAYS = 90;

/** Shares of one set that are due on one day. */
export interface DueGroup {
  readonly key: string;
  readonly standing: 'failed' | 'overdue' | 'soon';
  /** Of all of them the same but for numbers and custodians. */
  readonly first: HomeDue;
  readonly shares: readonly HomeDue[];
}

/** The most urgent first; nothing that is due in more than 90 days. */
export function dueGroups(due: readonly HomeDue[], now: Date): DueGroup[] {
  const groups = new Map<string, { standing: DueGroup['standing']; shares: HomeDue[] }>();
  for (const one of due) {
    const left = Date.parse(one.dueAt) - now.getTime();
    if (left > LISTED_DAYS * DAY) continue;
    const standing = one.failed ? 'failed' : left <= 0 ? 'overdue' : 'soon';
    const key = `${one.mode} ${one.setId} ${standing} ${one.dueAt.slice(0, 10)}`;
    const shares = groups.get(key)?.shares ?? [];
    groups.set(key, { standing, shares: [...shares, one] });
  }
  return [...groups].flatMap(([key, { standing, shares }]): DueGroup[] => {
    const [first] = shares;
    return first === undefined ? [] : [{ key, standing, first, shares }];
  });
}

/** `in 91 days`, `in about 17 months` */
export function sayUntil(dueAt: string, now: Date): string {
  const days = Math.max(0, Math.floor((Date.parse(dueAt) - now.getTime()) / DAY));
  return days < 180 ? `in ${days} days` : `in about ${Math.round(days / 30.44)} months`;
}
