/**
 * Locking the seat's share to a YubiKey. The key first: what can fail there (another key, no touch,
 * a wrong PIN) fails before anything lies on the stick. Then the identity, then the envelope.
 * @module
 */
import { join } from 'node:path';
import type { MediumRecord } from '../../../shared/ceremony/types.ts';
import { removeDurably } from '../../files/durable.ts';
import { requireNoOtherShare, requireSuitable } from '../../media/usb/share-file.ts';
import { writeEnvelopeFile } from '../../media/yubikey/envelope-file.ts';
import { METHODS } from '../../media/yubikey/keys.ts';
import { KeyHolder } from '../keys/holder.ts';
import { describeLocked } from '../keys/owners.ts';
import { lockWithCredentials, lockWithSlot } from '../keys/lock.ts';
import { refuseWorker } from '../refusals.ts';
import { describeVolume, findVolume, shareFileFacts, usbRecord } from '../volumes.ts';
import type { Handler } from './context.ts';
import { forgetWords, sharePassphrase, writeIdentityFile } from './write-usb.ts';

export const writeKey: Handler<'write-key'> = async (input, context) => {
  const { state, random, seal, keys: sockets } = context;
  const { medium, ceremonyId } = input;
  const seat = state.needSeat();
  const share = state.seatShare();
  if (share === null) throw refuseWorker('worker-out-of-order', 'a share of the new set');
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  requireSuitable(volume, state.mode);
  const { mode } = state;
  const { setId, generation, count } = state.needSet();
  const { index } = share.facts;
  await requireNoOtherShare(volume, shareFileFacts({ mode, setId, index, count }));

  const facts = { mode, setId, generation, index, count, ceremonyId };
  const { name } = seat.turn;
  const holder = new KeyHolder(context.entry(), sockets, name, state.keyOwners());
  const taken = state.keysOfOthers(name);
  const what = { facts, share: share.wire, random, taken, ...seal };
  const { envelope, keys } =
    METHODS[medium] === 'otp-hmac'
      ? await lockWithSlot(holder, what, await sharePassphrase(seat, context))
      : await lockWithCredentials(holder, what);

  holder.entry.busy('Writing to the stick');
  const records: MediumRecord[] = [];
  const identity = input.withIdentity ? await writeIdentityFile(volume, seat) : null;
  try {
    const fileName = await writeEnvelopeFile(volume, envelope);
    const description = describeLocked(keys, describeVolume(volume));
    records.push({ kind: medium, description, fileName });
  } catch (error) {
    // As with a share in an age file: a stick that was refused keeps nothing.
    if (identity?.isNew === true) {
      await removeDurably(join(volume.path, identity.fileName)).catch(() => undefined);
    }
    throw error;
  }
  if (identity !== null) records.push(usbRecord(volume, identity.fileName));
  for (const { serial } of keys) {
    if (serial !== null) state.lockedTo.set(serial, { index, custodian: name });
  }
  forgetWords(seat);
  return { records, volumeLabel: volume.label, keys };
};
