/**
 * What the worker opened with a ticket’s key, or made with what was in it, until it is used.
 * @module
 */
import type { MemberSecrets } from '../../shared/bundle/member-package.ts';
import type { OrganisationMoved } from '../../shared/bundle/organisation.ts';
import type { OrganisationSecrets } from '../../shared/bundle/organisation-package.ts';
import type { StoredSecrets } from '../../shared/bundle/recover-package.ts';
import type { Secret } from '../../shared/secret/secret.ts';

/** What a package of a recovery held. */
export interface OpenPackage {
  readonly nonce: string;
  readonly vaultComponent: Secret;
  /** The stored key as Vault has it, of either kind: no secret. */
  readonly stored: StoredSecrets & Pick<MemberSecrets, 'keyHash'>;
}

/** What a package for survey keys of an organisation held. */
export interface OpenOrganisation {
  readonly nonce: string;
  readonly vaultComponent: Secret;
  /** As Vault has them: no secret. */
  readonly stored: Omit<OrganisationSecrets, 'vaultComponent'>;
}

/** What the package of a full drill held. */
export interface OpenDrill {
  readonly nonce: string;
  readonly vaultComponent: Secret;
}

/** What a package for new shares, or for a new platform key, held: the half in use. */
export interface OpenRotation {
  readonly nonce: string;
  readonly vaultComponent: Secret;
}

/** What a package for moving survey keys held, and what opens its files. */
export interface OpenMove {
  readonly nonce: string;
  readonly vaultComponent: Secret;
  /** The private half of the ticket. */
  readonly ticketKey: Secret;
}

/** Survey keys that were wrapped anew and read back: ciphertext, and what is openly said of it. */
export interface WrappedSurveys extends Pick<OrganisationMoved, 'moved' | 'unopened'> {
  readonly nonce: string;
  readonly indexes: readonly number[];
  readonly entries: readonly Uint8Array[];
}
