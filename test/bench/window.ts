/**
 * From starting Electron to the first visible heading: Conclave's window against the smallest
 * Electron app with React, in the same Electron, driven the same way. Needs `npm run build` before.
 * @module
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication } from 'playwright';
import { build } from 'vite';
import { electronPath, installedElectron, launchArgs } from '../../scripts/electron.mjs';
import { root } from '../../scripts/lib/cache.mjs';
import { figures, interleave, megabytes, proportionalMemory, type Finding } from './measure.ts';

const ROUNDS = 11;
const BARE = path.join(import.meta.dirname, 'bare');

/** Builds the bare app into a folder: React in its production form, as in Conclave. */
async function buildBare(folder: string): Promise<void> {
  await build({
    root: BARE,
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      target: 'chrome108',
      outDir: folder,
      lib: {
        entry: path.join(BARE, 'page.tsx'),
        formats: ['iife'],
        name: 'bare',
        fileName: () => 'page.js',
      },
    },
  });
  await copyFile(path.join(BARE, 'main.cjs'), path.join(folder, 'main.cjs'));
  await writeFile(
    path.join(folder, 'package.json'),
    '{"name":"bare","version":"1.0.0","main":"main.cjs"}',
  );
  const page = '<!doctype html><title>Bare</title><main></main><script src="page.js"></script>';
  await writeFile(path.join(folder, 'index.html'), page);
}

interface Start {
  readonly milliseconds: number;
  /** Bytes, over all processes of the app. */
  readonly memory: number;
}

async function memoryOf(app: ElectronApplication): Promise<number> {
  const pids = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().map(({ pid }) => pid),
  );
  return pids.map(proportionalMemory).reduce((sum, bytes) => sum + bytes, 0);
}

export async function start(folder: string, env: Readonly<Record<string, string>>): Promise<Start> {
  const began = performance.now();
  const app = await _electron.launch({
    executablePath: electronPath(),
    args: launchArgs(folder),
    env: { ...(process.env as Record<string, string>), ...env },
  });
  try {
    const window = await app.firstWindow();
    await window.getByRole('heading', { level: 1 }).first().waitFor();
    const milliseconds = performance.now() - began;
    return { milliseconds, memory: await memoryOf(app) };
  } finally {
    await app.close();
  }
}

export async function measureWindow(rounds = ROUNDS): Promise<Finding> {
  const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-bench-'));
  try {
    const bare = path.join(top, 'bare');
    await buildBare(bare);
    const ours = {
      CONCLAVE_DATA: path.join(top, 'data'),
      CONCLAVE_REHEARSAL_FOLDER: path.join(top, 'practice'),
    };
    for (const folder of Object.values(ours)) await mkdir(folder);
    const memory = { ours: [] as number[], bare: [] as number[] };
    const sides = await interleave(rounds, {
      async ours() {
        const started = await start(root, ours);
        memory.ours.push(started.memory);
        return started.milliseconds;
      },
      async bare() {
        const started = await start(bare, {});
        memory.bare.push(started.memory);
        return started.milliseconds;
      },
    });
    const median = (values: readonly number[]) => megabytes(figures(values).median);
    return {
      title: 'Window usable: first heading visible',
      ours: `Conclave's window on an empty laptop, Electron ${installedElectron()?.version}`,
      bare: 'a window with one React heading, the same Electron',
      target: 1.5,
      sides,
      memory: [`all processes: Conclave ${median(memory.ours)}, bare ${median(memory.bare)}`],
      notes: [],
    };
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}
