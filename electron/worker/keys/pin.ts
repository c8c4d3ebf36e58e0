/**
 * Asking for the PIN of a FIDO2 key. Whoever types it sees first how many wrong ones are left. It is
 * sent once for each thing that the key does: opening asks one, locking two (a credential, then its
 * answer). A wrong one is never sent again: it costs one try, and the next is typed.
 * @module
 */
import { fidoCode, refuseFido } from '../../devices/ctap/index.ts';
import { requireStill, withFidoKey, type PluggedKey } from '../../media/yubikey/keys.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { shown, type KeyHolder } from './holder.ts';

/**
 * Asks for the PIN and does with it what needs it, until it is right. A key without one gets one.
 * @param work sends the PIN, which is wiped when this returns
 * @throws Refusal of the driver: `fido-pin-blocked` ends the command, `fido-pin-replug` is mended
 *   by taking the key out; `key-exchanged` before the PIN was sent
 */
export async function withPin<T>(
  holder: KeyHolder,
  key: PluggedKey,
  opens: string,
  work: (pin: Uint8Array) => Promise<T>,
): Promise<T> {
  let pin = (await hasPin(holder, key)) ? null : await setPin(holder, key);
  for (;;) {
    pin ??= await askPin(holder, key, opens);
    try {
      // SECURITY: typed for the key on the page, and for no other that came into its socket since.
      await requireStill(holder.sockets, key);
      return await work(pin);
    } catch (error) {
      const again = ['fido-pin-wrong', 'fido-pin-policy'].includes(fidoCode(error) ?? '');
      if (!again || !(error instanceof Refusal)) throw error;
      await refuseSpent(holder, key);
      holder.entry.refused(error);
    } finally {
      pin.fill(0);
      pin = null;
    }
  }
}

/** Null of the driver: a key without any PINs cannot be told from one that anybody may use. */
async function hasPin({ sockets }: KeyHolder, key: PluggedKey): Promise<boolean> {
  const isSet = await withFidoKey(sockets, key.path, async (open) => open.pinIsSet());
  if (isSet === null) throw refuseFido('fido-no-pin-protocol');
  return isSet;
}

/** @throws Refusal `fido-pin-blocked`, `fido-pin-replug` before anybody types a PIN for nothing */
async function refuseSpent({ sockets }: KeyHolder, key: PluggedKey): Promise<number> {
  const { left, replug } = await withFidoKey(sockets, key.path, (open) => open.pinRetries());
  if (left === 0) throw refuseFido('fido-pin-blocked');
  if (replug) throw refuseFido('fido-pin-replug');
  return left;
}

async function askPin(holder: KeyHolder, key: PluggedKey, opens: string): Promise<Uint8Array> {
  const triesLeft = await refuseSpent(holder, key);
  const { entry, person } = holder;
  const { pin } = await entry.ask(
    { task: 'pin', person, key: shown(key), opens, triesLeft },
    (input) => (input.type === 'pin' ? { pin: input.bytes.slice() } : undefined),
  );
  return pin;
}

/** The first PIN of a key, typed twice in the window. */
async function setPin(holder: KeyHolder, key: PluggedKey): Promise<Uint8Array> {
  const { entry, person, sockets } = holder;
  const shortest = await withFidoKey(sockets, key.path, async (open) => open.info().shortestPin);
  const { pin } = await entry.ask(
    { task: 'new-pin', person, key: shown(key), shortest },
    async (input) => {
      if (input.type !== 'pin') return undefined;
      const typed = input.bytes.slice();
      try {
        await requireStill(sockets, key);
        await withFidoKey(sockets, key.path, (open) => open.setPin(typed));
        return { pin: typed };
      } catch (error) {
        typed.fill(0);
        throw error;
      }
    },
    ({ code }) => code !== 'fido-pin-policy',
  );
  return pin;
}
