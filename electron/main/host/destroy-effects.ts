/**
 * The effects that only a destruction has: removing the file of a share from its stick, and looking for
 * leftover files of legacy shares.
 * @module
 */
import { isAbsolute } from 'node:path';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import type { ShareFileAsked } from '../../../shared/ceremony/effects.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import type { Mode } from '../../../shared/mode.ts';
import { findLeftovers } from '../../files/leftovers.ts';
import { setPrefixOf } from '../../media/usb/file-name.ts';
import { eraseShareFile, findShareFiles } from '../../media/usb/share-file.ts';
import type { Volume } from '../../media/usb/volumes.ts';
import type { Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';

type Own = 'remove-share-file' | 'look-for-share-file' | 'find-leftovers';

const inWords = ({ folder, label }: Volume) =>
  asOneLine(`${folder ? 'folder' : 'stick'} ${label}`, 200);

/** Names of the files of one share in the first folder of a stick. */
async function filesOf(asked: ShareFileAsked, volume: Volume, mode: Mode): Promise<string[]> {
  const prefix = setPrefixOf(hexToBytes(asked.setId));
  return (await findShareFiles(volume))
    .filter(
      (file) =>
        file.setPrefix === prefix &&
        file.index === asked.index &&
        file.count === asked.count &&
        file.mode === mode &&
        (file.lock === 'yubikey') === asked.envelope,
    )
    .map(({ name }) => name);
}

export const destroyExecutors: Pick<Executors, Own> = {
  async 'remove-share-file'(asked, { sticks, mode }) {
    const { id, volumeId } = asked;
    const volume = await sticks.find(mode, volumeId);
    const files = await filesOf(asked, volume, mode);
    if (files.length === 0) throw refuseHost('no-share-file', volume.label);
    for (const name of files) await eraseShareFile(volume, name, mode);
    return { type: 'share-file-removed', id, volumeId, where: inWords(volume), files };
  },

  async 'look-for-share-file'(asked, { sticks, mode }) {
    const volume = await sticks.find(mode, asked.volumeId);
    const files = await filesOf(asked, volume, mode);
    return { type: 'share-file-looked-for', id: asked.id, files };
  },

  async 'find-leftovers'({ volumeId, folder }, { sticks, mode }) {
    const volume = volumeId === null ? null : await sticks.find(mode, volumeId);
    const path = volume?.path ?? folder ?? '';
    if (!isAbsolute(path)) throw refuseHost('no-folder', path);
    const { found, looked, complete } = await findLeftovers(path).catch(() => {
      throw refuseHost('no-folder', path);
    });
    const where = asOneLine(volume === null ? path : `stick ${volume.label}`, 200);
    return {
      type: 'leftovers-found',
      where,
      files: found.map((name) => asOneLine(name, 200)),
      looked,
      complete,
    };
  },
};
