/**
 * Lets a worker thread load TypeScript, which `--import tsx` does for the main thread only.
 * `workerData.entry` is the URL of the file to run.
 */
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
