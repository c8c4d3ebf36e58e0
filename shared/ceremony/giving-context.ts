/**
 * What a sitting has to know in a ceremony that uses a set and changes nobody: somebody gives a share,
 * or a witness or the operator signs.
 * @module
 */
import { isNamed } from '../identity/roster-change.ts';
import type { PackagedSet } from './package-facts.ts';
import { refuseStep } from './refusals.ts';
import type { SeatContext } from './seat/state.ts';
import { seenBy, type WithShares } from './share-round.ts';
import type { Turn } from './types.ts';

/** @param statement what this person signs */
export function givingSeatContext(
  set: PackagedSet,
  turn: Turn,
  state: WithShares,
  statement: string,
): SeatContext {
  return {
    page: 'A4',
    count: set.count,
    shareKey: null,
    // Nobody writes a share here.
    admitMedia: () => undefined,
    sheets: set.custodians.find(({ index }) => index === turn.index)?.sheets ?? [],
    witnesses: set.witnesses.map(({ name }) => name),
    remembers: set.remembers,
    watched: seenBy(state, turn),
    // Without his signature there is no bundle; everybody else's absence is an exception entry.
    maySkip: turn.role !== 'operator',
    mayUseKey: true,
    prefersKey: set.onKeys.some(isNamed(turn.name)),
    statement,
    admit(person) {
      const listed =
        turn.role === 'custodian'
          ? set.custodians.filter(({ index }) => index === turn.index)
          : turn.role === 'witness'
            ? namedOrAny(set.witnesses, turn.name)
            : set.operators;
      if (!listed.some(({ publicKey }) => publicKey === person.publicKey)) {
        throw refuseStep('identity-not-listed', person.name, turn.role);
      }
    },
  };
}

/** Who saw something signs for it; otherwise any of them does. */
function namedOrAny<P extends { readonly name: string }>(people: readonly P[], name: string) {
  const named = people.filter(isNamed(name));
  return named.length === 0 ? people : named;
}
