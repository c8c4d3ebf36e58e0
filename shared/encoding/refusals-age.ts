/**
 * Why a passphrase-protected file was not opened or not made: the closed table of age.ts.
 * @module
 */
import { refusals } from '../refusal.ts';

const UNCHANGED = 'Nothing was changed.';

export const refuseAge = refusals({
  'age-empty': () => ({
    happened: 'This file is empty.',
    means: 'Nothing can be read from it; perhaps it was never finished, or its stick is failing.',
    next: 'Choose another file, or use the same share from its other medium.',
  }),
  'age-too-large': (bytes: number, limit: number) => ({
    happened: `This file has ${bytes.toLocaleString('en-GB')} bytes; at most ${limit.toLocaleString('en-GB')} are accepted here.`,
    means: `It is not a file that Conclave made. ${UNCHANGED}`,
    next: 'Choose the file whose name begins with “conclave-” and ends with “.age”.',
  }),
  'age-other-format': () => ({
    happened: 'This is not a passphrase-protected age file.',
    means: `It was made by another program, or its beginning is damaged. ${UNCHANGED}`,
    next: 'Choose the file whose name begins with “conclave-” and ends with “.age”.',
  }),
  'age-other-recipient': () => ({
    happened: 'This file is locked with a key file, not with a passphrase.',
    means: `It was made with other tools; Conclave opens only files locked with a passphrase. ${UNCHANGED}`,
    next: 'Choose the file that Conclave wrote.',
  }),
  'age-work-factor': (workFactor: string) => ({
    happened: `Opening this file asks for an unreasonable amount of work (factor ${workFactor}; at most 20 is accepted).`,
    means: `Conclave writes 18; a larger number could stall this computer. ${UNCHANGED}`,
    next: 'Choose the file that Conclave wrote.',
  }),
  'age-wrong-passphrase': () => ({
    happened: 'The passphrase does not open this file.',
    means:
      'A word is mistyped, it is the passphrase of another file, or the beginning of the file is damaged. There is no limit on tries.',
    next: 'Compare the words with what was written down and type them again.',
  }),
  'age-passphrase-unusable': () => ({
    happened: 'The passphrase is empty or is not text.',
    means: 'No file can be locked or opened with it.',
    next: 'Type the passphrase again.',
  }),
  'age-damaged': () => ({
    happened: 'The file is damaged: its contents are not what was written.',
    means:
      'The medium is failing, or the file was cut short or altered. Nothing of it can be used.',
    next: 'Use the same share from its other medium, and put this one aside marked “damaged”.',
  }),
});
