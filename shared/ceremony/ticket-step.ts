/**
 * The package is opened with the ticket's key, and sync's half of the platform key compared, before
 * the first share is asked for.
 * @module
 */
import type { CeremonyEvent } from './events.ts';
import { busy, type Core, type Step } from './machine.ts';
import { refuseStep } from './refusals.ts';

/** @param opened the state in which it goes on */
export function openWithTicket<S extends Core>(
  state: S,
  event: CeremonyEvent,
  opened: (state: S) => S,
): Step<S> {
  if (event.type === 'choose-volume') {
    return {
      state: {
        ...state,
        busy: busy('Opening the package and comparing its vault component', { entryWindow: true }),
      },
      effects: [{ effect: 'open-package', volumeId: event.id }],
    };
  }
  if (event.type === 'package-opened') {
    return {
      state: opened(state),
      effects: [{ effect: 'record', kind: 'vault-component-checked', facts: { fits: true } }],
    };
  }
  throw refuseStep('not-now');
}
