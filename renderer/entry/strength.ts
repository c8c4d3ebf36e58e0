/**
 * How strong what is being typed is, in words. The typed text itself is never kept in a state.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import { guessesInWords, NEEDED_GUESSES, numberInWords } from '../../shared/passphrase/guesses.ts';
import { loadJudge, type Judge } from '../../shared/passphrase/own.ts';

export interface Strength {
  /** Only `good` may be used. */
  readonly tone: 'plain' | 'good' | 'bad';
  /** `Too weak.` */
  readonly verdict: string;
  readonly sentence: string;
}

const AT_LEAST = `At least ${numberInWords(NEEDED_GUESSES)} guesses are needed to find it.`;
const EMPTY: Strength = { tone: 'plain', verdict: '', sentence: AT_LEAST };
const JUDGING: Strength = { tone: 'plain', verdict: '', sentence: 'Counting the guesses.' };
const NO_JUDGE: Strength = {
  tone: 'bad',
  verdict: 'Not known.',
  sentence: 'The word lists could not be loaded. Go back to the six words.',
};

/** Somebody types: wait until they stop for so long, in milliseconds. */
const PAUSE_MS = 200;

/** `first`: names and labels that a guesser would try first. `shortest`: in characters. */
export function useStrength(
  first: readonly string[],
  shortest?: number,
): {
  readonly strength: Strength;
  /** To be said aloud: the last verdict, also while the next one is made, so no key changes it. */
  readonly announced: string;
  readonly judge: (text: string) => void;
} {
  const [strength, setStrength] = useState(EMPTY);
  const [announced, setAnnounced] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const say = (found: Strength) => {
    setStrength(found);
    setAnnounced(found.verdict);
  };
  useEffect(() => {
    // Loaded while the page is read, not at the first key.
    loadJudge().catch(() => {
      setStrength(NO_JUDGE);
      setAnnounced(NO_JUDGE.verdict);
    });
    return () => clearTimeout(timer.current);
  }, []);
  const judge = (text: string) => {
    clearTimeout(timer.current);
    setStrength(text === '' ? EMPTY : JUDGING);
    if (text === '') {
      setAnnounced('');
      return;
    }
    timer.current = setTimeout(() => {
      loadJudge().then(
        (judgeOf) => say(strengthOf(judgeOf, text, first, shortest)),
        () => say(NO_JUDGE),
      );
    }, PAUSE_MS);
  };
  return { strength, announced, judge };
}

/** What a judgement says on the page. */
export function strengthOf(
  judge: Judge,
  text: string,
  first: readonly string[],
  shortest?: number,
): Strength {
  const { guesses, refusal } = judge(text, first, shortest);
  if (guesses === null) {
    const { happened = '', next = '' } = refusal?.sentences ?? {};
    return { tone: 'bad', verdict: 'Not like this.', sentence: `${happened} ${next}` };
  }
  const sentence = `A guesser with the file would need ${guessesInWords(guesses)} guesses. At least ${numberInWords(NEEDED_GUESSES)} are needed.`;
  return refusal === null
    ? { tone: 'good', verdict: 'Strong enough.', sentence }
    : { tone: 'bad', verdict: 'Too weak.', sentence };
}
