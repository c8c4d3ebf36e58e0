/**
 * Which letters the fonts of the sheets have: those of the Latin scripts of Europe.
 * @module
 */

const PRINTABLE = new RegExp(
  '^[\\u0020-\\u007e\\u00a0-\\u00ac\\u00ae-\\u00b4\\u00b6-\\u0107\\u010a-\\u0113\\u0116-\\u011b' +
    '\\u011e-\\u0123\\u0126\\u0127\\u012a\\u012b\\u012e-\\u0133\\u0136\\u0137\\u0139-\\u013e' +
    '\\u0141-\\u0148\\u0150-\\u0155\\u0158-\\u015b\\u015e-\\u0165\\u016a\\u016b\\u016e-\\u017e' +
    '\\u0192\\u0218-\\u021b\\u02c6\\u02c7\\u02c9\\u2113\\u0237\\u1e80-\\u1e85\\u1e9e\\u1ef2\\u1ef3\\u2013\\u2014' +
    '\\u2018-\\u201a\\u201c-\\u201e\\u2020\\u2022\\u2026\\u2039\\u203a\\u20ac]*$',
);

/** Whether a sheet can show all of it; else its letters become "?", and the name is written by hand. */
export function isPrintable(text: string): boolean {
  return PRINTABLE.test(text.normalize('NFC'));
}
