/**
 * How a file is read again that was just written: from the stick itself, past what this laptop
 * remembers of it.
 * @module
 */
import { Refusal } from '../../../shared/refusal.ts';
import { readFromMedium, readLimited } from '../../files/read.ts';
import type { Volume } from './volumes.ts';

/** A folder of a rehearsal is no stick: what its file system remembers is all that there is. */
export const readerOf = ({ folder }: Volume): typeof readLimited =>
  folder ? readFromMediumIfPossible : readFromMedium;

async function readFromMediumIfPossible(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    return await readFromMedium(path, maxBytes);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'file-only-remembered') throw error;
    return readLimited(path, maxBytes);
  }
}
