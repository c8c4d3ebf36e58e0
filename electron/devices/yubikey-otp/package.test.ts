/** The folder as the package that it could be: packed, installed in an empty folder, used there. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../..');
const modules = path.join(root, 'node_modules');

let folder: string;
/** Where somebody installed the package. */
let home: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'yubikey-otp-package-'));
  const source = path.join(folder, 'source');
  cpSync(here, source, { recursive: true });
  symlinkSync(modules, path.join(source, 'node_modules'));
  npm(source, 'pack', '--silent', '--pack-destination', folder);
  rmSync(source, { recursive: true });
  const [packed] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  if (packed === undefined) throw new Error('npm packed nothing.');
  home = path.join(folder, 'home');
  mkdirSync(home);
  writeFileSync(path.join(home, 'package.json'), '{ "private": true }');
  npm(home, 'install', '--silent', '--offline', '--omit=peer', path.join(folder, packed));
  await putStandIn(path.join(home, 'node_modules/node-hid'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** node-hid with its own types and, in place of a computer's HID stack, a software key. */
async function putStandIn(into: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: 'test/support/software-key/stand-in-node-hid.ts',
      outDir: into,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'index.js' } },
    },
  });
  const real = path.dirname(createRequire(import.meta.url).resolve('node-hid/package.json'));
  const { types } = JSON.parse(readFileSync(path.join(real, 'package.json'), 'utf8')) as {
    types: string;
  };
  cpSync(path.join(real, types), path.join(into, 'index.d.ts'));
  writeFileSync(
    path.join(into, 'package.json'),
    JSON.stringify({ name: 'node-hid', version: '3.4.0', main: 'index.js', types: 'index.d.ts' }),
  );
}

function files(of: string): string[] {
  return readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(of, path.join(entry.parentPath, entry.name)));
}

test('the package holds code, types and its README, and imports nothing from elsewhere', () => {
  const installed = path.join(home, 'node_modules/yubikey-otp');
  const held = files(installed);
  expect(held).toContain('README.md');
  expect(
    held.filter((name) => !/^(dist\/.*\.(js|d\.ts)|README\.md|package\.json)$/.test(name)),
  ).toEqual([]);
  const imported = held
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => [
      ...readFileSync(path.join(installed, name), 'utf8').matchAll(
        /(?:from|import) ["']([^"']+)["']/g,
      ),
    ])
    .map(([, from]) => from ?? '');
  expect(imported.length).toBeGreaterThan(10);
  // Within the folder, and Node's own.
  const others = imported.filter((from) => !/^\.{1,2}\/[a-z-]+(\/[a-z-]+)?\.js$/.test(from));
  expect(new Set(others)).toEqual(
    new Set(['node:fs', 'node:fs/promises', 'node:module', 'node:timers/promises']),
  );
});

test('the README’s first example runs as it stands, under plain Node', () => {
  const [, example] =
    /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(here, 'README.md'), 'utf8')) ?? [];
  const script = path.join(home, 'example.mjs');
  writeFileSync(script, example ?? '');
  const said = execFileSync(process.execPath, [script], { cwd: home, encoding: 'utf8' });
  expect(said).toContain("{ serial: 12345678, firmware: [ 5, 4, 3 ], model: 'YubiKey 5 NFC' }");
  expect(said).toContain('{ slot: 2, isConfigured: true, touch: true }');
  expect(said).toMatch(/Touch the key now\.\n20 bytes\n$/);
});

test('what a user writes against it is checked by its types', () => {
  symlinkSync(path.join(modules, '@types'), path.join(home, 'node_modules/@types'));
  const [, example] =
    /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(here, 'README.md'), 'utf8')) ?? [];
  writeFileSync(
    path.join(home, 'right.mts'),
    `${example}
import type { HidTransport, OtpErrorCode, OtpKey } from 'yubikey-otp';
export const said: Partial<Record<OtpErrorCode, string>> = { 'otp-gone': 'gone' };
export const serial = (key: OtpKey): Promise<number | null> => key.serial();
export const other: HidTransport = { list: async () => [], open: () => Promise.reject(new Error()) };
`,
  );
  writeFileSync(
    path.join(home, 'wrong.mts'),
    `import { OtpError, type OtpKey } from 'yubikey-otp';
export const slot = (key: OtpKey) => key.challengeResponse(3, new Uint8Array(1));
export const said = (error: OtpError) => error.code === 'otp-lost';
`,
  );
  const check = (file: string): string => {
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
    ];
    try {
      return execFileSync(path.join(modules, '.bin/tsc'), [...options, file], {
        cwd: home,
        encoding: 'utf8',
      });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  expect(check('right.mts')).toBe('');
  expect(check('wrong.mts').match(/error TS\d+/g)).toEqual(['error TS2345', 'error TS2367']);
}, 120_000);
