// Which Electron runs the app here, and with which switches.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, root } from './lib/cache.mjs';

const official = path.join(root, 'node_modules', 'electron');
const wheel = JSON.parse(readFileSync(new URL('electron22/wheel.json', import.meta.url), 'utf8'));

/** The folder of the Electron that stands in where the official download is blocked. */
export function fallbackFolder() {
  return path.join(cacheFolder(), `electron-${wheel.electron}`);
}

function officialVersion() {
  const version = path.join(official, 'dist', 'version');
  const wanted = JSON.parse(readFileSync(path.join(official, 'package.json'), 'utf8')).version;
  const found = existsSync(version) && readFileSync(version, 'utf8').replace(/^v/, '').trim();
  return found === wanted ? wanted : undefined;
}

/**
 * The Electron that is installed: its folder, its binary, its version, and whether it is the
 * supported one. undefined before `setup`.
 */
export function installedElectron() {
  const version = officialVersion();
  if (version !== undefined) {
    const folder = path.join(official, 'dist');
    return { folder, binary: path.join(folder, 'electron'), version, supported: true };
  }
  const folder = fallbackFolder();
  if (!existsSync(path.join(folder, 'complete'))) return undefined;
  return {
    folder,
    binary: path.join(folder, 'electron'),
    version: wheel.electron,
    supported: false,
  };
}

/** The path of the Electron binary. Throws before `setup` has run. */
export function electronPath() {
  const found = installedElectron();
  if (found === undefined) throw new Error('No Electron yet: run `node scripts/setup.mjs` first.');
  return found.binary;
}

/**
 * The arguments that start the app of a folder: `spawn(electronPath(), launchArgs())` or
 * Playwright's `_electron.launch({ executablePath: electronPath(), args: launchArgs() })`.
 * Chromium refuses its sandbox to root, so as root (tests, containers) it goes without.
 */
export function launchArgs(appFolder = root, extra = []) {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : [];
  return [...asRoot, appFolder, ...extra];
}
