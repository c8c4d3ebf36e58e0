/**
 * How a recovery is refused: its request, and a sealed escrow.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const unspent = 'Nothing was changed, and no bundle was spent.';

export const refuseRecover = refusals({
  'request-unknown': (code: string) => ({
    happened: `CheckTick has no recovery request ${code}.`,
    means: 'Nothing was changed.',
    next: 'Check the code; it has the form ABC-123-XYZ.',
    culprit: code,
  }),
  'request-state': (state: string, wanted: string) => ({
    happened: `The request is in the state ${state}, and it must be ${wanted} for this.`,
    means: unspent,
    next: 'Look at it (conclave-sync request show) and do what is next there.',
  }),
  'request-waits': (until: string) => ({
    happened: `The delay of this request ends at ${until}.`,
    means: `Until then the user can object. ${unspent}`,
    next: 'Go on after that time.',
  }),
  'request-busy': () => ({
    happened: 'The recovery of this request is being committed.',
    means: 'It can no longer be stopped. Nothing was changed now.',
    next: 'Wait for the receipt.',
  }),
  'request-verified': () => ({
    happened: 'The identity check of this request is complete already.',
    means: 'What the approvers are shown stays as it is. Nothing was changed.',
    next: 'Go on with the approvals; if the check was wrong, have the request rejected.',
  }),
  'own-check': () => ({
    happened: 'You would be checking your own identity.',
    means: 'Nothing was recorded.',
    next: 'Have a colleague check you and record it.',
  }),
  'request-about-nothing': (what: string) => ({
    happened: `CheckTick has no such ${what}.`,
    means: 'Nothing was changed.',
    next: 'Look the number up in CheckTick and try again.',
    culprit: what,
  }),
  'delay-too-short': (hours: number) => ({
    happened: `The delay of a recovery is at least ${hours} hours here.`,
    means: 'It is the time in which the user can object. Nothing was changed.',
    next: 'Leave --delay-hours out, or give a longer delay.',
  }),
  'stated-email-differs': () => ({
    happened: 'Another e-mail address was recorded for this request before.',
    means:
      'What the person said first stays, so that nobody can be shown a better one. Nothing was changed.',
    next: 'Leave the address out. If the first one was a mistake, cancel the request and make a new one.',
  }),
  'escrow-kind-mixed': (path: string) => ({
    happened: `What Vault holds at ${path} is not of the kind that its algorithm names.`,
    means:
      'It says CheckTick’s own kind and is far too long for it. Nothing was released or changed.',
    next: 'Find out who wrote there, and restore the escrow from a backup of Vault.',
    culprit: path,
  }),
  'escrow-not-answered': () => ({
    happened: 'This bundle does not say of the sealed escrow what its package asks.',
    means:
      'Another escrow was opened than the package carried, or its key was not compared. Nothing was changed.',
    next: 'Make the bundle again from the package, with this Conclave.',
  }),
  'key-hash-changed': (surveyId: number) => ({
    happened: `CheckTick’s hash of the key of survey ${surveyId} is not the one that the laptop compared.`,
    means:
      'Somebody set a new key for the survey, or changed the hash, since the package was made. Sync overwrote nothing, and the commit stops for a person.',
    next: 'Ask the user, and whoever runs CheckTick. If the recovery is no longer needed, refuse the bundle.',
    culprit: `survey ${surveyId}`,
  }),
});

export const recoverMeanings: Meanings = {
  'request-unknown': { status: 404 },
  'request-state': { status: 409 },
  'request-waits': { status: 409 },
  'request-busy': { status: 409 },
  'request-verified': { status: 409 },
  'own-check': { status: 403 },
  'request-about-nothing': { status: 404 },
  'stated-email-differs': { status: 409 },
  'escrow-kind-mixed': { status: 409 },
  'escrow-not-answered': { status: 409 },
  'key-hash-changed': { status: 409 },
  'escrow-damaged': { status: 409 },
  'escrow-other-version': { status: 409 },
  'escrow-other-mode': { status: 409 },
  'escrow-other-place': { status: 409 },
};
