/**
 * Builds sync's page, which sync itself serves: `npm run build:page [FOLDER]`.
 * @module
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Into `folder`, which is emptied first: index.html and its assets. */
export async function buildPage(folder = path.join(root, 'out/sync-page')): Promise<string> {
  await build({
    root: path.join(root, 'sync/web'),
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [react()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: ['chrome111', 'firefox128', 'safari16.4'],
      // Inlined assets would be data: addresses, which the content security policy refuses.
      assetsInlineLimit: 0,
      // One file for a few people on one server; most of it is the library of accessible parts.
      chunkSizeWarningLimit: 1_000,
      modulePreload: { polyfill: false },
    },
  });
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const asked = process.argv[2];
  const folder = await buildPage(asked === undefined ? undefined : path.resolve(asked));
  process.stdout.write(`${path.relative(process.cwd(), folder)}\n`);
}
