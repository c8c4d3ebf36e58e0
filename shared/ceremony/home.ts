/**
 * What the home screen shows at a glance: is every key version safe, what is due, what was
 * interrupted, what happened last.
 * @module
 */
import type { Mode } from '../mode.ts';
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
  readonly standing: 'live' | 'waiting-for-receipt' | 'void' | 'superseded';
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
  /** 730 days after the reading that is longest ago. */
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

export interface HomeView {
  /** Production is refused on this runtime or machine, and why; null when it is not. */
  readonly productionRefused: string | null;
  readonly application: string;
  readonly sets: readonly HomeSet[];
  readonly ceremonies: readonly HomeCeremony[];
  /** Names of the syncs that were confirmed by eight words, per mode. */
  readonly trustedSyncs: readonly { readonly name: string; readonly mode: Mode }[];
}
