/** `npm start`, where it cannot open a window at once. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './lib/cache.mjs';

let top: string;

beforeAll(() => {
  top = mkdtempSync(path.join(tmpdir(), 'conclave-start-'));
  chmodSync(top, 0o755);
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

function environment(more: Record<string, string>): NodeJS.ProcessEnv {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
  return { ...rest, ...more };
}

test('with no display it says so and runs the rehearsal', async () => {
  const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], {
    env: environment({ INIT_CWD: top, TMPDIR: top }),
    // A group of its own: the rehearsal is ended when it has begun.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  let said = '';
  await new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Starting sync')) resolve();
      });
    }
    child.on('close', () => resolve());
  });
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  await ended;
  expect(said).toMatch(/^· No display here \(neither DISPLAY nor WAYLAND_DISPLAY is set\)/);
  expect(said).toContain('Running the rehearsal instead: the whole main job, without a window.');
  expect(said).toMatch(/ s {2}Starting sync: embedded database, rehearsal store, three admins/);
});

describe('without root', () => {
  /** Programs of ours that say which packages are installed and which ones exist. */
  function systemWithout(missing: string, known: string): string {
    const bin = path.join(top, `bin-${missing.length}`);
    mkdirSync(bin);
    const programs = {
      dpkg: 'echo Debian',
      'dpkg-query': `case "$4" in ${missing}) exit 1 ;; esac; echo 'install ok installed'`,
      'apt-cache': `case "$2" in ${known}) echo '  Candidate: 1.0' ;; *) echo '  Candidate: (none)' ;; esac`,
      'apt-get': `touch '${path.join(top, 'installed')}'`,
    };
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    return bin;
  }

  function start(bin: string) {
    const checkout = path.join(top, 'checkout');
    if (!existsSync(checkout))
      cpSync(path.join(root, 'scripts'), path.join(checkout, 'scripts'), { recursive: true });
    const ordinary = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    return spawnSync(process.execPath, [path.join(checkout, 'scripts/start.mjs')], {
      ...ordinary,
      cwd: checkout,
      encoding: 'utf8',
      env: environment({ DISPLAY: ':0', PATH: bin }),
    });
  }

  test('it prints the exact line for what is missing, and installs nothing', () => {
    const { status, stdout, stderr } = start(systemWithout('libgtk-3-0*|libnss3', 'lib*'));
    expect(stderr).toBe(
      'Some system packages are missing. Please run this, then try again:\n\n' +
        '  sudo apt-get update && sudo apt-get install -y --no-install-recommends libgtk-3-0 libnss3\n\n',
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(existsSync(path.join(top, 'installed'))).toBe(false);
  });

  test('it names a package as this system names it', () => {
    const { stderr } = start(systemWithout('libgtk-3-0*', '*t64'));
    expect(stderr).toMatch(/install -y --no-install-recommends libgtk-3-0t64\n/);
  });
});
