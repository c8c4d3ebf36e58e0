/**
 * How moving survey keys to another key version refuses.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const UNSPENT = 'Nothing was changed, and no bundle was spent.';

export const refuseMove = refusals({
  'move-from-active': (version: string) => ({
    happened: `Key version ${version} is the active one.`,
    means: `Survey keys move to the active version, never away from it. ${UNSPENT}`,
    next: 'Look at the versions first: "conclave-sync version list". To empty this one, activate another.',
    culprit: version,
  }),
  'move-no-escrow-key': (version: string) => ({
    happened: `The share set of key version ${version} has no escrow key.`,
    means: `Nothing can be sealed to it without its custodians. ${UNSPENT}`,
    next: 'Renew its shares: the new set has an escrow key. Then ask again.',
    culprit: version,
  }),
  'move-nothing': (version: string) => ({
    happened: `No survey key is stored under key version ${version}, and no organisation keeps one.`,
    means: `There is nothing to move. ${UNSPENT}`,
    next: 'The version can be retired, if nothing else hangs on it: ask for a package for that.',
    culprit: version,
  }),
  'move-file-missing': (number: number, of: number) => ({
    happened: `There is no file ${number} of this package: it has ${of}.`,
    means: UNSPENT,
    next: 'Take the files from 1 on, and all of them.',
  }),
  'move-files-gone': () => ({
    happened: 'The files of this package are not kept any more: it has ended.',
    means: 'What has become of it, its receipt says.',
    next: 'For what is still stored under the version, ask for a new package.',
  }),
  'move-file-unknown': () => ({
    happened: 'The bundle does not name this file.',
    means: `It is of another ceremony, or it was changed. Nothing of it was kept. ${UNSPENT}`,
    next: 'Bring the files that the laptop wrote with this bundle: their names begin with "conclave-moved-".',
  }),
  'move-file-differs': (at: number) => ({
    happened: `File ${at + 1} does not speak of the survey keys that went out in file ${at + 1}.`,
    means: `A quorum has signed it, so the laptop that made it is not to be trusted. Nothing of it was kept. ${UNSPENT}`,
    next: 'Do not approve this bundle. Keep the laptop, and look into its log.',
  }),
  'move-counts-differ': () => ({
    happened: 'The files do not add up to the numbers that the bundle names.',
    means: `A quorum has signed both, so the laptop that made them is not to be trusted. ${UNSPENT}`,
    next: 'Do not approve this bundle. Keep the laptop, and look into its log.',
  }),
  'move-files-missing': (missing: number, of: number) => ({
    happened: `${missing} of the ${of} files that came back with this bundle are still missing.`,
    means: `Sync has not seen what would be stored. ${UNSPENT}`,
    next: 'The operator brings the other files first: on the page at the bundle, or with "conclave-sync bundle import-files".',
  }),
  'move-altered': (number: number) => ({
    happened: `File ${number} is not the one that came: its bytes in the database have changed.`,
    means: 'Somebody has written to sync’s database. No survey key of it was stored.',
    next: 'Find out who changed it, before anything else is committed.',
  }),
});

/** What they mean on the wire. */
export const moveMeanings: Meanings = {
  'move-from-active': { status: 409 },
  'move-no-escrow-key': { status: 409 },
  'move-nothing': { status: 409 },
  'move-file-missing': { status: 404 },
  'move-files-gone': { status: 410 },
  'move-files-missing': { status: 409 },
  'move-altered': { status: 409 },
};
