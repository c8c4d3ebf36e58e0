/**
 * How a file is refused while it is verified for an auditor.
 * @module
 */
import { refusals } from '../refusal.ts';

export const refuseVerification = refusals({
  'anchor-does-not-fit': (what: string, anchor: string) => ({
    happened: `The ${what} does not belong to the ${anchor} that you gave.`,
    means: 'It may be of another ceremony, or somebody exchanged it. Do not rely on it.',
    next: 'Check that both are of the same ceremony. If they are, keep the file as evidence.',
    culprit: anchor,
  }),
  'words-malformed': (count: number) => ({
    happened: `Eight words are needed, and there are ${count}.`,
    means: 'Nothing was compared.',
    next: 'Type all eight words as they stand on the witness’s print, with spaces between them.',
  }),
  'words-unknown': (word: string) => ({
    happened: `The word "${word}" is in none of Conclave's fingerprints.`,
    means: 'It was probably misread. Nothing was compared.',
    next: 'Look at that word again and type all eight once more.',
    culprit: word,
  }),
  'document-contradicts-log': (what: string, how: string) => ({
    happened: `The ${what} in this ceremony log ${how}.`,
    means: 'The log and its documents are not from one ceremony, or one of them was exchanged.',
    next: 'Keep the file as evidence and compare it with the copy that sync keeps.',
    culprit: what,
  }),
  'bundle-contradicts-itself': (how: string) => ({
    happened: `The bundle ${how}.`,
    means: 'Its parts are not from one ceremony. No honest Conclave makes such a bundle.',
    next: 'Do not import it. Keep it as evidence and tell the operator.',
  }),
});
