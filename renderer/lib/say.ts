/**
 * How the screens write dates, times, sizes and lists.
 * @module
 */
import { MONTHS } from '../../shared/encoding/dates.ts';

/** `3 May 2026`, on this laptop's calendar. */
export function sayDate(iso: string): string {
  const date = new Date(iso);
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''} ${date.getFullYear()}`;
}

/** `14:10 UTC+1`: the zone is said as a distance, which is the same in every language. */
export function sayTime(iso: string): string {
  const date = new Date(iso);
  return `${two(date.getHours())}:${two(date.getMinutes())} ${zone(date)}`;
}

/** `3 May 2026, 14:10 UTC+1` */
export function sayDateTime(iso: string): string {
  return `${sayDate(iso)}, ${sayTime(iso)}`;
}

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const rest = Math.abs(minutes) % 60;
  const hours = Math.floor(Math.abs(minutes) / 60);
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Since a moment: `under a minute`, `1 minute`, `2 hours 5 minutes`, `3 days`. */
export function saySince(iso: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(iso)) / 60_000);
  if (minutes < 1) return 'under a minute';
  if (minutes < 60) return count(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return count(Math.floor(hours / 24), 'day');
  return minutes % 60 === 0
    ? count(hours, 'hour')
    : `${count(hours, 'hour')} ${count(minutes % 60, 'minute')}`;
}

/** How long it takes: `about 40 seconds`, `about 2 minutes`. */
export function sayDuration(seconds: number): string {
  return seconds < 90
    ? `about ${count(Math.round(seconds), 'second')}`
    : `about ${count(Math.round(seconds / 60), 'minute')}`;
}

/** Whole minutes: `about a minute`, `about 40 minutes`, `about 2 hours 5 minutes`. */
export function sayMinutes(minutes: number): string {
  if (minutes < 2) return 'about a minute';
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const parts = [
    ...(hours === 0 ? [] : [count(hours, 'hour')]),
    ...(rest === 0 ? [] : [count(rest, 'minute')]),
  ];
  return `about ${parts.join(' ')}`;
}

/** `13,104`: five digits in a row are miscounted by whoever reads them aloud. */
export const digits = (n: number): string => n.toLocaleString('en');

/** `1 share`, `4 shares`, `13,104 survey keys`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${digits(n)} ${n === 1 ? one : many}`;
}

/** Sticks are sold in powers of ten: `16 GB`, `512 MB`. */
export function saySize(bytes: number): string {
  if (bytes >= 1e9) return `${Number((bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0))} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

/** What is written or read, as the person hears it: `share 2 of 4`, `your personal identity`. */
export function yours(things: readonly string[]): string {
  return list(things.map((thing) => (thing === 'personal identity' ? `your ${thing}` : thing)));
}

/** `a`, `a and b`, `a, b and c`. */
export function list(parts: readonly string[]): string {
  const last = parts[parts.length - 1];
  if (last === undefined) return '';
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
