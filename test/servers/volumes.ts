import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, truncate } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Child, startChild } from './child.ts';

const run = promisify(execFile);

/** A really mounted file system that stands for a USB stick. */
export interface TestVolume {
  /** The mount point, below /media. Stays the same over `remount()`. */
  readonly path: string;
  /** Such as `/dev/loop3`; FAT is mounted by a user-space driver and has none. */
  readonly device?: string;
  /** As a person does it: everything is written, then it is gone. */
  unmount(): Promise<void>;
  /** As when the stick is pulled: files that are open stay open, the path is empty at once. */
  lazyUnmount(): Promise<void>;
  /** FAT: the driver is killed at once, with what it had not written yet, and the image mounted anew. */
  pull(): Promise<void>;
  /** Mounts it again, for reading and writing; unmounts it first if it is mounted. */
  remount(): Promise<void>;
  remountReadOnly(): Promise<void>;
  /** Writes a file `filler` until no byte is left, or until about `leaveBytes` are. */
  fill(leaveBytes?: number): Promise<void>;
  /** Unmounts it, whatever its state, and deletes the image. */
  dispose(): Promise<void>;
}

interface Kind {
  readonly tools: readonly (readonly [program: string, debianPackage: string])[];
  readonly format: (image: string, label: string) => readonly [string, readonly string[]];
  readonly usesLoopDevice: boolean;
}

const fat: Kind = {
  tools: [
    ['mkfs.vfat', 'dosfstools'],
    ['fusefat', 'fusefat'],
  ],
  format: (image, label) => ['mkfs.vfat', ['-n', label.slice(0, 11).toUpperCase(), image]],
  usesLoopDevice: false,
};

const ext4: Kind = {
  tools: [
    ['mkfs.ext4', 'e2fsprogs'],
    ['losetup', 'mount'],
  ],
  format: (image, label) => ['mkfs.ext4', ['-q', '-m', '0', '-L', label.slice(0, 16), image]],
  usesLoopDevice: true,
};

function requireTools(kind: Kind): void {
  if (process.getuid?.() !== 0) {
    throw new Error('Mounting a test volume needs root: run the tests with sudo.');
  }
  const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const missing = kind.tools.filter(
    ([program]) => !folders.some((folder) => existsSync(path.join(folder, program))),
  );
  if (missing.length > 0) {
    const packages = missing.map(([, debianPackage]) => debianPackage).join(' ');
    throw new Error(`Mounting a test volume needs: sudo apt-get install ${packages}`);
  }
  if (kind === fat && !existsSync('/dev/fuse')) {
    throw new Error(
      'Mounting a FAT test volume needs /dev/fuse, which this machine does not have.',
    );
  }
}

async function mounted(folder: string): Promise<boolean> {
  const file = await open('/proc/self/mounts');
  try {
    const text = await file.readFile('utf8');
    return text.split('\n').some((line) => line.split(' ')[1] === folder);
  } finally {
    await file.close();
  }
}

async function until(condition: () => Promise<boolean>, driver: Child): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (driver.hasEnded() || Date.now() > deadline) {
      throw new Error(`The volume did not mount: ${driver.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function fillUp(folder: string, leaveBytes: number): Promise<void> {
  const file = await open(path.join(folder, 'filler'), 'a');
  try {
    for (let size = 1 << 20; size >= 1; size = size === 1 ? 0 : size >> 2) {
      const block = new Uint8Array(size).fill(0x46);
      for (;;) {
        try {
          const { bytesWritten } = await file.write(block);
          if (bytesWritten < size) break;
        } catch (error) {
          // The user-space FAT driver says EPERM where a kernel says ENOSPC.
          const code = error instanceof Error && 'code' in error ? error.code : undefined;
          if (code === 'ENOSPC' || code === 'EPERM') break;
          throw error;
        }
      }
    }
    if (leaveBytes > 0) {
      const { size } = await file.stat();
      await file.truncate(Math.max(0, size - leaveBytes));
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function mountImage(kind: Kind, sizeMiB: number, label: string): Promise<TestVolume> {
  requireTools(kind);
  const work = await mkdtemp(path.join(os.tmpdir(), 'conclave-volume-'));
  const image = path.join(work, 'image');
  await (await open(image, 'w')).close();
  await truncate(image, sizeMiB * 2 ** 20);
  const [formatter, formatArguments] = kind.format(image, label);
  await run(formatter, formatArguments);
  await mkdir('/media', { recursive: true });
  const folder = await mkdtemp(path.join('/media', `conclave-test-${label}-`));
  const device = kind.usesLoopDevice
    ? (await run('losetup', ['--find', '--show', image])).stdout.trim()
    : undefined;

  // In the foreground, because `umount` returns before the driver has written the image.
  let driver: Child | undefined;
  const unmount = async (): Promise<void> => {
    await run('umount', [folder]);
    await driver?.ended;
  };
  const mount = async (readOnly: boolean): Promise<void> => {
    if (await mounted(folder)) await unmount();
    if (device === undefined) {
      const options = ['-f', '-o', readOnly ? 'ro' : 'rw+', image, folder];
      // A killed test leaves no mount: the kernel tells the driver to end when the parent is gone.
      driver = startChild('setpriv', ['--pdeathsig', 'TERM', '--', 'fusefat', ...options]);
      await until(() => mounted(folder), driver);
    } else {
      await run('mount', ['-o', readOnly ? 'ro,noload' : 'rw', device, folder]);
    }
  };
  const volume: TestVolume = {
    path: folder,
    ...(device === undefined ? {} : { device }),
    unmount,
    lazyUnmount: async () => void (await run('umount', ['--lazy', folder])),
    pull: async () => {
      if (driver === undefined) throw new Error('Only the user-space driver of FAT can be killed.');
      await driver.end('SIGKILL');
      await run('umount', ['--lazy', folder]);
      await mount(false);
    },
    remount: () => mount(false),
    remountReadOnly: () => mount(true),
    fill: (leaveBytes = 0) => fillUp(folder, leaveBytes),
    dispose: async () => {
      while (await mounted(folder)) await run('umount', ['--lazy', folder]);
      await driver?.end('SIGKILL');
      if (device !== undefined) await run('losetup', ['--detach', device]).catch(() => undefined);
      for (const gone of [folder, work]) await rm(gone, { recursive: true, force: true });
    },
  };
  try {
    await mount(false);
  } catch (error) {
    await volume.dispose();
    throw error;
  }
  return volume;
}

/** A FAT stick, as people carry it. `sizeMiB`: at least 1. `label`: up to 11 characters. */
export async function mountFat(options: { sizeMiB: number; label?: string }): Promise<TestVolume> {
  return mountImage(fat, options.sizeMiB, options.label ?? 'STICK');
}

/** An ext4 volume on a loop device, which `lsblk` lists. `sizeMiB`: at least 1. */
export async function mountExt4(options: { sizeMiB: number; label?: string }): Promise<TestVolume> {
  return mountImage(ext4, options.sizeMiB, options.label ?? 'stick');
}
