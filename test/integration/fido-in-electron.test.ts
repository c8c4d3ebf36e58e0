/**
 * The FIDO2 driver in the Electron that runs here: its Node is older and its cryptography is
 * BoringSSL's.
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { electronPath } from '../../scripts/electron.mjs';

const PROGRAM = fileURLToPath(new URL('../support/software-key/fido-tour.ts', import.meta.url));
const run = promisify(execFile);

it('does the same there as in Node, and no damaged certificate ends the process', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fido-in-electron-'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: PROGRAM,
        target: 'node16.17',
        outDir: folder,
        rolldownOptions: { output: { format: 'cjs', entryFileNames: 'tour.cjs' } },
      },
    });
    const tour = path.join(folder, 'tour.cjs');
    const inElectron = await run(electronPath(), [tour], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    const inNode = await run(process.execPath, [tour]);
    expect(JSON.parse(inElectron.stdout)).toEqual(JSON.parse(inNode.stdout));
    const wrong = 'fido-pin-wrong';
    const attested = ['hardware', 'unknown-root'];
    const whole = { same: true, verified: true, wrong, attested, damaged: 'refused' };
    expect(JSON.parse(inElectron.stdout)).toEqual([whole, whole, whole, whole]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
