/**
 * What util-linux knows of mounts and block devices, checked.
 *
 * Source: findmnt(8), lsblk(8) of util-linux >= 2.34; sizes in bytes.
 * @module
 */
import { z } from 'zod';
import { runJsonTool } from '../../files/tools.ts';

const text = z.string().nullish();
const bytes = z.coerce.number().nonnegative().nullish();

const mountRow = z.object({
  target: z.string(),
  source: text,
  fstype: z.string(),
  options: z.string(),
  fsroot: text,
  'maj:min': z.string(),
  uuid: text,
  label: text,
  size: bytes,
  avail: bytes,
});
const deviceRow = z.object({
  kname: z.string(),
  pkname: text,
  'maj:min': z.string(),
  path: text,
  type: z.string(),
  size: bytes,
  ro: z.boolean(),
  rm: z.boolean(),
  hotplug: z.boolean(),
  tran: text,
  uuid: text,
  label: text,
});

/** One mounted file system. */
export type MountRow = z.infer<typeof mountRow>;
/** One disk, partition, loop or mapped device. `pkname` is the device it lies on. */
export type DeviceRow = z.infer<typeof deviceRow>;

const MOUNT_COLUMNS = Object.keys(mountRow.shape).join(',').toUpperCase();
const DEVICE_COLUMNS = Object.keys(deviceRow.shape).join(',').toUpperCase();

/**
 * All mounts of real file systems (no proc, no cgroup), in the order they were mounted.
 * @throws Error when findmnt is missing or answers otherwise
 */
export async function readMounts(): Promise<readonly MountRow[]> {
  const answer = await runJsonTool(
    'findmnt',
    ['--json', '--bytes', '--list', '--real', '--output', MOUNT_COLUMNS],
    z.object({ filesystems: z.array(mountRow) }),
  );
  return answer.filesystems;
}

/**
 * The file system that holds `path`.
 * @throws Error when there is none, or findmnt is missing or answers otherwise
 */
export async function readMountOf(path: string): Promise<MountRow> {
  const answer = await runJsonTool(
    'findmnt',
    ['--json', '--bytes', '--list', '--output', MOUNT_COLUMNS, '--target', path],
    z.object({ filesystems: z.array(mountRow) }),
  );
  // Mounts on top of each other: the last one is what a program sees.
  const visible = answer.filesystems.at(-1);
  if (visible === undefined) throw new Error('no file system holds this path');
  return visible;
}

/**
 * All block devices.
 * @throws Error when lsblk is missing or answers otherwise
 */
export async function readDevices(): Promise<readonly DeviceRow[]> {
  const answer = await runJsonTool(
    'lsblk',
    ['--json', '--bytes', '--list', '--output', DEVICE_COLUMNS],
    z.object({ blockdevices: z.array(deviceRow) }),
  );
  return answer.blockdevices;
}

/**
 * The device of a mount and everything it lies on: partition, mapping, disk. Nearest first; empty
 * for FUSE and the like.
 */
export function devicesUnder(
  mount: Pick<MountRow, 'maj:min' | 'source'>,
  devices: readonly DeviceRow[],
): readonly DeviceRow[] {
  // btrfs invents a device number and names its subvolume: /dev/sda2[/@].
  const source = mount.source?.replace(/\[.*\]$/, '');
  const chain: DeviceRow[] = [];
  let waiting = devices.filter(
    (device) => device['maj:min'] === mount['maj:min'] || device.path === source,
  );
  while (waiting.length > 0) {
    chain.push(...waiting);
    const parents = new Set(waiting.map((device) => device.pkname));
    waiting = devices.filter((device) => parents.has(device.kname) && !chain.includes(device));
  }
  return chain;
}
