/**
 * What others need of the ledger: the home screen, and the names of stray shares.
 * @module
 */
import type { HomeCeremony, HomeDue, HomeSet } from './home.ts';
import type { KnownSetsData } from './known-sets.ts';
import type { Mode } from '../mode.ts';
import { setKey } from '../sharing/accept.ts';
import { newestFirst } from '../ledger/fold.ts';
import { backupsGone, componentOver, joinedWith, nameOf } from '../ledger/generations.ts';
import type { Ledger, LedgerSet, LegacyKept } from '../ledger/ledger.ts';
import { mayBeNeeded } from '../ledger/live-slots.ts';
import { sharesLeft } from '../ledger/remnants.ts';

/** For the home screen. A set whose ceremony is open right now is not shown. */
export function homeSets({ sets, keyVersions }: Ledger): HomeSet[] {
  return sets.flatMap((set): HomeSet[] => {
    if (set.status === 'in-progress') return [];
    const {
      mode,
      setId,
      generation,
      label,
      keyVersion,
      threshold,
      count,
      status,
      policy,
      legacy,
      legacyKept,
      dueAt,
    } = set;
    const last = lastProved(set);
    const version = keyVersions.find((one) => one.mode === mode && one.keyVersion === keyVersion);
    return [
      {
        mode,
        setId,
        generation,
        label,
        keyVersion,
        threshold,
        count,
        standing: status,
        use: version?.use ?? null,
        emptied: version?.emptied ?? null,
        proved: set.shares.filter((one) => one.provedAt !== null && one.failedAt === null).length,
        notProved: set.shares.filter(({ failedAt }) => failedAt !== null).length,
        provedAt: last?.provedAt ?? null,
        provedByNonce: last?.provedByNonce ?? false,
        policy,
        legacy,
        legacyLeft:
          legacyKept === null
            ? null
            : {
                left: legacyKept.pieces.filter(({ gone }) => !gone).length,
                of: legacyKept.pieces.length,
                threshold: legacyKept.threshold,
              },
        newLegacyLeft: newLegacyLeft(legacyKept),
        dueAt,
        remnants: {
          left: set.remnants.filter(({ gone }) => !gone).length,
          of: set.remnants.length,
          shares: sharesLeft(set),
        },
        opensAsWell: status === 'live' ? joinedWith(set, sets).map(nameOf) : [],
        mayBeNeeded: status === 'superseded' && mayBeNeeded(set, sets),
        ...fitOf(set, sets),
        custodians: set.shares.map(({ index, custodian, media }) => ({
          index,
          name: custodian,
          media: media.map(({ description }) => description),
        })),
      },
    ];
  });
}

/** Until when sync's half fits its shares: a refresh, or a set that joins others, leaves it as it is. */
function fitOf(
  set: LedgerSet,
  sets: readonly LedgerSet[],
): Pick<HomeSet, 'replacedAt' | 'fitsToday' | 'backupsGone'> {
  const isOver = set.status === 'superseded' || set.status === 'void';
  const over = isOver ? componentOver(set, sets) : undefined;
  return {
    replacedAt: over?.since ?? null,
    fitsToday: over === null,
    backupsGone: isOver ? backupsGone(set, sets) : null,
  };
}

function newLegacyLeft(kept: LegacyKept | null): HomeSet['newLegacyLeft'] {
  const made = kept?.made ?? null;
  if (made === null) return null;
  const { pieces, threshold } = made;
  return { left: pieces.filter(({ gone }) => !gone).length, of: pieces.length, threshold };
}

/** The share that was read last; undefined: none ever was. */
function lastProved({ shares }: LedgerSet): LedgerSet['shares'][number] | undefined {
  const read = shares.filter(({ provedAt }) => provedAt !== null);
  return read.sort((a, b) => ((a.provedAt ?? '') < (b.provedAt ?? '') ? 1 : -1))[0];
}

/** Of every ledger together, the most urgent first. */
export function homeDue(...ledgers: readonly Ledger[]): HomeDue[] {
  return ledgers
    .flatMap(({ sets }) => sets)
    .flatMap((set) =>
      set.shares.flatMap(({ index, custodian, dueAt, failedAt }): HomeDue[] => {
        if (dueAt === null) return [];
        const { mode, setId, count } = set;
        const failed = failedAt !== null;
        return [{ mode, setId, label: nameOf(set), index, count, custodian, dueAt, failed }];
      }),
    )
    .sort((one, other) => (one.dueAt < other.dueAt ? -1 : one.dueAt > other.dueAt ? 1 : 0));
}

/** The newest first, of every ledger together. */
export function homeCeremonies(...ledgers: readonly Ledger[]): HomeCeremony[] {
  const ceremonies = ledgers.flatMap((ledger) => ledger.ceremonies).sort(newestFirst);
  return ceremonies.flatMap((ceremony): HomeCeremony[] => {
    const { standing, ceremonyId, mode, kind, title, startedAt, destroy } = ceremony;
    if (standing === 'running') return [];
    return [{ ceremonyId, mode, kind, title, startedAt, standing, destroy }];
  });
}

/** For `acceptShare`: void and superseded sets of one mode, by set and generation. */
export function knownSetsData({ sets }: Ledger, mode: Mode): KnownSetsData {
  const own = sets.filter((set) => set.mode === mode);
  return {
    void: own
      .filter(({ status }) => status === 'void')
      .map((set) => [setKey(set.setId, set.generation), nameOf(set)] as const),
    superseded: own
      .filter(({ status }) => status === 'superseded')
      .map(
        (set) =>
          [
            setKey(set.setId, set.generation),
            { label: nameOf(set), by: set.supersededBy ?? 'a newer set' },
          ] as const,
      ),
  };
}
