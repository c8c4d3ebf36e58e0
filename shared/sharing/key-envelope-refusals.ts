/**
 * How a share that is locked to a YubiKey is refused, before and after its key answered.
 * @module
 */
import type { Mode } from '../mode.ts';
import { refusals } from '../refusal.ts';
import { shareName } from './refusals.ts';

const kept = 'Nothing was changed, and nothing is lost.';

export const refuseKeyEnvelope = refusals({
  'key-envelope-damaged': () => ({
    happened: 'This is not an undamaged share for a YubiKey.',
    means: `Some of it is missing or was changed, so its checksum does not fit. ${kept}`,
    next: 'Read it again. If it is refused again, use another copy of it, or another custodian.',
  }),
  'key-envelope-other-version': (version: number) => ({
    happened: `This share for a YubiKey was written in version ${version} of the format, which this Conclave does not know.`,
    means: `A newer Conclave made it. ${kept}`,
    next: 'Update Conclave on this laptop, then read it again.',
  }),
  'key-envelope-other-mode': (found: Mode, index: number, count: number) => ({
    happened: `This is ${shareName(index, count)} of a ${found}, locked to a YubiKey.`,
    means: `${found === 'rehearsal' ? 'A real ceremony' : 'A rehearsal'} takes none of it. ${kept}`,
    next:
      found === 'rehearsal'
        ? 'Look for the one whose name or sheet does not say rehearsal.'
        : 'Put it away safely and use the one of the rehearsal.',
    culprit: shareName(index, count),
  }),
  'key-passphrase-wrong': (index: number, count: number) => ({
    happened: `The YubiKey is the right one, but this passphrase does not open ${shareName(index, count)}.`,
    means: `A word is missing, misspelt or another one. ${kept} There is no limit of tries.`,
    next: 'Compare with what was written down, and type it again.',
    culprit: shareName(index, count),
  }),
  'key-response-differs': (index: number, count: number) => ({
    happened: `This YubiKey answered, but not as the one that locks ${shareName(index, count)}.`,
    means: `It is another key, or its slot was programmed anew since. ${kept}`,
    next: 'Put in the YubiKey that the register names for this share. If it is this one, the share on it is lost: use another copy, or another custodian.',
    culprit: shareName(index, count),
  }),
  'key-envelope-not-genuine': (index: number, count: number) => ({
    happened: `The YubiKey is the right one, but what it opens is not ${shareName(index, count)}.`,
    means: `Somebody changed the facts on the stick or the sheet. ${kept}`,
    next: 'Keep it aside as evidence, open an exception sheet with "Something is wrong", and use another copy or another custodian.',
    culprit: shareName(index, count),
  }),
});
