/**
 * A legacy share, or the component that was never split, typed or pasted: up to 512 digits without
 * any checksum, so the eye gets groups of four, eight to a line, and what can be said of each at once.
 *
 * SECURITY: the view holds positions and no digit; the text stays in the entry window.
 * @module
 */
import { checkNotZero } from './combine.ts';
import { UnprovedComponent } from './component.ts';
import { COMPONENT_BYTES } from './read.ts';
import { refuseLegacy, legacyName } from './refusals.ts';
import {
  bytesOfPairs,
  firstForeign,
  hexValue,
  isBlank,
  LEGACY_DIGITS,
  parseLegacyShare,
  type LegacyShare,
} from './share.ts';

/** Digits in a group, and groups in a line. */
export const GROUP_DIGITS = 4;
export const LINE_GROUPS = 8;
/** What nearly every share has: fewer has one in 65,536. */
const USUAL_DIGITS = { least: 509, most: LEGACY_DIGITS.most } as const;

const DASH = 0x2d;
/** Behind so many characters nobody expects a head any more. */
const HEAD_LIMIT = 32;

/** A group of what was typed. */
export interface TypedGroup {
  /** 1, 2, 3 …; line 1 holds the groups 1 to 8. */
  readonly group: number;
  readonly line: number;
  /** Where its characters lie in the typed text: from, and behind the last. */
  readonly from: number;
  readonly to: number;
  /** `incomplete`: a space stands before the fourth digit. The last group may be short. */
  readonly state: 'complete' | 'last' | 'incomplete' | 'foreign';
}

export interface TypedView {
  readonly groups: readonly TypedGroup[];
  /** Characters but for white space and the share's head. */
  readonly digits: number;
  /**
   * `foreign` and `incomplete`: see the groups. `short`: digits are still missing. `unusual`: only
   * one share in 65,536 is that short, so look for a digit that was left out. `long`: too many.
   */
  readonly verdict: 'empty' | 'foreign' | 'incomplete' | 'short' | 'unusual' | 'usual' | 'long';
}

/**
 * What can be said of a share's text while it is typed. The head, `803-3-`, is left out where it
 * was pasted along. A space ends a group, a line break does not: pasted lines break anywhere.
 *
 * @param typed The text of the field, ASCII or not; the caller wipes it.
 */
export function viewTypedShare(typed: Uint8Array): TypedView {
  const runs = runsOf(typed, headLength(typed));
  const groups = runs.map(({ from, to, size, foreign }, at): TypedGroup => {
    const last = at === runs.length - 1;
    const short = size < GROUP_DIGITS;
    const state = foreign ? 'foreign' : !short ? 'complete' : last ? 'last' : 'incomplete';
    return { group: at + 1, line: Math.floor(at / LINE_GROUPS) + 1, from, to, state };
  });
  const digits = runs.reduce((sum, { size }) => sum + size, 0);
  return { groups, digits, verdict: verdictOf(groups, digits) };
}

function verdictOf(groups: readonly TypedGroup[], digits: number): TypedView['verdict'] {
  if (digits === 0) return 'empty';
  if (groups.some(({ state }) => state === 'foreign')) return 'foreign';
  if (groups.some(({ state }) => state === 'incomplete')) return 'incomplete';
  if (digits > USUAL_DIGITS.most) return 'long';
  if (digits < LEGACY_DIGITS.least) return 'short';
  return digits < USUAL_DIGITS.least ? 'unusual' : 'usual';
}

interface Run {
  from: number;
  to: number;
  size: number;
  foreign: boolean;
}

function runsOf(typed: Uint8Array, start: number): Run[] {
  const runs: Run[] = [];
  let open: Run | undefined;
  for (let at = start; at < typed.length; at += 1) {
    const character = typed[at];
    if (isBlank(character)) {
      if (!isLineBreak(character)) open = undefined;
      continue;
    }
    if (open === undefined || open.size === GROUP_DIGITS) {
      open = { from: at, to: at, size: 0, foreign: false };
      runs.push(open);
    }
    open.to = at + 1;
    open.size += 1;
    open.foreign ||= hexValue(character) === undefined;
  }
  return runs;
}

const isLineBreak = (character: number | undefined): boolean =>
  character === 0x0a || character === 0x0d;

/**
 * How long `803-3-` and what stands before it are; 0 where nothing like it begins the text.
 * SECURITY: only what ends in a second dash becomes a string, and that is no digit of a share.
 */
function headLength(typed: Uint8Array): number {
  const second = typed.indexOf(DASH, typed.indexOf(DASH) + 1);
  if (second < 0 || second >= HEAD_LIMIT) return 0;
  const head = String.fromCharCode(...typed.subarray(0, second + 1));
  return /^\s*80[0-9]{1,3}-[0-9]{1,3}-$/.test(head) ? head.length : 0;
}

/**
 * The share that was typed: its digits, or the whole of it with its head. White space anywhere.
 *
 * @param number Which share it is to be, 1 to 255.
 * @throws Refusal as `parseLegacyShare`; `legacy-number-differs` for the head of another share.
 */
export function readTypedShare(typed: Uint8Array, number: number): LegacyShare {
  const what = legacyName(number);
  const characters = typed.filter((character) => !isBlank(character));
  const head = headLength(characters) > 0 ? '' : `80${number}-${number}-`;
  const text = new Uint8Array(head.length + characters.length);
  text.set(new TextEncoder().encode(head));
  text.set(characters, head.length);
  try {
    const share = parseLegacyShare(text, what);
    if (share.number === number) return share;
    share.y.fill(0);
    throw refuseLegacy('legacy-number-differs', what, String(number), String(share.number));
  } finally {
    characters.fill(0);
    text.fill(0);
  }
}

/**
 * The component that was never split, as it was typed: hexadecimal digits, white space anywhere.
 *
 * @returns Nothing proves it yet: a wrong digit gives another component, and no refusal.
 * @throws Refusal `legacy-foreign-character`, `component-digits`, `legacy-zero`.
 */
export function readTypedComponent(typed: Uint8Array): UnprovedComponent {
  const digits = typed.filter((character) => !isBlank(character));
  try {
    const foreign = firstForeign(digits);
    if (foreign >= 0) throw refuseLegacy('legacy-foreign-character', 'the component', foreign + 1);
    if (!COMPONENT_BYTES.includes(digits.length / 2)) {
      throw refuseLegacy('component-digits', digits.length);
    }
    const bytes = bytesOfPairs(digits);
    checkNotZero(bytes, 'component');
    return new UnprovedComponent(bytes, 'alone');
  } finally {
    digits.fill(0);
  }
}
