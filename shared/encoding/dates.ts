/**
 * Dates as people read them.
 * @module
 */

/** In English, January first. */
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `2026-05-03T09:30:00Z` as `3 May 2026`; anything else as it is. */
export function plainDay(text: string): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)T/.exec(text);
  if (match === null) return text;
  const [, year, month, day] = match;
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''} ${year}`;
}
