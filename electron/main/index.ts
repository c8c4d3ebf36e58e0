/**
 * The app's first file.
 * @module
 */
import { createHost } from './host/host.ts';
import { start } from './start.ts';

start({ createHost });
