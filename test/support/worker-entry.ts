/**
 * The worker as tests run it: the product's own code with cheaper age files, and with randomness
 * from a seed where a test plants known secrets. Nothing in the app starts this file.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { nodePort } from '../../electron/worker/node-port.ts';
import type { FromWorker, ToWorker } from '../../electron/worker/protocol.ts';
import { createWorker } from '../../electron/worker/worker.ts';
import { seededRandom } from './people.ts';

const { seed = null, workFactor = 2 } = (workerData ?? {}) as {
  readonly seed?: string | null;
  readonly workFactor?: number;
};

if (parentPort === null) throw new Error('This file runs as a worker thread.');
createWorker(nodePort<ToWorker, FromWorker>(parentPort), {
  entryPort: (transferred) => nodePort(transferred as MessagePort),
  workFactor,
  ...(seed === null ? {} : { random: seededRandom(seed) }),
  onFault: (error) => console.error(error),
});
