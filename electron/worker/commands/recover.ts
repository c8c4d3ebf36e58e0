/**
 * What a quorum opens with sync's half: a stored key, what an organisation keeps, a test escrow.
 * @module
 */
import type {
  Bundle,
  MemberBundle,
  OrganisationBundle,
  RecoverBundle,
} from '../../../shared/bundle/bundle.ts';
import type { OrganisationMoved } from '../../../shared/bundle/organisation.ts';
import type {
  FullDrillPackage,
  MovePackage,
  OrganisationPackage,
  RecoveryPackage,
} from '../../../shared/bundle/package.ts';
import type { OpenedStored } from '../../../shared/bundle/sealed-escrow.ts';
import type { MediumRecord } from '../../../shared/ceremony/types.ts';
import type { FoundEmail } from '../../../shared/ceremony/recover/found-email.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';

export interface RecoverCommands {
  /** Entry. A passphrase as for a new identity; an X-Wing pair, its private half as an age file on the stick. */
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
}
