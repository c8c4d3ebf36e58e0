/**
 * "Please take the stick out and put it back": a share counts only when it was read from the stick
 * itself and not from the memory in which the system keeps what was just written.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';
import { refuseUsb } from './refusals.ts';
import type { Volume } from './volumes.ts';
import { listVolumes, sameVolume } from './volumes.ts';

/**
 * What the screen says meanwhile: the stick is still in; it is out; a stick came that was not there
 * before and is another one; it is back.
 */
export type ReplugState = 'still-in' | 'out' | 'another-stick' | 'back';

export interface ReplugOptions {
  readonly mode: Mode;
  /** Called once for each change of state. */
  readonly onState?: (state: ReplugState) => void;
  /** Stops the waiting, with the refusal `usb-cancelled`. */
  readonly signal?: AbortSignal;
  /** How long to rest between two looks, in milliseconds. */
  readonly pollMs?: number;
}

export interface Replugged {
  /** The stick as it is now; its path may be another one. */
  readonly volume: Volume;
  /**
   * False: it was gone and came back. True: a folder of a rehearsal, which cannot be taken out; its
   * files are opened again, no more.
   */
  readonly reopened: boolean;
}

/**
 * Waits until a volume has gone and come back (sameVolume in volumes.ts says what "the same" is).
 * A stick that is out and in again within one rest is not noticed; people need longer.
 *
 * @throws Refusal `usb-cancelled`, `usb-tools-missing`
 */
export async function waitForReplug(
  volume: Volume,
  { mode, onState, signal, pollMs = 400 }: ReplugOptions,
): Promise<Replugged> {
  if (volume.folder && mode === 'rehearsal') return { volume, reopened: true };
  const look = patiently(
    () => listVolumes({ mode, folders: volume.folder ? [] : [volume.path] }),
    () => rest(pollMs, signal),
  );
  const known = await look();
  let state: ReplugState | undefined;
  const enter = (next: ReplugState) => {
    if (next !== state) onState?.(next);
    state = next;
  };
  let wasOut = false;
  for (;;) {
    if (signal?.aborted === true) throw refuseUsb('usb-cancelled', volume.label);
    const present = await look();
    const same = present.find((candidate) => sameVolume(candidate, volume));
    if (same !== undefined && wasOut) {
      enter('back');
      return { volume: same, reopened: false };
    }
    if (same !== undefined) {
      enter('still-in');
    } else {
      wasOut = true;
      const foreign = present.some(
        (candidate) => !candidate.folder && !known.some((before) => sameVolume(before, candidate)),
      );
      enter(foreign ? 'another-stick' : 'out');
    }
    await rest(pollMs, signal);
  }
}

/** How many looks in a row may fail before the waiting is given up. */
const MOST_FAILURES = 5;

/** A stick that is pulled out in the middle of a look can make findmnt or lsblk fail: look again. */
function patiently<T>(look: () => Promise<T>, pause: () => Promise<void>): () => Promise<T> {
  return async () => {
    for (let failures = 1; ; failures += 1) {
      try {
        return await look();
      } catch (error) {
        if (failures >= MOST_FAILURES) throw error;
        await pause();
      }
    }
  };
}

function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
