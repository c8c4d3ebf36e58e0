/**
 * A YubiKey that comes out after so many reports, once, and goes in again as soon as somebody has
 * looked: every report of an operation is tried in turn.
 * @module
 */
import type { KeyTask } from '../../shared/ipc/entry.ts';
import type { KeyHands, KeyRack, RackedKey } from './key-rack.ts';

export interface LooseKey {
  readonly own: RackedKey;
  /** Puts it in when the window asks; `after` so many reports it comes out, once. */
  readonly hands: (after: number | null) => KeyHands;
  /** From here on it stays in. */
  readonly stay: () => void;
  readonly wasOut: () => boolean;
}

/** Between which tasks of the window reports are counted. */
export interface Counted {
  /** Null: from the moment when the key is put in. */
  readonly begins: ((task: KeyTask) => boolean) | null;
  readonly ends: (task: KeyTask) => boolean;
}

/** Up to the first touch that locks anew: that is counted apart. */
const UNTIL_RENEWED: Counted = {
  begins: null,
  ends: (task) => task.task === 'touch' && task.does === 'renew',
};

export function looseKey(
  rack: KeyRack,
  serial: number,
  { begins, ends }: Counted = UNTIL_RENEWED,
): LooseKey {
  const own = rack.add(serial);
  let state: 'armed' | 'out' | 'stays' = 'stays';
  own.key.plug.onLoss(() => {
    if (state !== 'armed') return;
    state = 'out';
    rack.replug(own);
  });
  const stay = () => {
    state = 'stays';
    own.key.plug.comeOutAfter(Number.MAX_SAFE_INTEGER);
  };
  const hands = (after: number | null): KeyHands => {
    let isIn = false;
    let isArmed = false;
    const arm = () => {
      if (after === null || isArmed) return;
      isArmed = true;
      own.key.plug.comeOutAfter(after);
      state = 'armed';
    };
    return {
      rack,
      own,
      instead(task) {
        if (ends(task) && state === 'armed') stay();
        if (begins?.(task) === true) arm();
        if (isIn || (task.task !== 'key-in' && task.task !== 'key-replug')) return undefined;
        isIn = true;
        if (begins === null) rack.replug(own, arm);
        else rack.replug(own);
        return null;
      },
    };
  };
  return { own, hands, stay, wasOut: () => state === 'out' };
}

/**
 * Does it with the key coming out at each of its reports, until it did not come out any more.
 * @returns how many reports there are
 */
export async function atEachReport(
  rack: KeyRack,
  { hands, stay, wasOut }: LooseKey,
  operation: (keys: KeyHands) => Promise<unknown>,
  { before, after }: { readonly before?: () => void; readonly after: (n: number) => Promise<void> },
): Promise<number> {
  let n = 0;
  for (; ; n += 1) {
    stay();
    rack.allOut();
    before?.();
    await operation(hands(n));
    if (!wasOut()) break;
    await after(n);
  }
  stay();
  return n;
}
