/**
 * The app's own main process, with the built files of the test.
 * @module
 */
import { createHost } from '../../electron/main/host/host.ts';
import { start } from '../../electron/main/start.ts';

const out = process.env['CONCLAVE_TEST_OUT'];
if (out === undefined) throw new Error('CONCLAVE_TEST_OUT names the folder of the built app.');
start({ createHost, out });
