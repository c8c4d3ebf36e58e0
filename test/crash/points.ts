/**
 * The moments at which a laptop may die: before and after everything that it makes durable (each
 * line of a log, each file on a stick or in a folder of its own, each folder), and at each message
 * between the ceremony's host and the worker that holds its secrets. Between two of them nothing
 * happens that lasts.
 * @module
 */
import { open } from 'node:fs/promises';

/** One process counts in one place, whichever of its threads comes to the next moment. */
export interface Counting {
  /** One number: how many moments there were. */
  readonly counter: SharedArrayBuffer;
  /** At which it dies, from 1; 0: never. */
  readonly dieAt: number;
}

/** What a thread calls at each moment. At one of them the process dies by SIGKILL. */
export function moments({ counter, dieAt }: Counting): () => void {
  const count = new Int32Array(counter);
  return () => {
    if (Atomics.add(count, 0, 1) + 1 === dieAt) process.kill(process.pid, 'SIGKILL');
  };
}

/** From now on every `sync` of a file or a folder in this thread is two moments. */
export async function countSyncs(moment: () => void): Promise<void> {
  const handle = await open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> };
  await handle.close();
  const { sync } = prototype;
  prototype.sync = async function counted(this: unknown) {
    moment();
    await Reflect.apply(sync, this, []);
    moment();
  };
}
