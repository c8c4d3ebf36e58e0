/**
 * Locking the seat's share to a YubiKey. The key first: what can fail there (another key, no touch,
 * a wrong PIN) fails before anything lies on the stick or the sheet. Then the identity, then the envelope.
 * @module
 */
import { join } from 'node:path';
import type { MediumRecord } from '../../../shared/ceremony/types.ts';
import { encodeKeyEnvelope } from '../../../shared/sharing/key-envelope.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import { removeDurably } from '../../files/durable.ts';
import { renderKeySheet } from '../../media/paper/key-sheet.ts';
import { requireNoOtherShare, requireSuitable } from '../../media/usb/share-file.ts';
import type { Volume } from '../../media/usb/volumes.ts';
import { writeEnvelopeFile } from '../../media/yubikey/envelope-file.ts';
import { METHODS } from '../../media/yubikey/keys.ts';
import { KeyHolder } from '../keys/holder.ts';
import { describeKeys, describeLocked } from '../keys/owners.ts';
import { lockWithCredentials, lockWithSlot, type Locked } from '../keys/lock.ts';
import type { CommandInput, CommandOutput } from '../protocol.ts';
import { refuseWorker } from '../refusals.ts';
import { describeVolume, findVolume, shareFileFacts, usbRecord } from '../volumes.ts';
import type { Context, Handler } from '../context.ts';
import {
  identitySheet,
  printSheets,
  requirePrinter,
  seatSheetFacts,
  sheetFileName,
} from './write-paper.ts';
import { forgetWords, sharePassphrase, writeIdentityFile } from './write-usb.ts';

export const writeKey: Handler<'write-key'> = async (input, context) => {
  const { state, random, seal, note, keys: sockets } = context;
  const { medium, ceremonyId, paper } = input;
  const seat = state.needSeat();
  const share = state.seatShare();
  if (share === null) throw refuseWorker('worker-out-of-order', 'a share of the new set');
  const method = METHODS[medium];
  if (paper !== undefined) requirePrinter(paper, state);
  const volume = paper === undefined ? await stickFor(input, context) : null;

  const { mode } = state;
  const { setId, generation, count } = state.needSet();
  const { index } = share.facts;
  const facts = { mode, setId, generation, index, count, ceremonyId };
  const { name } = seat.turn;
  const holder = new KeyHolder(context.entry(), sockets, name, state.keyOwners());
  const taken = state.keysOfOthers(name);
  const others = state.credentialsOfOthers(name);
  const live = [...input.liveSlots, ...state.liveSlots];
  const what = { facts, share: share.wire, random, taken, others, live, note, ...seal };
  const locked =
    method === 'otp-hmac'
      ? await lockWithSlot(
          holder,
          what,
          await sharePassphrase(seat, context),
          state.slotTries(random),
        )
      : await lockWithCredentials(holder, what);

  const { keys } = locked;
  holder.entry.busy(volume === null ? 'Printing' : 'Writing to the stick');
  const written =
    volume === null
      ? await ontoPaper(input, locked, context)
      : await ontoStick(volume, input, locked, context);
  for (const { serial, slot } of keys) {
    if (serial === null) continue;
    state.lockedTo.set(serial, { index, custodian: name });
    const opens = `${shareName(index, count)} of this ceremony, of ${name}`;
    if (slot !== null) state.liveSlots.push({ serial, slot: slot.slot, opens });
  }
  for (const credential of locked.credentials) state.lockedWith.push({ credential, owner: name });
  forgetWords(seat);
  return { ...written, keys };
};

type Input = CommandInput<'write-key'>;
type Written = Omit<CommandOutput<'write-key'>, 'keys'>;

/** A stick that takes the envelope, before anybody touches a key for it. */
async function stickFor({ volumeId, rehearsalFolder }: Input, { state }: Context): Promise<Volume> {
  const { mode } = state;
  const volume = await findVolume(mode, volumeId, rehearsalFolder);
  requireSuitable(volume, mode);
  const { setId, count } = state.needSet();
  const index = state.needSeat().turn.index ?? 0;
  await requireNoOtherShare(volume, shareFileFacts({ mode, setId, index, count }));
  return volume;
}

async function ontoStick(
  volume: Volume,
  { medium, withIdentity }: Input,
  { envelope, keys }: Locked,
  { state }: Context,
): Promise<Written> {
  const records: MediumRecord[] = [];
  const identity = withIdentity ? await writeIdentityFile(volume, state.needSeat()) : null;
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
  return { records, volumeLabel: volume.label, warning: null };
}

async function ontoPaper(
  { medium, withIdentity, paper }: Input,
  { envelope, keys }: Locked,
  { state }: Context,
): Promise<Written> {
  if (paper === undefined) throw refuseWorker('worker-out-of-order', 'a printer');
  const opensWith = medium === 'yubikey-otp' ? ('words' as const) : ('pin' as const);
  const facts = { ...seatSheetFacts(paper, state), keys: describeKeys(keys), opensWith };
  const pdf = await renderKeySheet(facts, encodeKeyEnvelope(envelope), paper.page);
  const sheet = { name: sheetFileName('envelope', facts), pdf };
  const identity = withIdentity ? [await identitySheet(paper, state)] : [];
  const { records, warning } = await printSheets([...identity, sheet], paper, state);
  // The envelope leads, as on a stick: its record is what the transcript and the manifest keep.
  const [first, ...others] = [...records].reverse();
  if (first === undefined) throw new Error('Sheets that were printed have records.');
  const description = describeLocked(keys, first.description);
  return {
    records: [{ ...first, kind: medium, description }, ...others],
    volumeLabel: null,
    warning,
  };
}
