import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../scripts/lib/cache.mjs';

const run = promisify(execFile);

/** Of `initdb`; `--no-sync`: what is kept is flushed below. */
const ARGUMENTS = '-U postgres -A scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync';

/** The account that PostgreSQL runs as, where it is not our own. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What a data directory depends on besides what is put into it. */
export async function templateKey(bin: string, who: Account | undefined): Promise<string> {
  const { stdout: version } = await run(path.join(bin, 'initdb'), ['--version']);
  return createHash('sha256')
    .update([version, bin, ARGUMENTS, who?.uid ?? process.getuid?.()].join('\0'))
    .digest('hex');
}

/** Where the test run has one with a database in it (test/servers/prepare.ts). */
export const preparedFolder = (): string | undefined => process.env['CONCLAVE_TEST_POSTGRES'];

/**
 * A folder with a data directory as `initdb` leaves it, which this machine keeps: a copy costs a
 * third of making one. Two runs may make it at once; whichever is ready first stays.
 * @param bin folder of PostgreSQL's programs
 * @throws what `initdb` said
 */
async function initialised(bin: string, who: Account | undefined): Promise<string> {
  const key = await templateKey(bin, who);
  const kept = path.join(cacheFolder(), 'postgres', key.slice(0, 32));
  if (!existsSync(kept)) await make(bin, who, kept);
  return kept;
}

async function make(bin: string, who: Account | undefined, kept: string): Promise<void> {
  await mkdir(path.dirname(kept), { recursive: true });
  // PostgreSQL's own account may not reach the cache: it lies in somebody's home folder.
  const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-postgres-'));
  const partial = `${kept}.${process.pid}`;
  try {
    const passwordFile = path.join(top, 'password');
    await writeFile(passwordFile, randomBytes(12).toString('hex'), { mode: 0o600 });
    if (who !== undefined) {
      for (const owned of [top, passwordFile]) await chown(owned, who.uid, who.gid);
    }
    const files = [`--pwfile=${passwordFile}`, '-D', path.join(top, 'data')];
    await run(path.join(bin, 'initdb'), [...ARGUMENTS.split(' '), ...files], { ...who, cwd: top });
    await copyFolder(top, partial);
    // Else a power cut might leave half of it there for good.
    await run('sync', ['-f', partial]);
    await rename(partial, kept).catch((cause: unknown) => {
      if (!existsSync(kept)) throw cause;
    });
  } finally {
    await rm(top, { recursive: true, force: true });
    await rm(partial, { recursive: true, force: true });
  }
}

/** With owners and rights; where the file system can, the copies share what neither changes. */
async function copyFolder(from: string, to: string): Promise<void> {
  await run('cp', ['-a', '--reflink=auto', from, to]);
}

/**
 * Makes the data directory of a new server.
 * @param data where it goes; nothing is there yet
 * @returns its superuser's password
 */
export async function newDataFolder(
  bin: string,
  who: Account | undefined,
  data: string,
): Promise<string> {
  const kept = preparedFolder() ?? (await initialised(bin, who));
  await copyFolder(path.join(kept, 'data'), data);
  return readFile(path.join(kept, 'password'), 'utf8');
}

/** Keeps the data directory of a server that has ended in an ordinary way as one to be copied. */
export async function keepDataFolder(
  { data, password }: { readonly data: string; readonly password: string },
  kept: string,
): Promise<void> {
  await mkdir(kept, { recursive: true });
  await copyFolder(data, path.join(kept, 'data'));
  await writeFile(path.join(kept, 'password'), password, { mode: 0o600 });
}
