/**
 * How a full drill refuses.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const UNCHANGED = 'Nothing was changed, and nothing went out.';

export const refuseDrill = refusals({
  'full-drill-without-key': () => ({
    happened: 'The share set in force has no escrow key, so no test escrow can be sealed.',
    means: `It was made before there were escrow keys. ${UNCHANGED}`,
    next: 'Prove the shares one by one; the next new shares bring an escrow key.',
  }),
  'full-drill-not-answered': () => ({
    happened: 'The bundle does not say of the test escrow what its package asks.',
    means:
      'Either it leaves the answer out, or the key of the test escrow has not signed, or fewer shares are proved than open it. Nothing was changed, and no bundle was spent.',
    next: 'Have the laptop’s image verified, and hold the drill again.',
  }),
  'full-drill-moved': () => ({
    happened: 'The share set in force is not the one of when this was asked for.',
    means: `The approvers were shown something else than what would go out. ${UNCHANGED}`,
    next: 'Ask for a new package, with a new ticket.',
  }),
});

export const drillMeanings: Meanings = {
  'full-drill-without-key': { status: 409 },
  'full-drill-moved': { status: 409 },
  'full-drill-not-answered': { status: 409 },
};
