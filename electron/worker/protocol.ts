/**
 * What main asks of the worker, and what comes back: public facts only. The worker holds every
 * secret of one ceremony and dies with it; no answer type has a field for one.
 * @module
 */
import type {
  Bundle,
  MemberBundle,
  OrganisationBundle,
  RecoverBundle,
  NewVersionBundle,
  RotateBundle,
  SetupBundle,
} from '../../shared/bundle/bundle.ts';
import type { ComponentPlace } from '../../shared/bundle/adopt.ts';
import type { MovedFile } from '../../shared/bundle/moved-file.ts';
import type { OrganisationMoved } from '../../shared/bundle/organisation.ts';
import type {
  FullDrillPackage,
  AdoptPackage,
  MovePackage,
  OrganisationPackage,
  RecoveryPackage,
  NewVersionPackage,
  RotatePackage,
} from '../../shared/bundle/package.ts';
import type { OpenedStored } from '../../shared/bundle/sealed-escrow.ts';
import type {
  Checks,
  EnvelopeMaking,
  Finding,
  KeyRecord,
  LegacyJudgement,
  LegacyProof,
  MediumRecord,
  MovePace,
  OnSheet,
  OtpGiven,
  PageSize,
  PublicShare,
  Renewal,
  RenewedKey,
  ReplacedUse,
  SlotProgramming,
  StayingKey,
  Turn,
} from '../../shared/ceremony/types.ts';
import type { Effect } from '../../shared/ceremony/effects.ts';
import type { LegacyWay } from '../../shared/ceremony/events.ts';
import type { KnownSetsData } from '../../shared/ceremony/known-sets.ts';
import type { FoundEmail } from '../../shared/ceremony/recover/found-email.ts';
import type { IdentityCredential, KeyIdentity } from '../../shared/identity/key-identity.ts';
import type { EnvelopesKnown } from '../../shared/ledger/known-envelopes.ts';
import type { LiveSlot } from '../../shared/ledger/live-slots.ts';
import type { Move } from '../../shared/escrow/move.ts';
import type { Mode } from '../../shared/mode.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import type { KeyMedium, Manifest, MediumKind } from '../../shared/sharing/manifest.ts';
import type { PlanSheetFacts } from '../media/paper/plan-sheet.ts';
import type { WitnessFacts } from '../media/paper/witness-page.ts';

/** How a share or an identity comes in. */
export type ReadHow = 'usb' | 'camera' | 'typed' | 'file';

/** What a sheet says besides the share itself. */
export interface SheetContext {
  readonly setLabel: string;
  readonly setId: string;
  readonly keyVersion: string;
  readonly ceremonyId: string;
  readonly threshold: number;
  readonly count: number;
  /** `3 May 2026` */
  readonly date: string;
}

/** How a seat's sheets are printed. */
export interface SheetOrder {
  readonly printer: string | null;
  /** Rehearsal only: PDF files go there instead. */
  readonly folder: string | null;
  readonly page: PageSize;
  /** Which sheet of this share and identity it will be, 1 to 99. */
  readonly sheetNumber: number;
  readonly sheet: SheetContext;
  readonly roles: readonly string[];
}

/** Each command with its answer. */
interface WorkerCommands {
  /** Once, first. */
  open: { in: { mode: Mode }; out: null };
  /** Can keys for these media be used here? No secret, and never a refusal. */
  'look-for-keys': { in: { media: readonly KeyMedium[] }; out: { finding: Finding } };
  /** A new platform key: 64 random bytes, a random vault component, their XOR, its escrow key. */
  'make-key': {
    in: { componentBytes: number; keyVersion: string };
    out: { componentId: string; checks: Checks; escrowKey: string };
  };
  /** Splits the custodian component; keeps the generated shares until each is written. */
  split: {
    in: { setId: string; generation: number; threshold: number; count: number };
    out: { shares: readonly PublicShare[] };
  };
  /** Forgets whoever sat here: passphrase, identity, pending share. */
  'begin-seat': { in: { turn: Turn }; out: null };
  /**
   * Entry. A new identity and its passphrase (six words, or one of the person's own) for the seat;
   * resolves when the words were written down or the own one was taken.
   */
  'new-identity': {
    in: {
      /** What the words will open, as the screen says it; without it the worker words it. */
      protects?: readonly string[];
      /** Names and labels, besides the person's, that a guesser of an own one would try first. */
      first?: readonly string[];
    };
    out: { publicKey: string };
  };
  /**
   * Entry. A new identity that the seat's YubiKey makes, with PIN and touch; made once more by the
   * key after it lost its power, and the same. Nothing of it is kept but what is public.
   */
  'new-key-identity': {
    in: {
      ceremonyId: string;
      /** Of the roster in force: a key that makes somebody else's identity is not taken. */
      listed: readonly KeyIdentity[];
    };
    out: { publicKey: string; credential: IdentityCredential; key: KeyRecord };
  };
  /** Entry. The identity of before that the seat's YubiKey makes, with PIN and touch. */
  'open-key-identity': {
    in: {
      /** Everybody's that is known here; those made in this ceremony the worker knows itself. */
      listed: readonly KeyIdentity[];
    };
    out: { name: string; publicKey: string; credential: IdentityCredential };
  };
  /** Entry. Opens an identity of before; its passphrase becomes the seat's. */
  'open-identity': {
    in: { how: 'usb' | 'paper'; volumePath: string | null; ways: readonly ('camera' | 'file')[] };
    out: { name: string; publicKey: string };
  };
  /**
   * Writes the seat's share (if it has one) and identity (if it is new) to a stick. Needs an entry
   * port only to write a *share* again before anything was read back: the worker has forgotten the
   * six words by then, and without a port refuses `passphrase-needed`.
   */
  'write-usb': {
    in: {
      volumeId: string;
      rehearsalFolder: string | null;
      withIdentity: boolean;
      sheet: SheetContext | null;
    };
    out: { records: readonly MediumRecord[]; volumeLabel: string };
  };
  /**
   * Entry. Locks the seat's share to a YubiKey and writes the envelope to a stick, or prints it, with
   * the identity if it is new. The words of the seat, typed again where they were forgotten, lock it
   * as well with the OTP interface; FIDO2 asks for the key's PIN.
   */
  'write-key': {
    in: {
      medium: KeyMedium;
      /** Null: onto `paper`. */
      volumeId: string | null;
      rehearsalFolder: string | null;
      paper?: SheetOrder;
      withIdentity: boolean;
      ceremonyId: string;
      /** Slots that open shares which may still be needed: never overwritten. */
      liveSlots: readonly LiveSlot[];
    };
    out: {
      records: readonly MediumRecord[];
      volumeLabel: string | null;
      keys: readonly KeyRecord[];
      warning: RefusalNote | null;
    };
  };
  /** Prints the seat's sheets; with `folder`, writes PDF files there (rehearsal only). */
  'write-paper': {
    in: SheetOrder & { withIdentity: boolean };
    /** `warning`: everything is on paper, and something is to be heeded all the same. */
    out: { records: readonly MediumRecord[]; warning: RefusalNote | null };
  };
  /** Prints the page for the witness's file; with `folder`, a PDF file there (rehearsal only). */
  'print-witness-page': {
    in: {
      printer: string | null;
      folder: string | null;
      page: PageSize;
      facts: WitnessFacts;
    };
    out: { description: string; warning: RefusalNote | null };
  };
  /** Prints the plan of a ceremony; with `folder`, a PDF file there (rehearsal only). */
  'print-plan': {
    in: {
      printer: string | null;
      folder: string | null;
      page: PageSize;
      facts: PlanSheetFacts;
    };
    out: { description: string; warning: RefusalNote | null };
  };
  /**
   * Entry. Reads back what the seat wrote, from its own medium. The passphrase that was typed and
   * opened it becomes the seat's again, until end-seat: another copy may be written with it.
   */
  'read-back': {
    in: {
      how: ReadHow;
      /** Given: the share is locked; each of its keys is taken out, put in again and opens it. */
      key?: KeyMedium;
      volumeId: string | null;
      rehearsalFolder: string | null;
      withIdentity: boolean;
      /** The sheet that was printed last: no other one is taken. Null for a stick. */
      sheetNumber: number | null;
    };
    /** `envelope`: of an OTP key, SHA-256 in hex. */
    out: { identityKey: string; shareKey: string | null; envelope?: string };
  };
  /**
   * The open identity signs a DSSE pre-authentication encoding. Needs an entry port where it lives on
   * a YubiKey (PIN and touch for each call), and without one refuses `signing-needs-key`.
   */
  'sign-identity': {
    in: { messages: readonly Uint8Array[] };
    out: { keyid: string; signatures: readonly Uint8Array[] };
  };
  /**
   * k share keys sign: of the accepted shares (`given`) or of the proved quorum (`made`). Without
   * `of` of those that are there; a rotation has both, and says which.
   */
  'sign-quorum': {
    in: { messages: readonly Uint8Array[]; of?: 'given' | 'made' };
    out: { signatures: readonly { keyid: string; sigs: readonly Uint8Array[] }[] };
  };
  /**
   * Entry. Empties a slot of the key with this number and reads it again. The person types the
   * number and touches the key first, and the slot shows that it holds the secret that is meant.
   */
  'erase-slot': {
    in: Omit<Extract<Effect, { effect: 'erase-slot' }>, 'effect' | 'turn' | 'id'>;
    out: {
      serial: number;
      slot: 1 | 2;
      found: 'configured' | 'empty';
      proved: boolean;
      isEmpty: boolean;
    };
  };
  'end-seat': { in: Record<string, never>; out: null };
  /** A random k of the shares that were read back give the component; check values fit. */
  'prove-quorum': { in: { threshold: number }; out: { indexes: readonly number[] } };
  /** Seals the new vault component to the package's key; completes the body. */
  'seal-setup': {
    in: { body: Omit<SetupBundle, 'sealed'>; recipient: string };
    out: { body: Bundle };
  };
  /** Entry. A passphrase as above; an X-Wing pair, its private half as an age file on the stick. */
  'make-ticket': {
    in: { volumeId: string; rehearsalFolder: string | null; ticketId: string; person: string };
    out: { recipient: string; record: MediumRecord };
  };
  /** Entry. Opens the package with the ticket's key and compares the vault component. */
  'open-package': {
    in: {
      body: RecoveryPackage | OrganisationPackage | MovePackage;
      manifest: Manifest;
      volumeId: string;
      rehearsalFolder: string | null;
      person: string;
    };
    out: { fits: true };
  };
  /** Entry. Opens an adoption's package with the ticket's key; keeps what was sealed. */
  'open-adopt-package': {
    in: { body: AdoptPackage; volumeId: string; rehearsalFolder: string | null; person: string };
    out: null;
  };
  /** Entry. Opens the package of a full drill with the ticket's key and compares the vault component. */
  'open-drill-package': {
    in: {
      body: FullDrillPackage;
      manifest: Manifest;
      volumeId: string;
      rehearsalFolder: string | null;
      person: string;
    };
    out: { fits: true };
  };
  /**
   * Restores the platform key from the shares that were accepted, proves it, and opens the test escrow,
   * whose key signs. Afterwards neither shares nor vault component are there any more.
   */
  'open-test-escrow': {
    in: { body: FullDrillPackage; manifest: Manifest; ceremonyId: string };
    /** Ed25519, in hex. */
    out: { indexes: readonly number[]; signature: string };
  };
  /** Entry. Opens a rotation's package with the ticket's key and compares the vault component. */
  'open-rotate-package': {
    in: {
      body: RotatePackage | NewVersionPackage;
      manifest: Manifest;
      volumeId: string;
      rehearsalFolder: string | null;
      person: string;
    };
    out: { fits: true };
  };
  /**
   * Restores the platform key from the shares that were accepted, proves it, and makes its halves
   * anew: they are the worker's key from here on.
   */
  'renew-key': { in: { nonce: string; manifest: Manifest }; out: RenewedKey };
  /**
   * Restores the platform key in use as renew-key does, proves it and wipes it; then makes another one
   * for the next key version, with halves of its own: they are the worker's key from here on.
   */
  'make-next-key': {
    in: { nonce: string; manifest: Manifest; keyVersion: string; componentBytes: number };
    out: RenewedKey;
  };
  /** Seals the new vault component of a rotation to the package's key; completes the body. */
  'seal-rotate': {
    in: {
      body: Omit<RotateBundle, 'sealed'> | Omit<NewVersionBundle, 'sealed'>;
      recipient: string;
    };
    out: { body: Bundle };
  };
  /** Entry. Legacy shares, or the whole component, from a file, a code, a keyboard. */
  'take-legacy': {
    /** `listed`: what main has on its list; anything else was never written down, and is forgotten. */
    in: { person: string; how: LegacyWay; whole: boolean; listed: readonly number[] };
    out: { id: number; numbers: readonly number[]; source: string };
  };
  /** Wipes what was given under this name. */
  'forget-legacy': { in: { id: number }; out: null };
  /** Compares what was given. Null: it is the whole component. */
  'judge-legacy': {
    in: { threshold: number | null; listed: readonly number[] };
    out: LegacyJudgement;
  };
  /** Tries what came out on the stored survey keys. Refused where none opens and no owner could help. */
  'prove-legacy': { in: Record<string, never>; out: LegacyProof };
  /**
   * Entry. An owner's passphrase, tried on what organisations keep; typed again until it opens or the
   * window is closed. Not before the stored survey keys were tried, if there are any.
   */
  'prove-by-owner': { in: { owner: string }; out: LegacyProof };
  /** What was proved, or decided, is the key that is split: check values of it. */
  'restore-legacy': {
    in: { place: ComponentPlace };
    out: { componentId: string; componentBytes: number; checks: Checks; escrowKey: string };
  };
  /** The component of the set whose quorum was proved, as legacy shares: kept, nothing written. */
  'split-legacy': { in: { threshold: number; count: number }; out: null };
  /** One of them in the clear onto this stick, which holds no other one. */
  'write-legacy': {
    in: { number: number; volumeId: string; rehearsalFolder: string | null };
    out: { description: string; volumeLabel: string; fileName: string };
  };
  /** From its stick: the same share, digit for digit. */
  'read-legacy-back': {
    in: { number: number; volumeId: string; rehearsalFolder: string | null };
    out: null;
  };
  /** Forgets them; with `proves` all of them, as they were read back, give the component first. */
  'end-new-legacy': { in: { proves: boolean }; out: null };
  /** Entry. One share, checked alone. Refuses with the reason, naming it. */
  'accept-share': {
    in: {
      how: ReadHow;
      volumeId: string | null;
      rehearsalFolder: string | null;
      person: string;
      manifest: Manifest;
      known: KnownSetsData;
      /** The share of the custodian who sits here. */
      index: number;
      ways: readonly ('camera' | 'typed' | 'file')[];
      /** What is on the sheet, if no share as it is; on a stick it is seen. */
      sheet?: 'share' | 'key-share';
      ceremonyId: string;
      /** What main knows of envelopes of OTP keys: one that is over is refused before its key is asked. */
      envelopes: EnvelopesKnown;
      /** The one that was refused so is used all the same; main writes that down first. */
      usesReplaced?: true;
      /** Drill, refresh: refused while another share is there, and wiped when its custodian gets up. */
      alone?: true;
    };
    out: {
      index: number;
      medium: MediumKind;
      renewal: Renewal | null;
      /** Of an OTP envelope on a sheet, which is made anew by `print-envelope`. */
      onSheet?: OnSheet;
      /** Of any OTP envelope. */
      otp?: OtpGiven;
    };
  };
  /** The share that was accepted signs the nonce of a drill: 64 bytes in hex. */
  'prove-share': {
    in: { index: number; audience: string; ceremonyId: string; nonce: string };
    out: { signature: string };
  };
  /**
   * Draws what makes other shares of the same component, for the shares that live on (`lives`, by their
   * numbers), and keeps it. The rest is what each share is going to say of it.
   */
  'draw-refresh': {
    in: {
      manifest: Manifest;
      lives: readonly number[];
      audience: string;
      ceremonyId: string;
      nonce: string;
      /** Digests: of the manifest in force, and of the roster that comes with the next one. */
      previous: string;
      roster: string;
      /** The key of the operator, who signs for the refreshed set. */
      operator: string;
    };
    out: { generation: number; count: number };
  };
  /**
   * The share that was accepted (`index`, of before) signs for the one after it, and becomes it: 64 bytes
   * in hex. The new one can be written from here on; the seat has its number.
   */
  'refresh-share': {
    in: { index: number };
    out: { before: number; share: PublicShare; signature: string };
  };
  /** The new share, as it was read back, signs the same, and the roster: the payload of its envelope. */
  'sign-refreshed': {
    in: { before: number; roster: Uint8Array };
    out: { signature: string; roster: { keyid: string; sig: Uint8Array } };
  };
  /**
   * Entry. Looks at the stick of the share that was accepted and not locked anew: the new envelope is
   * there after all, or it is tried once more. Whoever closes the window hears what the stick holds.
   */
  'renew-envelope': {
    in: { person: string; manifest: Manifest; index: number; ceremonyId: string };
    out: { renewal: Renewal };
  };
  /**
   * Entry. Locks the share that was accepted from a sheet anew, with a touch and the words that opened
   * it, and prints the envelope. The old one is still what counts.
   */
  'print-envelope': {
    in: {
      paper: SheetOrder;
      person: string;
      manifest: Manifest;
      index: number;
      ceremonyId: string;
    };
    out: { record: MediumRecord; warning: RefusalNote | null };
  };
  /** Entry. Reads the sheet that was printed last, and opens it with a touch: the same share. */
  'prove-envelope': {
    in: {
      how: Exclude<ReadHow, 'usb'>;
      ways: readonly ('camera' | 'typed' | 'file')[];
      person: string;
      manifest: Manifest;
      index: number;
      sheetNumber: number;
    };
    out: { after: string };
  };
  /**
   * Combines, checks component, platform key and escrow key, derives, opens the KEK of either kind
   * (GCM says so) and, with the same platform key, the address that the escrow keeps. With an
   * `owner`: Entry; who types the passphrase of the organisation, of whose survey the package is.
   */
  'open-kek': {
    in: { body: RecoveryPackage; manifest: Manifest; owner?: string };
    /** `email`: personal data for the screen, and no secret of the platform. */
    out: { indexes: readonly number[]; email: FoundEmail; escrow: OpenedStored | null };
  };
  'seal-recover': {
    in: { body: Omit<RecoverBundle, 'sealed'> | Omit<MemberBundle, 'sealed'>; recipient: string };
    out: { body: Bundle };
  };
  /**
   * Entry. The owner makes up a passphrase, or types the one of an earlier such ceremony; each
   * survey's escrow is opened, its key compared with CheckTick's hash and wrapped under the key that
   * comes of the passphrase; the passphrase is typed once more, and what it gives opens every entry.
   */
  'wrap-surveys': {
    in: { body: OrganisationPackage; manifest: Manifest; owner: string };
    out: Pick<OrganisationMoved, 'moved' | 'unopened'> & { readonly indexes: readonly number[] };
  };
  'seal-organisation': {
    in: { body: Omit<OrganisationBundle, 'sealed'>; recipient: string };
    out: { body: Bundle };
  };
  /** For about so many seconds, on every core, with keys that were made for it and open nothing. */
  'measure-move': { in: { seconds: number }; out: MovePace };
  /** Restores the platform key from the shares that were accepted, proves it, and wipes it. */
  'prove-move': {
    in: { nonce: string; manifest: Manifest };
    out: { indexes: readonly number[] };
  };
  /**
   * One file of survey keys, which must be the one that the package names: opened with the ticket's
   * key, its survey keys with the platform key, which is restored for it and wiped; what comes back is
   * sealed to sync, written beside it and read from the stick.
   */
  'move-file': {
    in: {
      body: MovePackage;
      manifest: Manifest;
      move: Move;
      /** From 0 on. */
      at: number;
      /** Below the volume's folder. */
      path: string;
      volumeId: string;
      rehearsalFolder: string | null;
    };
    out: { file: MovedFile; staying: readonly StayingKey[]; ms: number };
  };
  /** Wipes what opens files and survey keys; the shares stay, and sign. */
  'end-move': { in: { nonce: string }; out: null };
}

export type CommandName = keyof WorkerCommands;
export type CommandInput<Name extends CommandName> = WorkerCommands[Name]['in'];
export type CommandOutput<Name extends CommandName> = WorkerCommands[Name]['out'];

/** Main to worker. An entry port, when the command needs one, is transferred beside it. */
export type ToWorker =
  | {
      [Name in CommandName]: {
        readonly id: number;
        readonly command: Name;
        readonly input: CommandInput<Name>;
      };
    }[CommandName]
  /** What the running command is about to do was written down durably, or could not be. */
  | { readonly id: number; readonly command: 'noted'; readonly kept: boolean };

/** Worker to main: the answer that ends a command. */
export type WorkerAnswer =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly note: RefusalNote }
  /** The entry window was closed by the person. */
  | { readonly id: number; readonly ok: false; readonly cancelled: true };

/** What a command is about to do, and waits with until main has written it down. */
export type Noted =
  | { readonly about: 'slot-programming'; readonly facts: SlotProgramming }
  | { readonly about: 'replaced-envelope'; readonly facts: ReplacedUse }
  | { readonly about: 'envelope-making'; readonly facts: EnvelopeMaking };

/** Before a command does what cannot be undone it waits until main has written that down: `noted`. */
export type FromWorker = WorkerAnswer | (Noted & { readonly id: number });

/** A message port as both Electron and node:worker_threads have it, reduced to what is used. */
export interface Port<In, Out> {
  post(message: Out, transfer?: readonly unknown[]): void;
  onMessage(listener: (message: In, ports: readonly unknown[]) => void): void;
  /** The other end is gone: a window was destroyed, a process ended. */
  onClose(listener: () => void): void;
  close(): void;
}
