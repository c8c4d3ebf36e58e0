/**
 * Split, step by step: package → descriptor's words → plan → environment, clock → people → key
 * made, and from there as every new share set (new-set/transition.ts).
 * @module
 */
import type { CeremonyEvent } from '../events.ts';
import { busy, type Step } from '../machine.ts';
import { keySplit, newSetStep, splitKey, type NewSetPlan } from '../new-set/transition.ts';
import { refuseStep } from '../refusals.ts';
import type { SplitState } from './state.ts';

export function splitTransition(state: SplitState, event: CeremonyEvent): Step<SplitState> {
  return newSetStep(state, event, SPLIT);
}

const SPLIT: NewSetPlan<SplitState> = {
  packageKind: 'setup',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state) => ({ state: { ...state, phase: { at: 'plan' } }, effects: [] }),
  getKey: (state) => ({ ...state, phase: { at: 'make-key' } }),
  own: makeKey,
  planFacts: () => ({}),
  aboutKey: () => '',
  adoption: () => null,
};

function makeKey(state: SplitState, event: CeremonyEvent): Step<SplitState> {
  switch (event.type) {
    case 'continue':
      if (state.package === null) break;
      return {
        state: { ...state, busy: busy('Making the platform key') },
        effects: [{ effect: 'make-key', keyVersion: state.package.keyVersion }],
      };
    case 'key-made':
      return splitKey(state, event, 'key-made');
    case 'component-split':
      return keySplit(state, event, SPLIT);
  }
  throw refuseStep('not-now');
}
