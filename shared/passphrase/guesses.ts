/**
 * How many guesses a passphrase stands: zxcvbn-ts, read as a guesser would who has its word lists
 * and knows that people put words in a row.
 *
 * Of three readings the smallest counts:
 * 1. the whole text, as the library sees it (keyboard walks, dates, repetitions over spaces);
 * 2. the same without its separators (phrases that are in lists of passwords as one word);
 * 3. its words one by one, each counted once. The library multiplies words by the factorial of
 *    their number, as if nobody knew how many there are: by that, three random words of a list of
 *    2,048 would pass for 10^13.7 guesses instead of 10^9.9.
 *
 * What no reading knows: quotations, songs, other languages than English, a person's life.
 *
 * Source: Wheeler, "zxcvbn: Low-Budget Password Strength Estimation" (USENIX Security 2016).
 * @module
 */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** What an own passphrase must stand, in guesses. */
export const NEEDED_GUESSES = 1e14;

/** A text and words that a guesser tries first, to a number of guesses, at least 1. */
export type Guesses = (text: string, first: readonly string[]) => number;

/** What separates words and is the first thing that a guesser tries between them. */
const SEPARATORS = /[\s\-_.,;:+/|]+/u;

/** SECURITY: substitutions looked at. The library's 100 take seconds on 128 characters of leet. */
const MOST_SUBSTITUTIONS = 8;

let loading: Promise<Guesses> | null = null;

/** Loads the word lists (230,000 words, under a second) once, when somebody wants them. */
export function loadGuesses(): Promise<Guesses> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Guesses> {
  const [{ ZxcvbnFactory: Factory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const estimator = new Factory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    l33tMaxSubstitutions: MOST_SUBSTITUTIONS,
  });
  return (text, first) => smallest(estimator, text, triedFirst(first));
}

/**
 * SECURITY: the library takes strings only, and its answer quotes them: nothing but the number is
 * kept of it. Its time grows faster than the text: the caller bounds the length.
 */
function smallest(estimator: ZxcvbnFactory, text: string, first: string[]): number {
  const stands = (part: string) => Math.max(1, estimator.check(part, first).guesses);
  const words = text.split(SEPARATORS).filter((word) => word !== '');
  // Each kind of sign between the words, but the space, is one more thing to try.
  const signs = new Set(text.match(new RegExp(SEPARATORS, 'gu')) ?? []);
  signs.delete(' ');
  const between = 10 ** signs.size;
  // "zebra zebra1 Zebra2" is one word, and ten tries for each other spelling.
  const alike = new Map<string, Set<string>>();
  for (const word of words) {
    const letters = word.toLowerCase().replace(/[^\p{L}]/gu, '') || word;
    alike.set(letters, (alike.get(letters) ?? new Set()).add(word));
  }
  const oneByOne = [...alike.values()].reduce(
    (product, spellings) =>
      product * Math.max(...[...spellings].map(stands)) * 10 ** (spellings.size - 1),
    between * Math.max(1, words.length),
  );
  return Math.min(stands(text), stands(words.join('')) * between, oneByOne);
}

/** Names and labels, whole, without spaces and word by word; then what everybody would try here. */
function triedFirst(first: readonly string[]): string[] {
  const own = first.flatMap((text) => [text, text.replace(/\s+/gu, ''), ...text.split(SEPARATORS)]);
  const all = [...own, ...OF_THIS_HOUSE].map((word) => word.toLowerCase());
  return [...new Set(all)].filter((word) => word.length > 1);
}

const OF_THIS_HOUSE: readonly string[] =
  'conclave checktick custodian custodians operator witness ceremony share shares threshold platform key keys vault escrow component recovery recover survey surveys identity passphrase password secret words stick sheet safe rehearsal production hospital hospitals ward clinic theatre surgery medical medicine doctor doctors nurse nurses patient patients health healthcare care trust nhs audit royal college emergency pharmacy radiology pathology paediatrics'.split(
    ' ',
  );

const SCALES: readonly (readonly [number, string])[] = [
  [1e12, 'trillion'],
  [1e9, 'billion'],
  [1e6, 'million'],
];

/** `about 950`, `about 3 billion`, `more than 1,000 trillion`; rounded down. */
export function guessesInWords(guesses: number): string {
  if (guesses >= 1e15) return 'more than 1,000 trillion';
  return `about ${numberInWords(guesses)}`;
}

/** `950`, `40,000`, `3 billion`, `100 trillion`; rounded down. */
export function numberInWords(guesses: number): string {
  const [scale, name] = SCALES.find(([least]) => guesses >= least) ?? [1, ''];
  return `${Math.floor(guesses / scale).toLocaleString('en-GB')} ${name}`.trim();
}
