/**
 * Which key version is the active one, and which ones are retired, by the bundles that sync committed:
 * each names the version that was active when it was made.
 * @module
 */
import type { Bundle } from '../bundle/bundle.ts';
import { staying } from '../bundle/move.ts';
import type { Mode } from '../mode.ts';
import type { Emptied, VersionUse } from './ledger.ts';

/** What a committed bundle tells of versions. */
export interface VersionTold {
  readonly mode: Mode;
  /** When sync committed it, by sync's clock, UTC. */
  readonly at: string;
  /** The trust epoch that it was made in: of two commits in one second the later has the higher. */
  readonly epoch: number;
  /** The active one from then on; null: it says nothing of that. */
  readonly active: string | null;
  readonly retired: string | null;
  /** A version whose survey keys were moved, to which one, and how many stayed. */
  readonly emptied?: { readonly keyVersion: string } & Pick<Emptied, 'to' | 'stay'>;
}

/** Null: it says nothing of versions. */
export function toldOfVersions(body: Bundle, at: string): VersionTold | null {
  const { mode, epoch } = body;
  switch (body.kind) {
    case 'new-version':
      return { mode, at, epoch, active: body.keyVersion, retired: null };
    case 'activate':
      return { mode, at, epoch, active: body.activates, retired: null };
    case 'retire':
      return { mode, at, epoch, active: body.keyVersion, retired: body.retires };
    case 'migrate-escrows': {
      const { keyVersion, movesTo: to, counts } = body;
      const emptied = { keyVersion, to, stay: staying(counts) };
      return { mode, at, epoch, active: null, retired: null, emptied };
    }
    default:
      return null;
  }
}

/** Null: no log here tells which version is active. */
export function useOf(
  { mode, keyVersion }: { readonly mode: Mode; readonly keyVersion: string },
  all: readonly VersionTold[],
): VersionUse | null {
  const told = newestFirst(mode, all);
  if (told.some(({ retired }) => retired === keyVersion)) return 'retired';
  const newest = told.find(({ active }) => active !== null);
  if (newest === undefined) return null;
  return newest.active === keyVersion ? 'active' : 'beside';
}

const newestFirst = (mode: Mode, all: readonly VersionTold[]): VersionTold[] =>
  all
    .filter((one) => one.mode === mode)
    .sort((a, b) => b.at.localeCompare(a.at) || b.epoch - a.epoch);

/**
 * When the survey keys of a version were moved last, and how many stayed. Null: never, as far as logs
 * here tell, or it was the active one since, under which new ones are stored.
 */
export function emptiedOf(
  { mode, keyVersion }: { readonly mode: Mode; readonly keyVersion: string },
  all: readonly VersionTold[],
): Emptied | null {
  for (const { at, active, emptied } of newestFirst(mode, all)) {
    if (active === keyVersion) return null;
    if (emptied?.keyVersion === keyVersion) return { at, to: emptied.to, stay: emptied.stay };
  }
  return null;
}
