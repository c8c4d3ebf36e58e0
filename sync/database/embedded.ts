/**
 * PGlite (PostgreSQL in the process) in a folder, behind a private unix socket for `pg`.
 *
 * PGlite takes no lock of its own: a second process would open the same folder silently and
 * destroy it. It also does not fsync, so it is for rehearsal and development only.
 * @module
 */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorCode } from './errors.ts';
import { refuseDatabase } from './refusals.ts';

/** A lock not refreshed for this long (milliseconds) belongs to a process that died. */
const STALE = 15_000;

export interface Embedded {
  /** Folder that holds the unix socket, for the driver's `host`. */
  readonly socketFolder: string;
  /** Closes the database and gives the lock back. */
  readonly stop: () => Promise<void>;
}

/** @throws Refusal `database-folder-locked` */
export async function startEmbedded(folder: string): Promise<Embedded> {
  const { PGlite } = await import('@electric-sql/pglite');
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await takeLock(folder);
  try {
    const db = await PGlite.create(path.join(folder, 'pglite'));
    // SECURITY: the socket asks for no password; only this account can enter its folder.
    const socketFolder = await mkdtemp(path.join(tmpdir(), 'conclave-sync-'));
    await chmod(socketFolder, 0o700);
    const server = new PGLiteSocketServer({
      db,
      path: path.join(socketFolder, '.s.PGSQL.5432'),
      // The pool has one connection; the others are those that are just being closed.
      maxConnections: 4,
    });
    await server.start();
    return {
      socketFolder,
      stop: async () => {
        await server.stop();
        await db.close();
        await rm(socketFolder, { recursive: true, force: true });
        await unlock();
      },
    };
  } catch (cause) {
    await unlock();
    throw cause;
  }
}

/**
 * Waits only when the lock's owner is no longer running (after a crash, until the lock is stale);
 * a living owner is named at once.
 */
async function takeLock(folder: string): Promise<() => Promise<void>> {
  const { default: lockfile } = await import('proper-lockfile');
  const ownerFile = path.join(folder, 'sync.pid');
  const lock = (): Promise<() => Promise<void>> =>
    lockfile.lock(folder, {
      lockfilePath: path.join(folder, 'sync.lock'),
      stale: STALE,
      update: 2_000,
      onCompromised: () => {
        // SECURITY: two writers destroy the folder; better to stop in the middle than to go on.
        process.stderr.write('The lock of the database folder was lost. Sync stops now.\n');
        process.exit(3);
      },
    });
  const deadline = performance.now() + STALE + 5_000;
  for (;;) {
    try {
      const unlock = await lock();
      await writeFile(ownerFile, String(process.pid), { mode: 0o600 });
      return async () => {
        await rm(ownerFile, { force: true });
        await unlock();
      };
    } catch (cause) {
      if (errorCode(cause) !== 'ELOCKED') throw cause;
      const owner = Number(await readFile(ownerFile, 'utf8').catch(() => ''));
      if (isRunning(owner)) {
        throw refuseDatabase('database-folder-locked', folder, ` (process ${owner})`);
      }
      if (performance.now() > deadline) throw refuseDatabase('database-folder-locked', folder, '');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return errorCode(cause) === 'EPERM';
  }
}
