/**
 * The worker as Electron's utility process.
 * @module
 */
import { mainPort, windowPort } from './electron-ports.ts';
import { createWorker } from './worker.ts';

const { wipeAll } = createWorker(mainPort(process.parentPort), {
  entryPort: (transferred) => windowPort(transferred),
});
process.on('exit', wipeAll);
