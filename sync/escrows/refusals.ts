/**
 * How sync refuses survey keys that CheckTick sends to be stored.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const kept = 'What is stored stays as it is, and this key was not stored.';

export const refuseStoring = refusals({
  'escrow-about-nothing': (what: string) => ({
    happened: `CheckTick has no such ${what}.`,
    means: `A key that belongs to nothing could never be recovered. ${kept}`,
    next: 'Send the number that CheckTick’s database has.',
    culprit: what,
  }),
  'escrow-no-active-version': () => ({
    happened: 'CheckTick has no active key version, or more than one.',
    means: `Nobody can say which key new survey keys belong under. ${kept}`,
    next: 'Look at the key versions (conclave-sync version list) and put them right, then send it again.',
  }),
  'escrow-key-none': (version: string) => ({
    happened: `The share set of key version ${version} has no escrow key.`,
    means: `It was made before there were any, so nothing can be sealed to it. ${kept}`,
    next: 'Nothing is wrong with the key. Make new shares with a Conclave of today, then send it again.',
    culprit: version,
  }),
  'escrow-version-not-active': (version: string) => ({
    happened: `This survey key was sealed for key version ${version}, which is not the active one.`,
    means: `New keys are stored under the active version only. ${kept}`,
    next: 'Ask for the escrow key again (GET /v1/escrows/key), seal the key to that one, and send it.',
    culprit: version,
  }),
  'escrow-other-key': () => ({
    happened: 'Another survey key is stored for this user and survey already.',
    means: `One of the two is wrong, and a stored key is never written over. ${kept}`,
    next: 'Find out in CheckTick which key opens the survey. If it is the one sent now, two people remove the stored one in Vault and in CheckTick’s table.',
  }),
  'escrow-other-kind': () => ({
    happened:
      'A survey key that CheckTick itself sealed is stored for this user and survey already.',
    means: `It is recovered as ever; a stored key is never written over. ${kept}`,
    next: 'Nothing needs to be done. Whether it is the right key, a recovery or a drill shows.',
  }),
  'escrow-place-used': () => ({
    happened: 'The place of this survey key in Vault was used before and emptied.',
    means: `Somebody deleted the key that was stored there. ${kept}`,
    next: 'Find out who deleted it. A Vault operator undeletes it, or removes the whole entry; then send it again.',
  }),
  'escrow-moved': () => ({
    happened: 'This survey key was stored by another request at the same moment.',
    means: 'Sync cannot say yet how it stands; nothing was written over.',
    next: 'Send it again.',
  }),
  'escrow-not-read-back': (where: string) => ({
    happened: `What sync has just stored could not be read back as it was written (${where}).`,
    means: 'It does not count as stored. Somebody else may write there.',
    next: 'Send it again. If it is refused again, find out who writes to this place.',
    culprit: where,
  }),
  'escrow-twice': () => ({
    happened: 'The same user and survey stand in this request twice.',
    means: `Only one of them can be right. ${kept}`,
    next: 'Send each user and survey once.',
  }),
});

export const storingMeanings: Meanings = {
  'escrow-no-active-version': { status: 409 },
  'escrow-key-none': { status: 409 },
};
