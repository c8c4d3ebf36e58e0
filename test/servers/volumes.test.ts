import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { mountExt4, mountFat } from './volumes.ts';

const run = promisify(execFile);

describe.each([
  ['FAT', mountFat],
  ['ext4', mountExt4],
])('a mounted %s volume', (_name, mount) => {
  it('keeps flushed files over an unmount', async () => {
    const volume = await mount({ sizeMiB: 8 });
    try {
      const file = path.join(volume.path, 'share.age');
      const handle = await open(file, 'w');
      await handle.writeFile('kept');
      await handle.sync();
      await handle.close();
      await volume.unmount();
      expect(existsSync(file)).toBe(false);
      await volume.remount();
      expect(await readFile(file, 'utf8')).toBe('kept');
    } finally {
      await volume.dispose();
    }
    expect(existsSync(volume.path)).toBe(false);
  });

  it('refuses writes when read-only and when full', async () => {
    const volume = await mount({ sizeMiB: 4 });
    try {
      const file = path.join(volume.path, 'x');
      await writeFile(file, 'before');
      await volume.remountReadOnly();
      expect(await readFile(file, 'utf8')).toBe('before');
      await expect(writeFile(file, 'after')).rejects.toThrow();
      await volume.remount();
      await volume.fill();
      const tooMuch = async (): Promise<void> => {
        const handle = await open(path.join(volume.path, 'y'), 'w');
        try {
          await handle.writeFile(new Uint8Array(100_000));
          await handle.sync();
        } finally {
          await handle.close();
        }
      };
      await expect(tooMuch()).rejects.toThrow(/ENOSPC|EPERM/);
      await rm(path.join(volume.path, 'filler'));
      await tooMuch();
    } finally {
      await volume.dispose();
    }
  });

  it('can be pulled while a file is open', async () => {
    const volume = await mount({ sizeMiB: 8 });
    try {
      const handle = await open(path.join(volume.path, 'half'), 'w');
      await handle.write('half');
      await volume.lazyUnmount();
      expect(existsSync(path.join(volume.path, 'half'))).toBe(false);
      await handle.close();
    } finally {
      await volume.dispose();
    }
  });
});

it('is a block device that lsblk lists with its label, for ext4', async () => {
  const volume = await mountExt4({ sizeMiB: 8, label: 'custodian-2' });
  try {
    const { stdout } = await run('lsblk', ['--json', '-o', 'PATH,LABEL,MOUNTPOINT', '-f']);
    expect(stdout).toContain(volume.device);
    expect(stdout).toContain(volume.path);
  } finally {
    await volume.dispose();
  }
});
