/**
 * The laptop that dies, built into JavaScript once: thousands of them start, and each would translate
 * the same TypeScript twice, for its process and for its worker.
 * @module
 */
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where the built one is, for whatever this process starts. */
const BUILT = 'CONCLAVE_CRASH_PROGRAM';

/**
 * Builds it into a folder of its own, which the caller removes.
 * @returns the folder; inside the checkout, where its fonts and WebAssembly are found
 */
export async function buildProgram(): Promise<string> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.cache', 'crash-'));
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['node-hid'], target: 'node' },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: {
          laptop: join(ROOT, 'test/crash/laptop-process.ts'),
          worker: join(ROOT, 'test/crash/worker-entry.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  // Whatever starts a worker looks for it beside itself.
  const starts = 'node-start.mjs';
  await copyFile(join(ROOT, 'electron/worker', starts), join(folder, starts));
  process.env[BUILT] = folder;
  return folder;
}

const built = (name: string) => join(process.env[BUILT] ?? '', name);

/** For plain Node. */
export const laptopProgram = () => built('laptop.mjs');
export const workerProgram = () => pathToFileURL(built('worker.mjs'));
