/**
 * Proving a component: that it and the vault component together are the platform key that was used.
 *
 * What proves is authenticated decryption (AES-256-GCM): a stored survey key that opens, under a
 * key derived from the *whole* platform key. The escrowed e-mail address proves nothing: its key
 * comes from the first 32 bytes alone, and wrong digits hide in the last ones.
 * @module
 */
import { Secret } from '../../secret/secret.ts';
import { checkValueFits } from '../../sharing/check-value.ts';
import { Refusal } from '../../refusal.ts';
import { xorComponents } from '../components.ts';
import { openKekBlob } from '../kek-blob.ts';
import { userRecoveryKey } from '../keys.ts';
import { wayKey } from '../organisation.ts';
import { vaultPaths } from '../vault.ts';
import type { UnprovedComponent } from './component.ts';
import { refuseLegacy } from './refusals.ts';

/** What proved a component: plain facts for the transcript. */
export type ProvedBy =
  | { readonly kind: 'escrow'; readonly userId: number; readonly surveyId: number }
  | { readonly kind: 'organisation'; readonly organisationId: number; readonly surveyId: number }
  | { readonly kind: 'check-value'; readonly componentId: string };

declare const proof: unique symbol;

/** A component that was proved, in the length of its vault component; wipe its secret. */
export interface ProvedComponent {
  readonly proved: true;
  readonly by: ProvedBy;
  readonly component: Secret;
  /** Nothing outside this file can make one. */
  readonly [proof]: never;
}

/** A user's escrow as Vault holds it. */
export interface EscrowEvidence {
  readonly vaultComponent: Uint8Array;
  readonly userId: number;
  readonly surveyId: number;
  /** The field `encrypted_kek`. */
  readonly encryptedKek: string;
}

/** A survey key of an organisation, or of one of its teams, as Vault holds it. */
export interface OrganisationEvidence {
  readonly vaultComponent: Uint8Array;
  readonly organisationId: number;
  /** UTF-8, exactly as the owner types it; the caller wipes it. */
  readonly passphrase: Uint8Array;
  /** The team, when the survey's key is stored under its key. */
  readonly teamId?: number;
  readonly surveyId: number;
  readonly encryptedKek: string;
}

/** A check value of the platform key in a share set's manifest, whose signatures were verified. */
export interface CheckValueEvidence {
  readonly vaultComponent: Uint8Array;
  readonly componentId: string;
  readonly checkValue: string;
}

/**
 * Opens a user's escrow with the component.
 *
 * @throws Refusal `legacy-not-proved` when it does not open; what `openKekBlob` refuses of an
 *   escrow that is damaged; `legacy-padding`, `component-length`.
 */
export function proveByEscrow(
  unproved: UnprovedComponent,
  { vaultComponent, userId, surveyId, encryptedKek }: EscrowEvidence,
): Promise<ProvedComponent> {
  const by = { kind: 'escrow', userId, surveyId } as const;
  return prove(unproved, vaultComponent, by, async (platformKey) => {
    const key = await userRecoveryKey(platformKey, userId);
    return opens(key, vaultPaths.userSurveyRecoveryKek(userId, surveyId), encryptedKek);
  });
}

/** Opens a survey key of an organisation or team with the component and the owner's passphrase. */
export function proveByOrganisation(
  unproved: UnprovedComponent,
  evidence: OrganisationEvidence,
): Promise<ProvedComponent> {
  const {
    vaultComponent,
    organisationId,
    passphrase,
    teamId = null,
    surveyId,
    encryptedKek,
  } = evidence;
  const by = { kind: 'organisation', organisationId, surveyId } as const;
  return prove(unproved, vaultComponent, by, async (platformKey) => {
    const key = await wayKey(platformKey, { organisationId, teamId }, passphrase);
    return opens(key, vaultPaths.surveyKek(surveyId), encryptedKek);
  });
}

/** Compares the platform key with a check value that was made when it was last proved. */
export function proveByCheckValue(
  unproved: UnprovedComponent,
  { vaultComponent, componentId, checkValue }: CheckValueEvidence,
): Promise<ProvedComponent> {
  const by = { kind: 'check-value', componentId } as const;
  return prove(unproved, vaultComponent, by, (platformKey) =>
    checkValueFits('platform-key', platformKey, componentId, checkValue),
  );
}

const NAMES: { readonly [Kind in ProvedBy['kind']]: string } = {
  escrow: 'the escrow that was to prove it',
  organisation: "the organisation's survey key that was to prove it, with this passphrase",
  'check-value': 'the check value of the share set that was made before',
};

async function prove(
  unproved: UnprovedComponent,
  vaultComponent: Uint8Array,
  by: ProvedBy,
  fits: (platformKey: Uint8Array) => boolean | Promise<boolean>,
): Promise<ProvedComponent> {
  const component = unproved.unprovedBytes(vaultComponent.length);
  const platformKey = xorComponents(vaultComponent, component);
  let passed = false;
  try {
    passed = await fits(platformKey);
    if (!passed) throw refuseLegacy('legacy-not-proved', NAMES[by.kind]);
    // The brand exists for the compiler only.
    return { proved: true, by, component: new Secret(component) } as ProvedComponent;
  } finally {
    platformKey.fill(0);
    if (!passed) component.fill(0);
  }
}

/** Whether a stored survey key opens; wipes `key`. What is no stored key at all is refused. */
async function opens(key: Uint8Array, path: string, encryptedKek: string): Promise<boolean> {
  try {
    (await openKekBlob(key, path, encryptedKek)).fill(0);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-opened') return false;
    throw error;
  } finally {
    key.fill(0);
  }
}
