/**
 * Once more after an OTP envelope on a stick was not made anew.
 * @module
 */
import { KeyHolder } from '../keys/holder.ts';
import { ownersIn } from '../keys/owners.ts';
import { lookAgain, renewOnStick } from '../keys/renew-stick.ts';
import { needAccepted } from '../shares.ts';
import { needOnStick } from '../otp-given.ts';
import type { Handler } from '../context.ts';

export const renewEnvelope: Handler<'renew-envelope'> = async (input, context) => {
  const { state, random, seal, entry, keys, note } = context;
  const { person, manifest, index, ceremonyId } = input;
  const given = needOnStick(state, index);
  const wire = needAccepted(state, index);
  const holder = new KeyHolder(entry(), keys, person, ownersIn(manifest));
  const looked = await lookAgain(given);
  // Where neither envelope is left, the share and the words are still here, and the key is asked.
  const renewal = looked.canWrite
    ? await wire.use((share) =>
        renewOnStick(holder, given, ceremonyId, share, { random, ...seal, note }),
      )
    : looked.renewal;
  if (renewal.done) state.keepOtpGiven(null);
  return { renewal };
};
