/**
 * CSV as RFC 4180 has it: every field in quotes, quotes doubled, lines end with CR LF. That is all
 * there is to writing it, so no library is needed; Python's reader judges it in the test.
 * @module
 */

/**
 * SECURITY: a spreadsheet runs what begins like a formula, also after spaces and in the wide forms
 * of East Asian scripts. Names and reasons are typed by people, so such a field gets an apostrophe.
 */
const FORMULA = /^[\s\u200B-\u200F\uFEFF]*[=+\-@\t\r\n＝＋－＠]|^[\t\r\n]/u;

function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** One record with its line end. */
export function csvRecord(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}
