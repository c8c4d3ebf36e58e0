/**
 * Builds sync for a server: `dist/cli.mjs`, which plain Node runs, with the files it reads beside
 * it, its package.json and a lock file of its own (`npm ci --omit=dev` installs the rest).
 *
 *     npm run build:sync [FOLDER]
 * @module
 */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { lockOf } from './lock.ts';
import { buildPage } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sync = path.join(root, 'sync');

function jsonOf(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The program in one file. What sync's package.json names stays outside (PGlite is WebAssembly). */
async function bundle(entry: string, outDir: string, external: string[]): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        output: { format: 'es', entryFileNames: 'cli.mjs', codeSplitting: false },
      },
    },
  });
}

/**
 * Makes the whole package in `folder`, which is emptied first.
 * @param entry of the program, from the root of the checkout; a test may give one of its own
 */
export async function buildSync(folder: string, entry = 'sync/cli/main.ts'): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const dist = path.join(folder, 'dist');
  mkdirSync(dist, { recursive: true });
  const manifest = jsonOf(path.join(sync, 'package.json'));
  await bundle(entry, dist, Object.keys(manifest.dependencies));

  await buildPage(path.join(dist, 'page'));

  // The places that sync/shipped.ts names.
  const copies = [
    ['sync/migrations', 'dist/migrations'],
    ['sync/rehearsal/checktick-schema.sql', 'dist/rehearsal/checktick-schema.sql'],
    ['resources/vault-policy.hcl', 'dist/resources/vault-policy.hcl'],
    ['resources/vault-rotate-policy.hcl', 'dist/resources/vault-rotate-policy.hcl'],
    ['resources/grants.sql', 'dist/resources/grants.sql'],
    ['resources/alerts.yml', 'dist/resources/alerts.yml'],
    ['resources/grafana-dashboard.json', 'dist/resources/grafana-dashboard.json'],
    ['resources/conclave-sync.service', 'dist/resources/conclave-sync.service'],
    ['resources/Containerfile', 'dist/resources/Containerfile'],
    ['resources/conclave_escrow.py', 'dist/resources/conclave_escrow.py'],
    ['docs/checktick-patch.md', 'dist/resources/CHECKTICK-PATCH.md'],
    ['sync/bin/conclave-sync.mjs', 'bin/conclave-sync.mjs'],
    ['sync/README.md', 'README.md'],
  ] as const;
  for (const [from, to] of copies) {
    cpSync(path.join(root, from), path.join(folder, to), { recursive: true });
  }
  // The text of all documents: who needs them at night may have no way to a website. No pictures.
  cpSync(path.join(root, 'docs'), path.join(folder, 'docs'), {
    recursive: true,
    filter: (from) => statSync(from).isDirectory() || from.endsWith('.md'),
  });
  rmSync(path.join(folder, 'docs/screens'), { recursive: true, force: true });
  chmodSync(path.join(folder, 'bin/conclave-sync.mjs'), 0o755);
  // What the page was built with is in it already; npm refuses a lock file that lacks what it names.
  const { devDependencies: _built, ...shippedManifest } = manifest;
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(shippedManifest, null, 2)}\n`);
  const lock = {
    name: manifest.name,
    version: manifest.version,
    requires: true,
    ...lockOf(jsonOf(path.join(root, 'package-lock.json')), manifest),
  };
  writeFileSync(path.join(folder, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { version } = jsonOf(path.join(sync, 'package.json'));
  const folder = path.resolve(process.argv[2] ?? path.join(root, `dist/conclave-sync-${version}`));
  await buildSync(folder);
  process.stdout.write(`${path.relative(process.cwd(), folder)}\n`);
}
