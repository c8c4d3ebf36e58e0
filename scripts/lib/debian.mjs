// Debian and Ubuntu packages that a task needs: installed when we are root, named otherwise.
import { output, run, say, Told } from './run.mjs';

// One entry may have several names: Ubuntu 24.04 renamed some libraries.
const NEEDS = {
  app: [['libgtk-3-0', 'libgtk-3-0t64'], ['libnss3'], ['libasound2', 'libasound2t64'], ['libgbm1']],
  display: [['xvfb'], ['xauth']],
  tests: [
    ['postgresql'],
    ['openssl'],
    ['fusefat'],
    ['dosfstools'],
    ['e2fsprogs'],
    ['mount'],
    ['util-linux'],
    ['poppler-utils'],
    ['age'],
    ['python3'],
    ['python3-pip'],
    ['cups-daemon'],
    ['cups-client'],
    // xwininfo and xprop, for the packages' test.
    ['x11-utils'],
    // For promtool, which checks the rules of resources/alerts.yml.
    ['prometheus'],
    ['chromium'],
  ],
  wheel: [['python3-pip']],
  keys: [['libusb-1.0-0']],
};

// Without these everything but one medium works, so nobody is stopped for lack of them.
const OPTIONAL = new Set(['keys']);

function installed(name) {
  return output('dpkg-query', ['-W', '-f', '${Status}', name])?.endsWith(' installed') ?? false;
}

function candidate(names) {
  const known = names.filter((name) => {
    const policy = output('apt-cache', ['policy', name]) ?? '';
    return /Candidate: (?!\(none\))/.test(policy);
  });
  return known[0] ?? names[0];
}

/**
 * Makes sure that the packages of the named needs are there (`app`, `display`, `tests`, `wheel`,
 * `keys`). Does nothing on a system without dpkg: there the programs themselves say what they miss.
 * Throws with the exact command when something is missing and we may not install it; says it only,
 * when just `keys` are lacking.
 */
export function debianPackages(needs) {
  if (output('dpkg', ['--version']) === undefined) return;
  const lacking = (those) =>
    those.flatMap((need) => NEEDS[need]).filter((names) => !names.some((name) => installed(name)));
  const missing = lacking(needs);
  if (missing.length === 0) return;

  const isRoot = process.getuid() === 0;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (isRoot) run('apt-get', ['update', '-qq'], { env: environment });
  const names = missing.map(candidate);
  if (!isRoot) {
    const command = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;
    if (lacking(needs.filter((need) => !OPTIONAL.has(need))).length === 0) {
      say(`YubiKeys cannot be used yet; everything else can. For them run:\n\n  ${command}\n`);
      return;
    }
    throw new Told(
      `Some system packages are missing. Please run this, then try again:\n\n  ${command}\n`,
    );
  }
  say(`Installing system packages: ${names.join(' ')}`);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
    env: environment,
  });
}
