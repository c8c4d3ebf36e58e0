/**
 * How a rotation, new shares of the same platform key, refuses.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const UNSPENT = 'Nothing was changed, and no bundle was spent.';

export const refuseRenewal = refusals({
  'rotate-moved': () => ({
    happened:
      'The share set in force, or what Vault and the database hold of it, is not as it was when this was asked for.',
    means: `The approvers were shown something else than what would go out. ${UNSPENT}`,
    next: 'Find out what changed it. Then ask for a new package, with a new ticket.',
  }),
  'component-unchanged': () => ({
    happened: 'The vault component in this bundle is the one that is in force.',
    means: `The shares of before would go on opening the platform key beside the new ones. ${UNSPENT}`,
    next: 'Refuse this bundle, have the laptop’s image verified, and hold the ceremony again.',
  }),
});

export const rotateMeanings: Meanings = {
  'rotate-moved': { status: 409 },
  'component-unchanged': { status: 409 },
};
