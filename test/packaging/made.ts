/**
 * The packages, made as `npm run dist` makes them, but not into the dist/ of whoever runs the tests.
 * @module
 */
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { run } from './shipped.ts';

/** Milliseconds: a build, two archives and a package of 210 MB each on a busy machine. */
const LONGEST = 900_000;

/** @returns the folder with the packages, below `top` */
export function makePackages(top: string): Promise<string> {
  const made = path.join(top, 'made');
  run(process.execPath, [path.join(root, 'scripts', 'dist.mjs')], {
    cwd: root,
    env: { ...process.env, CONCLAVE_DIST: made },
    timeout: LONGEST,
  });
  return Promise.resolve(made);
}
