/**
 * The worker as tests with YubiKeys run it: as worker-entry.ts, with the software keys of the test
 * in its sockets. Nothing in the app starts this file.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { nodePort } from '../../electron/worker/node-port.ts';
import type { FromWorker, ToWorker } from '../../electron/worker/protocol.ts';
import { createWorker } from '../../electron/worker/worker.ts';
import { installFaults } from './faulty-sticks.ts';
import { remoteKeys } from './remote-keys.ts';

const { softwareKeys, stickFaults } = workerData as {
  readonly softwareKeys: string;
  readonly stickFaults?: SharedArrayBuffer;
};
if (stickFaults !== undefined) installFaults(stickFaults);

if (parentPort === null) throw new Error('This file runs as a worker thread.');
createWorker(nodePort<ToWorker, FromWorker>(parentPort), {
  entryPort: (transferred) => nodePort(transferred as MessagePort),
  workFactor: 2,
  pollMs: 20,
  keys: { hid: remoteKeys(softwareKeys) },
  onFault: (error) => console.error(error),
});
