/**
 * Builds `dist/conclave-verify.mjs`: the auditor's command in one file that needs nothing but
 * Node, with its SHA-256 beside it. Built twice, it is the same file.
 *
 *     npx tsx scripts/verify/build.ts [FOLDER]
 * @module
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { BUILT_IN_FILE } from './roots.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'conclave-verify.mjs';

export interface BuiltVerifier {
  /** Absolute path of the built file. */
  readonly file: string;
  /** Of its bytes, in hex. */
  readonly sha256: string;
}

async function bundle(): Promise<Uint8Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'conclave-verify-'));
  const roots = readFileSync(path.join(root, BUILT_IN_FILE), 'utf8');
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      define: { BUILT_IN_FIDO_ROOTS: JSON.stringify(roots) },
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: 'scripts/verify/main.ts',
        outDir: folder,
        emptyOutDir: true,
        target: 'node20',
        minify: false,
        rolldownOptions: {
          output: {
            format: 'es',
            entryFileNames: NAME,
            codeSplitting: false,
            banner: '#!/usr/bin/env node',
          },
        },
      },
    });
    return readFileSync(path.join(folder, NAME));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds twice and refuses to go on when the two differ: an auditor compares the hash. */
export async function buildVerifier(outFolder = path.join(root, 'dist')): Promise<BuiltVerifier> {
  const bytes = await bundle();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const again = createHash('sha256')
    .update(await bundle())
    .digest('hex');
  if (again !== sha256) throw new Error('Two builds of the verifier differ.');
  mkdirSync(outFolder, { recursive: true });
  const file = path.join(outFolder, NAME);
  writeFileSync(file, bytes);
  chmodSync(file, 0o755);
  writeFileSync(`${file}.sha256`, `${sha256}  ${NAME}\n`);
  return { file, sha256 };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { file, sha256 } = await buildVerifier(process.argv[2]);
  process.stdout.write(`${sha256}  ${path.relative(process.cwd(), file)}\n`);
}
