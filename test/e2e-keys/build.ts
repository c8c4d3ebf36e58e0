/**
 * Builds the app with a worker that reaches software keys, into a folder of its own. Windows and
 * preloads are those of `npm run build`.
 * @module
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { root } from '../../scripts/lib/cache.mjs';
import { TEST_MARKS } from './marks.ts';

export interface TestApp {
  /** What Electron is started with. */
  readonly folder: string;
  /** The built files. */
  readonly out: string;
}

export async function buildTestApp(): Promise<TestApp> {
  const folder = path.join(root, '.cache', 'e2e-keys');
  const out = path.join(folder, 'out');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(out, 'main'), { recursive: true });
  for (const part of ['preload', 'renderer']) {
    cpSync(path.join(root, 'out', part), path.join(out, part), { recursive: true });
  }
  await bundle('main.ts', folder, 'main.cjs');
  await bundle('worker.ts', path.join(out, 'main'), 'worker.cjs');
  // Their absence in a package says something only while they are here.
  const worker = readFileSync(path.join(out, 'main', 'worker.cjs'), 'utf8');
  for (const mark of TEST_MARKS) assert(worker.includes(mark), mark);
  const about = { name: 'conclave', version: '0.1.0', main: 'main.cjs' };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(about));
  return { folder, out };
}

async function bundle(entry: string, outDir: string, file: string): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: path.join(import.meta.dirname, entry),
      outDir,
      emptyOutDir: false,
      target: 'node16.17',
      rolldownOptions: {
        external: ['electron'],
        output: {
          format: 'cjs',
          entryFileNames: file,
          chunkFileNames: 'chunks/[name]-[hash].cjs',
          dynamicImportInCjs: false,
        },
      },
    },
  });
}
