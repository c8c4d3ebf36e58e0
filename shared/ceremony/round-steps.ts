/**
 * The list on the left in a ceremony that uses a set and changes nobody.
 * @module
 */
import { stepsAt } from './common-view.ts';
import type { EndingPhase } from './ending.ts';
import { isOpening, type OpeningPhase } from './opening.ts';
import type { PackagedSet } from './package-facts.ts';
import type { Seat } from './seat/state.ts';
import { shareLine, shareSteps, type WithShares } from './share-round.ts';
import type { SittingPhase } from './share-sittings.ts';
import type { Step } from './types.ts';

type Line = Omit<Step, 'standing'>;
type Phase = { readonly at: string; readonly seat?: Seat };

/** What a ceremony adds to the lines that all have. */
interface OwnLines<At extends string, Id extends string> {
  /** Between the laptop's check and the first share. */
  readonly before: readonly (Line & { readonly id: Id })[];
  /** Between the last share and the signatures. */
  readonly after: readonly (Line & { readonly id: Id })[];
  /** The line that each phase of its own stands on. */
  readonly standsOn: Readonly<Record<At, NoInfer<Id>>>;
}

/** @param set null: no package was taken yet */
export function roundSteps<P extends Phase, Id extends string>(
  state: WithShares & { readonly phase: P },
  set: PackagedSet | null,
  {
    before,
    after,
    standsOn,
  }: OwnLines<Exclude<P['at'], (OpeningPhase | SittingPhase | EndingPhase)['at']>, Id>,
): Step[] {
  const lines: readonly Line[] = [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    ...before,
    ...shareSteps(state, set),
    ...after,
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ];
  const now = lineOf(state, standsOn);
  const position = lines.findIndex(({ id }) => id === now);
  return stepsAt(position === -1 ? lines.length : position, lines);
}

/** Undefined: it is over, and every line lies behind. */
function lineOf(
  state: WithShares & { readonly phase: Phase },
  standsOn: Readonly<Record<string, string>>,
): string | undefined {
  const { phase, accepted } = state;
  if (isOpening(phase)) {
    return phase.at === 'environment' || phase.at === 'clock' ? 'laptop' : 'package';
  }
  if (phase.seat !== undefined) {
    return phase.seat.purpose === 'give-share' ? `share-${shareLine(state, phase.seat)}` : 'sign';
  }
  switch (phase.at) {
    case 'who':
      return `share-${accepted.length + 1}`;
    case 'save-bundle':
      return 'bundle';
    case 'waiting':
      return 'receipt';
    default:
      return standsOn[phase.at];
  }
}
