/**
 * Typed lines, as they stand on the sheet.
 * @module
 */

/** Groups of four in upper case, as they stand on the sheet. */
export function inGroups(typed: string): string {
  const symbols = typed.toUpperCase().replace(/[\s-]+/gu, '');
  return (symbols.match(/.{1,4}/gu) ?? []).join(' ');
}

/** How many symbols were typed, spaces and dashes not counted. */
export function symbolCount(typed: string): number {
  return typed.replace(/[\s-]+/gu, '').length;
}
