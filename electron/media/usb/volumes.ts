/**
 * Which sticks are plugged in, as a custodian would point at them.
 * @module
 */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Mode } from '../../../shared/mode.ts';
import { refuseUsb } from './refusals.ts';
import type { DeviceRow, MountRow } from './tables.ts';
import { devicesUnder, readDevices, readMountOf, readMounts } from './tables.ts';

/** One place where a share file can be kept. Sizes in bytes, as they were when it was listed. */
export interface Volume {
  /** `uuid:` and the file system's UUID; without one `at:` and its path. */
  readonly id: string;
  /** The folder to write to. */
  readonly path: string;
  /** What the screen calls it: the stick's own label, else the last part of its path. */
  readonly label: string;
  /** Such as `/dev/sdb1`, or the FUSE program's name. */
  readonly device: string;
  readonly filesystem: string;
  readonly sizeBytes: number;
  readonly freeBytes: number;
  readonly readOnly: boolean;
  readonly removable: 'yes' | 'no' | 'unknown';
  /** On a disk that this computer runs from. */
  readonly system: boolean;
  /** A plain folder given for a rehearsal, not the root of a file system. */
  readonly folder: boolean;
  /** `st_dev` of the folder: tells the mounted stick from the empty folder it leaves behind. */
  readonly deviceNumber: number;
}

export interface ListOptions {
  readonly mode: Mode;
  /** Folders or mount points to offer as well. Ignored in production. */
  readonly folders?: readonly string[];
}

/** Where desktop systems and people mount sticks. */
const STICK_FOLDERS = ['/media/', '/run/media/', '/mnt/'];
/** What lies on the same disk as one of these is the system's (the last three: live systems). */
const SYSTEM_TARGETS = new Set([
  '/',
  '/boot',
  '/boot/efi',
  '/usr',
  '/var',
  '/home',
  '/tmp',
  '/etc',
  '/run/live/medium',
  '/lib/live/mount/medium',
  '/cdrom',
]);

/**
 * Lists the volumes a share can be written to or read from.
 *
 * Production: mounted volumes that can be taken out (removable, hot-pluggable or on USB) and are
 * not the disk the computer runs from. Rehearsal: also whatever is mounted under /media,
 * /run/media and /mnt, and `folders`.
 *
 * @throws Refusal `usb-tools-missing`
 */
export async function listVolumes({ mode, folders = [] }: ListOptions): Promise<Volume[]> {
  try {
    const [mounts, devices] = await Promise.all([readMounts(), readDevices()]);
    const systemDisks = systemDisksOf(mounts, devices);
    const volumes: Volume[] = [];
    for (const mount of visibleMounts(mounts)) {
      const volume = await volumeOf(mount, mount.target, devices, systemDisks);
      if (volume === undefined || !isOffered(volume, mode)) continue;
      const shown = volumes.some(
        (other) => other.id === volume.id && other.deviceNumber === volume.deviceNumber,
      );
      if (!shown) volumes.push(volume);
    }
    if (mode === 'rehearsal') {
      const others = folders.filter((folder) => !volumes.some(({ path }) => path === folder));
      for (const [folder, mount] of await mountsOf(others, mounts)) {
        const volume = await volumeOf(mount, folder, devices, systemDisks);
        if (volume !== undefined) volumes.push(volume);
      }
    }
    return volumes;
  } catch {
    throw refuseUsb('usb-tools-missing');
  }
}

/**
 * The same volume as it is now.
 * @throws Refusal `usb-gone` when it is not listed any more or another one took its place,
 *   `usb-tools-missing`
 */
export async function refreshVolume(volume: Volume, mode: Mode): Promise<Volume> {
  const now = await listVolumes({ mode, folders: [volume.path] });
  const same = now.find(
    (candidate) => candidate.path === volume.path && sameVolume(candidate, volume),
  );
  if (same === undefined) throw refuseUsb('usb-gone', volume.label);
  return same;
}

/**
 * Whether two listings speak of one stick. With a UUID that decides; without one, label, size and
 * file system. Sticks copied from one image share a UUID: reading the share back finds that out.
 */
export function sameVolume(a: Volume, b: Volume): boolean {
  if (a.folder || b.folder) return a.folder === b.folder && a.path === b.path;
  if (a.id.startsWith('uuid:') || b.id.startsWith('uuid:')) return a.id === b.id;
  return a.label === b.label && a.sizeBytes === b.sizeBytes && a.filesystem === b.filesystem;
}

function isOffered(volume: Volume, mode: Mode): boolean {
  // SECURITY: what cannot be determined ("unknown") is not offered in production.
  if (volume.removable === 'yes' && !volume.system) return true;
  return mode === 'rehearsal' && STICK_FOLDERS.some((prefix) => volume.path.startsWith(prefix));
}

/**
 * The mount that each folder lies in; without those that are gone. Folders beside each other lie in
 * one, unless one of them is a mount point: it is asked for once, since starting a program out of a
 * large one takes tens of milliseconds.
 */
async function mountsOf(
  folders: readonly string[],
  mounts: readonly MountRow[],
): Promise<ReadonlyMap<string, MountRow>> {
  const asked = new Map<string, Promise<MountRow | undefined>>();
  const ask = async (folder: string) => {
    const place = await realpath(folder).catch(() => undefined);
    const facts = await stat(folder).catch(() => undefined);
    if (place === undefined || facts === undefined) return undefined;
    // Not among `mounts` are file systems in memory, and each of those has a number of its own.
    const own = mounts.some(({ target }) => target === place);
    const key = own ? place : `${dirname(place)}\n${facts.dev}`;
    const answer = asked.get(key) ?? readMountOf(folder).catch(() => undefined);
    asked.set(key, answer);
    return answer;
  };
  const found = await Promise.all(
    folders.map(async (folder) => [folder, await ask(folder)] as const),
  );
  return new Map(found.flatMap(([folder, mount]) => (mount ? [[folder, mount] as const] : [])));
}

/** Of mounts on top of each other only the last is seen by programs. */
function visibleMounts(mounts: readonly MountRow[]): readonly MountRow[] {
  return mounts.filter(
    (mount, at) => !mounts.slice(at + 1).some((later) => later.target === mount.target),
  );
}

function systemDisksOf(
  mounts: readonly MountRow[],
  devices: readonly DeviceRow[],
): ReadonlySet<string> {
  const names = mounts
    .filter((mount) => SYSTEM_TARGETS.has(mount.target))
    .flatMap((mount) => [mount['maj:min'], ...devicesUnder(mount, devices).map(number)]);
  return new Set(names);
}

const number = (device: DeviceRow): string => device['maj:min'];

async function volumeOf(
  mount: MountRow,
  path: string,
  devices: readonly DeviceRow[],
  systemDisks: ReadonlySet<string>,
): Promise<Volume | undefined> {
  // A stick pulled without unmounting still has its mount, but the folder cannot be looked at.
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || !facts.isDirectory()) return undefined;
  const chain = devicesUnder(mount, devices);
  const own = chain[0];
  const folder = mount.target !== path;
  const uuid = mount.uuid ?? own?.uuid ?? undefined;
  return {
    id: uuid === undefined || folder ? `at:${path}` : `uuid:${uuid}`,
    path,
    label: (folder ? undefined : (mount.label ?? own?.label)) || basename(path) || path,
    device: mount.source ?? 'unknown',
    filesystem: mount.fstype,
    sizeBytes: mount.size ?? 0,
    freeBytes: mount.avail ?? 0,
    readOnly: mount.options.split(',').includes('ro') || chain.some((device) => device.ro),
    removable: removability(chain),
    system: [mount['maj:min'], ...chain.map(number)].some((each) => systemDisks.has(each)),
    folder,
    deviceNumber: facts.dev,
  };
}

function removability(chain: readonly DeviceRow[]): Volume['removable'] {
  if (chain.length === 0) return 'unknown';
  const leaves = chain.some((device) => device.rm || device.hotplug || device.tran === 'usb');
  return leaves ? 'yes' : 'no';
}
