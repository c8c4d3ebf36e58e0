/**
 * Facts as people read them on paper.
 * @module
 */

/** `2026-05-03` to "3 May 2026". */
export function longDate(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(date.getTime())) {
    throw new RangeError('a day is written as 2026-05-03');
  }
  const format = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-GB', format).format(date);
}

/** The first `digits` of a hex text, in groups of four. */
export function grouped(hex: string, digits: number): string {
  return (hex.slice(0, digits).match(/.{1,4}/g) ?? []).join(' ');
}
