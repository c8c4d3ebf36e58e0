/**
 * What a run of this test may not leave behind: processes, mounts, connections of user-space
 * drivers, loop devices, files.
 * @module
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { filesBelow } from './canaries.ts';
import { traces } from './sticks.ts';

/** Every process that comes from this one inherits it, unless it gets an environment of its own. */
const MARKED = 'CONCLAVE_TEST_RUN';
const MARK = `${MARKED}=${randomUUID()}`;
process.env[MARKED] = MARK.slice(MARKED.length + 1);

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
}

/** Null when it ended while one looked, or has ended and waits for its parent. */
function processOf(id: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const command = readFileSync(`/proc/${id}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
    return { id, parent: Number(parent), command };
  } catch {
    return null;
  }
}

function isMarked(id: number): boolean {
  try {
    return readFileSync(`/proc/${id}/environ`, 'latin1').split('\0').includes(MARK);
  } catch {
    return false;
  }
}

/** Children of children too, and whoever lost its parent. */
async function processesLeft(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((one) => /^\d+$/.test(one)).map(Number);
  const all = ids.flatMap((id) => processOf(id) ?? []);
  const ours = new Set([process.pid]);
  for (let size = 0; size !== ours.size;) {
    size = ours.size;
    for (const { id, parent } of all) if (ours.has(parent) || isMarked(id)) ours.add(id);
  }
  ours.delete(process.pid);
  return (
    all
      .filter(({ id }) => ours.has(id))
      .map(({ id, command }) => `${id} ${command.slice(0, 120)}`)
      // What compiles this very test lives as long as it does.
      .filter((line) => !/^\d+ \S*\/esbuild\/\S* --service/.test(line) && !/@esbuild/.test(line))
  );
}

async function until(what: string, left: () => Promise<string[]>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const found = await left();
    if (found.length === 0) return;
    if (tries === 100) throw new Error(`${what} left: ${found.join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function mountsOf(id: string): string[] {
  try {
    return readFileSync(`/proc/${id}/mountinfo`, 'utf8').split('\n');
  } catch {
    return [];
  }
}

async function mountsLeft(): Promise<string[]> {
  const mounts = mountsOf('self');
  // Other parts of the tests have mounts of their own, with numbers from the same count.
  const ids = (await readdir('/proc')).filter((one) => /^\d+$/.test(one));
  const numbers = new Set(ids.flatMap(mountsOf).map((line) => line.split(' ')[2]));
  return traces.flatMap(({ path: folder, connection }) => [
    ...mounts.filter((line) => line.split(' ')[4] === folder),
    ...(existsSync(folder) ? [`the folder ${folder}`] : []),
    // A number may be another's by now: then it is mounted.
    ...(existsSync(`/sys/fs/fuse/connections/${connection}`) && !numbers.has(`0:${connection}`)
      ? [`connection ${connection} of ${folder}`]
      : []),
  ]);
}

/** Loop devices over an image in this run's own folder, also one that was deleted. */
async function loopsLeft(top: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('losetup', ['--list', '--output', 'NAME,BACK-FILE']);
  return stdout.split('\n').filter((line) => line.includes(top));
}

/** Asked when everything was closed, before the test's own folder goes. */
export async function nothingIsLeft(
  top: string,
  folders: {
    /** `TMPDIR` of this test and its servers; of the app. */
    readonly own: string;
    readonly apps: readonly string[];
    readonly gone: readonly string[];
  },
): Promise<void> {
  assert(traces.length > 0, 'sticks were mounted');
  await until('processes', processesLeft);
  await until('mounts', mountsLeft);
  await until('loop devices', () => loopsLeft(top));
  // What compiled sync's command line keeps its own cache.
  const own = (await readdir(folders.own)).filter((name) => !name.startsWith('tsx-'));
  assert.deepEqual(own, [], 'temporary files of the test');
  // An app that was killed leaves the empty folder of Chromium's lock, and no file.
  for (const folder of folders.apps) {
    const files = (await filesBelow(folder)).map(({ file }) => file);
    assert.deepEqual(files, [], 'temporary files of the app');
  }
  for (const folder of folders.gone) assert(!existsSync(folder), `${folder} is left`);
}
