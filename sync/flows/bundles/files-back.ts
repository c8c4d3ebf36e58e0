/**
 * The files that come back from the laptop: taken in any order, and again; each is one that the bundle
 * names by its digest, and speaks of exactly the survey keys that went out in the file of its number.
 * @module
 */
import type { MoveBundle } from '../../../shared/bundle/bundle.ts';
import {
  type BatchPlace,
  openMovedBatch,
  parseMovedBatch,
} from '../../../shared/bundle/move-batch.ts';
import type { MoveCounts } from '../../../shared/bundle/move.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { checkEscrowPlace } from '../../../shared/escrow/escrow.ts';
import type { Stays } from '../../../shared/escrow/move.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Admin } from '../../admins/admins.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { readInstallation } from '../../database/settings.ts';
import { type BundleRow, bundleDocument, lockBundle } from './bundles.ts';
import type { FlowContext } from '../../trust/context.ts';
import type { EscrowOf } from '../../checktick/escrow.ts';
import { recipientKeyOf } from '../../trust/recipient.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { refuseMove } from '../../moves/refusals.ts';
import { fileOfMove, filesThere, keepFile, keysOfFile, noteOutcomes } from '../../moves/rows.ts';
import { digestOfBytes } from '../../checktick/stored-key.ts';

/** One that moves. */
export interface Moving extends EscrowOf {
  /** SHA-256 of the new escrow, hex. */
  readonly escrow: string;
  readonly surveyKey: 'fits' | 'not-compared';
  /** Null where the package's one-time key is gone: only the digest is known then. */
  readonly sealed: Uint8Array | null;
}

/** What a file says of one survey key. */
export type SaidOfKey = Moving | (EscrowOf & { readonly stays: Stays });

function placeIn(body: MoveBundle, at: number): BatchPlace {
  const { mode, audience, nonce, files } = body;
  return { mode, audience, nonce, at, of: files.length };
}

/** The bundle of survey keys that moved. @throws Refusal `bundle-state` of another kind */
async function moveBundle(on: Queryable, { digest, kind }: BundleRow): Promise<MoveBundle> {
  const { mode } = await readInstallation(on);
  const { body } = await bundleDocument(on, digest, mode);
  if (body.kind !== 'migrate-escrows') throw refuseFlow('bundle-state', kind, 'migrate-escrows');
  return body;
}

/**
 * What a file says, in its order: for the survey keys that went out, each new escrow for its own place.
 * @param key the package's one-time key; null: it is gone, and only the open part is read
 * @throws Refusal of the parser; `sealed-not-openable`, `move-file-differs`
 */
async function judgeFile(
  on: Queryable,
  body: MoveBundle,
  at: number,
  { bytes, key }: { readonly bytes: Uint8Array; readonly key: Uint8Array | null },
): Promise<SaidOfKey[]> {
  const file = parseMovedBatch(bytes, placeIn(body, at));
  const opened = key === null ? null : await openMovedBatch(file, key);
  const keys = file.body.keys.map((said, which): SaidOfKey => {
    const one = opened?.[which];
    if ('stays' in said) return said;
    return { ...said, sealed: one !== undefined && 'sealed' in one ? one.sealed : null };
  });
  const rows = await keysOfFile(on, body.nonce, at);
  const isOf = (one: SaidOfKey, which: number): boolean => {
    const row = rows[which];
    return row?.userId === one.userId && row.surveyId === one.surveyId && isForItsPlace(body, one);
  };
  if (keys.length !== rows.length || !keys.every(isOf)) throw refuseMove('move-file-differs', at);
  return keys;
}

function isForItsPlace({ mode, audience, movesTo }: MoveBundle, one: SaidOfKey): boolean {
  if ('stays' in one || one.sealed === null) return true;
  const { userId, surveyId, sealed } = one;
  try {
    checkEscrowPlace({ mode, audience, keyVersion: movesTo, userId, surveyId }, sealed);
    return true;
  } catch (cause) {
    if (cause instanceof Refusal) return false;
    throw cause;
  }
}

export interface FilesBack {
  readonly there: number;
  readonly of: number;
}

/** How many of the files that came back are there. */
export async function filesBack(
  on: Queryable,
  { nonce, files }: Pick<MoveBundle, 'nonce' | 'files'>,
): Promise<FilesBack> {
  return { there: (await filesThere(on, nonce, 'moved')).length, of: files.length };
}

/** @throws Refusal `move-files-missing` */
export async function assertAllBack(on: Queryable, body: MoveBundle): Promise<void> {
  const { there, of } = await filesBack(on, body);
  if (there < of) throw refuseMove('move-files-missing', of - there, of);
}

/** The bytes of a kept file. @throws Refusal `move-files-missing`, `move-altered` */
async function fileAsTaken(on: Queryable, body: MoveBundle, at: number): Promise<Uint8Array> {
  const bytes = await fileOfMove(on, { nonce: body.nonce, way: 'moved', file: at });
  if (bytes === undefined) throw refuseMove('move-files-missing', 1, body.files.length);
  // SECURITY: a quorum signed this digest; other bytes were written by somebody else.
  if (digestOfBytes(bytes) !== body.files[at]) throw refuseMove('move-altered', at + 1);
  return bytes;
}

/** All files are there, and each is the one that the bundle names. @throws as {@link fileAsTaken} */
export async function assertAllAsTaken(on: Queryable, body: MoveBundle): Promise<void> {
  for (const at of body.files.keys()) await fileAsTaken(on, body, at);
}

/**
 * Takes one file in.
 * @throws Refusal `bundle-state`, `move-file-unknown`, `move-counts-differ`; of {@link judgeFile}
 */
export async function takeFileBack(
  { database, kv, config, onStep }: FlowContext,
  admin: Pick<Admin, 'id'>,
  found: BundleRow,
  bytes: Uint8Array,
): Promise<FilesBack> {
  const body = await moveBundle(database, found);
  const digest = digestOfBytes(bytes);
  const at = body.files.indexOf(digest);
  if (at === -1) throw refuseMove('move-file-unknown');
  const { nonce } = body;
  const about = { nonce, way: 'moved', file: at } as const;
  const key = await recipientKeyOf({ database, kv, config }, nonce);
  try {
    const keys = await judgeFile(database, body, at, { bytes, key });
    await database.transaction(async (tx) => {
      const { state } = await lockBundle(tx, found.digest);
      if ((await fileOfMove(tx, about)) !== undefined) return;
      if (state !== 'verified') throw refuseFlow('bundle-state', state, 'verified');
      await keepFile(tx, about, digest, bytes);
      await noteOutcomes(
        tx,
        nonce,
        'stays',
        keys.flatMap((one) => ('stays' in one ? [{ ...one, reason: one.stays }] : [])),
      );
      const { there, of } = await filesBack(tx, body);
      if (there < of) return;
      await assertCounts(tx, body, { at, keys }, key);
      await appendEvent(tx, {
        type: 'move-files-back',
        adminId: admin.id,
        subject: hexToBytes(found.digest),
        facts: { files: of },
      });
    });
  } finally {
    key.fill(0);
  }
  await onStep?.(`file ${at + 1}`);
  return filesBack(database, body);
}

/** What the files say one after another, as the bundle counts it. */
function counter() {
  const counts = {
    moved: 0,
    notCompared: 0,
    stays: { 'not-opened': 0, 'not-the-surveys': 0, 'sealed-without-hash': 0 },
  };
  return {
    add(keys: readonly SaidOfKey[]): void {
      for (const one of keys) {
        if ('stays' in one) counts.stays[one.stays] += 1;
        else {
          counts.moved += 1;
          if (one.surveyKey === 'not-compared') counts.notCompared += 1;
        }
      }
    },
    counts: counts satisfies MoveCounts,
  };
}

/** All of them, one at a time. @throws Refusal `move-counts-differ` */
async function assertCounts(
  on: Queryable,
  body: MoveBundle,
  last: { readonly at: number; readonly keys: readonly SaidOfKey[] },
  key: Uint8Array,
): Promise<void> {
  const all = counter();
  for (const at of body.files.keys()) {
    all.add(at === last.at ? last.keys : await movedInFile(on, body, at, key));
  }
  const { moved, notCompared, stays } = all.counts;
  const said = body.counts;
  const isAsSaid =
    moved === said.moved &&
    notCompared === said.notCompared &&
    (Object.keys(stays) as (keyof typeof stays)[]).every((why) => stays[why] === said.stays[why]);
  if (!isAsSaid) throw refuseMove('move-counts-differ');
}

/**
 * What a kept file says.
 * @param key null: it is gone
 * @throws Refusal `move-altered` where it is not the one that the bundle names, `move-files-missing`
 */
export async function movedInFile(
  on: Queryable,
  body: MoveBundle,
  at: number,
  key: Uint8Array | null,
): Promise<SaidOfKey[]> {
  return judgeFile(on, body, at, { bytes: await fileAsTaken(on, body, at), key });
}
