/**
 * The stored key of a survey as a recovery's package carries it, of either kind, and the hash of the
 * survey's key that CheckTick keeps beside the wrapped ones.
 * @module
 */
import { ESCROW_ALGORITHM } from '../../shared/checktick/index.ts';
import { z } from 'zod';
import { type PackagedEscrow, sealedDigest } from '../../shared/bundle/sealed-escrow.ts';
import type { StoredKey } from '../../shared/bundle/recover-package.ts';
import type { KeyHash, RecoveryKekDocument } from '../../shared/checktick/index.ts';
import { sealedFromHex } from '../../shared/escrow/document.ts';
import { checkEscrowPlace, type EscrowBinding } from '../../shared/escrow/escrow.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { digestOf } from './escrow.ts';
import { refuseRecover } from './recover-refusals.ts';

/** The longest text of CheckTick's own kind that a package takes. */
const CHECKTICK_TEXT_LIMIT = 400;

/** Whether an escrow in Vault is of Conclave's own kind. Every other algorithm was refused before. */
export function isSealedEscrow({ algorithm }: Pick<RecoveryKekDocument, 'algorithm'>): boolean {
  return algorithm === ESCROW_ALGORITHM;
}

/**
 * The bytes of a sealed escrow, for its own place; undefined: of CheckTick's kind.
 * @throws Refusal `escrow-kind-mixed`; of shared/escrow where the seal is damaged or of another place
 */
export function sealedEscrowOf(
  document: RecoveryKekDocument,
  path: string,
  binding: EscrowBinding,
): Uint8Array | undefined {
  const text = document.encrypted_kek.replaceAll(/[ \t\n\r\f\v]/g, '');
  if (!isSealedEscrow(document)) {
    if (text.length > CHECKTICK_TEXT_LIMIT) throw refuseRecover('escrow-kind-mixed', path);
    return undefined;
  }
  const bytes = sealedFromHex(text);
  checkEscrowPlace(binding, bytes);
  return bytes;
}

const hashRow = z.object({ salt: columns.bytes.nullable(), hash: columns.bytes.nullable() });

/** Null: CheckTick keeps none, or none of its own form. A hash of this kind is 32 bytes. */
export async function readKeyHash(
  on: Queryable,
  surveyId: number,
  has: ReadonlySet<string>,
): Promise<KeyHash | null> {
  if (!has.has('key_hash') || !has.has('key_salt')) return null;
  const found = await on.maybe(
    hashRow,
    'SELECT key_salt AS salt, key_hash AS hash FROM surveys_survey WHERE id = $1',
    [surveyId],
  );
  const { salt = null, hash = null } = found ?? {};
  if (salt === null || hash === null || salt.length === 0 || salt.length > 64) return null;
  return hash.length === 32 ? { salt, hash } : null;
}

/** Recognises the hash later; that there was none, too. */
export function keyHashDigest(kept: KeyHash | null): string {
  return digestOf(kept?.salt ?? null, kept?.hash ?? null);
}

/** As the package says it openly and as it seals it. */
export interface PackagedKey {
  readonly stored: StoredKey;
  readonly said: PackagedEscrow | undefined;
  /** What the package's row remembers of a sealed one. */
  readonly facts: { readonly keyHash?: string };
}

/** @throws Refusal as {@link sealedEscrowOf} */
export async function packagedKey(
  on: Queryable,
  document: RecoveryKekDocument,
  of: { readonly path: string; readonly binding: EscrowBinding; readonly has: ReadonlySet<string> },
): Promise<PackagedKey> {
  const bytes = sealedEscrowOf(document, of.path, of.binding);
  if (bytes === undefined) {
    const encryptedKek = document.encrypted_kek.replaceAll(/[ \t\n\r\f\v]/g, '');
    return { stored: { encryptedKek }, said: undefined, facts: {} };
  }
  const keyHash = await readKeyHash(on, of.binding.surveyId, of.has);
  return {
    stored: { sealedEscrow: { bytes, keyHash } },
    said: {
      kind: 'sealed',
      digest: sealedDigest(bytes),
      keyHash: keyHash === null ? 'none' : 'sealed',
    },
    facts: { keyHash: keyHashDigest(keyHash) },
  };
}
