/**
 * The app's worker with the software keys of a test in its sockets. It is built into a folder of its
 * own and is in no package; the app's own entry file (electron/worker/index.ts) has no way to them.
 * @module
 */
import { connect } from 'node:net';
import { mainPort, windowPort } from '../../electron/worker/electron-ports.ts';
import { createWorker } from '../../electron/worker/worker.ts';
import { keysOver } from '../support/remote-keys.ts';
import { socketLine } from './socket-line.ts';

const sockets = process.env['CONCLAVE_TEST_KEYS'];
if (sockets === undefined) throw new Error('CONCLAVE_TEST_KEYS names the socket of the keys.');
const { wipeAll } = createWorker(mainPort(process.parentPort), {
  entryPort: (transferred) => windowPort(transferred),
  keys: { hid: keysOver(socketLine(connect(sockets))) },
});
process.on('exit', wipeAll);
