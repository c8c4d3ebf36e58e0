/**
 * A sealed escrow as it lies in Vault: a document of CheckTick's shape, with an algorithm of its own.
 * @module
 */
import {
  ESCROW_ALGORITHM,
  isoformat,
  parseRecoveryKek,
  type RecoveryKekDocument,
} from '../checktick/index.ts';
import { bytesToHex, hexToBytes } from '../encoding/bytes.ts';
import { ESCROW_LIMIT } from './escrow.ts';
import { refuseEscrow } from './refusals.ts';

/**
 * A new document for `users/{u}/surveys/{s}/recovery-kek`. It holds no e-mail address: CheckTick
 * seals that under the platform key itself, which nobody has who makes this.
 */
export function escrowDocument(facts: {
  readonly sealed: Uint8Array;
  readonly keyVersion: string;
  readonly at: Date;
}): Readonly<Record<string, unknown>> {
  return {
    encrypted_kek: bytesToHex(facts.sealed),
    encrypted_email: null,
    platform_key_version: facts.keyVersion,
    created_at: `${isoformat(facts.at)}+00:00`,
    algorithm: ESCROW_ALGORITHM,
    requires_verification: true,
    purpose: 'ethical-recovery',
    audit_trail: { created_by: 'conclave-sync', accessed_by: [], access_timestamps: [] },
  };
}

/**
 * The document of a survey key that moves to another key version: of either kind before, sealed from
 * now on. Its times and its audit trail stay; the e-mail address that CheckTick sealed goes, because
 * the key that opens it stays behind.
 */
export function movedDocument(
  before: RecoveryKekDocument,
  facts: { readonly sealed: Uint8Array; readonly keyVersion: string },
): Readonly<Record<string, unknown>> {
  return {
    ...before,
    encrypted_kek: bytesToHex(facts.sealed),
    encrypted_email: null,
    platform_key_version: facts.keyVersion,
    algorithm: ESCROW_ALGORITHM,
  };
}

/**
 * The field `encrypted_kek` of a sealed one; white space and capitals as Python takes them.
 * @throws Refusal `escrow-damaged`
 */
export function sealedFromHex(field: string): Uint8Array {
  const text = field.replaceAll(/[ \t\n\r\f\v]/g, '');
  if (text.length > 2 * ESCROW_LIMIT || !/^(?:[0-9a-fA-F]{2})+$/.test(text)) {
    throw refuseEscrow('escrow-damaged');
  }
  return hexToBytes(text.toLowerCase());
}

/**
 * The sealed escrow in a document from Vault; undefined where it is one of CheckTick's own kind.
 * @param path where it lies, for the refusal
 * @throws Refusal `escrow-damaged`, `vault-document`
 */
export function sealedInDocument(path: string, data: unknown): Uint8Array | undefined {
  const { algorithm, encrypted_kek: field } = parseRecoveryKek(path, data);
  return algorithm === ESCROW_ALGORITHM ? sealedFromHex(field) : undefined;
}
