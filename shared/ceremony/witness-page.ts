/**
 * Printing the page for the witness's file: whole digests on paper. Offered when the set of a Split
 * is signed and while a Recover waits for its receipt; nobody has to.
 * @module
 */
import type { CeremonyEvent } from './events.ts';
import { busy, type Core, type Step } from './machine.ts';
import { refuseStep } from './refusals.ts';
import type { PageSize } from './types.ts';

export interface WithWitnessPage extends Core {
  /** Where it was printed last, in words; null before. */
  readonly witnessPage: string | null;
}

export function isAboutWitnessPage({ type }: CeremonyEvent): boolean {
  return type === 'choose-printer' || type === 'witness-page-printed';
}

/** @param page as the people agreed; null: as the printer holds. */
export function printWitnessPage<S extends WithWitnessPage>(
  state: S,
  event: CeremonyEvent,
  page: PageSize | null,
): Step<S> {
  if (event.type === 'choose-printer') {
    return {
      state: { ...state, busy: busy('Printing the page for the witness’s file') },
      effects: [{ effect: 'print-witness-page', printerId: event.id, page }],
    };
  }
  if (event.type === 'witness-page-printed') {
    const { description, head, warning } = event;
    return {
      state: { ...state, witnessPage: description, refusal: warning },
      effects: [
        {
          effect: 'record',
          kind: 'witness-page-printed',
          facts: { description, head: { type: 'digest', value: head } },
        },
      ],
    };
  }
  throw refuseStep('not-now');
}
