/**
 * How a share is refused: each reason its own code, and the share is named.
 * @module
 */
import type { Mode } from '../mode.ts';
import { refusals } from '../refusal.ts';

const kept = 'The shares that were accepted before stay accepted. Nothing is lost.';

/** `share 2 of 4` */
export function shareName(index: number, count: number): string {
  return `share ${index} of ${count}`;
}

export const refuseShare = refusals({
  'share-damaged': (culprit = 'this share') => ({
    happened: 'This is not an undamaged share.',
    means: `Some of it is missing or was changed, so its checksum does not fit. ${kept}`,
    next: 'Read it again. If it is refused again, use another copy of the same share, or another custodian.',
    culprit,
  }),
  'share-other-version': (version: number) => ({
    happened: `This share was written in version ${version} of the format, which this Conclave does not know.`,
    means: `A newer Conclave made it. ${kept}`,
    next: 'Update Conclave on this laptop, then read the share again.',
  }),
  'share-other-mode': (found: Mode, index: number, count: number) => ({
    happened: `This is ${shareName(index, count)} of a ${found}.`,
    means:
      found === 'rehearsal'
        ? `It was made to practise and opens nothing real. ${kept}`
        : `It is real and has no place in a rehearsal. ${kept}`,
    next:
      found === 'rehearsal'
        ? 'Look for the share without the word REHEARSAL on it.'
        : 'Put it away safely and use the rehearsal share.',
    culprit: shareName(index, count),
  }),
  'share-of-another-set': (index: number, count: number, setId: string, wanted: string) => ({
    happened: `This is ${shareName(index, count)} of another set (${setId.slice(0, 8)}).`,
    means: `It does not belong to the set ${wanted} and cannot help here. ${kept}`,
    next: `Look for the share that is marked ${wanted}, and put this one back where it is kept.`,
    culprit: shareName(index, count),
  }),
  'share-superseded': (index: number, count: number, label: string, by: string) => ({
    happened: `This is ${shareName(index, count)} of the set ${label}.`,
    means: `That set was replaced by ${by}. ${kept}`,
    next: `Ask the custodian for the share that is marked ${by}.`,
    culprit: shareName(index, count),
  }),
  'share-void': (index: number, count: number, label: string) => ({
    happened: `This is ${shareName(index, count)} of the set ${label}, which was declared void.`,
    means: `Its ceremony was interrupted and it opens nothing. ${kept}`,
    next: 'Destroy it as the list of that ceremony says, and look for the valid share.',
    culprit: shareName(index, count),
  }),
  'share-duplicate': (index: number, count: number) => ({
    happened: `${shareName(index, count).replace('s', 'S')} was accepted already.`,
    means: `The same share twice does not count twice. ${kept}`,
    next: 'Ask another custodian for a share with another number.',
    culprit: shareName(index, count),
  }),
  'share-not-genuine': (index: number, count: number) => ({
    happened: `This says that it is ${shareName(index, count)}, but it is not the one that was issued.`,
    means: `Its contents do not fit the key in the share set's manifest: it was made or changed by somebody. ${kept}`,
    next: 'Keep it aside as evidence, open an exception sheet with "Something is wrong", and use another share.',
    culprit: shareName(index, count),
  }),
  'share-wrong-custodian': (index: number, count: number, wanted: number) => ({
    happened: `This is ${shareName(index, count)}, and share ${wanted} is being read back.`,
    means: `It belongs to another custodian. ${kept}`,
    next: `Put it away and show share ${wanted}.`,
    culprit: shareName(index, count),
  }),
  'too-few-shares': (have: number, threshold: number) => ({
    happened: `Only ${have} of the ${threshold} shares that are needed are here.`,
    means: `With fewer than ${threshold} nothing can be opened. ${kept}`,
    next: 'Bring in another custodian with a share.',
  }),
  'shares-do-not-fit': () => ({
    happened: 'These shares do not give the component that they were made from.',
    means:
      'Each share is genuine, but together they do not pass the check value. Nothing was opened.',
    next: 'Stop here, open an exception sheet, and keep every share.',
  }),
  'split-refused': (reason: string) => ({
    happened: `This component cannot be split: ${reason}.`,
    means: 'No share was made.',
    next: 'Change the number of custodians or the threshold, and try again.',
  }),
  'refresh-refused': (reason: string) => ({
    happened: `The numbers that would make other shares of these are not right: ${reason}.`,
    means: 'No share was made, and every share that exists is what it was.',
    next: 'Stop here, open an exception sheet, and keep every share. This laptop may not be fit for it.',
  }),
});
