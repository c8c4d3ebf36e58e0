/**
 * Builds the scripted main process and opens the app's real window on it.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ElectronApplication, Page } from 'playwright';
import { build } from 'vite';
import { electronPath, launchArgs } from '../../scripts/electron.mjs';
import { launchElectron } from '../support/launch-electron.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface Opened {
  readonly app: ElectronApplication;
  readonly page: Page;
  close(): Promise<void>;
}

async function buildMain(folder: string): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: path.join(import.meta.dirname, 'main.ts'),
      outDir: folder,
      emptyOutDir: true,
      target: 'node16.17',
      rolldownOptions: {
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'main.cjs' },
      },
    },
  });
  const about = { name: 'conclave', version: '0.1.0', main: 'main.cjs' };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(about));
}

/** `out` is the folder of the built app, with `preload/` and `renderer/`. */
export async function open(out = path.join(root, 'out')): Promise<Opened> {
  const folder = path.join(root, '.cache', 'screens');
  mkdirSync(folder, { recursive: true });
  await buildMain(folder);
  const data = mkdtempSync(path.join(tmpdir(), 'conclave-screens-'));
  const app = await launchElectron({
    executablePath: electronPath(),
    args: launchArgs(folder, ['--use-fake-device-for-media-stream']),
    env: {
      ...(process.env as Record<string, string>),
      CONCLAVE_DATA: data,
      CONCLAVE_TEST_OUT: out,
      TZ: 'Europe/London',
    },
  });
  const page = await app.firstWindow();
  await page.waitForSelector('h1');
  return {
    app,
    page,
    async close() {
      await app.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
