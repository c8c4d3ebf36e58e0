/**
 * What the packages of sync say openly, as the machines need it: verified by the host.
 * @module
 */
import { hexToBytes } from '../encoding/bytes.ts';
import { eightWords } from '../encoding/words.ts';
import type { Rotatable } from '../bundle/adopt.ts';
import type { MovePackaged } from '../bundle/move.ts';
import type { EscrowedEmail } from '../bundle/escrowed-email.ts';
import type { OrganisationPackaged } from '../bundle/organisation.ts';
import type { OrganisationWay, RecoverFacts } from '../bundle/package.ts';
import type { PackagedStored } from '../bundle/sealed-escrow.ts';
import type { Person } from '../identity/roster.ts';
import type { KeyCarrier } from '../sharing/key-carriers.ts';
import type { MediumKind } from '../sharing/manifest.ts';
import type { MediaPolicy } from '../sharing/media-policy.ts';
import type { Spare } from './types.ts';

/** The share set of a package, verified, and who of its roster may do what. */
export interface PackagedSet {
  readonly setLabel: string;
  readonly setId: string;
  readonly threshold: number;
  readonly count: number;
  readonly manifestDigest: string;
  /** Who holds which share; the key is the one that the roster lists under that name. */
  readonly custodians: readonly {
    readonly index: number;
    readonly name: string;
    readonly publicKey: string;
    readonly media: readonly MediumKind[];
    /** Where envelopes of YubiKeys lie, in the manifest's words. */
    readonly keyOn: readonly KeyCarrier[];
    /**
     * The numbers that their sheets have had, by the manifest and the logs of this laptop; the one that
     * was met last at the end.
     */
    readonly sheets: readonly number[];
    readonly spare: Spare;
  }[];
  /** The logs of this set are here, as far as anybody can tell: an OTP envelope that is over is recognised. */
  readonly remembers: boolean;
  /** Whose identity a YubiKey makes, as the roster says. */
  readonly onKeys: readonly { readonly name: string }[];
  readonly operators: readonly { readonly name: string; readonly publicKey: string }[];
  readonly witnesses: readonly { readonly name: string; readonly publicKey: string }[];
}

/** What the package of a recovery says openly, with its manifest and roster verified. */
export interface RecoverPackageFacts extends PackagedSet {
  readonly ticketId: string;
  readonly facts: RecoverFacts;
  /** Whose key opens it; null: the user's own escrow. */
  readonly organisation: OrganisationWay | null;
  /** What sync said of the escrowed address; null in packages of before, and of an organisation. */
  readonly escrowedEmail: EscrowedEmail | null;
  /** Null: of CheckTick's own kind. */
  readonly escrow: PackagedStored | null;
  readonly vaultPath: string;
}

/** What a package for survey keys of an organisation that are wrapped anew says, with its manifest and roster verified. */
export interface OrganisationPackageFacts extends PackagedSet, OrganisationPackaged {
  readonly ticketId: string;
}

/** What a package for a refresh says, with its manifest and roster verified. */
export interface RefreshPackageFacts extends PackagedSet {
  readonly keyVersion: string;
  /** Of the shares in use. */
  readonly generation: number;
  /** Of those that are made: a number that no attempt has used, so that a void share is never taken for one. */
  readonly next: number;
  /** The rule for the media of the set; null: none was agreed. */
  readonly policy: MediaPolicy | null;
}

/** What a package for a drill says, with its manifest and roster verified. */
export interface DrillPackageFacts extends PackagedSet {
  readonly keyVersion: string;
  readonly generation: number;
  /** Of a full drill: the shares are put together, and open a test escrow. Else null. */
  readonly full: { readonly ticketId: string; readonly proofKey: string } | null;
}

/** Another version becomes the active one, or one that nothing needs is retired. */
export type VersionChange = 'activate' | 'retire';

/** A share set as everybody reads it. */
export interface SetShown {
  readonly label: string;
  readonly threshold: number;
  readonly count: number;
  readonly custodians: readonly string[];
}

/** Another set than the one whose shares are given, as a package brings it. */
export interface OtherSet extends SetShown {
  readonly manifestDigest: string;
}

/** The set whose shares are given. */
export const presentShown = (set: PackagedSet): SetShown => ({
  label: set.setLabel,
  threshold: set.threshold,
  count: set.count,
  custodians: set.custodians.map(({ name }) => name),
});

/** Another one, without its manifest. */
export const setShown = ({ label, threshold, count, custodians }: OtherSet): SetShown => ({
  label,
  threshold,
  count,
  custodians,
});

/**
 * The same with the eight words of its manifest. Each set of a version has words of its own, and the
 * witness may have the paper of any of them; as all are of one component and one escrow key (the package
 * is refused otherwise), those of one show which key it is.
 */
export const setWithWords = (set: OtherSet) => ({
  ...setShown(set),
  words: eightWords(hexToBytes(set.manifestDigest)),
});

/** What a package for moving survey keys says, with the manifests and the roster in force verified. */
export interface MovePackageFacts
  extends PackagedSet, Pick<MovePackaged, 'keyVersion' | 'movesTo' | 'stored'> {
  readonly ticketId: string;
  /** Of the version that they move to. */
  readonly other: OtherSet;
  /** The other sets of that version: each opens the same. */
  readonly further: readonly OtherSet[];
  /** How many files of survey keys belong to it. */
  readonly files: number;
  /** Organisations hang on the version that is emptied: its half for them is handed over. */
  readonly handsOver: boolean;
}

/** What a package for either says, with the manifests and the roster in force verified. */
export interface VersionChangePackageFacts extends PackagedSet {
  readonly change: VersionChange;
  /** The active version, whose set signs. */
  readonly keyVersion: string;
  /** The one that becomes active, or is retired. */
  readonly version: string;
  /** Its set, as the package brings it. */
  readonly other: OtherSet;
  /** The other sets of that version: each opens the same, and becomes of use or ends with it. */
  readonly further: readonly OtherSet[];
  /** Survey keys under either version, as sync counted; null: the package does not say. */
  readonly stored: { readonly active: number; readonly other: number } | null;
}

/** What a package for a change of the roster says, with its manifest and roster verified. */
export interface RosterPackageFacts extends PackagedSet {
  /** Of the roster in force. */
  readonly serial: number;
  readonly rosterDigest: string;
  readonly people: readonly Person[];
  /** Two new admins of sync are to be named. */
  readonly replacesAdmins: boolean;
}

/**
 * What a package for new shares, for a new platform key, or for another set of the same says, with the
 * manifests and the roster in force verified.
 */
export type RotatePackageFacts = RotatedSet &
  (
    | {
        /** The platform key stays. */
        readonly kind: 'rotate-shares';
        readonly ticketId: string;
        readonly nextVersion: null;
        /** Whether Vault's entry holds the component of this version, so that it changes with the row. */
        readonly compared: Rotatable;
      }
    | {
        readonly kind: 'new-version';
        readonly ticketId: string;
        /** The key version that is made. */
        readonly nextVersion: string;
      }
    | {
        /** Key and halves stay: nothing of the package is sealed. */
        readonly kind: 'add-set';
        readonly ticketId: null;
        readonly nextVersion: null;
      }
  );

interface RotatedSet extends PackagedSet {
  /** Of the set whose shares are given. */
  readonly keyVersion: string;
  /** The other sets of that version: each opens the same key. */
  readonly joined: readonly OtherSet[];
  /** Who holds a share that goes on being needed, of whatever set. */
  readonly lasting: readonly string[];
  /** What all other sets in force are called, of whatever key version. */
  readonly otherLabels: readonly string[];
  /** Of the roster in force. */
  readonly serial: number;
  readonly rosterDigest: string;
  readonly people: readonly Person[];
}
