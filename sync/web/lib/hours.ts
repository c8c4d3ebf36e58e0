/**
 * Hours as they are typed.
 * @module
 */

/** Hours of delay that can be asked for, at most. */
const MOST = 720;

export function hoursFault(text: string): string | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  return /^\d{1,3}$/.test(typed) && Number(typed) <= MOST
    ? undefined
    : `A whole number of hours, at most ${MOST}.`;
}

/** Undefined when nothing was typed. */
export function hoursOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text.trim());
}
