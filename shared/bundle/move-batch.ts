/**
 * The files in which survey keys go to the laptop to be moved to another key version, and come back
 * (docs/decisions/0035-survey-keys-move-to-another-version.md). Unsigned: the package names the digest
 * of every file that goes out, the bundle that of every one that comes back, and those are signed.
 *
 * Canonical JSON (RFC 8785), at most 1 MiB, no line break at the end; the digest is the SHA-256 of the
 * file. What is in it is sealed to one key and bound to its place, so no file takes another's.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { decodeJson, encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { digest, id16, mode, rowId, z } from '../encoding/schema.ts';
import { ESCROW_LIMIT } from '../escrow/escrow.ts';
import { STAYS, type Moved, type StoredSurveyKey } from '../escrow/move.ts';
import { orRefuse, refusals } from '../refusal.ts';
import { openSealed, refuseSealed, sealedUpTo, sealTo, type SealContext } from '../sealing/hpke.ts';
import { BATCH_KEYS, MOST_FILES } from './move.ts';
import { keyHash } from './sealed-fields.ts';

/** Bytes of one file at most. */
export const BATCH_FILE_LIMIT = 1024 * 1024;

export const refuseBatch = refusals({
  'batch-elsewhere': (at: number, of: number) => ({
    happened: `This file of survey keys is not number ${at + 1} of ${of} of this package.`,
    means:
      'It belongs to another package or to another place in this one. Nothing of it was used, and nothing was changed.',
    next: 'Choose the folder that was written with this package, with all of its files.',
  }),
});

const place = {
  mode,
  /** The installation of sync. */
  audience: id16,
  /** Nonce of the package. */
  nonce: id16,
  /** Which file it is, from 0 on, and of how many. */
  at: z.int().min(0),
  of: z.int().min(1).max(MOST_FILES),
};
/** Where a file belongs. */
export type BatchPlace = Readonly<z.infer<z.ZodObject<typeof place>>>;

/** `move`: what goes to the laptop; `moved`: what comes back. */
export type BatchWay = 'move' | 'moved';

/** The folder in which all files of one package lie, on a stick: `conclave-move-1a2b3c4d`. */
export function batchFolder(way: BatchWay, { nonce }: Pick<BatchPlace, 'nonce'>): string {
  return `conclave-${way}-${nonce.slice(0, 8)}`;
}

/** How one of them is called in it: `conclave-move-1a2b3c4d-007-of-200.json`. */
export function batchFileName(way: BatchWay, where: Omit<BatchPlace, 'mode' | 'audience'>): string {
  const of = String(where.of);
  const number = String(where.at + 1).padStart(of.length, '0');
  return `${batchFolder(way, where)}-${number}-of-${of}.json`;
}

/** Around each survey key: its numbers, CheckTick's hash. */
const ROOM = 128;
const sealed = sealedUpTo(1_024 + BATCH_KEYS * (ESCROW_LIMIT + ROOM));
const bytesUpTo = (most: number) => z.instanceof(Uint8Array).refine(({ length }) => length <= most);

const outgoing = z.strictObject({
  conclave: z.literal('move-batch'),
  version: z.literal(1),
  ...place,
  sealed,
});

const said = z.union([
  z.strictObject({
    userId: rowId,
    surveyId: rowId,
    /** SHA-256 of the escrow that sync is to write. */
    escrow: digest,
    surveyKey: z.enum(['fits', 'not-compared']),
  }),
  z.strictObject({ userId: rowId, surveyId: rowId, stays: z.enum(STAYS) }),
]);

const incoming = z.strictObject({
  conclave: z.literal('moved-batch'),
  version: z.literal(1),
  ...place,
  /** What became of each survey key of the file that went out, in its order. */
  keys: z.array(said).min(1).max(BATCH_KEYS),
  sealed,
});

type Outgoing = z.infer<typeof outgoing>;
type Incoming = z.infer<typeof incoming>;

/** A file that was read, and what it is known by. */
export interface ReadBatch<Body> {
  readonly body: Body;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
}

function contextOf(what: 'move-batch' | 'moved-batch', body: BatchPlace): SealContext {
  const { mode: of, audience, nonce } = body;
  return { type: what, version: 1, mode: of, audience, ceremony: nonce, nonce };
}

function read<Body extends BatchPlace>(
  bytes: Uint8Array,
  schema: z.ZodType<Body>,
  what: string,
  expected: BatchPlace,
): ReadBatch<Body> {
  if (bytes.length === 0) throw refuseDocument('document-empty', what);
  if (bytes.length > BATCH_FILE_LIMIT) {
    throw refuseDocument('document-too-large', what, BATCH_FILE_LIMIT);
  }
  const body = orRefuse(
    () => schema.parse(decodeJson(bytes)),
    () => refuseDocument('document-damaged', what),
  );
  if (body.mode !== expected.mode) throw refuseDocument('document-other-mode', what, body.mode);
  const isThere = (['audience', 'nonce', 'at', 'of'] as const).every(
    (field) => body[field] === expected[field],
  );
  if (!isThere) throw refuseBatch('batch-elsewhere', expected.at, expected.of);
  return { body, digest: bytesToHex(sha256(bytes)) };
}

const storedKeys = z.tuple([
  z.literal(1),
  z
    .array(
      z.tuple([
        rowId,
        rowId,
        z.enum(['checktick', 'sealed']),
        bytesUpTo(ESCROW_LIMIT),
        keyHash.nullable(),
      ]),
    )
    .min(1)
    .max(BATCH_KEYS),
]);

/** @returns the file. @param recipient the ticket's key, base64 @param keys 1 to {@link BATCH_KEYS} */
export async function sealMoveBatch(
  where: BatchPlace,
  recipient: string,
  keys: readonly StoredSurveyKey[],
): Promise<Uint8Array> {
  const body = { conclave: 'move-batch', version: 1, ...where } as const;
  const plaintext = encodeCbor([
    1,
    keys.map(({ userId, surveyId, kind, bytes, keyHash: kept }) => [
      userId,
      surveyId,
      kind,
      bytes,
      kept === null ? null : [kept.salt, kept.hash],
    ]),
  ]);
  const closed = await sealTo(recipient, contextOf('move-batch', where), body, plaintext);
  return encodeJson(outgoing.parse({ ...body, sealed: closed }));
}

/**
 * Untrusted bytes to the file that belongs there. Its digest is still to be compared with the package.
 * @throws Refusal `batch-elsewhere`, and those of a damaged file
 */
export const parseMoveBatch = (bytes: Uint8Array, expected: BatchPlace): ReadBatch<Outgoing> =>
  read(bytes, outgoing, 'file of survey keys', expected);

/** What was stored, in its order. @throws Refusal `sealed-not-openable` */
export async function openMoveBatch(
  { body }: ReadBatch<Outgoing>,
  privateKey: Uint8Array,
): Promise<StoredSurveyKey[]> {
  const { sealed: closed, ...open } = body;
  const plaintext = await openSealed(privateKey, contextOf('move-batch', body), open, closed);
  const [, keys] = orRefuse(
    () => storedKeys.parse(decodeCbor(plaintext)),
    () => refuseSealed('sealed-not-openable', 'file of survey keys'),
  );
  return keys.map(([userId, surveyId, kind, bytes, kept]) => ({
    userId,
    surveyId,
    kind,
    bytes,
    keyHash: kept === null ? null : { salt: kept[0], hash: kept[1] },
  }));
}

/** One survey key of a file that comes back. */
export type MovedSurveyKey = Pick<StoredSurveyKey, 'userId' | 'surveyId'> & Moved;

const movedBytes = z.tuple([z.literal(1), z.array(bytesUpTo(ESCROW_LIMIT)).max(BATCH_KEYS)]);

/** @returns the file. @param recipient the package's one-time key, base64 */
export async function sealMovedBatch(
  where: BatchPlace,
  recipient: string,
  keys: readonly MovedSurveyKey[],
): Promise<Uint8Array> {
  const body = {
    conclave: 'moved-batch',
    version: 1,
    ...where,
    keys: keys.map(({ userId, surveyId, ...one }) =>
      'stays' in one
        ? { userId, surveyId, stays: one.stays }
        : {
            userId,
            surveyId,
            escrow: bytesToHex(sha256(one.sealed)),
            surveyKey: one.surveyKey,
          },
    ),
  } as const;
  const escrows = keys.flatMap((one) => ('stays' in one ? [] : [one.sealed]));
  const plaintext = encodeCbor([1, escrows]);
  const closed = await sealTo(recipient, contextOf('moved-batch', where), body, plaintext);
  return encodeJson(incoming.parse({ ...body, sealed: closed }));
}

/**
 * Untrusted bytes to the file that belongs there. Its digest is still to be compared with the bundle.
 * @throws Refusal `batch-elsewhere`, and those of a damaged file
 */
export const parseMovedBatch = (bytes: Uint8Array, expected: BatchPlace): ReadBatch<Incoming> =>
  read(bytes, incoming, 'file of moved survey keys', expected);

/**
 * What became of each survey key, in its order: each escrow is the one that the file names openly.
 * @throws Refusal `sealed-not-openable`
 */
export async function openMovedBatch(
  { body }: ReadBatch<Incoming>,
  privateKey: Uint8Array,
): Promise<MovedSurveyKey[]> {
  const { sealed: closed, ...open } = body;
  const plaintext = await openSealed(privateKey, contextOf('moved-batch', body), open, closed);
  const refuse = () => refuseSealed('sealed-not-openable', 'file of moved survey keys');
  const [, escrows] = orRefuse(() => movedBytes.parse(decodeCbor(plaintext)), refuse);
  const queue = escrows.values();
  const keys = body.keys.map((one): MovedSurveyKey => {
    if ('stays' in one) return one;
    const { userId, surveyId, escrow, surveyKey } = one;
    const { value: bytes } = queue.next();
    if (bytes === undefined || bytesToHex(sha256(bytes)) !== escrow) throw refuse();
    return { userId, surveyId, sealed: bytes, surveyKey };
  });
  if (queue.next().done !== true) throw refuse();
  return keys;
}
