/**
 * The effect that only the destruction of legacy shares has: looking for leftover files.
 * @module
 */
import { isAbsolute } from 'node:path';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { findLeftovers } from '../../files/leftovers.ts';
import type { Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';

export const destroyExecutors: Pick<Executors, 'find-leftovers'> = {
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
