/**
 * Emptying the slot of a YubiKey that opened a share of a set that is over. Whoever holds the key
 * types its number and touches it: the answer shows that the slot holds the secret that was drawn for
 * the share, and that a person is there. Then it is emptied and read again. Older logs have no
 * verifier of the secret, and none can be had of a slot that was used as it was: there the answer
 * shows only that the slot holds one.
 * @module
 */
import { wipingAfter } from '../../../shared/secret/secret.ts';
import { slotVerifier, VERIFIER_CHALLENGE } from '../../../shared/sharing/slot-verifier.ts';
import { askSlotOf, eraseSlot, slotsOf } from '../../media/yubikey/otp.ts';
import type { PluggedKey } from '../../media/yubikey/keys.ts';
import { isOtpRefusal } from '../../media/yubikey/otp-refusals.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import { KeyHolder, shown } from '../keys/holder.ts';
import type { CommandInput } from '../protocol.ts';
import type { Context, Handler } from '../context.ts';

type Input = CommandInput<'erase-slot'>;

export const eraseKeySlot: Handler<'erase-slot'> = (input, context) => {
  const { serial, slot, title, owners } = input;
  const { name } = context.state.needSeat().turn;
  const holder = new KeyHolder(context.entry(), context.keys, name, new Map(owners));
  const wanted = [{ serial, isBackup: false }];
  let typed: number | null = null;
  // Once it was seen in use, an empty slot is this command's work, whatever was pulled when.
  let found: 'configured' | 'empty' = 'empty';
  let proved = false;
  return holder.withKeys({ method: 'otp-hmac', purpose: 'erase', title, wanted }, async ([key]) => {
    // SECURITY: a key that hides its number must not bear witness for another one.
    if (key.serial !== serial) throw refuseKey('key-number-hidden', serial);
    const slots = await slotsOf(holder.sockets, key);
    if (slots[slot - 1]?.isConfigured === false)
      return { serial, slot, found, proved, isEmpty: true };
    found = 'configured';
    typed ??= await typedNumber(holder, key, input);
    proved = await proveSecret(holder, key, input, context);
    holder.entry.busy('Emptying the slot and reading it again');
    const { isEmpty } = await eraseSlot(holder.sockets, key, slot, typed);
    return { serial, slot, found, proved, isEmpty };
  });
};

/** Typed again until it is the number of the key that is plugged in and asked for. */
async function typedNumber(
  { entry, person }: KeyHolder,
  key: PluggedKey,
  { serial, slot, title, programmed, verifiers }: Input,
): Promise<number> {
  const isKnown = verifiers.length > 0;
  const { typedSerial } = await entry.ask(
    { task: 'key-erase', person, key: shown(key), title, slot, programmed, isKnown },
    (input) => {
      if (input.type !== 'erase') return undefined;
      if (input.typedSerial === serial) return { typedSerial: serial };
      throw refuseKey('key-number-differs', input.typedSerial);
    },
  );
  return typedSerial;
}

/**
 * @returns whether the slot showed that it holds the share's secret; it may hold any where nobody can
 *   tell
 * @throws Refusal `key-slot-other-secret`; `key-slot-other` where the slot holds no secret for
 *   challenges any more
 */
async function proveSecret(
  holder: KeyHolder,
  key: PluggedKey,
  { slot, title, verifiers }: Input,
  { random }: Context,
): Promise<boolean> {
  const isKnown = verifiers.length > 0;
  const challenge = isKnown ? VERIFIER_CHALLENGE : random(32);
  try {
    const does = isKnown ? 'erase' : 'erase-any';
    const { response } = await holder.touch([key], 'otp-hmac', does, (waiting) =>
      askSlotOf(holder.sockets, [key], slot, challenge, waiting),
    );
    const answered = await wipingAfter([response], () => slotVerifier(response));
    if (isKnown && !verifiers.includes(answered)) {
      throw refuseKey('key-slot-other-secret', slot, title);
    }
    return isKnown;
  } catch (error) {
    if (isOtpRefusal(error, 'otp-refused')) throw refuseKey('key-slot-other', slot);
    throw error;
  }
}
