/**
 * What a machine asks the host to do. `record` is done at once and durably; every other effect
 * answers with the host event named in its comment, or with `refused`.
 * @module
 */
import type { Adoption, ComponentPlace } from '../bundle/adopt.ts';
import type { DrillResults } from '../bundle/drill.ts';
import type { Sealed } from '../sealing/hpke.ts';
import type { FullDrillOutcome } from '../bundle/full-drill.ts';
import type { EmailCheck } from '../bundle/escrowed-email.ts';
import type { OpenedStored } from '../bundle/sealed-escrow.ts';
import type { MoveCounts } from '../bundle/move.ts';
import type { NewAdmins } from '../bundle/new-admins.ts';
import type { OrganisationMoved } from '../bundle/organisation.ts';
import type { PackageKind } from '../bundle/package.ts';
import type { IdentityCredential } from '../identity/key-identity.ts';
import type { Person } from '../identity/roster.ts';
import type { KeyMedium, MediumKind } from '../sharing/manifest.ts';
import type { Facts } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import type { HostEvent } from './events.ts';
import type { LegacyWay } from './adopt/events.ts';
import type { Plan } from '../plan/set-plan.ts';
import type { PageSize, PublicShare, ReplacedChoice, Turn } from './types.ts';

export type Effect =
  /** Append to the transcript and fsync, before anything that comes after it. */
  | { readonly effect: 'record'; readonly kind: EntryKind; readonly facts: Facts }
  /** → plan-loaded */
  | { readonly effect: 'load-plan'; readonly documentId: string }
  /** → descriptor-loaded */
  | { readonly effect: 'load-descriptor'; readonly documentId: string }
  /** The words were typed: keep the descriptor as trusted. No answer. */
  | { readonly effect: 'trust-descriptor'; readonly digest: string }
  /** → package-loaded */
  | {
      readonly effect: 'load-package';
      readonly documentId: string;
      readonly kind: PackageKind;
    }
  /** → environment-checked */
  | { readonly effect: 'check-environment' }
  /** → seat-ready. The worker forgets whoever sat there before. */
  | { readonly effect: 'begin-seat'; readonly turn: Turn }
  /** → words-written-down. Makes an identity and six words; shows them in an entry window. */
  | { readonly effect: 'new-identity'; readonly turn: Turn }
  /** → key-identity-made. Entry window: the YubiKey, its PIN and touches, and read back. */
  | { readonly effect: 'new-key-identity'; readonly turn: Turn }
  /** → identity-opened. Entry window: scan (paper) and passphrase, or the YubiKey. */
  | {
      readonly effect: 'open-identity';
      readonly turn: Turn;
      readonly how: 'usb' | 'paper' | 'key';
      readonly volumeId: string | null;
    }
  /** → written. Share (if the turn has one) and identity (if it is new). */
  | {
      readonly effect: 'write-usb';
      readonly turn: Turn;
      readonly volumeId: string;
      readonly withIdentity: boolean;
    }
  /** → written. Entry window: the key, its touch, its PIN. The envelope goes onto stick or sheet. */
  | {
      readonly effect: 'write-key';
      readonly turn: Turn;
      readonly medium: KeyMedium;
      /** Null: onto `paper`. */
      readonly volumeId: string | null;
      readonly paper?: {
        readonly printerId: string;
        readonly page: PageSize;
        readonly sheetNumber: number;
      };
      readonly withIdentity: boolean;
    }
  /** → written */
  | {
      readonly effect: 'write-paper';
      readonly turn: Turn;
      readonly printerId: string;
      readonly page: PageSize;
      readonly sheetNumber: number;
      readonly withIdentity: boolean;
    }
  /** → replugged */
  | { readonly effect: 'await-replug'; readonly volumeId: string }
  /** → read-back-done. Entry window: passphrase, or scanning, typing. */
  | {
      readonly effect: 'read-back';
      readonly turn: Turn;
      /** Given: the share is locked to a YubiKey. */
      readonly key?: KeyMedium;
      readonly how: 'usb' | 'camera' | 'typed' | 'file';
      readonly volumeId: string | null;
      readonly withIdentity: boolean;
      /** The sheet that must be read; null for a stick. */
      readonly sheetNumber: number | null;
    }
  /** → sealed. The open identity signs the transcript's head; `withQuorum` adds k share keys. */
  | { readonly effect: 'seal'; readonly withQuorum: boolean }
  /** → seat-ended. Wipes identity, passphrase, generated share; destroys entry windows. */
  | { readonly effect: 'end-seat' }
  /** → key-made */
  | { readonly effect: 'make-key'; readonly keyVersion: string }
  /** → component-split */
  | { readonly effect: 'split'; readonly threshold: number; readonly count: number }
  /** → quorum-proved */
  | { readonly effect: 'prove-quorum'; readonly threshold: number }
  /** → set-signed. Roster and manifest, signed by k share keys. */
  | { readonly effect: 'sign-set'; readonly set: SetFacts }
  /** → roster-signed. The next roster, signed by k of the share keys that were given. */
  | {
      readonly effect: 'sign-roster';
      readonly people: readonly Person[];
      readonly admins: NewAdmins | null;
    }
  /** → witness-page-printed. The page of whole digests; nothing on it is secret. */
  | {
      readonly effect: 'print-witness-page';
      readonly printerId: string;
      /** Null: as the printer holds. */
      readonly page: PageSize | null;
    }
  /** → package-opened. Entry window: the ticket's passphrase. Refused when the component is wrong. */
  | { readonly effect: 'open-package'; readonly volumeId: string }
  /** → adopt-package-opened. Entry window: the ticket's passphrase. */
  | { readonly effect: 'open-adopt-package'; readonly volumeId: string }
  /** → legacy-taken. Entry window: a file, the camera, or the checker for typed digits. */
  | {
      readonly effect: 'take-legacy';
      readonly by: string;
      readonly how: LegacyWay;
      /** A whole component is expected, not shares. */
      readonly whole: boolean;
      /** Names of what is on the list; the worker forgets anything else. */
      readonly listed: readonly number[];
    }
  /** → legacy-forgotten. Wiped. */
  | { readonly effect: 'forget-legacy'; readonly id: number }
  /** → legacy-judged. Null: a whole component. */
  | {
      readonly effect: 'judge-legacy';
      readonly threshold: number | null;
      readonly listed: readonly number[];
    }
  /** → legacy-proved. Refused where stored survey keys are there, none opens, and no organisation's is. */
  | { readonly effect: 'prove-legacy' }
  /** → legacy-proved. Entry window: the passphrase of an organisation whose survey key went along. */
  | { readonly effect: 'prove-by-owner'; readonly owner: string }
  /** → legacy-restored. The component is the worker's key from here on, in the length of this half. */
  | {
      readonly effect: 'restore-legacy';
      readonly place: ComponentPlace;
      /** Who answers for it; null: it is proved. */
      readonly answers: readonly [string, string] | null;
    }
  /** → package-opened. As open-package, for new shares. */
  | { readonly effect: 'open-rotate-package'; readonly volumeId: string }
  /** → key-renewed. The platform key, restored of the shares given, gets new halves. */
  | { readonly effect: 'renew-key' }
  /** → new-legacy-split. The component of the set that was proved, as legacy shares. */
  | { readonly effect: 'split-legacy'; readonly threshold: number; readonly count: number }
  /** → new-legacy-written */
  | { readonly effect: 'write-legacy'; readonly number: number; readonly volumeId: string }
  /** → new-legacy-read-back */
  | { readonly effect: 'read-legacy-back'; readonly number: number; readonly volumeId: string }
  /** → new-legacy-ended. The worker forgets them, after they gave the component back if `proves`. */
  | { readonly effect: 'end-new-legacy'; readonly proves: boolean }
  /** → share-accepted. Entry window: passphrase, scanning or typing. */
  | {
      readonly effect: 'accept-share';
      readonly index: number;
      readonly how: 'usb' | 'camera' | 'typed' | 'file';
      readonly volumeId: string | null;
      readonly sheet?: 'share' | 'key-share';
      /** The envelope that was refused because it is over is used all the same. */
      readonly replaced?: ReplacedChoice;
    }
  /**
   * → envelope-tried. Entry window: looks at the stick of the share that was accepted, and where the
   * old envelope is on it, tries once more to make it anew.
   */
  | { readonly effect: 'renew-envelope'; readonly turn: Turn; readonly index: number }
  /**
   * → envelope-printed. Entry window: the key answers a challenge that nobody has seen, and the share
   * that was accepted is locked with that, onto a sheet of the size that the printer holds.
   */
  | {
      readonly effect: 'print-envelope';
      readonly turn: Turn;
      readonly index: number;
      readonly printerId: string;
      readonly sheetNumber: number;
    }
  /** → envelope-proved. Entry window: that sheet, and a touch; what was read opens the share. */
  | {
      readonly effect: 'prove-envelope';
      readonly turn: Turn;
      readonly index: number;
      readonly how: 'camera' | 'typed' | 'file';
      readonly sheetNumber: number;
    }
  /** → share-proved. The share that was accepted signs the package's nonce. */
  | { readonly effect: 'prove-share'; readonly index: number; readonly medium: MediumKind }
  /** → test-escrow-opened. The shares that were accepted give the platform key, and that opens it. */
  | { readonly effect: 'open-test-escrow' }
  /** → refresh-drawn. The numbers that make other shares of those that live on, which say who signs. */
  | {
      readonly effect: 'draw-refresh';
      readonly lives: readonly number[];
      /** Of the shares that are made. */
      readonly generation: number;
      /** The key that signs for the refreshed set. */
      readonly operator: string;
    }
  /** → share-refreshed. The share that was accepted signs, becomes another one, and is gone. */
  | { readonly effect: 'refresh-share'; readonly index: number }
  /** → refreshed-signed. The new share, as it was read back, signs. By the number of before. */
  | { readonly effect: 'sign-refreshed'; readonly before: number }
  /** → set-signed. Needs the operator's identity open; the shares have signed, each for itself. */
  | { readonly effect: 'sign-refreshed-set'; readonly media: SetFacts['media'] }
  /** → kek-opened. With an `owner`: entry window, the organisation's passphrase. */
  | { readonly effect: 'open-kek'; readonly owner?: string }
  /** → surveys-wrapped. Entry window: the owner makes up a passphrase and types it once more, or types the one in use. */
  | { readonly effect: 'wrap-surveys'; readonly owner: string }
  /** → bundle-made. Needs the operator's identity open. */
  /** → move-files-found. Refused unless every file of the package is there as it says. */
  | { readonly effect: 'find-move-files'; readonly volumeId: string }
  /** → move-measured. Derives with a key that opens nothing, on every core. */
  | { readonly effect: 'measure-move'; readonly seconds: number }
  /** → move-proved. The platform key, restored of the shares given, is checked and wiped. */
  | { readonly effect: 'prove-move' }
  /** → file-moved. What comes back is on the stick, and read back. `at` counts from 0. */
  | { readonly effect: 'move-file'; readonly at: number }
  /**
   * → moved-sealed. The shares that were given seal the transcript. With the last file the worker
   * forgets what opens the next.
   */
  | { readonly effect: 'seal-moved'; readonly isLast: boolean }
  | {
      readonly effect: 'make-bundle';
      /** Recover: how the escrowed address compared; null where there was nothing to compare. */
      readonly escrowedEmail: EmailCheck | null;
      /** Recover: the sealed escrow that was opened; CheckTick's own kind has none. */
      readonly escrow?: OpenedStored | null;
      /** Adopt: what was made of what sync found. */
      readonly adoption?: Adoption | null;
      /** Drill: what came of each share. */
      readonly drilled?: DrillResults & {
        /** Of a full drill: what came of the test escrow, and when the ceremony began. */
        readonly full?: FullDrillOutcome & { readonly begunAt: string };
      };
      /** An owner without passphrase: which surveys were wrapped anew. */
      readonly wrapped?: Pick<OrganisationMoved, 'moved' | 'unopened'> | null;
      /** Survey keys that moved: digests of the files that come back, in their order. */
      readonly moved?: {
        readonly files: readonly string[];
        readonly counts: MoveCounts;
        readonly organisationHalf: Sealed | null;
      };
    }
  /** → bundle-saved. Written with the log and the manifest, read back. */
  | { readonly effect: 'save-bundle'; readonly volumeId: string }
  /** → receipt-imported */
  | { readonly effect: 'import-receipt'; readonly documentId: string }
  /** → slot-erased. Entry window: the key, its number, a touch. */
  | {
      readonly effect: 'erase-slot';
      readonly turn: Turn;
      readonly id: string;
      readonly serial: number;
      readonly slot: 1 | 2;
      readonly programmed: boolean;
      /** Of the secret that the slot must hold; none: whatever answers is erased. */
      readonly verifiers: readonly string[];
      /** `share 2 of 4 of the set 2024 A` */
      readonly title: string;
      /** Whose each key is, for naming a wrong one. */
      readonly owners: readonly (readonly [serial: number, name: string])[];
    }
  /** → share-file-removed. From a stick, by its name. */
  | ({ readonly effect: 'remove-share-file' } & ShareFileAsked)
  /** → share-file-looked-for. On the stick as it is now. */
  | ({ readonly effect: 'look-for-share-file' } & ShareFileAsked)
  /** → leftovers-found. Names of files, on a stick or in a folder. */
  | {
      readonly effect: 'find-leftovers';
      readonly volumeId: string | null;
      readonly folder: string | null;
    }
  /** The ceremony is over: the worker dies, nothing secret stays. No answer. */
  | { readonly effect: 'finish' };

/** The file of one share of a set that is over, on a stick. */
export interface ShareFileAsked {
  /** Of the thing in the state. */
  readonly id: string;
  readonly volumeId: string;
  readonly setId: string;
  readonly index: number;
  readonly count: number;
  /** An envelope for a YubiKey, and no file that a passphrase opens. */
  readonly envelope: boolean;
}

/** Which host event answers which effect; null: none. At most one is awaited at a time. */
export const ANSWERS = {
  record: null,
  'load-plan': 'plan-loaded',
  'load-descriptor': 'descriptor-loaded',
  'trust-descriptor': null,
  'load-package': 'package-loaded',
  'check-environment': 'environment-checked',
  'begin-seat': 'seat-ready',
  'new-identity': 'words-written-down',
  'new-key-identity': 'key-identity-made',
  'open-identity': 'identity-opened',
  'write-usb': 'written',
  'write-key': 'written',
  'write-paper': 'written',
  'await-replug': 'replugged',
  'read-back': 'read-back-done',
  seal: 'sealed',
  'end-seat': 'seat-ended',
  'make-key': 'key-made',
  split: 'component-split',
  'prove-quorum': 'quorum-proved',
  'sign-set': 'set-signed',
  'sign-roster': 'roster-signed',
  'print-witness-page': 'witness-page-printed',
  'open-package': 'package-opened',
  'open-adopt-package': 'adopt-package-opened',
  'take-legacy': 'legacy-taken',
  'forget-legacy': 'legacy-forgotten',
  'judge-legacy': 'legacy-judged',
  'prove-legacy': 'legacy-proved',
  'prove-by-owner': 'legacy-proved',
  'restore-legacy': 'legacy-restored',
  'open-rotate-package': 'package-opened',
  'renew-key': 'key-renewed',
  'split-legacy': 'new-legacy-split',
  'write-legacy': 'new-legacy-written',
  'read-legacy-back': 'new-legacy-read-back',
  'end-new-legacy': 'new-legacy-ended',
  'accept-share': 'share-accepted',
  'renew-envelope': 'envelope-tried',
  'print-envelope': 'envelope-printed',
  'prove-envelope': 'envelope-proved',
  'prove-share': 'share-proved',
  'open-test-escrow': 'test-escrow-opened',
  'draw-refresh': 'refresh-drawn',
  'refresh-share': 'share-refreshed',
  'sign-refreshed': 'refreshed-signed',
  'sign-refreshed-set': 'set-signed',
  'open-kek': 'kek-opened',
  'wrap-surveys': 'surveys-wrapped',
  'find-move-files': 'move-files-found',
  'measure-move': 'move-measured',
  'prove-move': 'move-proved',
  'move-file': 'file-moved',
  'seal-moved': 'moved-sealed',
  'make-bundle': 'bundle-made',
  'save-bundle': 'bundle-saved',
  'import-receipt': 'receipt-imported',
  'erase-slot': 'slot-erased',
  'remove-share-file': 'share-file-removed',
  'look-for-share-file': 'share-file-looked-for',
  'find-leftovers': 'leftovers-found',
  finish: null,
} as const satisfies Record<Effect['effect'], HostEvent['type'] | null>;

/** What the manifest and the roster say. */
export interface SetFacts {
  readonly plan: Plan;
  readonly setId: string;
  readonly shares: readonly PublicShare[];
  readonly componentId: string;
  readonly componentBytes: number;
  readonly checks: {
    readonly custodianComponent: string;
    readonly vaultComponent: string;
    readonly platformKey: string;
  };
  /** X-Wing, base64; null: the manifest names none, as that of the set in force. */
  readonly escrowKey: string | null;
  /** Personal keys, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Of those that live on YubiKeys, by name. */
  readonly credentials: Readonly<Record<string, IdentityCredential>>;
  /** Descriptions of what each share was written on, by index. */
  readonly media: Readonly<Record<number, readonly { kind: MediumKind; description: string }[]>>;
}
