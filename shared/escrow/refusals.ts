/**
 * How a sealed escrow is refused: each reason its own code.
 * @module
 */
import type { Mode } from '../mode.ts';
import { refusals } from '../refusal.ts';

const kept = 'Nothing was changed, and the escrow is still where it was.';

export const refuseEscrow = refusals({
  'escrow-damaged': () => ({
    happened: 'This is not an undamaged escrow of Conclave.',
    means: `Some of it is missing or was changed, or it is something else. ${kept}`,
    next: 'Read it again. If it is refused again, restore it from a backup of Vault.',
  }),
  'escrow-other-version': (version: number) => ({
    happened: `This escrow was written in version ${version} of the format, which this Conclave does not know.`,
    means: `A newer Conclave made it. ${kept}`,
    next: 'Update Conclave here, then try again.',
  }),
  'escrow-other-mode': (found: Mode) => ({
    happened: `This escrow was made in ${found === 'rehearsal' ? 'a rehearsal' : 'production'}.`,
    means: `Rehearsal and production accept nothing of each other. ${kept}`,
    next: 'Use the escrow that was made where you are working now.',
  }),
  'escrow-other-place': (what: string, found: string, wanted: string) => ({
    happened: `This escrow is of ${what} ${found}, and that of ${what} ${wanted} is asked for.`,
    means: `It was put into a place that is not its own: its key is not the one that is needed. ${kept}`,
    next: 'Find out who wrote to this place in Vault, and restore its own escrow from a backup.',
    culprit: what,
  }),
  'escrow-not-openable': () => ({
    happened: 'This escrow does not open with the escrow key of its key version.',
    means: `It was sealed to another key, or changed after it was sealed. ${kept}`,
    next: 'Check that the key version is the right one. If it is, restore the escrow from a backup of Vault.',
  }),
  'survey-key-length': (bytes: number) => ({
    happened: `This survey key is ${bytes} bytes long instead of 32.`,
    means: 'It cannot be the key of a survey, so nothing was sealed.',
    next: 'Ask whoever runs CheckTick what it sent, and send the survey key itself.',
  }),
});
