/**
 * What a person types who answers for an adopted key: asked for by the screen, judged by the machine.
 * @module
 */
import type { ComponentPlace } from '../../bundle/adopt.ts';
import { foldName } from '../../identity/fold-name.ts';

const SENTENCES: Readonly<Record<ComponentPlace, string>> = {
  both: 'I answer for this key',
  row: 'I answer for the database row',
  vault: 'I answer for Vault',
};

/** What is typed for this place, and is written down. */
export const answerSentence = (place: ComponentPlace): string => SENTENCES[place];

/** Same words: capitals, spaces and a full stop at the end do not matter. */
export const sameWords = (typed: string, wanted: string): boolean => bare(typed) === bare(wanted);

const bare = (text: string): string => foldName(text).replace(/\s*\.$/u, '');
