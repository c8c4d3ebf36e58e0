/**
 * What `npm run dist` leaves in dist/, taken apart as docs/install.md and docs/sync.md say it.
 * @module
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { access, chmod, chown, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { getCurrentFuseWire } from '@electron/fuses';
import { installedElectron } from '../../scripts/electron.mjs';
import { root } from '../../scripts/lib/cache.mjs';
import { TEST_MARKS } from '../e2e-keys/marks.ts';

const RULES = '70-conclave-yubikey.rules';

/** Milliseconds: unpacking 90 MB on a slow disk, and `npm ci` over a slow network. */
const LONGEST = 300_000;

/** One command to its end; it is killed when it does not come. */
export function run(
  command: string,
  args: readonly string[],
  options: Partial<ExecFileSyncOptionsWithStringEncoding> = {},
): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
    timeout: LONGEST,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
}

async function only(folder: string, ending: RegExp): Promise<string> {
  const names = (await readdir(folder)).filter((name) => ending.test(name));
  assert.equal(names.length, 1, `one file ${ending} in ${folder}: ${names.join(', ')}`);
  return path.join(folder, names[0] ?? '');
}

/** Names of files below a folder, with the sum of each. */
function contents(folder: string): string[] {
  const list = 'find . -type f -print0 | sort -z | xargs -0 sha256sum; find . -type l | sort';
  return run('sh', ['-c', list], { cwd: folder })
    .split('\n')
    .filter((line) => line !== '');
}

/** Whatever lies in dist/ has its sum, and every sum is right: it all goes onto the stick. */
export async function sumsAreRight(dist: string): Promise<void> {
  run('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: dist });
  const listed = (await readFile(path.join(dist, 'SHA256SUMS'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(66));
  const withoutSum = new Set(['SHA256SUMS', 'conclave-verify.mjs.sha256']);
  const found = (await readdir(dist)).filter((name) => !withoutSum.has(name));
  assert.deepEqual(listed.sort(), found.sort());
  run('sha256sum', ['--check', '--strict', '--quiet', 'conclave-verify.mjs.sha256'], { cwd: dist });
  const kinds = [
    /^conclave-\d.*\.tar\.gz$/,
    /\.deb$/,
    /^conclave-sync-.*\.tar\.gz$/,
    /verify\.mjs$/,
    /^BREAK-GLASS\.md$/,
  ];
  for (const kind of kinds) assert.equal(listed.filter((name) => kind.test(name)).length, 1);
  for (const name of ['break-glass.py', 'break-glass-key.py']) {
    const reviewed = await readFile(path.join(root, 'resources', name));
    assert.deepEqual(await readFile(path.join(dist, name)), reviewed);
  }
}

/** Step 3 of docs/install.md, below a folder of ours. @returns the folder of the app */
export async function installArchive(dist: string, top: string): Promise<string> {
  const archive = await only(dist, /-linux-x64.*\.tar\.gz$/);
  run('tar', ['--no-same-owner', '-xzf', archive, '-C', top]);
  const app = path.join(top, path.basename(archive, '.tar.gz'));
  const sandbox = path.join(app, 'chrome-sandbox');
  if (process.getuid?.() === 0) await chown(sandbox, 0, 0);
  await chmod(sandbox, 0o4755);
  return app;
}

/** The .deb holds the same app, and what a desktop needs to find it. */
export async function debianIsTheSame(dist: string, top: string, app: string): Promise<void> {
  const deb = await only(dist, /\.deb$/);
  const installed = path.join(top, 'installed');
  run('dpkg-deb', ['--extract', deb, installed]);
  assert.deepEqual(contents(path.join(installed, 'opt', 'conclave')), contents(app));
  const share = path.join(installed, 'usr', 'share');
  const menu = await readFile(path.join(share, 'applications', 'conclave.desktop'), 'utf8');
  const [, exec = ''] = /^Exec=(.+)$/m.exec(menu) ?? [];
  const [, icon = ''] = /^Icon=(.+)$/m.exec(menu) ?? [];
  assert.equal(((await stat(path.join(installed, exec))).mode & 0o111) === 0, false);
  const size = (name: string) => path.join(share, 'icons', 'hicolor', name, 'apps');
  for (const square of ['256x256', '512x512']) {
    const png = await readFile(path.join(size(square), `${icon}.png`));
    // Width and height stand in the first chunk of a PNG file.
    assert.equal(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, square);
  }
  assert.match(await readFile(path.join(size('scalable'), `${icon}.svg`), 'utf8'), /<svg/);
  const control = run('dpkg-deb', ['--field', deb]);
  assert.match(control, /^Architecture: amd64$/m);
  const postinst = run('dpkg-deb', ['--ctrl-tarfile', deb], { encoding: 'latin1' });
  assert.match(postinst, /chmod 4755 \/opt\/conclave\/chrome-sandbox/);
  assert.match(postinst, /udevadm control --reload/);
  assert.match(control, /^Depends: .*libusb-1\.0-0/m);
  const rules = await readFile(path.join(root, 'resources', RULES), 'utf8');
  for (const folder of [app, path.join(installed, 'lib/udev/rules.d')]) {
    assert.equal(await readFile(path.join(folder, RULES), 'utf8'), rules);
  }
}

/** Read by Electron's own tool, which did not set them. The stand-in needs one of them otherwise. */
export async function fusesAreSet(app: string): Promise<void> {
  const wire = await getCurrentFuseWire(path.join(app, 'conclave'));
  const states = Object.entries(wire).flatMap(([fuse, state]) =>
    fuse === 'version' ? [] : [String.fromCodePoint(Number(state))],
  );
  const standIn = path.basename(app).endsWith('-rehearsal-only');
  const wanted = standIn ? '0100100' : '010011001';
  assert.equal(states.join(''), wanted);
}

function archiveOf(app: string): string {
  const archives = ['app.asar', 'conclave.asar'].map((name) => path.join(app, 'resources', name));
  return archives.find((file) => existsSync(file)) ?? '';
}

/** The tests' build of the worker can be told to use software keys; the one in the package cannot. */
export async function softwareKeysAreNotIn(app: string): Promise<void> {
  const archive = await readFile(archiveOf(app), 'latin1');
  // The drivers are there, so the worker was read.
  for (const code of ['otp-not-touched', 'fido-pin-blocked']) assert(archive.includes(code), code);
  for (const mark of TEST_MARKS) assert(!archive.includes(mark), mark);
}

/** The app's archive holds node-hid, and Electron loads its native part from beside it. */
export async function keysAreAsked(app: string): Promise<void> {
  const electron = installedElectron();
  assert(electron !== undefined);
  const main = JSON.stringify(path.join(archiveOf(app), 'out/main/index.cjs'));
  const program = `require('node:module').createRequire(${main})('node-hid').devicesAsync()
    .then((all) => console.log(Array.isArray(all)))`;
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  assert.equal(run(electron.binary, ['-e', program], { env }).trim(), 'true');
}

/** docs/sync.md: unpack, `npm ci --omit=dev`. @returns the program */
export async function installSync(dist: string, top: string): Promise<string> {
  const archive = await only(dist, /^conclave-sync-.*\.tar\.gz$/);
  const folder = path.join(top, 'server');
  await mkdir(folder);
  run('tar', ['--no-same-owner', '-xzf', archive, '-C', folder]);
  const unpacked = path.join(folder, path.basename(archive, '.tar.gz'));
  for (const page of ['README.md', 'docs/sync.md', 'docs/sync/faults.md', 'docs/operations.md']) {
    await access(path.join(unpacked, page));
  }
  run('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: unpacked,
  });
  return path.join(unpacked, 'bin', 'conclave-sync.mjs');
}
