/**
 * Which `conclave-sync` the tests start (sync-entry.ts): the built one where the test run has made it
 * (test/servers/prepare.ts), which starts in half the time and is what a server gets; else the
 * source.
 * @module
 */
import { fileURLToPath } from 'node:url';

const built = process.env['CONCLAVE_SYNC_PROGRAM'];

/** Whether it has its page with it. */
export const isBuilt = built !== undefined;

/** For plain Node. */
export const PROGRAM = built ?? fileURLToPath(new URL('./sync-entry.mjs', import.meta.url));
