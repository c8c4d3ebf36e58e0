/**
 * Finding the share that is asked for on a stick, by the names of files alone; and saying which
 * one lies there instead. The name is a label on the outside: the opened share decides.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';
import type { KnownSets } from '../../../shared/sharing/accept.ts';
import { refuseShare } from '../../../shared/sharing/refusals.ts';
import type { ShareFileName, ShareLock } from '../../media/usb/file-name.ts';
import { findShareFiles } from '../../media/usb/share-file.ts';
import type { Volume } from '../../media/usb/volumes.ts';
import { refuseWorker } from '../refusals.ts';

export interface ShareWanted {
  readonly mode: Mode;
  readonly setId: string;
  /** What people call the set. */
  readonly label: string;
  readonly index: number;
  readonly count: number;
  readonly known: KnownSets | null;
}

/**
 * The file of the share that is asked for.
 * @param lock only one that opens so; without it, an age file goes before an envelope
 * @throws Refusal `share-file-missing`, or one that names the share that is there instead
 */
export async function findShareFile(
  volume: Volume,
  wanted: ShareWanted,
  lock?: ShareLock,
): Promise<ShareFileName> {
  const { mode, setId, index, count } = wanted;
  const all = await findShareFiles(volume);
  const files = all.filter((file) => lock === undefined || file.lock === lock);
  const ofSet = files.filter((file) => setId.startsWith(file.setPrefix) && file.mode === mode);
  const [own] = ofSet
    .filter((file) => file.index === index && file.count === count)
    .sort((one, other) => one.lock.localeCompare(other.lock));
  if (own !== undefined) return own;
  const [stray] = [...ofSet, ...files];
  if (stray === undefined) throw refuseWorker('share-file-missing', index, count, volume.label);
  if (stray.mode !== mode) {
    throw refuseShare('share-other-mode', stray.mode, stray.index, stray.count);
  }
  if (ofSet.includes(stray)) {
    throw refuseShare('share-wrong-custodian', stray.index, stray.count, index);
  }
  throw strayShare(stray, wanted);
}

function strayShare({ index, count, setPrefix }: ShareFileName, { known, label }: ShareWanted) {
  const ofPrefix = ([key]: readonly [string, unknown]) => key.startsWith(setPrefix);
  const isVoid = [...(known?.void ?? [])].find(ofPrefix);
  if (isVoid !== undefined) return refuseShare('share-void', index, count, isVoid[1]);
  const old = [...(known?.superseded ?? [])].find(ofPrefix);
  if (old !== undefined) {
    return refuseShare('share-superseded', index, count, old[1].label, old[1].by);
  }
  return refuseShare('share-of-another-set', index, count, setPrefix, label);
}
