/**
 * The app's own main process around the scripted host.
 * @module
 */
import { start } from '../../electron/main/start.ts';
import { createScriptedHost } from './host.ts';

const out = process.env['CONCLAVE_TEST_OUT'];
if (out === undefined) throw new Error('CONCLAVE_TEST_OUT names the folder of the built app.');
start({ createHost: createScriptedHost, out });
