/**
 * What is wrong with the people of a new roster, before anybody sits down.
 * @module
 */
import { assertComplete, isNamed } from '../../identity/roster-change.ts';
import { Refusal } from '../../refusal.ts';
import { isKeyMedium } from '../../sharing/media-kinds.ts';
import type { RosterPlan } from '../../plan/roster-plan.ts';
import type { RosterPackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';

/** Null when it can be gone on with. */
export function planFault(plan: RosterPlan, change: RosterPackageFacts): Refusal | null {
  try {
    assertPlan(plan, change);
    return null;
  } catch (cause) {
    if (cause instanceof Refusal) return cause;
    throw cause;
  }
}

function assertPlan({ people, admins }: RosterPlan, change: RosterPackageFacts): void {
  assertDifferent(people);
  for (const { name, medium } of people) {
    const isListed = change.people.some(isNamed(name));
    if (medium === null && !isListed) throw refuseStep('plan-needs-identity', name);
  }
  assertComplete(
    people,
    change.custodians.map(({ name }) => name),
  );
  if ((admins !== null) !== change.replacesAdmins) {
    throw refuseStep('plan-admins', change.replacesAdmins);
  }
  if (admins !== null) {
    assertDifferent(admins);
    const users = new Set(admins.map(({ userId }) => userId));
    const onKey = people.find(
      ({ name, medium }) => medium !== null && isKeyMedium(medium) && admins.some(isNamed(name)),
    );
    if (onKey !== undefined) throw refuseStep('identity-needs-file', onKey.name);
    if (users.size < admins.length || admins.some(({ roles }) => !roles.includes('approver'))) {
      throw refuseStep('plan-admins', true);
    }
  }
}

function assertDifferent(people: readonly { readonly name: string }[]): void {
  const double = people.find(({ name }, at) => people.findIndex(isNamed(name)) !== at);
  if (double !== undefined) throw refuseStep('plan-names-double', double.name);
}
