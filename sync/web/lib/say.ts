/**
 * Times as people read them.
 * @module
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `24 Nov 2026`, in UTC. */
export function sayDay(text: string): string {
  const at = new Date(text);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}

/** `24 Nov 2026, 14:10 UTC`: everybody at every sync reads the same. */
export function sayTime(text: string): string {
  const at = new Date(text);
  return `${sayDay(text)}, ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
}

/** The same in the middle of a sentence of sync's. */
export function sayTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, sayTime);
}

/** `1 day 3 h`, `2 h 05 min`, `4 min 09 s`. Never below zero. */
export function sayLeft(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} ${days === 1 ? 'day' : 'days'} ${hours} h`;
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return `${minutes} min ${two(seconds % 60)} s`;
}
