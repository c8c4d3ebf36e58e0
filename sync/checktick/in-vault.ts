/**
 * What Vault holds at `platform/master-key`.
 * @module
 */
import {
  parsePlatformMasterKey,
  type PlatformMasterKeyDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { KvStore } from '../vault/kv.ts';

export type InVault =
  | {
      readonly is: 'there';
      /** 16 to 64 bytes. SECURITY: the caller wipes it. */
      readonly component: Uint8Array;
      readonly document: PlatformMasterKeyDocument;
    }
  | { readonly is: 'missing' }
  | { readonly is: 'unreadable'; readonly why: string };

/** @throws Refusal of vault/refusals.ts when Vault cannot be asked */
export async function readVaultComponent(kv: KvStore): Promise<InVault> {
  const found = await kv.read(vaultPaths.platformMasterKey);
  if (found.absent) return { is: 'missing' };
  try {
    const { vaultComponent, document } = parsePlatformMasterKey(found.data);
    return { is: 'there', component: vaultComponent, document };
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    return { is: 'unreadable', why: cause.sentences.happened };
  }
}
