/**
 * The worker as a thread of Node: for the headless rehearsal.
 * @module
 */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { nodePort } from './node-port.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { createWorker } from './worker.ts';

if (parentPort === null) throw new Error('This file runs as a worker thread.');

const { wipeAll } = createWorker(nodePort<ToWorker, FromWorker>(parentPort), {
  entryPort: (transferred) => nodePort(transferred as MessagePort),
});
process.on('exit', wipeAll);
