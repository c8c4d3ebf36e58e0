/**
 * Lets a worker thread load TypeScript, which `--import tsx` does for the main thread only.
 * `workerData.entry` is the URL of the file to run; one that is JavaScript already needs nothing.
 */
import { workerData } from 'node:worker_threads';

if (workerData.entry.endsWith('.ts')) (await import('tsx/esm/api')).register();
await import(workerData.entry);
