/**
 * How the digits of a share differ from those that would fit the others: as one slip of a hand, or
 * in more.
 *
 * SECURITY: digits of shares. They are compared as bytes; what comes out names places and single
 * digits, and is for the screen of the custodian whose share it is.
 * @module
 */

/** Positions count the digits of the long number from 1, from the left. */
export type Slip =
  /** One digit is another one. */
  | {
      readonly kind: 'digit';
      readonly position: number;
      readonly is: string;
      readonly fits: string;
    }
  /** Two neighbours are exchanged; the position of the first. */
  | { readonly kind: 'swapped'; readonly position: number }
  /** A digit was left out before this position. */
  | { readonly kind: 'missing'; readonly position: number; readonly fits: string }
  /** The digit at this position is one too many. */
  | { readonly kind: 'extra'; readonly position: number }
  /** A few digits are others. */
  | { readonly kind: 'digits'; readonly positions: readonly number[] }
  /** More than one slip, in digits that are otherwise alike. */
  | { readonly kind: 'several' }
  /** Nothing alike: probably a share of another split. */
  | { readonly kind: 'unlike' };

/** As many differing digits are listed one by one. */
const FEW = 8;

/** One movement of the hand, not several. */
export function isSingleSlip({ kind }: Slip): boolean {
  return kind === 'digit' || kind === 'swapped' || kind === 'missing' || kind === 'extra';
}

/** Compares two different digit strings (ASCII, lower case). */
export function slipBetween(typed: Uint8Array, fitting: Uint8Array): Slip {
  if (typed.length === fitting.length) return slipInPlace(typed, fitting);
  // Where several are possible (a digit in a run of equal ones), the last of the run is named.
  const at = typed.findIndex((digit, i) => digit !== fitting[i]);
  const first = at < 0 ? typed.length : at;
  if (typed.length + 1 === fitting.length && same(typed, first, fitting, first + 1)) {
    return { kind: 'missing', position: first + 1, fits: digitOf(fitting[first]) };
  }
  if (typed.length === fitting.length + 1 && same(typed, first + 1, fitting, first)) {
    return { kind: 'extra', position: first + 1 };
  }
  return { kind: alike(typed, fitting) ? 'several' : 'unlike' };
}

function slipInPlace(typed: Uint8Array, fitting: Uint8Array): Slip {
  const positions: number[] = [];
  for (const [i, digit] of typed.entries()) if (digit !== fitting[i]) positions.push(i + 1);
  const [first = 0, second = 0] = positions;
  const [a, b] = [typed[first - 1], typed[second - 1]];
  if (positions.length === 1) {
    return { kind: 'digit', position: first, is: digitOf(a), fits: digitOf(fitting[first - 1]) };
  }
  const crossed = a === fitting[second - 1] && b === fitting[first - 1];
  if (positions.length === 2 && second === first + 1 && crossed) {
    return { kind: 'swapped', position: first };
  }
  if (positions.length <= FEW) return { kind: 'digits', positions };
  return { kind: alike(typed, fitting) ? 'several' : 'unlike' };
}

/**
 * Whether the two have more in common than strangers, of whose digits one in 16 is the same: at its
 * place, or next to it, where a digit is missing or too many.
 */
function alike(typed: Uint8Array, fitting: Uint8Array): boolean {
  const common = typed.filter((digit, i) =>
    fitting.subarray(Math.max(0, i - 1), i + 2).includes(digit),
  );
  const many = common.length > typed.length / 2;
  common.fill(0);
  return many;
}

function same(a: Uint8Array, fromA: number, b: Uint8Array, fromB: number): boolean {
  return a.subarray(fromA).every((digit, i) => digit === b[fromB + i]);
}

const digitOf = (character = 0): string => String.fromCharCode(character);
