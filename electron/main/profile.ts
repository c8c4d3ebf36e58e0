/**
 * Where things lie: Chromium's profile in memory, gone at exit; transcripts in a folder of their
 * own that stays.
 * @module
 */
import { app } from 'electron';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Kinds of file system that live in memory: tmpfs, ramfs (statfs(2)). */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** Transcripts, manifests, roster, settings: `CONCLAVE_DATA`, else as freedesktop.org says. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['CONCLAVE_DATA'];
  if (named) return named;
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'conclave');
}

export interface Profile {
  readonly folder: string;
  readonly inMemory: boolean;
  /** Deletes it: when the app ends, and only if this process owns it. */
  remove(): void;
}

/**
 * Chooses the profile's folder and tells Chromium, before the app is ready. The same data folder
 * gives the same profile folder, because Chromium keeps its single-instance lock there.
 */
export function prepareProfile(data: string): Profile {
  const name = `conclave-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`;
  const folder = inMemoryFolder(name) ?? mkdtempSync(join(tmpdir(), 'conclave-'));
  app.setPath('userData', folder);
  app.setPath('sessionData', folder);
  app.setPath('crashDumps', join(folder, 'crashes'));
  app.setPath('logs', join(folder, 'logs'));
  return {
    folder,
    inMemory: isInMemory(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function inMemoryFolder(name: string): string | undefined {
  for (const parent of [process.env['XDG_RUNTIME_DIR'], '/dev/shm']) {
    if (!parent || !isInMemory(parent)) continue;
    const folder = join(parent, name);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // SECURITY: /dev/shm is everybody's. A folder that somebody else made, or a link, is not used.
      const { uid, mode } = lstatSync(folder);
      if (lstatSync(folder).isDirectory() && uid === process.getuid?.() && (mode & 0o077) === 0) {
        return folder;
      }
    } catch {
      continue;
    }
  }
  return undefined;
}

function isInMemory(folder: string): boolean {
  try {
    return IN_MEMORY.has(statfsSync(folder).type);
  } catch {
    return false;
  }
}
