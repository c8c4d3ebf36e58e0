/**
 * Two people answer for a key that nothing proves, or for one of two vault components: each types an
 * own name and a whole sentence, one after the other. SECURITY: whoever holds the laptop could press a
 * button for both; nobody types a sentence at another's seat without the room seeing it.
 * @module
 */
import { PLACES } from '../../bundle/adopt.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import type { Step } from '../machine.ts';
import { refuseStep } from '../refusals.ts';
import { proofOf } from './proof.ts';
import { answerSentence, sameWords } from './sentences.ts';
import { foundVersion, type AdoptState, type Answer } from './state.ts';

/**
 * One person answers. The first answer is written down and waits; with the second one it is decided.
 * @throws Refusal `decides-not-there`, `decides-alone`, `decides-sentence`, `decides-otherwise`
 */
export function answer(
  state: AdoptState,
  event: Extract<CeremonyEvent, { type: 'legacy-answer' }>,
): Step<AdoptState> {
  const { plan, proof, answered } = state;
  const found = foundVersion(state);
  if (found === null || plan === null || proof === null) throw refuseStep('not-now');
  const { place } = event;
  const people = [...plan.custodians, plan.operator, plan.witness].map(({ name }) => name);
  const by = people.find((name) => sameWords(event.by, name));
  if (by === undefined) throw refuseStep('decides-not-there', event.by);
  if (answered?.by === by) throw refuseStep('decides-alone', by);
  // SECURITY: what opened a survey key is the right one; people cannot outvote a proof.
  const isOpen = proofOf(proof) === 'none' && PLACES[found.compared].includes(place);
  if (!isOpen && place !== proof.place) throw refuseStep('not-now');
  const sentence = answerSentence(place);
  if (!sameWords(event.sentence, sentence)) throw refuseStep('decides-sentence', sentence);
  const own: Answer = { place, by };
  const record: Effect = {
    effect: 'record',
    kind: 'legacy-answered',
    facts: { name: by, place, sentence },
  };
  if (answered === null) return { state: { ...state, answered: own }, effects: [record] };
  if (answered.place !== place) throw refuseStep('decides-otherwise', answered.by);
  return {
    state: {
      ...state,
      answered: null,
      decision: { place, by: [answered.by, by] },
      phase: { at: 'legacy-restored' },
    },
    effects: [
      record,
      {
        effect: 'record',
        kind: 'legacy-decided',
        facts: { place, 'by.1.name': answered.by, 'by.2.name': by },
      },
    ],
  };
}
