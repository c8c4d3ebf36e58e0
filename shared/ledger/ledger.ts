/**
 * The ledger: what a laptop knows of key versions, share sets and ceremonies. It is kept nowhere;
 * it is folded from ceremony logs, receipts and manifests whenever it is asked for.
 * @module
 */
import type { BackupsGone } from './read-destroyed.ts';
import type { Mode } from '../mode.ts';
import type { MediumKind } from '../sharing/manifest.ts';
import type { MediaPolicy } from '../sharing/media-policy.ts';
import type { CeremonyKind } from '../transcript/log.ts';
import type { EnvelopesKnown } from './known-envelopes.ts';

/** A share that nobody has read for this many days is due; sync's default as well. */
export const DUE_DAYS = 730;

/**
 * `void`: its ceremony ended without a bundle, or sync refused it for good; it opens nothing.
 * `superseded`: another set took its place. `retired`: sync ended its key version.
 */
export type SetStatus =
  'live' | 'waiting-for-receipt' | 'in-progress' | 'void' | 'superseded' | 'retired';

/** `active`: new survey keys are stored under it. `beside`: others are. `retired`: sync ended it. */
export type VersionUse = 'active' | 'beside' | 'retired';

export interface LedgerMedium {
  readonly kind: MediumKind;
  readonly description: string;
}

export interface LedgerShare {
  readonly index: number;
  readonly custodian: string;
  readonly media: readonly LedgerMedium[];
  /** When it was last read back or used, UTC; null for never. */
  readonly provedAt: string | null;
  /** In which ceremony. */
  readonly provedIn: string | null;
  /** It signed a nonce of sync then; otherwise the laptop says that it was read. */
  readonly provedByNonce: boolean;
  /** When it was called in a drill after that and not proved, UTC; null: never. */
  readonly failedAt: string | null;
  /** When it is to be proved again, in the past where it failed, UTC; null unless its set is live. */
  readonly dueAt: string | null;
}

/** What is to be destroyed once a set is over, piece by piece. */
export type Remnant = {
  /** Among those of the set, the same whenever it is folded: `2 medium 1`, `3 slot 1`. */
  readonly id: string;
  /** Of the share. */
  readonly index: number;
  readonly custodian: string;
  /** It was destroyed before a witness, or (a slot) left on purpose. */
  readonly gone: boolean;
} & (
  | { readonly what: 'medium'; readonly kind: MediumKind; readonly description: string }
  /** Of the OTP interface of a YubiKey. */
  | {
      readonly what: 'slot';
      /** Null where the key does not tell. */
      readonly serial: number | null;
      readonly model: string;
      /** Null where the log that tells it is not here. */
      readonly slot: 1 | 2 | null;
      /** Its secret was drawn here; else the slot was in use before. */
      readonly programmed: boolean;
      /** It was about to be programmed, and nothing says that it was. */
      readonly perhaps?: true;
      /** Of the secret that was drawn here; it has one of them. None: nobody can tell. */
      readonly verifiers: readonly string[];
    }
  /** What opened an adopted key before: a legacy share by number, or 0: the whole component. */
  | {
      readonly what: 'legacy';
      readonly number: number;
      readonly description: string;
      /** The adoption itself wrote it. */
      readonly made?: true;
    }
);

/** What opened an adopted key before its set did. */
export interface LegacyKept {
  /** How many pieces open the key. */
  readonly threshold: number;
  readonly pieces: readonly {
    /** Of the legacy share; 0: the component that was never split. */
    readonly number: number;
    /** Who gave it to the adoption, and as what; null: it was not given. */
    readonly by: string | null;
    readonly source: string | null;
    /** It was destroyed before a witness. */
    readonly gone: boolean;
  }[];
  /** A stored survey key opened with the key: in the adoption, or in a recovery since. */
  readonly proved: boolean;
  /** New legacy shares that the adoption wrote; null: none, as far as this laptop knows. */
  readonly made: NewLegacyKept | null;
}

export interface NewLegacyKept {
  readonly threshold: number;
  readonly count: number;
  /** Every stick that was ever written, or begun, with one of them. */
  readonly pieces: readonly {
    readonly number: number;
    readonly by: string;
    readonly description: string;
    readonly gone: boolean;
  }[];
}

export interface LedgerSet {
  readonly mode: Mode;
  readonly setId: string;
  readonly generation: number;
  readonly label: string;
  readonly keyVersion: string;
  /** What its shares are of: sets of one component open the same key. Null: no log here says so. */
  readonly componentId: string | null;
  readonly threshold: number;
  readonly count: number;
  readonly status: SetStatus;
  /** The label of the set that took its place. */
  readonly supersededBy: string | null;
  /** The manifest of that set; null unless it is superseded. */
  readonly replacedBy: string | null;
  /** When sync committed the set after it, UTC; null: no receipt here says so. */
  readonly replacedAt: string | null;
  /** Null while no manifest was signed. */
  readonly manifestDigest: string | null;
  readonly previous: string | null;
  readonly ceremonyId: string;
  /** As its manifest says, UTC; null while none was signed. */
  readonly madeAt: string | null;
  readonly shares: readonly LedgerShare[];
  /** The rule for its media; null: none was agreed. */
  readonly policy: MediaPolicy | null;
  /** Of an adopted key: `any 3 of 4 legacy shares`, which open it as before. */
  readonly legacy: string | null;
  /** The same piece by piece. */
  readonly legacyKept: LegacyKept | null;
  /** When the first of its shares is due; null unless it is live. */
  readonly dueAt: string | null;
  /** When a package brought sync's half back to this laptop and it fitted; null: never. */
  readonly vaultProvedAt: string | null;
  /** Everything that was ever written of it, as far as this laptop knows. */
  readonly remnants: readonly Remnant[];
  /** Of its component, once it was replaced: two people said that no backup with the other half is left. */
  readonly backupsGone: BackupsGone | null;
}

export type CeremonyStanding =
  'running' | 'waiting-for-receipt' | 'closed' | 'void' | 'interrupted';

export interface LedgerCeremony {
  readonly ceremonyId: string;
  readonly mode: Mode;
  readonly kind: CeremonyKind;
  readonly title: string;
  readonly startedAt: string;
  /** Of its last entry. */
  readonly lastAt: string;
  readonly standing: CeremonyStanding;
  /** What the receipt said, once it came; of a destruction how it ended. */
  readonly outcome: string | null;
  /** Media to destroy: of void and interrupted ceremonies and of finally refused sets. */
  readonly destroy: readonly string[];
}

/** The survey keys of a version were moved to another one. */
export interface Emptied {
  /** When sync committed it, UTC. */
  readonly at: string;
  /** The key version that they moved to. */
  readonly to: string;
  /** How many stayed, by the bundle. */
  readonly stay: number;
}

export interface KeyVersion {
  readonly mode: Mode;
  readonly keyVersion: string;
  /** Null: no log here tells which version is active. */
  readonly use: VersionUse | null;
  /** Null: not, as far as logs here tell. */
  readonly emptied: Emptied | null;
  readonly liveSets: readonly string[];
  /** A live set has at least its threshold of shares proved, none of them longer ago than due. */
  readonly safe: boolean;
}

export interface Ledger {
  readonly keyVersions: readonly KeyVersion[];
  readonly sets: readonly LedgerSet[];
  /** Newest first. */
  readonly ceremonies: readonly LedgerCeremony[];
  /** Live sets whose `dueAt` has come, most urgent first. */
  readonly due: readonly LedgerSet[];
  /** Of OTP keys: which ones are over. */
  readonly envelopes: EnvelopesKnown;
}
