/**
 * Sticks: really mounted volumes, and folders of the practice folder.
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { mountExt4, mountFat, type TestVolume } from '../servers/volumes.ts';

export interface Stick {
  /** As the screen calls it. */
  readonly label: string;
  readonly path: string;
  /** Null for a folder: it cannot be pulled out. */
  readonly volume: TestVolume | null;
}

const mounted = new Set<TestVolume>();

/** Of every stick that was ever there: to look for at the end. */
export interface Trace {
  readonly path: string;
  readonly device: string | undefined;
  /** The number under which the kernel has the connection of its user-space driver. */
  readonly connection: number;
}

export const traces: Trace[] = [];

async function remember(volume: TestVolume): Promise<void> {
  mounted.add(volume);
  const { dev } = await stat(volume.path);
  // As makedev(3) packs it: the minor number.
  const connection = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  traces.push({ path: volume.path, device: volume.device, connection });
}

/** Takes every stick away again. */
export async function disposeSticks(): Promise<void> {
  for (const volume of mounted) await volume.dispose();
  mounted.clear();
}

/** A person needs longer than the app's two looks at what is plugged in. */
const COUNT_TO_THREE = 2500;

export async function fatStick(label: string, sizeMiB = 8): Promise<Stick> {
  const volume = await mountFat({ sizeMiB, label });
  await remember(volume);
  // Its user-space driver tells nobody the label.
  return { label: path.basename(volume.path), path: volume.path, volume };
}

export async function ext4Stick(label: string, sizeMiB = 8): Promise<Stick> {
  const volume = await mountExt4({ sizeMiB, label });
  await remember(volume);
  return { label, path: volume.path, volume };
}

/** The folders that the app makes itself stand for sticks A to F. */
export async function practiceStick(practice: string, letter: string): Promise<Stick> {
  const label = `practice stick ${letter}`;
  const folder = path.join(practice, label);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return { label, path: folder, volume: null };
}

/** Out, and in again after a count to three. */
export async function replug({ volume }: Stick): Promise<void> {
  if (volume === null) return;
  // Somebody who looks at the stick at this moment keeps it for that moment.
  for (let tries = 0; ; tries += 1) {
    try {
      await volume.unmount();
      break;
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  await new Promise((resolve) => setTimeout(resolve, COUNT_TO_THREE));
  await volume.remount();
}

/**
 * Holds every change of a file system (as for a snapshot), waits until a program stands there with
 * the name of a new file in its hand, takes the mount away, and lets go: the file is made where no
 * name leads any more. However slow or busy the machine is, it is pulled in that moment.
 */
const PULLER = `
import ctypes, fcntl, glob, os, struct, sys, time
folder = sys.argv[1]
FIFREEZE, FITHAW, MNT_DETACH, OPENAT = 0xC0045877, 0xC0045878, 2, "257"
umount2 = ctypes.CDLL(None, use_errno=True).umount2

def waits(task):
    """The path with which a thread stands in openat(2), asleep."""
    try:
        number, *given = open(task + "/syscall").read().split()
        if number != OPENAT:
            return ""
        with open(task + "/mem", "rb") as memory:
            memory.seek(int(given[1], 16))
            return memory.read(400).split(b"\\0")[0].decode("latin1")
    except (OSError, ValueError):
        return ""

stick = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
fcntl.ioctl(stick, FIFREEZE, struct.pack("i", 0))
try:
    print("ready", flush=True)
    begun, deadline = "", time.monotonic() + 60
    while not begun:
        if time.monotonic() > deadline:
            sys.exit("nothing was written")
        found = map(waits, glob.glob("/proc/[0-9]*/task/[0-9]*"))
        begun = next((path for path in found if path.startswith(folder + "/.conclave-")), "")
    if umount2(folder.encode(), MNT_DETACH) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    print(os.path.basename(begun), flush=True)
finally:
    fcntl.ioctl(stick, FITHAW, struct.pack("i", 0))
`;

/**
 * From now on this stick (on a loop device) is pulled at the moment when the app begins to write a
 * file onto it: what is open goes on, every name of the stick is gone at once.
 * @returns what waits for that moment, and gives the name of the file that was begun
 */
export async function pullOnceWritten({ path: folder }: Stick): Promise<() => Promise<string>> {
  const puller = spawn('python3', ['-c', PULLER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  puller.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(puller, 'close');
  await Promise.race([once(puller.stdout, 'data'), ended]);
  return async () => {
    const [code] = await ended;
    if (code !== 0) throw new Error(`nothing was written that could be interrupted (${code})`);
    return said.trim().split('\n').at(-1) ?? '';
  };
}
