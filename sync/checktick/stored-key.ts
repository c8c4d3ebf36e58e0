/**
 * One stored survey key as Vault has it, for whoever moves it or asks whether it is still the one that was
 * proved. What cannot be read is no key: of a move the laptop names it, and it stays.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import {
  ESCROW_ALGORITHM,
  parseRecoveryKek,
  readKekBlob,
  type RecoveryKekDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { sealedFromHex } from '../../shared/escrow/document.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { EscrowOf } from './escrow.ts';
import type { KvStore } from '../vault/kv.ts';

/** What lies in its place. */
export type StoredThere =
  | { readonly is: 'nothing' }
  /** Something that no laptop could open. */
  | { readonly is: 'damaged' }
  | {
      readonly is: 'key';
      readonly kind: 'checktick' | 'sealed';
      readonly bytes: Uint8Array;
      /** SHA-256 of the bytes, hex. */
      readonly digest: string;
      readonly document: RecoveryKekDocument;
      /** Vault's, for check-and-set. */
      readonly version: number;
    };

export const digestOfBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** @throws Refusal of vault/refusals.ts where Vault does not answer */
export async function readStoredKey(
  kv: KvStore,
  { userId, surveyId }: EscrowOf,
): Promise<StoredThere> {
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const found = await kv.read(path);
  if (found.absent) return { is: 'nothing' };
  const { data, version } = found;
  try {
    const document = parseRecoveryKek(path, data);
    const kind = document.algorithm === ESCROW_ALGORITHM ? 'sealed' : 'checktick';
    const text = document.encrypted_kek;
    const bytes = kind === 'sealed' ? sealedFromHex(text) : readKekBlob(text);
    return { is: 'key', kind, bytes, digest: digestOfBytes(bytes), document, version };
  } catch (cause) {
    if (cause instanceof Refusal) return { is: 'damaged' };
    throw cause;
  }
}
