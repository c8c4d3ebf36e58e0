/**
 * Putting another key version to use, or retiring one, step by step: package → environment, clock →
 * everybody agrees to what would be so → k custodians of the active version give their shares, each
 * checked alone → signatures → bundle → receipt.
 *
 * A share key is made of its own share, so k shares sign and nothing is ever restored from them.
 * @module
 */
import { shareName } from '../../sharing/refusals.ts';
import { abandon, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { CeremonyEvent } from '../events.ts';
import { givingSeatContext } from '../giving-context.ts';
import { step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import type { VersionChangePackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { seenBy } from '../share-round.ts';
import { sittingsTransition, startSignatures, type Sittings } from '../share-sittings.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import { VERSION_CHANGES } from './kinds.ts';
import type { VersionChangePhase, VersionChangeState } from './state.ts';

type Next = Step<VersionChangeState>;

export function versionChangeTransition(state: VersionChangeState, event: CeremonyEvent): Next {
  return step(state, event, own);
}

function own(state: VersionChangeState, event: CeremonyEvent): Next {
  const { phase, about } = state;
  if (event.type === 'abandon') return abandon(state, phase, event.reason, enter);
  if (isOpening(phase)) return openingTransition(state, phase, event, openingOf(state));
  if (phase.at === 'waiting' && isAboutWitnessPage(event)) {
    return printWitnessPage(state, event, null);
  }
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (about === null) throw refuseStep('not-now');
  switch (phase.at) {
    case 'version-change':
      if (event.type !== 'agree') throw refuseStep('not-now');
      return {
        state: { ...state, phase: { at: 'who' } },
        effects: [VERSION_CHANGES[state.ceremony].agreed(about)],
      };
    case 'who':
    case 'seat':
      return sittingsTransition(state, phase, event, sittingsOf(about));
  }
}

function openingOf({ ceremony }: VersionChangeState): OpeningPlan<VersionChangeState> {
  const opening: OpeningPlan<VersionChangeState> = {
    packageKind: ceremony,
    enter: (state, phase) => ({ ...state, phase }),
    afterPackage: (state, { versionChange = null }) =>
      checkEnvironment({ ...state, about: versionChange }, opening),
    afterClock: (state) => to(state, { at: 'version-change' }),
  };
  return opening;
}

function enter(state: VersionChangeState, phase: EndingPhase): VersionChangeState {
  return { ...state, phase };
}

function to(state: VersionChangeState, phase: VersionChangePhase): Next {
  return { state: { ...state, phase }, effects: [] };
}

const sittingsOf = (about: VersionChangePackageFacts): Sittings<VersionChangeState> => ({
  set: about,
  enter: (state, phase) => ({ ...state, phase }),
  context: (state, seat) => versionChangeSeatContext(state, about, seat),
  enough: (state) => startSignatures(state, sittingsOf(about)),
  bundle: () => ({ escrowedEmail: null }),
});

/** What a sitting has to know. */
export function versionChangeSeatContext(
  state: VersionChangeState,
  about: VersionChangePackageFacts,
  { turn }: Seat,
): SeatContext {
  const what = VERSION_CHANGES[state.ceremony].outcome(about);
  const saw = seenBy(state, turn).map((one) => ` I saw that ${one}.`);
  const statement =
    turn.index !== null
      ? `I gave ${shareName(turn.index, about.count)} to sign that ${what}, as it was shown to me, and for nothing else.`
      : `I ${turn.role === 'witness' ? 'watched' : 'led'} the ceremony that signed that ${what}.${saw.join('')} Nothing was put together. The transcript up to here is what happened.`;
  return givingSeatContext(about, turn, state, statement);
}
