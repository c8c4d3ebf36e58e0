/**
 * Which key version is the active one, and which ones are retired, by the bundles that sync committed:
 * each names the version that was active when it was made.
 * @module
 */
import type { Bundle } from '../bundle/bundle.ts';
import type { Mode } from '../mode.ts';
import type { VersionUse } from './ledger.ts';

/** What a committed bundle tells of versions. */
export interface VersionTold {
  readonly mode: Mode;
  /** When sync committed it, by sync's clock, UTC. */
  readonly at: string;
  /** The trust epoch that it was made in: of two commits in one second the later has the higher. */
  readonly epoch: number;
  /** The active one from then on. */
  readonly active: string;
  readonly retired: string | null;
}

/** Null: it says nothing of which version is active. */
export function toldOfVersions(body: Bundle, at: string): VersionTold | null {
  const { mode, epoch } = body;
  switch (body.kind) {
    case 'new-version':
      return { mode, at, epoch, active: body.keyVersion, retired: null };
    case 'activate':
      return { mode, at, epoch, active: body.activates, retired: null };
    case 'retire':
      return { mode, at, epoch, active: body.keyVersion, retired: body.retires };
    default:
      return null;
  }
}

/** Null: no log here tells which version is active. */
export function useOf(
  { mode, keyVersion }: { readonly mode: Mode; readonly keyVersion: string },
  all: readonly VersionTold[],
): VersionUse | null {
  const told = all.filter((one) => one.mode === mode);
  if (told.some(({ retired }) => retired === keyVersion)) return 'retired';
  const [newest] = [...told].sort((a, b) => b.at.localeCompare(a.at) || b.epoch - a.epoch);
  if (newest === undefined) return null;
  return newest.active === keyVersion ? 'active' : 'beside';
}
