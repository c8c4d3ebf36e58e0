/**
 * The worker of a laptop on such a table: as test/support/worker-entry.ts. Where it may die, its syncs are
 * counted.
 */
import { workerData } from 'node:worker_threads';
import { countSyncs, moments, type Counting } from './points.ts';
import { askToolsOnce } from './tools.ts';

const { counting } = workerData as { readonly counting?: Counting };
askToolsOnce();
if (counting !== undefined) await countSyncs(moments(counting));
await import('../support/worker-entry.ts');
