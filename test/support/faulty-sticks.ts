/**
 * Sticks whose file system fails at one call, or from one call on: the real one, in a worker's thread,
 * with an error in place of an answer. The test decides from its own thread, through shared memory.
 * @module
 */
import files, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** The call is not made; or it is made, and its answer is lost; or no call answers any more. */
export type Fault = 'not-done' | 'done' | 'gone';
const FAULTS: readonly Fault[] = ['not-done', 'done', 'gone'];

/** Paths with this in them are on a stick of key-sittings.ts. */
const ON_STICK = 'STICK-';
const [AT, KIND, CALLS] = [0, 1, 2];

/** The test's side. */
export class StickFaults {
  readonly shared = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
  readonly #words = new Int32Array(this.shared);

  /** @param at which call fails, from 1; every write, sync, rename, removal, opening and reading */
  arm(at: number, kind: Fault): void {
    Atomics.store(this.#words, CALLS, 0);
    Atomics.store(this.#words, KIND, FAULTS.indexOf(kind));
    Atomics.store(this.#words, AT, at);
  }

  /** Everything works again. @returns whether there were so many calls */
  disarm(): boolean {
    const at = Atomics.exchange(this.#words, AT, 0);
    return Atomics.load(this.#words, CALLS) >= at;
  }
}

/** The thread's side: from here on its calls may fail. */
export function installFaults(shared: SharedArrayBuffer): void {
  const words = new Int32Array(shared);
  const lost = (path: string) => Object.assign(new Error(`EIO: ${path}`), { code: 'EIO' });

  async function called<T>(path: string, call: () => Promise<T>): Promise<T> {
    const at = Atomics.load(words, AT);
    if (at === 0 || !path.includes(ON_STICK)) return call();
    const now = Atomics.add(words, CALLS, 1) + 1;
    const kind = FAULTS[Atomics.load(words, KIND)];
    if (kind === 'gone' ? now >= at : now === at) {
      if (kind === 'done') await call();
      throw lost(path);
    }
    return call();
  }

  const { open, rename, unlink } = files;
  Object.assign(files, {
    open: async (path: string, ...how: [flags?: number, mode?: number]): Promise<FileHandle> => {
      const handle = await called(path, () => open(path, ...how));
      const [write, sync, read] = [
        handle.writeFile.bind(handle),
        handle.sync.bind(handle),
        handle.read.bind(handle) as (...given: unknown[]) => Promise<unknown>,
      ];
      return Object.assign(handle, {
        writeFile: (data: Uint8Array) => called(path, () => write(data)),
        sync: () => called(path, sync),
        read: (...given: unknown[]) => called(path, () => read(...given)),
      });
    },
    rename: (from: string, to: string) => called(from, () => rename(from, to)),
    unlink: (path: string) => called(path, () => unlink(path)),
  });
  syncBuiltinESMExports();
}
