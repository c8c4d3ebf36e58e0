/**
 * The worker of tests, for which some loop devices are sticks that can be taken out.
 */
import { workerData } from 'node:worker_threads';
import { markRemovable } from './removable.ts';

const { removable } = workerData as { readonly removable: readonly string[] };
markRemovable(removable);
await import('./worker-entry.ts');
