/**
 * A packed Conclave reaches the keys of its computer and no others: the software keys of the tests
 * are not in what is built, and nothing that can be set from outside chooses another transport.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { build, type Rollup } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function modulesOf(entry: string): Promise<string[]> {
  const built = (await build({
    root,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    ssr: { noExternal: true, external: ['electron', 'node-hid'], target: 'node' },
    build: { ssr: entry, write: false, minify: false, target: 'node20' },
  })) as Rollup.RollupOutput;
  return built.output.flatMap((chunk) =>
    chunk.type === 'chunk' ? chunk.moduleIds.map((id) => path.relative(root, id)) : [],
  );
}

test.each(['electron/worker/index.ts', 'electron/worker/node.ts'])(
  '%s holds the drivers and node-hid’s transport, and nothing of the tests',
  async (entry) => {
    const modules = await modulesOf(entry);
    expect(modules).toContain('electron/devices/yubikey-otp/hid/node-hid.ts');
    expect(modules).toContain('electron/devices/yubikey-otp/key.ts');
    expect(modules).toContain('electron/devices/ctap/fido-key.ts');
    expect(modules.filter((id) => id.startsWith('test/') || /software-key/.test(id))).toEqual([]);
  },
);

test('the app’s own entry files give the worker no keys, and no setting does', () => {
  for (const entry of ['index.ts', 'node.ts']) {
    const source = readFileSync(path.join(root, 'electron/worker', entry), 'utf8');
    const [, options = ''] = /createWorker\([^{]*\{([\s\S]*?)\n\}\);/.exec(source) ?? [];
    expect(options).toMatch(/entryPort/);
    expect(options).not.toMatch(/keys|env|argv|workerData/);
  }
  const keys = readFileSync(path.join(root, 'electron/media/yubikey/keys.ts'), 'utf8');
  const worker = readFileSync(path.join(root, 'electron/worker/worker.ts'), 'utf8');
  for (const source of [keys, worker]) expect(source).not.toMatch(/process\.(env|argv)/);
  expect(worker).toContain('options.keys ?? installedKeys()');
});

test('what the test build of the window is told by does not exist in the app or its packaging', () => {
  const sources = ['electron', 'shared', 'renderer', 'scripts/packaging'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|tsx|mjs|js)$/.test(name))
      .map((name) => path.join(folder, name)),
  );
  expect(sources.length).toBeGreaterThan(200);
  const told = ['electron-builder.yml', 'electron.vite.config.ts', ...sources].filter((name) =>
    /CONCLAVE_TEST_|e2e-keys/.test(readFileSync(path.join(root, name), 'utf8')),
  );
  expect(told).toEqual([]);
});
