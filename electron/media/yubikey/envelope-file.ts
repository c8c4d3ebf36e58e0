/**
 * The envelope of a share that is locked to a YubiKey, as a file on a stick: written under another
 * name first, read again, and put in the place of an older one only when the new
 * one was opened. Erasing it is media/usb's {@link eraseShareFile}.
 * @module
 */
import { join } from 'node:path';
import {
  decodeKeyEnvelope,
  encodeKeyEnvelope,
  KEY_ENVELOPE_LIMIT,
  type KeyEnvelope,
} from '../../../shared/sharing/key-envelope.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import type { Mode } from '../../../shared/mode.ts';
import { removeLeftovers, writeDurably } from '../../files/durable.ts';
import { readLimited } from '../../files/read.ts';
import { readerOf } from '../usb/medium-reader.ts';
import { shareFileName } from '../usb/file-name.ts';
import { requireNoOtherShare, requirePlainName, requireSuitable } from '../usb/share-file.ts';
import { refreshVolume, type Volume } from '../usb/volumes.ts';

/** What an envelope is called on a stick. */
export function envelopeFileName({ mode, setId, index, count }: KeyEnvelope): string {
  return shareFileName({ mode, setId: hexToBytes(setId), index, count }, 'yubikey');
}

/**
 * Writes an envelope to a stick that has no share of this set.
 * @returns the file's name
 * @throws Refusal of usb/refusals.ts or files/refusals.ts, as writeShareFile
 */
export async function writeEnvelopeFile(volume: Volume, envelope: KeyEnvelope): Promise<string> {
  const { mode, setId, index, count } = envelope;
  const now = await refreshVolume(volume, mode);
  requireSuitable(now, mode);
  await requireNoOtherShare(now, { mode, setId: hexToBytes(setId), index, count });
  const fileName = envelopeFileName(envelope);
  const path = join(now.path, fileName);
  await removeLeftovers(path);
  await writeDurably(path, encodeKeyEnvelope(envelope), { device: now.deviceNumber });
  return fileName;
}

/** @throws Refusal `key-envelope-damaged`, `usb-file-name`, or of files/refusals.ts */
export async function readEnvelopeFile(volumePath: string, name: string): Promise<KeyEnvelope> {
  requirePlainName(name);
  return decodeKeyEnvelope(await readLimited(join(volumePath, name), KEY_ENVELOPE_LIMIT));
}

/**
 * Puts a new envelope into the place of the old one, which stays until `opens` took what was read
 * back from the stick itself, and not out of the memory of this laptop. Pulled out between any two
 * calls of the file system, the stick has one of the two, whole (tried on FAT: usb-medium.test.ts).
 * While the rename itself is being written FAT promises nothing: it has no journal. What is there
 * then is looked at, and written once more from memory while its custodian sits (renew-stick.ts).
 * @param name of the old one, as listed
 * @throws Refusal of what `opens` throws, of usb/refusals.ts or files/refusals.ts
 */
export async function replaceEnvelopeFile(
  volume: Volume,
  name: string,
  envelope: KeyEnvelope,
  opens: (readBack: KeyEnvelope) => Promise<void>,
): Promise<void> {
  requirePlainName(name);
  const { mode } = envelope;
  const now = await refreshVolume(volume, mode);
  requireSuitable(now, mode);
  const path = join(now.path, name);
  await removeLeftovers(path);
  await writeDurably(path, encodeKeyEnvelope(envelope), {
    existing: 'replace',
    device: now.deviceNumber,
    readBack: readerOf(now),
    prove: (readBack) => opens(decodeKeyEnvelope(readBack.slice())),
  });
}

/**
 * What lies under the name of an envelope, from the stick itself: after a write that failed nobody
 * knows which one it is.
 * @returns canonical bytes, if it is an envelope
 * @throws Refusal of usb/refusals.ts or files/refusals.ts
 */
export async function lookAtEnvelope(
  volume: Volume,
  name: string,
  mode: Mode,
): Promise<Uint8Array> {
  requirePlainName(name);
  const now = await refreshVolume(volume, mode);
  return readerOf(now)(join(now.path, name), KEY_ENVELOPE_LIMIT);
}
