/**
 * The places of survey keys in Vault, many at a time.
 * @module
 */
import { sealedInDocument } from '../../shared/escrow/document.ts';
import { CasRefusal } from '../vault/refusals.ts';
import type { KvData, KvStore } from '../vault/kv.ts';

/** Calls to Vault at the same time, of one request. */
const LANES = 8;

export type InPlace =
  | { readonly is: 'empty' }
  /** Something was there and was deleted. */
  | { readonly is: 'emptied' }
  /** Of CheckTick's own kind. */
  | { readonly is: 'other-kind' }
  | { readonly is: 'sealed'; readonly sealed: Uint8Array };

/** @throws Refusal `escrow-damaged`, `vault-document`; of vault/refusals.ts */
export async function readPlace(kv: KvStore, path: string): Promise<InPlace> {
  const found = await kv.read(path);
  if (found.absent) return { is: found.currentVersion === 0 ? 'empty' : 'emptied' };
  const sealed = sealedInDocument(path, found.data);
  return sealed === undefined ? { is: 'other-kind' } : { is: 'sealed', sealed };
}

/** Writes where nothing was ever written. @returns false where something is or was */
export async function writePlace(kv: KvStore, path: string, data: KvData): Promise<boolean> {
  try {
    await kv.put(path, data, { cas: 0 });
    return true;
  } catch (cause) {
    if (cause instanceof CasRefusal) return false;
    throw cause;
  }
}

/** Runs `work` for each, a few at the same time; the results in order. After an error none begins. */
export async function inLanes<In, Out>(
  items: readonly In[],
  work: (item: In) => Promise<Out>,
  lanes = LANES,
): Promise<Out[]> {
  const results: Out[] = [];
  const waiting = items.entries();
  let failed: { readonly cause: unknown } | undefined;
  const lane = async (): Promise<void> => {
    for (const [at, item] of waiting) {
      if (failed !== undefined) return;
      try {
        results[at] = await work(item);
      } catch (cause) {
        failed ??= { cause };
      }
    }
  };
  // All of them to their end: whoever rolls back afterwards must be the last to write.
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  if (failed !== undefined) throw failed.cause;
  return results;
}
