/**
 * How the plan of a ceremony is refused.
 * @module
 */
import { refusals } from '../refusal.ts';
import { CEREMONY_NAMES, type PlannedKind } from './kinds.ts';

const nothing = 'Nothing was changed.';

export const refusePlan = refusals({
  'plan-field': (place: string) => ({
    happened: `This plan cannot be used as it is: ${place}.`,
    means: `Something is missing there, too long, or not what belongs there. ${nothing}`,
    next: 'Open the plan with “Prepare a ceremony”, put it right, and save it again.',
    culprit: place,
  }),
  'plan-other-ceremony': (found: PlannedKind) => ({
    happened: `This plan is for another ceremony: ${CEREMONY_NAMES[found]}.`,
    means: nothing,
    next: 'Choose the plan of this ceremony, or start the other one.',
    culprit: CEREMONY_NAMES[found],
  }),
  'plan-other-name': (fileName: string) => ({
    happened: `What ${fileName} holds is not what its name says.`,
    means: `It was changed after it was saved, or damaged on the way. ${nothing}`,
    next: 'Take the plan from the stick that it was saved on first, and compare its eight words.',
    culprit: fileName,
  }),
});
