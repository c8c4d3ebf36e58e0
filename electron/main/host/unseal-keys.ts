/**
 * Who holds Vault's unseal keys: said by somebody, kept beside the logs, read when home is shown.
 * @module
 */
import { formatTime } from '../../../shared/encoding/schema.ts';
import type { Input } from '../../../shared/ipc/contract.ts';
import {
  encodeUnsealKeys,
  parseUnsealKeys,
  type KeptUnsealKeys,
} from '../../../shared/ledger/unseal-keys.ts';
import type { Mode } from '../../../shared/mode.ts';
import { Refusal, type RefusalNote } from '../../../shared/refusal.ts';
import type { Store } from './store.ts';

interface Known {
  /** Null: nobody said it, or it cannot be read. */
  readonly kept: KeptUnsealKeys | null;
  /** Why it cannot be read. */
  readonly unreadable: RefusalNote | null;
}

/** Never refused: home, plans and exports go on without it, and say so. */
export async function knownUnsealKeys(store: Store, mode: Mode): Promise<Known> {
  try {
    const bytes = await store.unsealKeys(mode);
    return { kept: bytes === null ? null : parseUnsealKeys(bytes, mode), unreadable: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kept: null, unreadable: error.note() };
  }
}

/** Takes the place of what was said before; null: nothing is kept any more. */
export async function sayUnsealKeys(
  { mode, keys }: Input<'unseal-keys:say'>,
  store: Store,
  now: Date,
): Promise<null> {
  const bytes = keys === null ? null : encodeUnsealKeys({ mode, saidAt: formatTime(now), ...keys });
  await store.keepUnsealKeys(mode, bytes);
  return null;
}
