/**
 * The files of survey keys that go to the laptop: one is made at a time, and kept, so that an
 * interruption costs one file and memory holds no more than one.
 * @module
 */
import { z } from 'zod';
import { type BatchPlace, sealMoveBatch } from '../../../shared/bundle/move-batch.ts';
import type { KeyHash } from '../../../shared/checktick/index.ts';
import type { StoredSurveyKey } from '../../../shared/escrow/move.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { inLanes } from '../../escrows/places.ts';
import type { FlowContext } from '../../trust/context.ts';
import { type EscrowOf, surveyColumns } from '../../checktick/escrow.ts';
import { mustFind } from './approved.ts';
import {
  countKeys,
  fileOfMove,
  filesThere,
  keepFile,
  keysOfFile,
  listKeys,
  notePacked,
} from '../../moves/rows.ts';
import { digestOfBytes, readStoredKey } from '../../checktick/stored-key.ts';

/** Which package, and to whom its files are sealed. */
export interface Packing {
  readonly mode: BatchPlace['mode'];
  readonly audience: string;
  readonly nonce: string;
  /** The version that is emptied. */
  readonly keyVersion: string;
  /** Survey keys in one file at most. */
  readonly batchKeys: number;
  /** Public key of the ticket. */
  readonly ticket: string;
}

export interface Packed {
  /** SHA-256 of each file, in their order. */
  readonly files: readonly string[];
  readonly stored: { readonly checktick: number; readonly sealed: number };
}

/**
 * Makes the files that are still missing, in every process that comes here one after another.
 * @param isTime whether there is time for another file
 * @returns undefined: there was no time for all of them; what is made is kept
 */
export async function packFiles(
  context: FlowContext,
  packing: Packing,
  isTime: () => boolean,
): Promise<Packed | undefined> {
  const { database } = context;
  const { nonce, keyVersion, batchKeys } = packing;
  await database.transaction(async (tx) => {
    await mustFind(tx, nonce, true);
    if ((await countKeys(tx, nonce)).files > 0) return;
    await listKeys(tx, nonce, keyVersion, batchKeys);
  });
  const { files: of } = await countKeys(database, nonce);
  const there = new Set((await filesThere(database, nonce, 'move')).map(({ file }) => file));
  for (let at = 0; at < of; at += 1) {
    if (there.has(at)) continue;
    if (!isTime()) return undefined;
    await packFile(context, packing, { at, of });
    await context.onStep?.(`packed ${at + 1}`);
  }
  const { checktick, sealed } = await countKeys(database, nonce);
  const files = await filesThere(database, nonce, 'move');
  return { files: files.map(({ digest }) => digest), stored: { checktick, sealed } };
}

async function packFile(
  { database, kv }: FlowContext,
  { mode, audience, nonce, ticket }: Packing,
  { at, of }: { readonly at: number; readonly of: number },
): Promise<void> {
  const rows = await keysOfFile(database, nonce, at);
  const hashes = await keyHashes(database, rows);
  const found = await inLanes(rows, (row) => readStoredKey(kv, row));
  const keys = rows.map(({ userId, surveyId }, which): StoredSurveyKey => {
    const one = found[which];
    const keyHash = hashes.get(surveyId) ?? null;
    return one?.is === 'key'
      ? { userId, surveyId, kind: one.kind, bytes: one.bytes, keyHash }
      : { userId, surveyId, kind: 'checktick', bytes: new Uint8Array(), keyHash };
  });
  const file = await sealMoveBatch({ mode, audience, nonce, at, of }, ticket, keys);
  await database.transaction(async (tx) => {
    // Another process may have made this file meanwhile: its digests are those of what it read.
    const { state } = await mustFind(tx, nonce, true);
    const about = { nonce, way: 'move', file: at } as const;
    if (state !== 'requested' || (await fileOfMove(tx, about)) !== undefined) return;
    await notePacked(
      tx,
      nonce,
      keys.map(({ userId, surveyId, kind, bytes }) => ({
        userId,
        surveyId,
        kind,
        digest: bytes.length === 0 ? null : digestOfBytes(bytes),
      })),
    );
    await keepFile(tx, about, digestOfBytes(file), file);
  });
}

const hashRow = z.object({ id: columns.integer, salt: columns.bytes, hash: columns.bytes });

/** CheckTick's hashes of these surveys' keys, of its own form, by survey. */
async function keyHashes(
  on: Queryable,
  of: readonly EscrowOf[],
): Promise<ReadonlyMap<number, KeyHash>> {
  const has = await surveyColumns(on);
  if (!has.has('key_hash') || !has.has('key_salt')) return new Map();
  const rows = await on.rows(
    hashRow,
    `SELECT id, key_salt AS salt, key_hash AS hash FROM public.surveys_survey
      WHERE id = ANY ($1::bigint[]) AND octet_length(key_hash) = 32
        AND octet_length(key_salt) BETWEEN 1 AND 64`,
    [of.map(({ surveyId }) => String(surveyId))],
  );
  return new Map(rows.map(({ id, salt, hash }) => [id, { salt, hash }]));
}
