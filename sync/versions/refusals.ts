/**
 * How what concerns several key versions refuses.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

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
  'version-is-active': (version: string) => ({
    happened: `Key version ${version} is the active one.`,
    means: `It cannot be activated again, and it cannot be retired: CheckTick stores survey keys under it. ${UNCHANGED}`,
    next: 'Look at the versions first: "conclave-sync version list". To retire this one, activate another.',
    culprit: version,
  }),
  'version-unknown': (version: string) => ({
    happened: `Sync trusts no share set of key version ${version}, or CheckTick has no row of it.`,
    means: `Nobody could complete its key. ${UNCHANGED}`,
    next: 'Look at the versions: "conclave-sync version list".',
    culprit: version,
  }),
  'version-needed': (
    version: string,
    { escrows, organisations }: { readonly escrows: number; readonly organisations: number },
  ) => ({
    happened: `Key version ${version} is still needed: ${escrows === 1 ? '1 survey key is' : `${escrows} survey keys are`} stored under it, and the keys of ${organisations === 1 ? '1 organisation hang' : `${organisations} organisations hang`} on it.`,
    means: `Without its shares these could never be recovered. ${UNCHANGED}`,
    next: 'Keep the version and its shares. It can be retired when nothing is stored under it any more.',
    culprit: version,
  }),
  'version-signed-roster': (version: string) => ({
    happened: `The roster in force was signed by the shares of key version ${version}.`,
    means: `Without that set nobody could verify who takes part. ${UNCHANGED}`,
    next: 'Change the roster by the shares of the active version first; the same people will do.',
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
  'version-is-active': { status: 409 },
  'version-unknown': { status: 409 },
  'version-needed': { status: 409 },
  'version-signed-roster': { status: 409 },
  'version-moved': { status: 409 },
};
