/**
 * The room of one adoption in the window: an empty laptop, its people and their sticks, and the sync
 * of one deployment.
 * @module
 */
import type { App } from '../e2e/app.ts';
import type { Person } from '../e2e/people.ts';
import type { Stick } from '../e2e/sticks.ts';
import type { Sync } from '../e2e/sync.ts';
import type { Vintage } from './vintages.ts';

/** One laptop that knows nothing, its people, and the sync of one deployment. */
export interface Room {
  /** A folder of the test's own. */
  readonly top: string;
  readonly app: App;
  readonly sync: Sync;
  readonly vintage: Vintage;
  /** Eight words of sync's descriptor, which lies on the courier's stick. */
  readonly words: string;
  /** Its file's name. Other tests' sticks may be plugged in. */
  readonly descriptor: string;
  readonly operator: Person;
  readonly witness: Person;
  readonly custodians: readonly [Person, Person];
  readonly courier: Stick;
}
