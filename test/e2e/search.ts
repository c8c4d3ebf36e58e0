/**
 * Where on this laptop a secret could lie, and whether one does.
 * @module
 */
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { App } from './app.ts';
import { type Canary, singing } from './canaries.ts';

/** Larger ones that others make in the same folders are images and databases. */
const MOST_BYTES = 8 << 20;
const began = Date.now();
/** The system's own, before this test took another one for itself. */
const SYSTEM_TEMPORARY = '/tmp';
const SHARED_MEMORY = '/dev/shm';
/** Jobs, copies of jobs and logs of the printing system, where there is one. */
const PRINTING = ['/var/spool/cups', '/var/cache/cups', '/var/log/cups'];

const before = new Set(await readdir(SYSTEM_TEMPORARY));

interface Place {
  readonly folder: string;
  /** Others write there as well: only what was made since this test began, and not by it. */
  readonly shared?: boolean;
}

async function placesOf({ electron, folders }: App): Promise<Place[]> {
  const profile = await electron.evaluate(({ app }) => app.getPath('userData'));
  const own = [folders.data, folders.practice, folders.temporary, profile];
  const shared = [SYSTEM_TEMPORARY, SHARED_MEMORY, ...PRINTING.filter((one) => existsSync(one))];
  return [
    ...own.map((folder) => ({ folder })),
    ...shared.map((folder) => ({ folder, shared: true })),
  ];
}

/** @param own the folder in which the test keeps sticks, sheets and servers */
async function filesOf({ folder, shared = false }: Place, own: string): Promise<string[]> {
  const names = await readdir(folder);
  const tops = names
    .filter((name) => folder !== SYSTEM_TEMPORARY || !before.has(name))
    .map((name) => path.join(folder, name))
    .filter((top) => top !== own);
  const found: string[] = [];
  for (const top of tops) {
    // Others take their files away while one looks.
    const facts = statSync(top, { throwIfNoEntry: false });
    const below = facts?.isDirectory()
      ? await readdir(top, { withFileTypes: true, recursive: true }).catch(() => [])
      : [];
    const files = below.filter((entry) => entry.isFile());
    found.push(...(facts?.isFile() ? [top] : []));
    found.push(...files.map((entry) => path.join(entry.parentPath, entry.name)));
  }
  return found.filter((file) => {
    const facts = statSync(file, { throwIfNoEntry: false });
    if (facts === undefined || facts.size === 0) return false;
    if (!shared) return true;
    return facts.size <= MOST_BYTES && Math.max(facts.mtimeMs, facts.ctimeMs) >= began;
  });
}

export interface Sung {
  readonly file: string;
  readonly what: readonly string[];
}

async function search(app: App, canaries: readonly Canary[], own: string): Promise<Sung[]> {
  const files = new Set<string>();
  for (const place of await placesOf(app)) {
    for (const file of await filesOf(place, own)) files.add(file);
  }
  const found: Sung[] = [];
  for (const file of files) {
    const bytes = await readFile(file).catch(() => null);
    const what = bytes === null ? [] : singing(canaries, bytes);
    if (what.length > 0) found.push({ file, what });
  }
  return found;
}

/**
 * Looks twice: the first time one secret was put into a file of every place, in one of the ways in
 * which a program could have left it; only a search that finds all of them counts.
 */
export async function nowhereOnLaptop(
  app: App,
  canaries: readonly Canary[],
  own: string,
): Promise<void> {
  const planted: Sung[] = [];
  for (const [at, { folder }] of (await placesOf(app)).entries()) {
    const canary = canaries[at % canaries.length];
    const [text = ''] = canary?.texts ?? [];
    assert(canary && text !== '');
    const nest = path.join(folder, `planted-${process.pid}`);
    await mkdir(nest);
    const file = path.join(nest, 'file');
    const encoded = Buffer.from(text, at % 2 === 0 ? 'latin1' : 'utf16le');
    await writeFile(file, Buffer.concat([Buffer.from('x'), encoded]), { mode: 0o600 });
    planted.push({ file, what: [canary.what] });
  }
  const first = await search(app, canaries, own);
  for (const { file } of planted) await rm(path.dirname(file), { recursive: true });
  const byName = (all: Sung[]) => [...all].sort((a, b) => a.file.localeCompare(b.file));
  assert.deepEqual(byName(first), byName(planted), 'what was planted, and nothing else, is found');
  assert.deepEqual(await search(app, canaries, own), []);
}
