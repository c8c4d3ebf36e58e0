/**
 * Checking a share alone, the moment it arrives: form, mode, set, number, and that its own
 * public key is the one that the manifest lists. The bad share is named; nothing that was
 * accepted before is lost.
 * @module
 */
import type { Mode } from '../mode.ts';
import { decodeShare, type Share } from './envelope.ts';
import type { Manifest } from './manifest.ts';
import { refuseShare } from './refusals.ts';
import { sharePublicKey } from './share-key.ts';

/** What is known of sets that are not asked for, to name a stray share. */
export interface KnownSets {
  /** Set id and generation of sets whose ceremony was interrupted: `setId/generation` to label. */
  readonly void: ReadonlyMap<string, string>;
  /** Sets that another set replaced: to {label, by}. */
  readonly superseded: ReadonlyMap<string, { readonly label: string; readonly by: string }>;
}

export const NO_KNOWN_SETS: KnownSets = { void: new Map(), superseded: new Map() };

/**
 * The generation of the next refresh: one more than that of every attempt that is known of this set. A share
 * of an interrupted one that comes to light later is then of a set that is known to be void, and not a false
 * share of the set in force.
 */
export function unusedGeneration(
  { setId, generation }: Pick<Manifest, 'setId' | 'generation'>,
  known: { readonly [of in keyof KnownSets]: Iterable<readonly [string, unknown]> },
): number {
  const used = [...known.void, ...known.superseded].flatMap(([key]) =>
    key.startsWith(`${setId}/`) ? [Number(key.slice(setId.length + 1))] : [],
  );
  return Math.max(generation, ...used) + 1;
}

/** The key of {@link KnownSets}. */
export function setKey(setId: string, generation: number): string {
  return `${setId}/${generation}`;
}

export interface Acceptance {
  readonly mode: Mode;
  readonly manifest: Manifest;
  readonly known: KnownSets;
  /** Indexes accepted before. */
  readonly accepted: ReadonlySet<number>;
  /** Only this share is wanted (read-back of one custodian), or null for any of the set. */
  readonly only: number | null;
}

/** Untrusted wire bytes to a genuine share of the manifest, or the refusal that names it. */
export function acceptShare(wire: Uint8Array, wanted: Acceptance): Share {
  const share = decodeShare(wire);
  try {
    checkAgainst(share, wanted);
    return share;
  } catch (error) {
    share.y.fill(0);
    throw error;
  }
}

/** Names a share of a set that is known to be void or replaced. */
function refuseStray({ setId, generation, index, count }: Share, known: KnownSets): void {
  const key = setKey(setId, generation);
  const voidLabel = known.void.get(key);
  if (voidLabel !== undefined) throw refuseShare('share-void', index, count, voidLabel);
  const superseded = known.superseded.get(key);
  if (superseded !== undefined) {
    throw refuseShare('share-superseded', index, count, superseded.label, superseded.by);
  }
}

function checkAgainst(share: Share, { mode, manifest, known, accepted, only }: Acceptance): void {
  const { index, count } = share;
  if (share.mode !== mode) throw refuseShare('share-other-mode', share.mode, index, count);
  // SECURITY: what the trusted manifest asks for is asked for, whatever another file says of it.
  const isAskedFor = share.setId === manifest.setId && share.generation === manifest.generation;
  if (!isAskedFor) refuseStray(share, known);
  if (share.setId !== manifest.setId) {
    throw refuseShare('share-of-another-set', index, count, share.setId, manifest.label);
  }
  if (share.generation < manifest.generation) {
    throw refuseShare(
      'share-superseded',
      index,
      count,
      `${manifest.label}, generation ${share.generation}`,
      `${manifest.label}, generation ${manifest.generation}`,
    );
  }
  const entry = manifest.shares[index - 1];
  if (
    share.generation !== manifest.generation ||
    share.threshold !== manifest.threshold ||
    count !== manifest.count ||
    entry?.x !== share.x ||
    share.y.length !== manifest.componentBytes ||
    entry.publicKey !== sharePublicKey(share)
  ) {
    throw refuseShare('share-not-genuine', index, count);
  }
  if (only !== null && index !== only) {
    throw refuseShare('share-wrong-custodian', index, count, only);
  }
  if (accepted.has(index)) throw refuseShare('share-duplicate', index, count);
}
