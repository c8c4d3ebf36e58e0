/**
 * Sticks whose file system fails at one call, or from one call on: the real one, in a worker's thread,
 * with an error in place of an answer. The test decides from its own thread, through shared memory.
 * @module
 */
import files, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** The call is not made; or it is made, and its answer is lost; or no call answers any more. */
export type Fault = 'not-done' | 'done' | 'gone';
/**
 * `renamed`: the first rename is made, and its thread does nothing any more, as when it is killed.
 * `gone-renamed`: the first rename is made, and from its answer on the stick is gone.
 */
type Kind = Fault | 'renamed' | 'gone-renamed';
const FAULTS: readonly Kind[] = ['not-done', 'done', 'gone', 'renamed', 'gone-renamed'];

/** Paths with this in them are on a stick of key-sittings.ts, of a headless laptop or of a mount. */
const ON_STICK = /STICK-|practice stick /;
const [AT, KIND, CALLS] = [0, 1, 2];

/** The test's side. */
export class StickFaults {
  readonly shared = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
  readonly #words = new Int32Array(this.shared);

  /** @param at which call fails, from 1; every write, sync, rename, removal, opening and reading */
  arm(at: number, kind: Kind): void {
    Atomics.store(this.#words, CALLS, 0);
    Atomics.store(this.#words, KIND, FAULTS.indexOf(kind));
    Atomics.store(this.#words, AT, at);
  }

  /** The next rename is made, and then the thread stands still until it is ended. */
  stopRenamed(): void {
    this.arm(1, 'renamed');
  }

  /** The next rename is made, and then the stick does not answer any more. */
  goneRenamed(): void {
    this.arm(1, 'gone-renamed');
  }

  hasRenamed(): boolean {
    return Atomics.load(this.#words, CALLS) > 0;
  }

  /** Everything works again. @returns whether there were so many calls */
  disarm(): boolean {
    const at = Atomics.exchange(this.#words, AT, 0);
    Atomics.notify(this.#words, AT);
    return Atomics.load(this.#words, CALLS) >= at;
  }
}

/** The thread's side: from here on its calls may fail. @returns what ends that */
export function installFaults(shared: SharedArrayBuffer): () => void {
  const words = new Int32Array(shared);
  const lost = (path: string) => Object.assign(new Error(`EIO: ${path}`), { code: 'EIO' });

  async function called<T>(path: string, call: () => Promise<T>): Promise<T> {
    const at = Atomics.load(words, AT);
    if (at === 0 || !ON_STICK.test(path)) return call();
    const kind = FAULTS[Atomics.load(words, KIND)];
    if (kind === 'renamed') return call();
    if (kind === 'gone-renamed') {
      if (Atomics.load(words, CALLS) > 0) throw lost(path);
      return call();
    }
    const now = Atomics.add(words, CALLS, 1) + 1;
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
    rename: async (from: string, to: string) => {
      await called(from, () => rename(from, to));
      const isArmed = Atomics.load(words, AT) > 0 && ON_STICK.test(from);
      const kind = FAULTS[Atomics.load(words, KIND)];
      if (!isArmed || (kind !== 'renamed' && kind !== 'gone-renamed')) return;
      Atomics.store(words, CALLS, 1);
      if (kind === 'gone-renamed') throw lost(from);
      Atomics.wait(words, AT, Atomics.load(words, AT));
    },
    unlink: (path: string) => called(path, () => unlink(path)),
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(files, { open, rename, unlink });
    syncBuiltinESMExports();
  };
}
