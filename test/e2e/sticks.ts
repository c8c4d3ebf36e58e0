/**
 * Sticks: really mounted volumes, and folders of the practice folder.
 * @module
 */
import { mkdir } from 'node:fs/promises';
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

/** Takes every stick away again. */
export async function disposeSticks(): Promise<void> {
  for (const volume of mounted) await volume.dispose();
  mounted.clear();
}

/** A person needs longer than the app's two looks at what is plugged in. */
const COUNT_TO_THREE = 2500;

export async function fatStick(label: string, sizeMiB = 8): Promise<Stick> {
  const volume = await mountFat({ sizeMiB, label });
  mounted.add(volume);
  // Its user-space driver tells nobody the label.
  return { label: path.basename(volume.path), path: volume.path, volume };
}

export async function ext4Stick(label: string, sizeMiB = 8): Promise<Stick> {
  const volume = await mountExt4({ sizeMiB, label });
  mounted.add(volume);
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
