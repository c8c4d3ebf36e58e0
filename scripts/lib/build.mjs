// Builds the app into out/ when a source is newer than the last build.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installedElectron } from '../electron.mjs';
import { root } from './cache.mjs';
import { run, say } from './run.mjs';

const SOURCES = ['electron', 'renderer', 'ui', 'shared', 'resources'];
const FILES = ['electron.vite.config.ts', 'package-lock.json', 'package.json'];
const STAMP = path.join(root, 'out', 'built-from');

/** SHA-256 over the names and contents of everything that the build reads, tests apart. */
function sourcesDigest() {
  const hash = createHash('sha256');
  const files = SOURCES.filter((folder) => existsSync(path.join(root, folder))).flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name))),
  );
  for (const file of [...files.sort(), ...FILES]) {
    const bytes = readFileSync(path.join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Builds main, worker, preloads and renderer into out/, unless out/ is of these very sources. */
export function build() {
  const digest = sourcesDigest();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return;
  say('Building the app.');
  // electron-vite looks for the official Electron's folder, which may not be there.
  const { binary } = installedElectron();
  run('npx', ['--no-install', 'electron-vite', 'build', '--logLevel', 'warn'], {
    env: { ...process.env, ELECTRON_EXEC_PATH: binary },
  });
  writeFileSync(STAMP, digest);
}
