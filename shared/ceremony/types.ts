/**
 * What both ceremonies, the host and the screens speak of. Everything here is public: no type in
 * this folder has a field for a secret.
 * @module
 */
import type { ComponentPlace, OrganisationKey, StoredKey } from '../bundle/adopt.ts';
import type { Slip } from '../checktick/legacy/slip.ts';
import type { Stays } from '../escrow/move.ts';
import type { EnvelopeStanding } from '../ledger/known-envelopes.ts';
import type { RefusalNote } from '../refusal.ts';
import type { MediumKind } from '../sharing/manifest.ts';

/** One finding of the environment check. `unknown` never counts as `pass`. */
export interface Finding {
  readonly id: string;
  readonly status: 'pass' | 'fail' | 'unknown';
  readonly headline: string;
  readonly detail: string;
  /** Production does not go on while this is not `pass`. */
  readonly stopsProduction: boolean;
  readonly fix: string;
}

/** A stick, a card, or (rehearsing) a folder. */
export interface VolumeInfo {
  readonly id: string;
  readonly label: string;
  readonly sizeBytes: number;
  readonly freeBytes: number;
  readonly readOnly: boolean;
  readonly removable: 'yes' | 'no' | 'unknown';
  /** The disk that the laptop runs from. */
  readonly system: boolean;
}

export interface PrinterInfo {
  /** CUPS name, or `pdf-folder` (rehearsal: sheets become PDF files in a folder). */
  readonly id: string;
  readonly label: string;
  readonly page: PageSize | null;
}

export type PageSize = 'A4' | 'Letter';

/** A document of Conclave's that lies on a stick. */
export interface FoundDocument {
  readonly id: string;
  readonly fileName: string;
  readonly volumeLabel: string;
}

/** Who sits at the laptop. */
export interface Turn {
  readonly name: string;
  /** `admin`: becomes an admin of sync in a change of the roster. */
  readonly role: 'custodian' | 'operator' | 'witness' | 'admin';
  /** The share that belongs to this custodian, else null. */
  readonly index: number | null;
}

/** A YubiKey that opens a share, for the register. */
export interface KeyRecord {
  /** Printed on it; null where the key does not tell. */
  readonly serial: number | null;
  /** `YubiKey 5C NFC` */
  readonly model: string;
  /** `5.4.3` */
  readonly firmware: string;
  /** The second key of a custodian who has one. */
  readonly isBackup: boolean;
  /** OTP: the slot that answers; null for FIDO2. */
  readonly slot: {
    readonly slot: 1 | 2;
    readonly touch: boolean;
    /** It was programmed here; else it was used as it was. */
    readonly programmed: boolean;
    /** Of the secret that was drawn here: see slot-verifier.ts. */
    readonly verifier?: string;
  } | null;
  /** FIDO2: the proof of its hardware, as base64; null for OTP. */
  readonly attestation: {
    readonly format: string;
    readonly statement: string;
    readonly authenticatorData: string;
    readonly clientDataHash: string;
  } | null;
}

/** A slot of a YubiKey that is about to get a new secret. */
export interface SlotProgramming {
  readonly serial: number | null;
  readonly model: string;
  readonly slot: 1 | 2;
  readonly found: 'empty' | 'configured';
  /** Of the new secret: see slot-verifier.ts. */
  readonly verifier: string;
}

/** What opens a share besides the first key or medium, as the manifest describes it. */
export interface Spare {
  /** A second YubiKey. */
  readonly backup: boolean;
  /** Another medium, of whatever kind. */
  readonly copy: boolean;
}

/** What became of the envelope of a share that was revealed; null where none is made anew. */
export type Renewal =
  /** SHA-256 of the old envelope and of the new one, in hex. */
  { readonly done: true; readonly before: string; readonly after: string } | RenewalFailed;

/** What was to be made anew and was not, or not known to be, and what is on the stick. */
export interface RenewalFailed {
  readonly done: false;
  /** What went wrong. What it means for the envelope is not in it: the stick was looked at. */
  readonly note: RefusalNote;
  readonly before: string;
  /** Null: no new one was made. */
  readonly after: string | null;
  /** As the stick itself answered afterwards; unknown: not at all, or with neither. */
  readonly holds: 'old' | 'new' | 'unknown';
}

/** A sheet that a share came in from: its number, 1 to 99, and the SHA-256 of the envelope on it. */
export interface OnSheet {
  readonly sheet: number;
  readonly envelope: string;
}

/** The envelope of an OTP key as it was read, and how it stood before its key was asked. */
export interface OtpGiven {
  /** SHA-256 in hex. */
  readonly envelope: string;
  /** The ceremony in which it was locked. */
  readonly madeIn: string;
  readonly standing: EnvelopeStanding['standing'];
}

/** On a stick: digests, in hex, of the envelope that is there and of the one that is to be. */
export interface EnvelopeMaking {
  readonly before: string;
  readonly after: string;
}

/** An envelope that is over and is about to be opened all the same. */
export interface ReplacedUse extends OtpGiven {
  /** The sheet that it is on; null: a stick. */
  readonly sheet: number | null;
  /** What counts instead, as far as it is known. Digest in hex, number of a sheet. */
  readonly live: string | null;
  readonly liveSheet: number | null;
  /** UTC; null: it never counted. */
  readonly replacedAt: string | null;
  /** When it was said to be destroyed; null: nobody said so. */
  readonly destroyedAt: string | null;
}

/** The custodian's choice to use it: why, and who was there. */
export interface ReplacedChoice {
  readonly reason: string;
  readonly witness: string;
}

/** What a witness saw in somebody's sitting, and signs for at the end. */
export interface Watched {
  readonly witness: string;
  /** `custodian 2 destroyed sheet 1 of share 2` */
  readonly what: string;
}

/** Which sheets of one share there are, and which of them counts. */
export interface SheetRenewal {
  /** The sheet that was given, and the digest of its envelope. */
  readonly given: OnSheet;
  /** Numbers that were given out here, in order. Each may have come out of the printer. */
  readonly printed: readonly number[];
  /** The sheet that counts: the given one, until one of `printed` was read back. */
  readonly good: number;
}

/** A medium that was written. */
export interface MediumRecord {
  readonly kind: MediumKind;
  /** `A4 sheet`, `stick HOME-1 (16 GB)`. */
  readonly description: string;
  /** File name on a stick, else null. */
  readonly fileName: string | null;
}

/** One line of the list on the left. */
export interface Step {
  readonly id: string;
  readonly label: string;
  readonly who: string;
  readonly standing: 'done' | 'now' | 'next';
}

/** The public half of a share. */
export interface PublicShare {
  readonly index: number;
  readonly x: number;
  readonly publicKey: string;
}

export interface Checks {
  readonly custodianComponent: string;
  readonly vaultComponent: string;
  readonly platformKey: string;
}

/** Public facts of the halves that were made anew for the platform key in use, or that stay. */
export interface RenewedKey {
  readonly componentId: string;
  readonly componentBytes: number;
  readonly checks: Checks;
  /** X-Wing, base64. Null: the manifest in force, from before there were escrow keys, names none. */
  readonly escrowKey: string | null;
  /** Whose shares gave the half in use. */
  readonly indexes: readonly number[];
}

/** How the component was split by CheckTick's command; null: it was not, one person has it whole. */
export type LegacySplit = { readonly threshold: number; readonly count: number } | null;

/** Shares, or the whole component, that somebody gave. */
export interface GivenLegacy {
  readonly id: number;
  /** Numbers of the shares; empty: the whole component. */
  readonly numbers: readonly number[];
  readonly by: string;
  /** `a file on the stick BOX`, `typed`. */
  readonly source: string;
}

/** How the legacy shares compare. No digit of a share is in it. */
export interface LegacyJudgement {
  /**
   * `whole`: a component that was never split. `uncompared`: as many as are needed, so nothing was
   * compared. `one-of`: any of the suspects could be the wrong one; a proof tells.
   */
  readonly standing: 'whole' | 'uncompared' | 'agree' | 'wrong' | 'one-of' | 'several-wrong';
  /** What came out was compared with more shares than are needed. Not so of a wrong one of k+1. */
  readonly agreed: boolean;
  /** Something came out that can be tried on a stored survey key. */
  readonly provable: boolean;
  /** So many are needed, if the shares are right and what was said is not. */
  readonly needed?: number;
  /** Shares that are wrong, or could be, and where: positions count from the left. */
  readonly suspects: readonly {
    readonly number: number;
    readonly slip: Slip['kind'];
    readonly positions: readonly number[];
  }[];
}

/** By what the restored key was proved. */
export interface LegacyProof {
  /** The stored survey keys that it opened. Empty: sync gave none for this version, or none opened. */
  readonly opened: readonly StoredKey[];
  /** Those that it did not open. */
  readonly unopened: readonly StoredKey[];
  /** The survey keys of organisations that it opened with the passphrase that `owner` typed. */
  readonly organisation?: {
    readonly owner: string;
    readonly opened: readonly OrganisationKey[];
  };
  /** Whose vault component fits. Null: nothing was tried, and two places are open. */
  readonly place: ComponentPlace | null;
  /** Of several possible wrong shares the one that was it; null: none, or it was known before. */
  readonly wrong: number | null;
}

/** A survey key that is not moved, and why. CheckTick's numbers. */
export interface StayingKey {
  readonly userId: number;
  readonly surveyId: number;
  readonly why: Stays;
}

/** How many survey keys of each kind this laptop moves in a minute, with every core. */
export interface MovePace {
  readonly checktick: number;
  readonly sealed: number;
}

/** Files that were left behind, found by name in one place. */
export interface Looked {
  readonly where: string;
  readonly files: readonly string[];
  readonly complete: boolean;
}

/** `2 of 4 shares written and read back`. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

/** A new legacy share, who took it, and where it lies. */
export interface NewLegacyShare {
  readonly number: number;
  readonly by: string;
  readonly description: string;
}
