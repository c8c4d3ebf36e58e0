// Makes this machine ready for what the other launchers do; every one of them calls it. It does
// only what is missing and says what it does. On its own: everything, as `npm test` needs it.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/cache.mjs';
import { debianPackages } from './lib/debian.mjs';
import { hasDisplay } from './lib/display.mjs';
import { main, output, run, say, Told, typescript } from './lib/run.mjs';

const NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) return;
  throw new Told(
    `Conclave needs Node ${NODE.join('.')} or newer; this is ${process.versions.node}.`,
  );
}

function lockedPackages(file) {
  const full = path.join(root, file);
  return existsSync(full) ? JSON.parse(readFileSync(full, 'utf8')).packages : {};
}

/** npm keeps what it really installed in a lock file of its own: the two are compared. */
function staleModules() {
  const installed = lockedPackages('node_modules/.package-lock.json');
  return Object.entries(lockedPackages('package-lock.json')).some(([where, wanted]) => {
    if (!where.startsWith('node_modules/') || wanted.link) return false;
    const found = installed[where];
    if (found === undefined) return !wanted.optional && !wanted.peer;
    return found.version !== wanted.version;
  });
}

function nodeModules() {
  if (!staleModules()) return;
  say('Installing the packages of package-lock.json.');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Go builds the Vault of the tests; from 1.21 on it fetches the newer Go that it needs itself. */
function goCompiler() {
  if (output('go', ['version']) !== undefined) return;
  const policy = output('apt-cache', ['policy', 'golang-go']) ?? '';
  const minor = Number(/Candidate: \d+:1\.(\d+)/.exec(policy)?.[1] ?? 0);
  if (process.getuid() === 0 && minor >= 21) {
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'golang-go']);
    return;
  }
  throw new Told(
    minor >= 21
      ? 'The tests build a real Vault with Go. Please run this, then try again:\n\n  sudo apt-get install -y golang-go\n'
      : 'The tests build a real Vault, which needs Go 1.21 or newer. This system offers an older one: please install Go from go.dev, then try again.',
  );
}

/**
 * Gets ready: the packages always; `app` an Electron and its libraries, `official` that it asks
 * for the official one again, however lately it was refused; `keys` what YubiKeys need (with `app`
 * too); `display` a display in memory; `tests` the servers, volumes and clients of the tests.
 * Returns the Electron found, with `app`.
 */
export async function setup({
  app = false,
  official = false,
  keys = app,
  display = false,
  tests = false,
} = {}) {
  checkNode();
  debianPackages([
    ...(app ? ['app'] : []),
    ...(keys ? ['keys'] : []),
    ...(display ? ['display'] : []),
    ...(tests ? ['tests'] : []),
  ]);
  nodeModules();
  if (tests) {
    goCompiler();
    run(...typescript('test/servers/prepare.ts'));
  }
  if (!app) return undefined;
  // Late, because it reads what nodeModules installs.
  const { ensureElectron } = await import('./lib/electron-install.mjs');
  return ensureElectron({ official });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const electron = await setup({ app: true, display: !hasDisplay(), tests: true });
    say(
      `Ready, with Electron ${electron.version}${electron.supported ? '' : ' (rehearsals only)'}.`,
    );
  });
}
