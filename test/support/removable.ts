/**
 * Loop devices that the system calls removable. In production only volumes that can be taken out
 * are listed, and no loop device can. So the answer of lsblk (and nothing after it) is changed, for
 * the named devices alone: their column `hotplug` says yes. How the answer is read, which volumes
 * are offered, what is written and read: all of that is the product's.
 * @module
 */
import childProcess, { type ExecFileException } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestVolume } from '../servers/volumes.ts';

type Done = (error: ExecFileException | null, stdout: string, stderr: string) => void;

/** What is known of the looks that were taken at block devices in this thread. */
export interface Looks {
  /** How many began. */
  readonly count: number;
}

/**
 * From now on lsblk, asked from this thread, calls these devices removable.
 * @param devices such as `/dev/loop3`; the list is read anew at every look
 */
export function markRemovable(devices: readonly string[]): Looks {
  const looks = { count: 0 };
  childProcess.execFile = new Proxy(childProcess.execFile, {
    apply(execFile, self: unknown, given: unknown[]) {
      const done = given.at(-1);
      if (given[0] !== 'lsblk' || typeof done !== 'function') {
        return Reflect.apply(execFile, self, given);
      }
      looks.count += 1;
      const marked: Done = (error, stdout, stderr) =>
        (done as Done)(error, error === null ? mark(stdout, devices) : stdout, stderr);
      return Reflect.apply(execFile, self, [...given.slice(0, -1), marked]);
    },
  });
  syncBuiltinESMExports();
  return looks;
}

/** As a person does it: a stick that was seen in its place is out until it was looked for and is gone. */
export async function takeOut(volume: TestVolume, looks: Looks): Promise<void> {
  await lookedAt(looks, 2);
  await volume.unmount();
  // One look may have begun before; the next begins when that one is over, and so on.
  await lookedAt(looks, 3);
}

/** Until so many looks more began. */
export async function lookedAt(looks: Looks, times: number): Promise<void> {
  const before = looks.count;
  while (looks.count < before + times) await pause(20);
}

interface Row {
  readonly path: string | null;
  hotplug: boolean;
}

function mark(stdout: string, devices: readonly string[]): string {
  const answer = JSON.parse(stdout) as { readonly blockdevices: readonly Row[] };
  for (const row of answer.blockdevices) {
    if (row.path !== null && devices.includes(row.path)) row.hotplug = true;
  }
  return JSON.stringify(answer);
}
