/**
 * How a recovery of a sealed escrow is refused.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../http/meaning.ts';

export const refuseRecover = refusals({
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
  'escrow-kind-mixed': { status: 409 },
  'escrow-not-answered': { status: 409 },
  'key-hash-changed': { status: 409 },
  'escrow-damaged': { status: 409 },
  'escrow-other-version': { status: 409 },
  'escrow-other-mode': { status: 409 },
  'escrow-other-place': { status: 409 },
};
