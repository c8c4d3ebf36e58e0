/**
 * What the home screen shows at a glance: is every key version safe, what is due, what was
 * interrupted, what happened last.
 * @module
 */
import type { BackupsGone } from '../ledger/read-destroyed.ts';
import type { Mode } from '../mode.ts';
import type { Emptied, VersionUse } from '../ledger/ledger.ts';
import type { KeptUnsealKeys } from '../ledger/unseal-keys.ts';
import type { OpenWay } from '../ledger/who-opens.ts';
import type { RefusalNote } from '../refusal.ts';
import type { MediaPolicy } from '../sharing/media-policy.ts';
import type { CeremonyKind } from '../transcript/log.ts';

export interface HomeSet {
  readonly mode: Mode;
  readonly setId: string;
  readonly generation: number;
  readonly label: string;
  readonly keyVersion: string;
  readonly threshold: number;
  readonly count: number;
  readonly standing: 'live' | 'waiting-for-receipt' | 'void' | 'superseded' | 'retired';
  /** Whether new survey keys are stored under its version; null: no log here tells. */
  readonly use: VersionUse | null;
  /** What was stored under its version was moved to another one; null: not, or not known here. */
  readonly emptied: Emptied | null;
  /** How many shares were ever read, as far as logs here tell, and have not failed since. */
  readonly proved: number;
  /** How many were called in a drill after that, and not proved. */
  readonly notProved: number;
  /** When a share was read last, and whether it signed a nonce of sync then. */
  readonly provedAt: string | null;
  readonly provedByNonce: boolean;
  /** The rule for its media; null: none was agreed. */
  readonly policy: MediaPolicy | null;
  /** Of an adopted key: what of before opens it as well, in words; null: nothing. */
  readonly legacy: string | null;
  /** Pieces of it that were not destroyed before a witness, of all, and how many open the key. */
  readonly legacyLeft: {
    readonly left: number;
    readonly of: number;
    readonly threshold: number;
  } | null;
  /** Sticks that the adoption wrote with new legacy shares, and those not destroyed. */
  readonly newLegacyLeft: {
    readonly left: number;
    readonly of: number;
    readonly threshold: number;
  } | null;
  /** When the first of its shares is due. */
  readonly dueAt: string | null;
  /** Of a set that is over: things that were written of it, and how many are not destroyed. */
  readonly remnants: {
    readonly left: number;
    readonly of: number;
    /** Shares of which something is left. */
    readonly shares: number;
  };
  /** Of a replaced set: its shares may still be needed, because sync's new half was not seen here. */
  readonly mayBeNeeded: boolean;
  /** Of a replaced set: when sync committed another half of the key, UTC; null: no receipt here says so. */
  readonly replacedAt: string | null;
  /** Names of the other sets in use that open the same platform key, each by itself. */
  readonly opensAsWell: readonly string[];
  /**
   * Of a set that is over: sync's half of today opens the key with its shares. A refresh left the half as
   * it is, or the set was to join others.
   */
  readonly fitsToday: boolean;
  /** Of a replaced set: who said that no backup with the old other half is left; null: nobody. */
  readonly backupsGone: BackupsGone | null;
  readonly custodians: readonly {
    readonly index: number;
    readonly name: string;
    readonly media: readonly string[];
  }[];
}

export interface HomeCeremony {
  readonly ceremonyId: string;
  readonly mode: Mode;
  readonly kind: CeremonyKind;
  readonly title: string;
  readonly startedAt: string;
  readonly standing: 'waiting-for-receipt' | 'closed' | 'void' | 'interrupted';
  /** Media to destroy, for void and interrupted ones. */
  readonly destroy: readonly string[];
}

/** A share of a set in use, and when it is to be proved again. */
export interface HomeDue {
  readonly mode: Mode;
  readonly setId: string;
  /** With the generation, where a refresh made it. */
  readonly label: string;
  readonly index: number;
  readonly count: number;
  readonly custodian: string;
  /** UTC; in the past: overdue. */
  readonly dueAt: string;
  /** It was called in a drill and not proved. */
  readonly failed: boolean;
}

export interface HomeView {
  /** Production is refused on this runtime or machine, and why; null when it is not. */
  readonly productionRefused: string | null;
  readonly application: string;
  readonly sets: readonly HomeSet[];
  readonly ceremonies: readonly HomeCeremony[];
  /** The most urgent first. */
  readonly due: readonly HomeDue[];
  /** What a group of people may be able to open. */
  readonly ways: readonly OpenWay[];
  /**
   * Who holds Vault's unseal keys, for each mode. It is what somebody said here, signed by nobody: for
   * warnings alone.
   */
  readonly unsealKeys: readonly {
    readonly mode: Mode;
    /** Null: nobody said it, or it cannot be read. */
    readonly kept: KeptUnsealKeys | null;
    /** Why it cannot be read. */
    readonly unreadable: RefusalNote | null;
  }[];
  /** Names of the syncs that were confirmed by eight words, per mode. */
  readonly trustedSyncs: readonly { readonly name: string; readonly mode: Mode }[];
}
