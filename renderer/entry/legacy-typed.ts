/**
 * What the checker says of a legacy share, or of a whole component, while it is typed.
 *
 * SECURITY: places and counts only, no digit.
 * @module
 */
import {
  LINE_GROUPS,
  type TypedGroup,
  type TypedView,
} from '../../shared/checktick/legacy/typed.ts';
import { count, list } from '../lib/say.ts';

export interface Verdict {
  readonly tone: 'plain' | 'good' | 'bad';
  readonly sentence: string;
  /** It may be handed over: the worker judges again. */
  readonly usable: boolean;
}

/** Digits of a share, as the worker takes them: fewer or more are refused. */
const LEAST = 256;
const MOST = 512;
/** Of a component of 32 or 64 bytes. */
const MOST_WHOLE = 128;
const WHOLE: readonly number[] = [64, MOST_WHOLE];
const CANNOT_SEE =
  'Whether each is the right one nobody can see: compare the groups with your paper once more.';
/** So many places are named; nobody looks for more at once. */
const NAMED = 4;

export function verdictOf(view: TypedView, whole: boolean): Verdict {
  const foreign = view.groups.filter(({ state }) => state === 'foreign');
  if (foreign.length > 0) {
    return bad(`Only 0 to 9 and a to f can be in it. Look at ${placesOf(foreign)}.`);
  }
  return whole ? wholeVerdict(view) : shareVerdict(view);
}

function wholeVerdict(view: TypedView): Verdict {
  const { digits } = view;
  if (digits === 0) return plain('');
  if (!WHOLE.includes(digits)) {
    return digits > MOST_WHOLE
      ? bad(`A component has 64 or ${MOST_WHOLE} digits: look for some that are there twice.`)
      : plain(`A component has 64 or ${MOST_WHOLE} digits.`);
  }
  const short = shortGroups(view);
  return short === null
    ? good(`${digits} digits, as a component has. ${CANNOT_SEE}`)
    : { ...bad(short), usable: true };
}

function shareVerdict(view: TypedView): Verdict {
  const { digits, verdict } = view;
  switch (verdict) {
    case 'empty':
      return plain('');
    case 'incomplete':
      // Paper may be written in other groups, so it can be right all the same.
      return { ...bad(shortGroups(view) ?? ''), usable: digits >= LEAST && digits <= MOST };
    case 'short':
      return plain('Digits are still missing: nearly every legacy share has 509 to 512.');
    case 'unusual':
      return {
        ...plain(
          'Nearly every legacy share has 509 to 512 digits. Only one in 65,536 has fewer, so look for digits that were left out.',
        ),
        usable: true,
      };
    case 'long':
      return bad(
        `No legacy share has more than ${MOST} digits: look for some that are there twice.`,
      );
    case 'usual':
    case 'foreign':
      return good(`As many digits as a legacy share has. ${CANNOT_SEE}`);
  }
}

/** Spaces that stand before the fourth digit; null: none. */
function shortGroups({ groups }: TypedView): string | null {
  const short = groups.filter(({ state }) => state === 'incomplete');
  return short.length === 0
    ? null
    : `Fewer than four digits before a space: ${placesOf(short)}. Was one left out?`;
}

/** `line 2, group 3` */
export function placesOf(groups: readonly TypedGroup[]): string {
  const places = groups
    .slice(0, NAMED)
    .map(({ line, group }) => `line ${line}, group ${inLine(group)}`);
  const more = groups.length - places.length;
  return more > 0 ? `${places.join('; ')}; and ${count(more, 'other', 'others')}` : list(places);
}

/** The place of a group in its line, from 1. */
export const inLine = (group: number): number => ((group - 1) % LINE_GROUPS) + 1;

const plain = (sentence: string): Verdict => ({ tone: 'plain', sentence, usable: false });
const bad = (sentence: string): Verdict => ({ tone: 'bad', sentence, usable: false });
const good = (sentence: string): Verdict => ({ tone: 'good', sentence, usable: true });

/** The number in the head of a share, `803-3-`, where one was typed or pasted along. */
export function headNumber(start: string): string | null {
  return /^\s*80[0-9]{1,3}-([0-9]{1,3})-/.exec(start)?.[1] ?? null;
}

/** 1 to 255, as it was typed; null: no share can have it. */
export function shareNumber(typed: string): number | null {
  if (!/^[1-9][0-9]{0,2}$/.test(typed.trim())) return null;
  const number = Number(typed);
  return number <= 255 ? number : null;
}
