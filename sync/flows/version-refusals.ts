/**
 * How what concerns several key versions refuses.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../http/meaning.ts';

const UNCHANGED = 'Nothing was changed.';

export const refuseVersion = refusals({
  'version-active': (active: readonly string[]) => ({
    happened:
      active.length === 0
        ? 'No key version is active.'
        : `More than one key version is active: ${active.join(', ')}.`,
    means: `It is not certain whose custodians speak for the platform key. ${UNCHANGED}`,
    next: 'Find out who changed the rows in CheckTick. Two people put right which one is active, then ask again.',
  }),
  'version-not-active': (version: string, active: string) => ({
    happened: `Key version ${version} is not the active one: that is ${active}.`,
    means: `Only the custodians of the active version decide about versions. ${UNCHANGED}`,
    next: 'Ask for a new package: it is for the version that is active now.',
    culprit: version,
  }),
  'version-taken': (version: string) => ({
    happened: `There is a key version ${version} already.`,
    means: `A new platform key never takes the place of another. ${UNCHANGED}`,
    next: 'Ask for a new package: it has the next number.',
    culprit: version,
  }),
  'version-moved': () => ({
    happened:
      'The share set in force, or which key versions there are, is not as it was when this was asked for.',
    means: `The approvers were shown something else than what would go out. ${UNCHANGED} No bundle was spent.`,
    next: 'Find out what changed it. Then ask for a new package, with a new ticket.',
  }),
});

export const versionMeanings: Meanings = {
  'version-active': { status: 409 },
  'version-not-active': { status: 409 },
  'version-taken': { status: 409 },
  'version-moved': { status: 409 },
};
