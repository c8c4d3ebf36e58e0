/**
 * Whether a FIDO2 key holds what is somebody else's. Its number tells that where it shows one; a key
 * that hides it is asked for the credentials of the others, without PIN and without touch.
 * @module
 */
import { fidoCode, type KnownCredential } from '../../devices/ctap/index.ts';
import { keyTitle, withFidoKey, type PluggedKey } from '../../media/yubikey/keys.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import type { KeyHolder } from './holder.ts';

/** A credential, and whose share or identity hangs on it. Public. */
export interface OthersCredential {
  readonly credential: KnownCredential;
  readonly owner: string;
}

/**
 * SECURITY: two people's shares on one key are in one hand. A key that answers no such question
 * (firmware that wants a touch for it) is known by its number only.
 * @throws Refusal `key-taken`
 */
export async function requireNobodysElse(
  { sockets }: KeyHolder,
  key: PluggedKey,
  others: readonly OthersCredential[],
): Promise<void> {
  if (others.length === 0) return;
  let here: KnownCredential | null;
  try {
    here = await withFidoKey(sockets, key.path, (open) =>
      open.whichIsHere(others.map(({ credential }) => credential)),
    );
  } catch (error) {
    if (fidoCode(error) === 'fido-wrong-key') return;
    throw error;
  }
  const found = others.find(({ credential }) => credential === here);
  if (found !== undefined) throw refuseKey('key-taken', `${keyTitle(key)} of ${found.owner}`);
}
