/**
 * What a given group of people could open: each way that may still lead to a platform key, who holds
 * its pieces, and what is needed besides.
 * @module
 */
import type { Mode } from '../mode.ts';
import { backupsGone, componentOver, nameOf } from './generations.ts';
import type { Ledger, LedgerSet, SetStatus } from './ledger.ts';

/** Pieces of one split of one custodian component; those of two splits do not mix. */
export interface OpenWay {
  /** The same whenever it is folded. */
  readonly id: string;
  readonly mode: Mode;
  readonly label: string;
  /** Of the set: what Conclave refuses may still open the key by other means. */
  readonly status: SetStatus;
  readonly keyVersion: string;
  /** Shares of the set; legacy shares of an adopted key; those that the adoption wrote. */
  readonly what: 'set' | 'legacy' | 'new-legacy';
  readonly threshold: number;
  /** Not destroyed before a witness. `by`: null where nobody knows who has it. */
  readonly pieces: readonly { readonly number: number; readonly by: string | null }[];
  /**
   * The other half of the key: in Vault and in the database today; in backups of before `since` alone;
   * in a bundle that sync has not committed yet.
   */
  readonly besides: 'vault' | 'backup' | 'bundle';
  /** Of `backup`: when the other half changed, UTC; null: no receipt here says so. */
  readonly since: string | null;
}

export interface CouldOpen {
  readonly way: OpenWay;
  /** Different pieces that these people hold. */
  readonly held: number;
  /** Pieces that nobody knows the holder of: these people may have them as well. */
  readonly unknown: number;
  readonly opens: boolean;
}

/**
 * All that may still lead to a key. Sets that are void are left out unless their shares are of a component
 * in use: split from it by an adoption or to join other sets, or made of its shares by a refresh. One that
 * is being made right now is left out, too.
 */
export function openWays({ sets }: Ledger): OpenWay[] {
  return sets.flatMap((set) => {
    const half = otherHalf(set, sets);
    if (half === null) return [];
    const { mode, status, keyVersion, setId, generation, legacyKept: kept } = set;
    const id = `${setId} ${generation}`;
    const whose = { mode, label: nameOf(set), status, keyVersion, ...half };
    const legacy: OpenWay[] =
      kept === null || isToldElsewhere(set, sets)
        ? []
        : [
            {
              id: `${id} legacy`,
              ...whose,
              what: 'legacy',
              threshold: kept.threshold,
              pieces: left(kept.pieces),
            },
          ];
    const made: OpenWay[] =
      kept === null || kept.made === null
        ? []
        : [
            {
              id: `${id} new legacy`,
              ...whose,
              what: 'new-legacy',
              threshold: kept.made.threshold,
              pieces: left(kept.made.pieces),
            },
          ];
    const shares: OpenWay = {
      id,
      ...whose,
      what: 'set',
      threshold: set.threshold,
      pieces: sharesLeft(set),
    };
    return [shares, ...legacy, ...made].filter(({ pieces }) => pieces.length > 0);
  });
}

/** @param people names, as manifests and logs have them */
export function couldOpen(ways: readonly OpenWay[], people: ReadonlySet<string>): CouldOpen[] {
  return ways.map((way) => {
    const mine = way.pieces.filter(({ by }) => by !== null && people.has(by));
    const held = new Set(mine.map(({ number }) => number)).size;
    const stray = way.pieces.filter(({ by }) => by === null);
    return {
      way,
      held,
      unknown: new Set(stray.map(({ number }) => number)).size,
      opens: held >= way.threshold,
    };
  });
}

/** Everybody who is known to hold something, in the order of the alphabet. */
export function holdersOf(ways: readonly OpenWay[]): string[] {
  const names = ways.flatMap(({ pieces }) => pieces.flatMap(({ by }) => by ?? []));
  return [...new Set(names)].sort((one, other) => one.localeCompare(other, 'en'));
}

/** A slot of a YubiKey alone, without its envelope, is no share. */
function sharesLeft({ remnants }: LedgerSet): OpenWay['pieces'] {
  const pieces = remnants.flatMap(({ what, gone, index, custodian }) =>
    what === 'medium' && !gone ? [{ number: index, by: custodian }] : [],
  );
  // A share on two media is one piece.
  return pieces.filter(
    (one, at) =>
      pieces.findIndex(({ number, by }) => number === one.number && by === one.by) === at,
  );
}

function left(
  pieces: readonly {
    readonly number: number;
    readonly by: string | null;
    readonly gone: boolean;
  }[],
): OpenWay['pieces'] {
  return pieces.flatMap(({ number, by, gone }) => (gone ? [] : [{ number, by }]));
}

/** Null: its shares open nothing. */
function otherHalf(
  set: LedgerSet,
  sets: readonly LedgerSet[],
): Pick<OpenWay, 'besides' | 'since'> | null {
  const { status, legacy } = set;
  // What a refresh made, or a set that was to join others, is of the component in use, whatever became of it.
  if (status === 'superseded' || status === 'void' || status === 'waiting-for-receipt') {
    // Nothing is left that they fit.
    if (backupsGone(set, sets) !== null) return null;
    const over = componentOver(set, sets);
    if (over !== undefined) {
      return over === null
        ? { besides: 'vault', since: null }
        : { besides: 'backup', since: over.since };
    }
  }
  // The row with its other half stays, whatever sync trusts.
  if (status === 'live' || status === 'retired') return { besides: 'vault', since: null };
  // An adoption splits the component in use: whatever became of it, its shares are of that one.
  if (legacy !== null) {
    const over = adoptedAsWell(set, sets).find((one) => one.status === 'superseded');
    if (over === undefined) return { besides: 'vault', since: null };
    return backupsGone(over, sets) === null ? { besides: 'backup', since: over.replacedAt } : null;
  }
  return status === 'waiting-for-receipt' ? { besides: 'bundle', since: null } : null;
}

const adoptedAsWell = (set: LedgerSet, sets: readonly LedgerSet[]) =>
  sets.filter(
    (one) =>
      one !== set &&
      one.legacy !== null &&
      one.mode === set.mode &&
      one.keyVersion === set.keyVersion,
  );

/** Legacy shares of a key that was adopted after an attempt which came to nothing: told once. */
function isToldElsewhere(set: LedgerSet, sets: readonly LedgerSet[]): boolean {
  return set.status === 'void' && adoptedAsWell(set, sets).some(({ status }) => status !== 'void');
}
