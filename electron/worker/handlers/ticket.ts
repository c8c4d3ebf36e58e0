/**
 * A ticket's key: made, written to the operator's stick and read back; later it opens the package.
 * @module
 */
import { join } from 'node:path';
import { generateRecipient } from '../../../shared/sealing/hpke.ts';
import { type MemberSecrets, openMemberPackage } from '../../../shared/bundle/member-package.ts';
import { openOrganisationPackage } from '../../../shared/bundle/organisation-package.ts';
import type { RecoveryPackage } from '../../../shared/bundle/package.ts';
import { openRecoverPackage, type PackageSecrets } from '../../../shared/bundle/recover-package.ts';
import { openRotatePackage } from '../../../shared/bundle/rotate-package.ts';
import { readKekBlob } from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import type { Mode } from '../../../shared/mode.ts';
import { Secret } from '../../../shared/secret/secret.ts';
import { removeDurably, writeDurably } from '../../files/durable.ts';
import { openAge, sealAge } from '../../media/age.ts';
import { requireSuitable } from '../../media/usb/share-file.ts';
import type { Volume } from '../../media/usb/volumes.ts';
import { askPassphrase } from '../asking.ts';
import { choosePassphrase } from '../choosing.ts';
import { requireComponent } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import { decodeTicketKey, encodeTicketKey } from '../ticket-key.ts';
import {
  findFile,
  findVolume,
  readAgeFile,
  ticketFileName,
  usbRecord,
  volumeName,
} from '../volumes.ts';
import type { Context, Handler } from '../context.ts';

export const makeTicket: Handler<'make-ticket'> = async (input, context) => {
  const { state, random, seal } = context;
  const { ticketId, person } = input;
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  requireSuitable(volume, state.mode);
  const fileName = ticketFileName(ticketId);
  const path = join(volume.path, fileName);
  const entry = context.entry();
  const key = `the ticket’s key on ${volumeName(volume)}`;
  const words = await choosePassphrase(entry, { person, protects: [key] }, random);
  const pair = await generateRecipient();
  const plain = encodeTicketKey(state.mode, ticketId, pair.privateKey);
  let written = false;
  try {
    entry.busy('Writing the ticket’s key to the stick');
    await writeDurably(path, await sealAge(plain, words, seal), { device: volume.deviceNumber });
    written = true;
    words.fill(0);
    const opened = await askPassphrase(entry, { person, opens: key }, (typed) =>
      openTicketKey(volume, fileName, typed, { mode: state.mode, ticketId }),
    );
    opened.passphrase.wipe();
    const same = equalBytes(opened.value, pair.privateKey);
    opened.value.fill(0);
    if (!same) throw refuseWorker('ticket-damaged', fileName);
    return { recipient: pair.publicKey, record: usbRecord(volume, fileName) };
  } catch (error) {
    // Nobody proved that the words are known: a ticket whose key cannot be opened is none.
    if (written) await removeDurably(path).catch(() => undefined);
    throw error;
  } finally {
    words.fill(0);
    plain.fill(0);
    pair.privateKey.fill(0);
  }
};

async function openTicketKey(
  volume: Volume,
  fileName: string,
  words: Uint8Array,
  expected: { readonly mode: Mode; readonly ticketId: string },
): Promise<Uint8Array> {
  const plain = await openAge(await readAgeFile(volume.path, fileName), words);
  try {
    return decodeTicketKey(plain, { ...expected, fileName });
  } finally {
    plain.fill(0);
  }
}

/** Where a ticket's key lies, and who types its passphrase. */
export interface TicketAsked {
  readonly volumeId: string;
  readonly rehearsalFolder: string | null;
  readonly person: string;
}

/**
 * The private half of a ticket, its passphrase asked for in the entry window. The caller wipes it.
 * @throws Refusal `ticket-file-missing`, `ticket-damaged`
 */
export async function askTicketKey(
  ticketId: string,
  { volumeId, rehearsalFolder, person }: TicketAsked,
  { state, entry }: Pick<Context, 'state' | 'entry'>,
): Promise<Uint8Array> {
  const volume = await findVolume(state.mode, volumeId, rehearsalFolder);
  const fileName = await findFile(volume, ticketFileName(ticketId));
  if (fileName === undefined) throw refuseWorker('ticket-file-missing', ticketId, volume.label);
  const opens = `the ticket’s key on ${volumeName(volume)}`;
  const opened = await askPassphrase(entry(), { person, opens }, (words) =>
    openTicketKey(volume, fileName, words, { mode: state.mode, ticketId }),
  );
  opened.passphrase.wipe();
  return opened.value;
}

/** @throws Refusal `sealed-not-openable`; `hex-text`, `blob-length` of an entry that nothing can open */
async function openAny(
  body: RecoveryPackage,
  privateKey: Uint8Array,
): Promise<PackageSecrets & Pick<MemberSecrets, 'keyHash'>> {
  if (body.kind === 'recover') return openRecoverPackage(body, privateKey);
  const opened = await openMemberPackage(body, privateKey);
  try {
    // Before anybody gives a share: later nobody could tell it from a wrong passphrase.
    readKekBlob(opened.encryptedKek);
  } catch (error) {
    opened.vaultComponent.fill(0);
    throw error;
  }
  return { ...opened, emails: null };
}

export const openPackage: Handler<'open-package'> = async (input, context) => {
  const { body, manifest } = input;
  const { state } = context;
  const privateKey = await askTicketKey(body.ticketId, input, context);
  try {
    const { nonce } = body;
    if (body.kind === 'migrate-organisation') {
      const { vaultComponent, ...stored } = await openOrganisationPackage(body, privateKey);
      requireComponent(vaultComponent, manifest);
      state.organisation?.vaultComponent.wipe();
      state.organisation = { nonce, vaultComponent: new Secret(vaultComponent), stored };
      return { fits: true };
    }
    if (body.kind === 'migrate-escrows') {
      const vaultComponent = await openRotatePackage(body, privateKey);
      requireComponent(vaultComponent, manifest);
      state.endMove();
      // It opens every file of the package, too.
      const ticketKey = new Secret(privateKey.slice());
      state.move = { nonce, vaultComponent: new Secret(vaultComponent), ticketKey };
      return { fits: true };
    }
    const { vaultComponent, ...stored } = await openAny(body, privateKey);
    requireComponent(vaultComponent, manifest);
    state.package?.vaultComponent.wipe();
    state.package = { nonce, vaultComponent: new Secret(vaultComponent), stored };
    return { fits: true };
  } finally {
    privateKey.fill(0);
  }
};
