/**
 * How the recovery of an organisation's survey refuses, before anybody comes to a laptop.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../http/meaning.ts';

const UNSPENT = 'Nothing was changed, and no package was made.';

export const refuseOrganisation = refusals({
  'organisation-unknown': (organisationId: number) => ({
    happened: `CheckTick has no organisation ${organisationId}.`,
    means: `The number is part of the key, so with another one nothing would open. ${UNSPENT}`,
    next: 'Look the organisation up in CheckTick, and ask again with its number.',
    culprit: `organisation ${organisationId}`,
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
});

export const organisationMeanings: Meanings = {
  'organisation-unknown': { status: 404 },
  'organisation-differs': { status: 409 },
  'survey-kek-missing': { status: 404 },
  'survey-kek-damaged': { status: 409 },
  'organisation-key-version': { status: 409 },
  'request-without-organisation': { status: 409 },
};
