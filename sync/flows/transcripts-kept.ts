/**
 * Which of the ceremony logs that sync keeps go along in its chain.
 * @module
 */
import { CHAIN_TRANSCRIPT_BYTES, CHAIN_TRANSCRIPTS } from '../../shared/bundle/chain.ts';
import type { Queryable } from '../database/database.ts';
import { newestDocuments } from '../database/documents.ts';

/** The newest of them, as many as one chain holds. */
export async function transcriptsToHandOn(on: Queryable): Promise<Uint8Array[]> {
  const newest = (await newestDocuments(on, 'transcript', CHAIN_TRANSCRIPTS)).reverse();
  const fitting: Uint8Array[] = [];
  let room = CHAIN_TRANSCRIPT_BYTES;
  for (const { content } of newest) {
    room -= content.length;
    if (room < 0) break;
    fitting.unshift(content);
  }
  return fitting;
}
