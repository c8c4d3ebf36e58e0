/**
 * What a person can say to a ceremony (validated: it comes over IPC), and what the host reports
 * back when an effect is done.
 * @module
 */
import { COMPONENT_PLACES, type AdoptFound } from '../bundle/adopt.ts';
import type { MovedFile } from '../bundle/moved-file.ts';
import { ADMIN_ROLES } from '../bundle/new-admins.ts';
import type { OrganisationMoved } from '../bundle/organisation.ts';
import type { PackageKind } from '../bundle/package.ts';
import type { Outcome } from '../bundle/receipt.ts';
import type { OpenedStored } from '../bundle/sealed-escrow.ts';
import { MAX_SHARES } from '../checktick/legacy/combine.ts';
import { mailAddress, name, rowId, z } from '../encoding/schema.ts';
import type { IdentityCredential } from '../identity/key-identity.ts';
import { ROLES } from '../identity/roster.ts';
import type { RefusalNote } from '../refusal.ts';
import { MOST_PLACES } from '../ledger/places.ts';
import type { CeremonyPlan } from '../plan/plan.ts';
import { planSchema, type Plan } from '../plan/set-plan.ts';
import { MAX_CUSTODIANS } from '../sharing/envelope.ts';
import { MEDIA_KINDS, IDENTITY_MEDIA, PLAIN_MEDIA, type MediumKind } from '../sharing/manifest.ts';
import type { FoundEmail } from './recover/found-email.ts';
import type {
  DrillPackageFacts,
  MovePackageFacts,
  VersionChangePackageFacts,
  OrganisationPackageFacts,
  RecoverPackageFacts,
  RefreshPackageFacts,
  RosterPackageFacts,
  RotatePackageFacts,
} from './package-facts.ts';
import type {
  Checks,
  Finding,
  KeyRecord,
  LegacyJudgement,
  LegacyProof,
  MediumRecord,
  MovePace,
  OnSheet,
  OtpGiven,
  PublicShare,
  Renewal,
  RenewedKey,
  StayingKey,
} from './types.ts';

export type { Plan };

/** Who takes part from now on. `medium` null: keeps the key that the roster lists. */
export const rosterPlanSchema = z.strictObject({
  people: z
    .array(
      z.strictObject({
        name,
        roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
        medium: z.enum(IDENTITY_MEDIA).nullable(),
        /** Absent: as the roster has it, or none for who comes in. Null: none any more. */
        mail: mailAddress.nullable().optional(),
      }),
    )
    .min(1)
    .max(64),
  /** Who become the admins of sync, when the package asks for them. */
  admins: z
    .array(
      z.strictObject({
        name,
        userId: rowId,
        roles: z.array(z.enum(ADMIN_ROLES)).min(1).max(ADMIN_ROLES.length),
        medium: z.enum(PLAIN_MEDIA),
      }),
    )
    .length(2)
    .nullable(),
  page: z.enum(['A4', 'Letter']),
});
export type RosterPlan = z.infer<typeof rosterPlanSchema>;

const listId = z.string().min(1).max(400);

/** How legacy shares come in. `openssl`: the files of the procedure with a YubiKey's PIV. */
export const LEGACY_WAYS = ['file', 'code', 'typed', 'openssl'] as const;
export type LegacyWay = (typeof LEGACY_WAYS)[number];

export const personEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('choose-document'), id: listId }),
  z.strictObject({ type: z.literal('words'), words: z.string().max(200) }),
  /** A plan that was prepared, from a stick. */
  z.strictObject({ type: z.literal('load-plan'), id: listId }),
  z.strictObject({ type: z.literal('plan'), plan: planSchema }),
  z.strictObject({ type: z.literal('roster-plan'), plan: rosterPlanSchema }),
  /** The one primary button of a screen that asks nothing. */
  z.strictObject({ type: z.literal('continue') }),
  /** A full drill: the test escrow does not open, and that is what is written down. */
  z.strictObject({ type: z.literal('leave-test-escrow') }),
  z.strictObject({ type: z.literal('clock'), agrees: z.boolean() }),
  z.strictObject({ type: z.literal('check-again') }),
  /** Of a custodian by share; of what opened an adopted key before by its place in the ledger. */
  z.strictObject({ type: z.literal('who'), index: z.int().min(1).max(MOST_PLACES) }),
  z.strictObject({ type: z.literal('seated') }),
  z.strictObject({
    type: z.literal('identity'),
    how: z.enum(['new', 'new-key', 'existing-usb', 'existing-paper', 'existing-key']),
    /** The stick, for existing-usb. */
    volumeId: listId.optional(),
  }),
  z.strictObject({ type: z.literal('skip-identity'), reason: z.string().trim().min(3).max(500) }),
  /**
   * Recover: gets up without having given a share (lost, refused); another custodian may come. Once a
   * sheet was given: goes on without a new one, or without destroying what is over.
   */
  z.strictObject({ type: z.literal('get-up'), reason: z.string().trim().min(3).max(500) }),
  z.strictObject({ type: z.literal('choose-volume'), id: listId }),
  z.strictObject({ type: z.literal('choose-printer'), id: listId }),
  z.strictObject({
    type: z.literal('read'),
    how: z.enum(['usb', 'camera', 'typed', 'file']),
    volumeId: listId.optional(),
    /** What is on the sheet; without it a share as it is. On a stick it is seen. */
    sheet: z.enum(['share', 'key-share']).optional(),
  }),
  /** An envelope that is over is used all the same: what counts is lost, and a witness is there. */
  z.strictObject({
    type: z.literal('use-replaced'),
    reason: z.string().trim().min(3).max(500),
    witness: name,
  }),
  z.strictObject({ type: z.literal('another-copy'), medium: z.enum(MEDIA_KINDS) }),
  z.strictObject({ type: z.literal('write-again') }),
  /** The words were written down wrongly, or are not wanted: a new identity with new words. */
  z.strictObject({ type: z.literal('new-words') }),
  z.strictObject({ type: z.literal('sign') }),
  /** The YubiKey with the identity does not sign: another one, or none where that may be. */
  z.strictObject({ type: z.literal('other-identity') }),
  z.strictObject({ type: z.literal('agree') }),
  /** Refresh: whose shares live on (by number), who leads, and on what paper. */
  z.strictObject({
    type: z.literal('refresh-agree'),
    lives: z.array(z.int().min(1).max(MAX_CUSTODIANS)).min(1).max(MAX_CUSTODIANS),
    operator: name,
    page: z.enum(['A4', 'Letter']),
  }),
  /** New shares: the package is opened to compare the vault component in it, and nothing is made. */
  z.strictObject({ type: z.literal('compare-only') }),
  /** The owner of the organisation is there, and types or makes up its passphrase now. */
  z.strictObject({ type: z.literal('owner'), by: name }),
  /** Recover: what the room decides about the escrowed address. */
  z.strictObject({
    type: z.literal('escrowed-email'),
    decision: z.enum(['go-on', 'stop']),
    reason: z.string().trim().max(500).optional(),
  }),
  /** Destruction: everybody agrees. `backupsTried`: as rule 2 wants it where a set was replaced; of
   * a retired version: no backup that may hold survey keys under it is needed. */
  z.strictObject({ type: z.literal('destruction'), witness: name, backupsTried: z.boolean() }),
  /**
   * Destruction of a replaced set: `by` and the witness say that the last backup with the old half is
   * gone since that day, `2026-05-03`.
   */
  z.strictObject({ type: z.literal('backups-gone'), on: z.iso.date(), by: name }),
  z.strictObject({ type: z.literal('erase-slot'), id: listId }),
  /** A sheet, a stick, an envelope: everybody saw it destroyed. */
  z.strictObject({ type: z.literal('destroyed'), id: listId }),
  z.strictObject({
    type: z.literal('leave-slot'),
    id: listId,
    reason: z.string().trim().min(3).max(500),
  }),
  /** Destruction of legacy shares: files that were left behind, on a stick or in a folder. */
  z.strictObject({
    type: z.literal('look-for-files'),
    volumeId: listId.nullable(),
    folder: z.string().trim().min(1).max(1_000).nullable(),
  }),
  /** Sheets that an OTP envelope was on: the custodian destroyed them, this witness saw it. */
  z.strictObject({ type: z.literal('sheets-destroyed'), witness: name }),
  /** Adopt: how the component was split. Null: never; one person has it whole. */
  z.strictObject({
    type: z.literal('legacy-split'),
    split: z
      .strictObject({ threshold: z.int().min(2).max(255), count: z.int().min(2).max(255) })
      .refine(({ threshold, count }) => threshold <= count)
      .nullable(),
    /** In a rehearsal: everybody says that they were made for practice. Nothing in one tells. */
    practice: z.literal(true).optional(),
  }),
  /** Adopt: somebody gives a legacy share, a file with several, or the whole component. */
  z.strictObject({
    type: z.literal('legacy-give'),
    by: name,
    how: z.enum(LEGACY_WAYS),
  }),
  /** Adopt: what has this name on the list was not right, or is to be given again. */
  z.strictObject({ type: z.literal('legacy-take-back'), id: z.int().min(1).max(65_535) }),
  /** Adopt: back to the shares. */
  z.strictObject({ type: z.literal('legacy-more') }),
  /** Adopt: two people answer for what nothing proves, or where two components differ. */
  z.strictObject({
    type: z.literal('legacy-decide'),
    place: z.enum(COMPONENT_PLACES),
    by: z.tuple([name, name]),
  }),
  /** Adopt: the component as new legacy shares too, for CheckTick's own commands. Null: no. */
  z.strictObject({
    type: z.literal('new-legacy'),
    split: z
      .strictObject({
        threshold: z.int().min(2).max(MAX_SHARES),
        count: z.int().min(2).max(MAX_SHARES),
      })
      .refine(({ threshold, count }) => threshold <= count)
      .nullable(),
  }),
  /** Adopt: the next of them, for this person, in the clear onto this stick. */
  z.strictObject({ type: z.literal('new-legacy-write'), by: name, volumeId: listId }),
  /** Adopt: no more of them; those that were written are to be destroyed. */
  z.strictObject({ type: z.literal('new-legacy-leave') }),
  z.strictObject({ type: z.literal('exception'), text: z.string().trim().min(3).max(2000) }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  /** Ends a ceremony that has no bundle yet; the word VOID was typed. */
  z.strictObject({ type: z.literal('abandon'), reason: z.string().trim().min(3).max(500) }),
]);

export type PersonEvent = z.infer<typeof personEventSchema>;

/** What the host reports. Each answers one effect. */
export type HostEvent =
  | {
      readonly type: 'plan-loaded';
      readonly plan: CeremonyPlan;
      /** SHA-256 of its file in hex. */
      readonly digest: string;
      readonly now: string;
      /** How many printers this laptop finds. */
      readonly printers: number;
    }
  | {
      readonly type: 'descriptor-loaded';
      readonly digest: string;
      readonly audience: string;
      readonly publicKey: string;
      readonly name: string;
      /** It was confirmed on this laptop before. */
      readonly trusted: boolean;
    }
  | {
      readonly type: 'package-loaded';
      readonly kind: PackageKind;
      readonly digest: string;
      readonly nonce: string;
      readonly epoch: number;
      readonly expiresAt: string;
      readonly keyVersion: string;
      /** Recoveries only. */
      readonly recover: RecoverPackageFacts | null;
      /** Change of the roster only. */
      readonly roster: RosterPackageFacts | null;
      /** Adoption only. */
      readonly adopt?: { readonly ticketId: string; readonly found: AdoptFound };
      /** Drill only. */
      readonly drill?: DrillPackageFacts;
      /** Another active version, or the end of one. */
      readonly versionChange?: VersionChangePackageFacts;
      /** An owner without passphrase only. */
      readonly organisation?: OrganisationPackageFacts;
      /** Survey keys that move only. */
      readonly move?: MovePackageFacts;
      /** New shares only. */
      readonly rotate?: RotatePackageFacts;
      /** Refresh only. */
      readonly refresh?: RefreshPackageFacts;
    }
  | {
      readonly type: 'environment-checked';
      readonly findings: readonly Finding[];
      readonly now: string;
    }
  | { readonly type: 'seat-ready' }
  | { readonly type: 'words-written-down' }
  | {
      readonly type: 'key-identity-made';
      readonly publicKey: string;
      readonly credential: IdentityCredential;
      readonly key: KeyRecord;
    }
  | {
      readonly type: 'written';
      readonly records: readonly MediumRecord[];
      readonly volumeId: string | null;
      readonly volumeLabel: string | null;
      /** The YubiKeys that open it, for the register. */
      readonly keys?: readonly KeyRecord[];
      /** It was written, and something is to be heeded all the same. */
      readonly warning?: RefusalNote | null;
    }
  | { readonly type: 'replugged'; readonly volumeId: string }
  | {
      readonly type: 'read-back-done';
      readonly identityKey: string;
      readonly shareKey: string | null;
      /** Of a share that an OTP key locks: SHA-256 of its envelope, in hex. */
      readonly envelope?: string;
    }
  | {
      readonly type: 'identity-opened';
      readonly name: string;
      readonly publicKey: string;
      /** Of an identity on a YubiKey. */
      readonly credential?: IdentityCredential;
    }
  | { readonly type: 'sealed' }
  | { readonly type: 'seat-ended' }
  | {
      readonly type: 'key-made';
      readonly componentId: string;
      readonly componentBytes: number;
      readonly checks: Checks;
      /** X-Wing, base64. */
      readonly escrowKey: string;
    }
  | {
      readonly type: 'component-split';
      readonly setId: string;
      readonly shares: readonly PublicShare[];
    }
  | { readonly type: 'quorum-proved'; readonly indexes: readonly number[] }
  | {
      readonly type: 'set-signed';
      readonly manifestDigest: string;
      readonly rosterDigest: string;
      readonly words: string;
    }
  | { readonly type: 'roster-signed'; readonly rosterDigest: string; readonly words: string }
  | {
      readonly type: 'witness-page-printed';
      readonly description: string;
      /** The transcript's head that is on it. */
      readonly head: string;
      readonly warning: RefusalNote | null;
    }
  | { readonly type: 'package-opened' }
  | {
      readonly type: 'share-accepted';
      readonly index: number;
      readonly medium: MediumKind;
      /** Of an envelope that is made anew after each reveal. */
      readonly renewal?: Renewal | null;
      /** Of such an envelope that lies on a sheet: a new sheet is printed now. */
      readonly onSheet?: OnSheet;
      /** Of any such envelope. */
      readonly otp?: OtpGiven;
    }
  | {
      readonly type: 'envelope-printed';
      /** It was printed, and something is to be heeded all the same. */
      readonly warning: RefusalNote | null;
    }
  /** The stick was looked at once more, and where it held the old envelope, it was tried again. */
  | { readonly type: 'envelope-tried'; readonly renewal: Renewal }
  /** SHA-256 of the envelope that was read from the new sheet, in hex. */
  | { readonly type: 'envelope-proved'; readonly after: string }
  | {
      readonly type: 'share-proved';
      readonly index: number;
      readonly medium: MediumKind;
      /** Ed25519, in hex. */
      readonly signature: string;
      /** When it signed, by the laptop's clock: milliseconds since 1970. */
      readonly at: number;
    }
  | {
      readonly type: 'test-escrow-opened';
      readonly indexes: readonly number[];
      /** By the key in it: Ed25519, in hex. */
      readonly signature: string;
      readonly at: number;
    }
  /** `roster`: the digest of the one that comes with the refreshed set. */
  | { readonly type: 'refresh-drawn'; readonly roster: string }
  | {
      readonly type: 'share-refreshed';
      /** The number of the share before. */
      readonly before: number;
      readonly share: PublicShare;
    }
  | { readonly type: 'refreshed-signed' }
  | {
      readonly type: 'kek-opened';
      readonly indexes: readonly number[];
      readonly email: FoundEmail;
      /** Null: of CheckTick's own kind. */
      readonly escrow: OpenedStored | null;
    }
  | ({
      readonly type: 'surveys-wrapped';
      readonly indexes: readonly number[];
    } & Pick<OrganisationMoved, 'moved' | 'unopened'>)
  | {
      /** Every file of the package is there and whole. */
      readonly type: 'move-files-found';
      /** The stick, in words. */
      readonly description: string;
      /** Files that came back in earlier ceremonies with this package, each found on the stick. */
      readonly kept: readonly (MovedFile & {
        /** The id of that ceremony. */
        readonly madeIn: string;
        readonly staying: readonly StayingKey[];
      })[];
    }
  | { readonly type: 'move-measured'; readonly pace: MovePace }
  | { readonly type: 'move-proved'; readonly indexes: readonly number[] }
  | {
      readonly type: 'file-moved';
      readonly file: MovedFile;
      /** SHA-256 of the file that went out, hex. */
      readonly from: string;
      readonly staying: readonly StayingKey[];
      /** How long it took. */
      readonly ms: number;
    }
  | { readonly type: 'moved-sealed' }
  | {
      readonly type: 'bundle-made';
      readonly digest: string;
      readonly words: string;
      readonly signedEntries: number;
      /** Of a full drill: from the beginning to the bundle. */
      readonly wholeMs?: number;
    }
  | { readonly type: 'bundle-saved'; readonly description: string }
  | {
      readonly type: 'receipt-imported';
      readonly digest: string;
      readonly outcome: Outcome;
      readonly statement: string;
    }
  | {
      readonly type: 'slot-erased';
      /** Of the thing in the state. */
      readonly id: string;
      readonly serial: number;
      readonly slot: 1 | 2;
      /** As it was before. */
      readonly found: 'configured' | 'empty';
      /** It was configured, and answered as the secret that was drawn for the share does. */
      readonly proved: boolean;
      /** Read from the key afterwards. */
      readonly isEmpty: boolean;
    }
  | {
      readonly type: 'leftovers-found';
      /** `stick HOME-1`, or a folder. */
      readonly where: string;
      readonly files: readonly string[];
      /** Names that were read. */
      readonly looked: number;
      /** All that are there. */
      readonly complete: boolean;
    }
  | { readonly type: 'adopt-package-opened' }
  | {
      readonly type: 'legacy-taken';
      /** Names it in what is said of it later. */
      readonly id: number;
      /** Empty: the whole component. */
      readonly numbers: readonly number[];
      readonly by: string;
      readonly source: string;
    }
  | { readonly type: 'legacy-forgotten'; readonly id: number }
  | { readonly type: 'legacy-judged'; readonly judgement: LegacyJudgement }
  | { readonly type: 'legacy-proved'; readonly proof: LegacyProof }
  | {
      readonly type: 'legacy-restored';
      readonly componentId: string;
      readonly componentBytes: number;
      readonly checks: Checks;
      readonly escrowKey: string;
    }
  | ({ readonly type: 'key-renewed' } & RenewedKey)
  | { readonly type: 'new-legacy-split' }
  | {
      readonly type: 'new-legacy-written';
      readonly volumeId: string;
      readonly volumeLabel: string;
      readonly description: string;
      readonly fileName: string;
    }
  | { readonly type: 'new-legacy-read-back' }
  | { readonly type: 'new-legacy-ended' }
  /** An effect was refused; the state stays where it was, with the refusal on the screen. */
  | { readonly type: 'refused'; readonly note: RefusalNote }
  /** Somebody closed an entry window: not an error. */
  | { readonly type: 'entry-cancelled' };

export type CeremonyEvent = PersonEvent | HostEvent;
