// Builds the app into out/ when a source is newer than the last build.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installedElectron } from '../electron.mjs';
import { root } from './cache.mjs';
import { run, say } from './run.mjs';
import { sourcesDigest } from './sources.mjs';

const SOURCES = ['electron', 'renderer', 'ui', 'shared', 'resources'];
const FILES = ['electron.vite.config.ts', 'package-lock.json', 'package.json'];
const STAMP = path.join(root, 'out', 'built-from');

/** Builds main, worker, preloads and renderer into out/, unless out/ is of these very sources. */
export function build() {
  const digest = sourcesDigest(SOURCES, FILES);
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return;
  say('Building the app.');
  // electron-vite looks for the official Electron's folder, which may not be there.
  const { binary } = installedElectron();
  run('npx', ['--no-install', 'electron-vite', 'build', '--logLevel', 'warn'], {
    env: { ...process.env, ELECTRON_EXEC_PATH: binary },
  });
  writeFileSync(STAMP, digest);
}
