/**
 * Slots of YubiKeys that may still be needed: which share of which set each opens.
 * @module
 */
import { shareName } from '../sharing/refusals.ts';
import { isKeyMedium } from '../sharing/manifest.ts';
import type { LedgerSet } from './ledger.ts';
import { isRefreshed, isSameComponent } from './generations.ts';
import { serialsIn } from './remnants.ts';

/** A slot that opens a share. */
export interface LiveSlot {
  /** Printed on the key. */
  readonly serial: number;
  /** Null where only the manifest tells of the key: it may be either. */
  readonly slot: 1 | 2 | null;
  /** `share 2 of 4 of the set 2026 A, of custodian 2` */
  readonly opens: string;
}

/**
 * Of every set that is in use, may come to be, or was replaced by one whose other half of the key
 * was not seen yet. A key that hides its number cannot be looked up.
 */
export function liveSlots(sets: readonly LedgerSet[]): LiveSlot[] {
  return sets.filter((set) => mayBeNeeded(set, sets)).flatMap(slotsOf);
}

/**
 * A void set never opened anything. The shares of a replaced one open the old half of the key until a
 * package has brought the new half back to this laptop.
 */
export function mayBeNeeded(
  { mode, setId, generation, status, replacedBy }: LedgerSet,
  sets: readonly LedgerSet[],
): boolean {
  if (status !== 'superseded') return status !== 'void';
  // Refreshed: the generation after it opens the same half, and was read back share by share.
  if (isRefreshed({ mode, setId, generation }, sets)) return false;
  const next = sets.find(({ manifestDigest }) => manifestDigest === replacedBy);
  // No package brings the half of a retired version any more, and sync needs neither set.
  if (next?.status === 'retired') return false;
  // Any set of the component that came shows that the half fits.
  return (
    next === undefined ||
    !sets.some((one) => one.vaultProvedAt !== null && isSameComponent(one, next, sets))
  );
}

function slotsOf({ label, count, shares, remnants }: LedgerSet): LiveSlot[] {
  const opensOf = (index: number, custodian: string) =>
    `${shareName(index, count)} of the set ${label}, of ${custodian}`;
  const registered = remnants.flatMap((one): LiveSlot[] =>
    one.what !== 'slot' || one.serial === null || one.gone || one.perhaps
      ? []
      : [{ serial: one.serial, slot: one.slot, opens: opensOf(one.index, one.custodian) }],
  );
  const described = shares.flatMap(({ index, custodian, media }) =>
    media
      .filter(({ kind }) => isKeyMedium(kind) && kind !== 'yubikey-fido2')
      .flatMap(({ description }) => serialsIn(description))
      .map((serial): LiveSlot => ({ serial, slot: null, opens: opensOf(index, custodian) })),
  );
  const isRegistered = ({ serial, opens }: LiveSlot) =>
    registered.some((one) => one.serial === serial && one.opens === opens);
  return [...registered, ...described.filter((one) => !isRegistered(one))];
}
