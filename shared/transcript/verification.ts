/**
 * What verifying a file gives: plain data for the command line, a screen or a script.
 * @module
 */
import type { Mode } from '../mode.ts';

/** `authenticated`: an unbroken line of signatures leads from the anchor to the contents. */
export type Standing = 'authenticated' | 'self-consistent';

export interface SignerLine {
  /** `custodian 2 (custodian)`, `share key 2 of 4`, `sync`. */
  readonly who: string;
  readonly kind: 'person' | 'share-key' | 'sync' | 'unnamed';
  /** Ed25519 public key in hex. */
  readonly keyid: string;
  /** Ceremony logs: how many entries this key's last signature covers. */
  readonly entries: number | null;
  /** The anchor vouches for this key; otherwise only the file itself names it. */
  readonly vouched: boolean;
}

/**
 * `hardware`: a chain to a maker's root that the auditor trusts. `unknown-root`: whole, but none of
 * these roots vouches for it. `none`: nothing was attested. `false`: it contradicts itself, the
 * roster or the entry that keeps it.
 */
export type AttestationVerdict = 'hardware' | 'unknown-root' | 'none' | 'false';

/** What a YubiKey attested when it made a credential, judged. */
export interface AttestationLine {
  /** Number of the entry that keeps it. */
  readonly entry: number;
  /** `YubiKey 12345678, share 4 of custodian 4`. */
  readonly who: string;
  readonly verdict: AttestationVerdict;
  /** Why, a clause without a full stop. */
  readonly because: string;
}

export interface Verification {
  readonly file: 'ceremony-log' | 'bundle' | 'receipt';
  readonly mode: Mode;
  readonly standing: Standing;
  /** Why that standing, in one sentence or two. */
  readonly because: string;
  /** What happened, in order, each a sentence. */
  readonly facts: readonly string[];
  readonly signers: readonly SignerLine[];
  /** What one would expect and does not find, each a sentence. */
  readonly missing: readonly string[];
  /** Ceremony logs: numbers of the entries after the last signature: nobody signed them. */
  readonly notSealed: readonly number[];
  /** Ceremony logs: how many entries a quorum of share keys signed. */
  readonly quorumEntries: number | null;
  /** Ceremony logs: paths withheld, as `entry 3: name`. */
  readonly withheld: readonly string[];
  /** Ceremony logs, where somebody judged them: what keys attested. */
  readonly attestations: readonly AttestationLine[] | null;
  /**
   * Ceremony logs: envelopes of OTP keys that were used although they were over, each a sentence; null
   * where nobody looked.
   */
  readonly envelopes: readonly string[] | null;
  /** SHA-256 in hex: head of the chain, or digest of the document. */
  readonly digest: string;
}
