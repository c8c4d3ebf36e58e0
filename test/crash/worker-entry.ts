/** The worker of a laptop that dies: as test/support/worker-entry.ts, and its syncs are counted. */
import { workerData } from 'node:worker_threads';
import { countSyncs, moments, type Counting } from './points.ts';

await countSyncs(moments((workerData as { readonly counting: Counting }).counting));
await import('../support/worker-entry.ts');
