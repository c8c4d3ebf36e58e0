/**
 * How the recovery of an organisation's survey refuses, and the package for survey keys that are
 * wrapped anew, before anybody comes to a laptop.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const UNSPENT = 'Nothing was changed, and no package was made.';

export const refuseOrganisation = refusals({
  'organisation-unknown': (organisationId: number) => ({
    happened: `CheckTick has no organisation ${organisationId}.`,
    means: `The number is part of the key, so with another one nothing would open. ${UNSPENT}`,
    next: 'Look the organisation up in CheckTick, and ask again with its number.',
    culprit: `organisation ${organisationId}`,
  }),
  'organisation-team-unknown': (teamId: number) => ({
    happened: `Neither CheckTick’s table nor Vault knows a team ${teamId}.`,
    means: `The number is part of the key, so with another one nothing would open. ${UNSPENT}`,
    next: 'Look the team of the survey up in CheckTick, and ask again with its number; or with none, where the organisation itself keeps the key.',
    culprit: `team ${teamId}`,
  }),
  'organisation-differs': (where: string, found: string, said: string) => ({
    happened: `${where} says ${found}, and ${said} was asked for.`,
    means: `The numbers are part of the key, so with other ones nothing would open. ${UNSPENT}`,
    next: 'Look survey, team and organisation up in CheckTick, and ask again with their numbers.',
    culprit: where,
  }),
  'survey-kek-missing': (path: string) => ({
    happened: `Vault holds no survey key at ${path}.`,
    means: `No organisation or team keeps the key of this survey. ${UNSPENT}`,
    next: 'Check the number of the survey. If it is right, ask whether its user has an escrow: that is recovered without an organisation.',
    culprit: path,
  }),
  'survey-kek-damaged': (path: string) => ({
    happened: `What Vault holds at ${path} is no stored survey key: its digits or its length are wrong.`,
    means: `No passphrase would open it, and nobody could tell that in the room. ${UNSPENT}`,
    next: 'Have an older version of this entry restored in Vault, then ask again.',
    culprit: path,
  }),
  'organisation-key-version': () => ({
    happened: 'Vault’s platform/master-key holds the component of no key version of the database.',
    means: `The keys of organisations come from this entry, and no set of shares is known for it. ${UNSPENT}`,
    next: 'Two people find out who wrote there, and restore it from a backup.',
    culprit: 'platform/master-key',
  }),
  'request-without-organisation': (code: string) => ({
    happened: `Request ${code} names an organisation in another way than its package does.`,
    means: `What two people approved is not what would be opened. ${UNSPENT}`,
    next: 'Find out who changed the request. Then make a new one.',
    culprit: code,
  }),
  'organisation-surveys-unknown': () => ({
    happened: 'This CheckTick’s table of surveys does not say which organisation a survey is of.',
    means: `Sync cannot list the surveys of an organisation by itself. ${UNSPENT}`,
    next: 'Look them up in CheckTick, and ask again with the number of each survey and of its team.',
  }),
  'organisation-survey-unknown': (surveyId: number) => ({
    happened: `CheckTick has no survey ${surveyId}.`,
    means: `A survey that is not there cannot be helped, and the others wait for a right list. ${UNSPENT}`,
    next: 'Look the number up in CheckTick, and ask again.',
    culprit: `survey ${surveyId}`,
  }),
  'organisation-too-many': (most: number) => ({
    happened: `More than ${most.toLocaleString('en')} surveys would have to be looked at or named.`,
    means: `What two people could not read would be approved. ${UNSPENT}`,
    next: 'Ask for a part of them: with the number of each survey and of its team.',
  }),
  'organisation-none-helped': (left: number) => ({
    happened: `No survey of this organisation has a user’s escrow that could open it (${left} looked at).`,
    means: `There is nothing that a ceremony could wrap under a new passphrase. ${UNSPENT}`,
    next: 'Have users sign in, so that their surveys get escrows. What only the old passphrase opens stays as it is until that is found.',
  }),
  'organisation-not-begun': () => ({
    happened:
      'No earlier ceremony has wrapped a survey of this organisation that lies there as it was left.',
    means: `There is no passphrase to go on with. ${UNSPENT}`,
    next: 'Ask for a package for a new passphrase.',
  }),
  'organisation-moved': (surveyId: number) => ({
    happened: `The stored key of survey ${surveyId}, its escrow, or CheckTick’s hash of its key is not as it was when this package was asked for.`,
    means: `The approvers were shown something else than what would go out. ${UNSPENT}`,
    next: 'Find out what changed it. Then ask for a new package, with a new ticket.',
    culprit: `survey ${surveyId}`,
  }),
  'organisation-not-behind': (version: string) => ({
    happened: `This organisation is under key version ${version} already, which is the active one.`,
    means: `There is no other version that it could move to. ${UNSPENT}`,
    next: 'Nothing is to be done. Where its owner forgot the passphrase, ask for a package for a new one.',
    culprit: version,
  }),
  'organisation-nothing-moves': (version: string) => ({
    happened: `None of these surveys has a stored key under key version ${version} that could be moved.`,
    means: `The organisation keeps no key of them, or they have moved already. ${UNSPENT}`,
    next: 'Compare the numbers of organisation, team and surveys with CheckTick.',
    culprit: version,
  }),
  'half-not-handed-over': (from: string, to: string) => ({
    happened: `The custodians of key version ${from} have not handed its half for organisations over to ${to}.`,
    means: `Without it the entries of before open with the shares of ${from} alone. ${UNSPENT}`,
    next: `Ask for a package that moves the survey keys of ${from}: its ceremony hands the half over, also where no survey key is left.`,
    culprit: from,
  }),
  'half-not-possible': (version: string, bytes: number) => ({
    happened: `The platform key of version ${version} has ${bytes} bytes.`,
    means: `Only one of 64 bytes has a half for organisations, so their keys cannot leave this version. ${UNSPENT}`,
    next: 'Keep the version, and its shares.',
    culprit: version,
  }),
  'organisation-version': (version: string) => ({
    happened: `Survey keys of organisations are wrapped under the active key version, or that of Vault’s platform/master-key; ${version} is neither.`,
    means: `Nobody’s code would open them. ${UNSPENT}`,
    next: 'Look at the versions: "conclave-sync version list". Then ask for a new package.',
    culprit: version,
  }),
  'organisation-all-changed': () => ({
    happened:
      'Not one of the surveys in this bundle has its stored key as it was when the package was made.',
    means: 'Somebody else has written all of them since. Nothing was changed.',
    next: 'Find out who did. Then refuse this bundle; if it is still needed, ask for a new package.',
  }),
});

export const organisationMeanings: Meanings = {
  'organisation-unknown': { status: 404 },
  'organisation-team-unknown': { status: 404 },
  'organisation-differs': { status: 409 },
  'survey-kek-missing': { status: 404 },
  'survey-kek-damaged': { status: 409 },
  'organisation-key-version': { status: 409 },
  'request-without-organisation': { status: 409 },
  'organisation-surveys-unknown': { status: 409 },
  'organisation-survey-unknown': { status: 404 },
  'organisation-too-many': { status: 409 },
  'organisation-none-helped': { status: 409 },
  'organisation-not-begun': { status: 409 },
  'organisation-moved': { status: 409 },
  'organisation-not-behind': { status: 409 },
  'organisation-nothing-moves': { status: 409 },
  'half-not-handed-over': { status: 409 },
  'half-not-possible': { status: 409 },
  'organisation-version': { status: 409 },
  'organisation-all-changed': { status: 409 },
};
