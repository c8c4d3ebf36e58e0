/**
 * Makes recoveries in a process of its own: the first message is the kit, every other one a list of
 * plans, answered by what was made of them.
 * @module
 */
import { type Kit, type MadeRecovery, type Plan, recoveryMaker } from './recovery-maker.ts';

let make: ((plan: Plan) => Promise<MadeRecovery>) | undefined;

async function makeAll(plans: readonly Plan[]): Promise<void> {
  if (make === undefined) throw new Error('the kit comes first');
  const made: MadeRecovery[] = [];
  for (const plan of plans) made.push(await make(plan));
  process.send?.(made);
}

process.on('message', (message) => {
  if (Array.isArray(message)) void makeAll(message as Plan[]);
  else make = recoveryMaker(message as Kit);
});
