/**
 * Writing to a stick: the identity first, then the share, so that a stick that is refused half way
 * holds no share that nobody knows of.
 * @module
 */
import { join } from 'node:path';
import type { MediumRecord } from '../../../shared/ceremony/types.ts';
import { Secret } from '../../../shared/secret/secret.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import { removeDurably, removeLeftovers, writeDurably } from '../../files/durable.ts';
import { requireSuitable, writeShareFile } from '../../media/usb/share-file.ts';
import type { Volume } from '../../media/usb/volumes.ts';
import { askPassphrase } from '../asking.ts';
import { choosePassphrase } from '../choosing.ts';
import { refuseWorker } from '../refusals.ts';
import type { Seat } from '../state.ts';
import { findFile, findVolume, identityFileName, shareFileFacts, usbRecord } from '../volumes.ts';
import type { Context, Handler } from '../context.ts';
import { openLockedIdentity } from './seat.ts';

export const writeUsb: Handler<'write-usb'> = async (input, context) => {
  const { state, seal } = context;
  const seat = state.needSeat();
  const share = state.seatShare();
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  requireSuitable(volume, state.mode);
  const passphrase = share === null ? null : await sharePassphrase(seat, context);

  const records: MediumRecord[] = [];
  const identity = input.withIdentity ? await writeIdentityFile(volume, seat) : null;
  if (share !== null && passphrase !== null) {
    const { mode } = state;
    const { setId, count } = state.needSet();
    const facts = shareFileFacts({ mode, setId, index: share.facts.index, count });
    try {
      const { fileName } = await share.wire.use((wire) =>
        passphrase.use((words) => writeShareFile(volume, facts, wire, words, seal)),
      );
      records.push(usbRecord(volume, fileName));
    } catch (error) {
      // The stick was refused: the identity does not stay on it. A stick that is gone keeps it.
      if (identity?.isNew === true) {
        await removeDurably(join(volume.path, identity.fileName)).catch(() => undefined);
      }
      throw error;
    }
  }
  if (identity !== null) records.push(usbRecord(volume, identity.fileName));
  forgetWords(seat);
  return { records, volumeLabel: volume.label };
};

/** Six new words are forgotten as soon as they locked something: the person types them again. */
export function forgetWords(seat: Seat): void {
  const isNew = seat.lockedIdentity !== null || seat.identity?.seed === null;
  if (!isNew) return;
  seat.passphrase?.wipe();
  seat.passphrase = null;
}

/** Under a name of its own; the same identity may be written again. */
export async function writeIdentityFile(
  volume: Volume,
  { identity, lockedIdentity }: Seat,
): Promise<{ readonly fileName: string; readonly isNew: boolean }> {
  if (identity === null || lockedIdentity === null) {
    throw refuseWorker('worker-out-of-order', 'a new personal identity');
  }
  const fileName = identityFileName(identity.name, identity.publicKey);
  const isNew = (await findFile(volume, fileName)) === undefined;
  // Of a stick that was pulled out while this file was written.
  await removeLeftovers(join(volume.path, fileName));
  await writeDurably(join(volume.path, fileName), lockedIdentity, {
    existing: 'replace',
    device: volume.deviceNumber,
  });
  return { fileName, isNew };
}

/**
 * The seat's words; typed again, and proved on the identity, when they were forgotten already. Whose
 * identity is on a YubiKey has none yet: they are made for the share alone.
 */
export async function sharePassphrase(seat: Seat, context: Context): Promise<Secret> {
  const { state, random } = context;
  if (seat.passphrase !== null) return seat.passphrase;
  const { lockedIdentity, identity } = seat;
  const index = seat.turn.index ?? 0;
  if (identity?.seed === null && context.hasEntry) {
    const person = seat.turn.name;
    const protects = [shareName(index, state.needSet().count)];
    const words = new Secret(await choosePassphrase(context.entry(), { person, protects }, random));
    state.keepPassphrase(words);
    return words;
  }
  if (lockedIdentity === null || !context.hasEntry) throw refuseWorker('passphrase-needed');
  const opened = await askPassphrase(
    context.entry(),
    {
      person: seat.turn.name,
      opens: `your personal identity; they lock ${shareName(index, state.needSet().count)} again`,
    },
    (words) => openLockedIdentity(lockedIdentity, words, state.mode),
  );
  opened.value.seed.fill(0);
  state.keepPassphrase(opened.passphrase);
  return opened.passphrase;
}
