/**
 * How a set comes to be: of a new platform key, of one that is shared anew, of the next key version, or
 * beside the others of the key in use.
 * @module
 */
import type {
  Bundle,
  NewVersionBundle,
  RotateBundle,
  SetupBundle,
} from '../../../shared/bundle/bundle.ts';
import type { NewVersionPackage, RotatePackage } from '../../../shared/bundle/package.ts';
import type { Checks, PublicShare, RenewedKey } from '../../../shared/ceremony/types.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';

export interface NewSetCommands {
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
  /** A random k of the shares that were read back give the component; check values fit. */
  'prove-quorum': { in: { threshold: number }; out: { indexes: readonly number[] } };
  /**
   * k share keys sign: of the accepted shares (`given`) or of the proved quorum (`made`). Without
   * `of` of those that are there; a rotation has both, and says which.
   */
  'sign-quorum': {
    in: { messages: readonly Uint8Array[]; of?: 'given' | 'made' };
    out: { signatures: readonly { keyid: string; sigs: readonly Uint8Array[] }[] };
  };
  /** Seals the new vault component to the package's key; completes the body. */
  'seal-setup': {
    in: { body: Omit<SetupBundle, 'sealed'>; recipient: string };
    out: { body: Bundle };
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
  /**
   * Puts the custodian component together from the shares that were accepted, and proves it: what is
   * split next. The platform key is not restored.
   */
  'restore-component': { in: { nonce: string; manifest: Manifest }; out: RenewedKey };
  /** Seals the new vault component of a rotation to the package's key; completes the body. */
  'seal-rotate': {
    in: {
      body: Omit<RotateBundle, 'sealed'> | Omit<NewVersionBundle, 'sealed'>;
      recipient: string;
    };
    out: { body: Bundle };
  };
}
