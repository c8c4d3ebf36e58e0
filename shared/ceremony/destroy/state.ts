/**
 * The state of a destruction: what is left of a share set that is over is destroyed before a
 * witness, one custodian after another. No package, no bundle, no secret. Plain JSON, public.
 * @module
 */
import { isNamed } from '../../identity/roster-change.ts';
import type { Remnant } from '../../ledger/ledger.ts';
import { ENVELOPE_ON } from '../../sharing/key-carriers.ts';
import { isKeyMedium } from '../../sharing/media-kinds.ts';
import { shareName } from '../../sharing/refusals.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import { newSeat, type Seat } from '../seat/state.ts';
import { freshStart } from '../start.ts';
import type { Looked } from '../types.ts';

/** The set, as the ledger knew it when the destruction was begun. */
export interface DestroyFacts {
  readonly setId: string;
  readonly generation: number;
  readonly label: string;
  /**
   * `refreshed`: its shares became others, which open what it opened. `legacy`: not the set, which is
   * live, but what opened its key before.
   */
  readonly standing: 'void' | 'superseded' | 'refreshed' | 'retired' | 'legacy';
  /** The set that took its place; null where none did. */
  readonly supersededBy: string | null;
  /** Shares of the set, or legacy shares. */
  readonly count: number;
  /** So many of them open the key. */
  readonly threshold: number;
  /** So many of the new legacy shares that the adoption wrote; 0: it wrote none. */
  readonly newThreshold: number;
  /** Of a replaced set: backups from then or before hold the old other half, UTC; null: not known. */
  readonly halfOf: string | null;
  /** Its shares are of a key that was in use before: split from it, or made of shares of it. */
  readonly ofKeyInUse: boolean;
  /** What was not destroyed before. */
  readonly remnants: readonly Remnant[];
  /**
   * Its files on sticks can be told from those of every other set and generation that this laptop
   * knows, so one may be removed.
   */
  readonly filesTold: boolean;
  /** Personal keys that this laptop knows; one name may have had several. */
  readonly people: readonly { readonly name: string; readonly publicKey: string }[];
  /** The witness of the split; empty where it is not known. */
  readonly witness: string;
  /** Numbers of YubiKeys whose slots open shares of sets that are in use. */
  readonly inUse: readonly number[];
  /** Whose each key is, by number. */
  readonly owners: readonly (readonly [serial: number, name: string])[];
}

export type DestroyPhase =
  | OpeningPhase
  | { readonly at: 'destruction' }
  | { readonly at: 'destroyers' }
  | { readonly at: 'seat'; readonly seat: Seat }
  | { readonly at: 'closed' };

export interface DestroyState extends OpeningState {
  readonly ceremony: 'destroy';
  readonly phase: DestroyPhase;
  readonly set: DestroyFacts;
  /** Empty before it was agreed. */
  readonly witness: string;
  /** Of those that are gone now, and of slots that were left. */
  readonly gone: readonly string[];
  /** Of slots that were left as they are, on purpose. */
  readonly asItIs: readonly string[];
  /** Removed from its stick: it is looked at again once the stick was out. */
  readonly reopening: {
    readonly id: string;
    readonly where: string;
    readonly files: readonly string[];
  } | null;
  /** Of those whose file was gone when the stick was opened again. */
  readonly fileGone: readonly string[];
  readonly lastSeated: string | null;
  /** Where leftover files were looked for. */
  readonly looked: readonly Looked[];
  /** Who said beside the witness that the last backup with the old half is gone, and since when. */
  readonly backupsGone: { readonly on: string; readonly by: string } | null;
  /** Of a replaced set: why no backup was tried, and who answers for it beside the witness. */
  readonly untried: { readonly reason: string; readonly by: string } | null;
}

export function startDestroy(
  start: Parameters<typeof freshStart>[0],
  set: DestroyFacts,
): DestroyState {
  const { mode, ceremonyId, startedAt, checkedAt, busy, awaiting, refusal, paused } =
    freshStart(start);
  return {
    mode,
    ceremonyId,
    startedAt,
    checkedAt,
    busy,
    awaiting,
    refusal,
    paused,
    sync: null,
    package: null,
    planned: null,
    ceremony: 'destroy',
    phase: { at: 'destruction' },
    set,
    witness: '',
    gone: [],
    asItIs: [],
    reopening: null,
    fileGone: [],
    lastSeated: null,
    looked: [],
    backupsGone: null,
    untried: null,
  };
}

/** A legacy share that the adoption itself wrote. */
export const isNewLegacy = (one: Remnant): one is Extract<Remnant, { what: 'legacy' }> =>
  one.what === 'legacy' && one.made === true;

/** Whether a file of it lies on a stick: the share, or the envelope that a YubiKey opens. */
export const isOnStick = (one: Remnant): one is Extract<Remnant, { what: 'medium' }> =>
  one.what === 'medium' &&
  (one.kind === 'usb' ||
    (isKeyMedium(one.kind) &&
      /^(stick|folder) /.test(one.description.split(ENVELOPE_ON)[1] ?? '')));

/** What is still to be destroyed, of one share or of all. */
export function remaining({ set, gone }: DestroyState, index?: number): Remnant[] {
  return set.remnants.filter(
    (one) => !gone.includes(one.id) && (index === undefined || one.index === index),
  );
}

/** `share 2 of 4 of the set 2024 A`, `legacy share 2 of 4`, `the component that was never split` */
export function pieceInWords({ set }: DestroyState, index: number): string {
  const { standing, count, label } = set;
  const made = set.remnants.filter(isNewLegacy).find((one) => one.index === index);
  if (made !== undefined) return `new legacy share ${made.number}`;
  if (standing !== 'legacy') return `${shareName(index, count)} of the set ${label}`;
  return count === 1 ? 'the component that was never split' : `legacy ${shareName(index, count)}`;
}

/** The custodians who still have something to destroy, in the order of their shares. */
export function destroyers(state: DestroyState) {
  const found = new Map<number, { index: number; name: string; left: number }>();
  for (const { index, custodian } of remaining(state)) {
    const one = found.get(index) ?? { index, name: custodian, left: 0 };
    found.set(index, { ...one, left: one.left + 1 });
  }
  return [...found.values()].sort((a, b) => a.index - b.index);
}

export function destroyerSeat(state: DestroyState, index: number): Seat | null {
  const one = destroyers(state).find((candidate) => candidate.index === index);
  if (one === undefined) return null;
  return newSeat({ name: one.name, role: 'custodian', index }, 'destroy', 'paper');
}

/** Whoever says that the backups are gone, or answers for their not being tried, signs for it. */
export const backupsSeat = (by: string): Seat =>
  newSeat({ name: by, role: 'operator', index: null }, 'sign', 'paper');

/** The witness signs last. */
export function witnessSeat({ witness }: DestroyState): Seat {
  return newSeat({ name: witness, role: 'witness', index: null }, 'sign', 'paper');
}

/** Personal keys known under a name. */
export function keysOf({ set }: DestroyState, name: string): string[] {
  return set.people.filter(isNamed(name)).map(({ publicKey }) => publicKey);
}
