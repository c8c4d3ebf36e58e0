/**
 * Which survey keys a package moves, in which file each is, and the files.
 * @module
 */
import { z } from 'zod';
import type { BatchWay } from '../../shared/bundle/move-batch.ts';
import { MOST_FILES } from '../../shared/bundle/move.ts';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { EscrowOf } from '../checktick/escrow.ts';
import { UNDER_VERSION } from '../versions/needs.ts';

const key = z.object({
  userId: columns.integer,
  surveyId: columns.integer,
  kind: z.enum(['checktick', 'sealed']).nullable(),
  digest: columns.bytes.transform(bytesToHex).nullable(),
  outcome: z.enum(['moved', 'stays', 'left']).nullable(),
});

/** One survey key of a package; `digest`: of its bytes as they went out, null where there were none. */
export type MoveRow = z.infer<typeof key>;

/**
 * Writes down which survey keys go out, in which file and place; what is written down stays.
 * @param batchKeys in one file at most
 */
export async function listKeys(
  tx: Queryable,
  nonce: string,
  version: string,
  batchKeys: number,
): Promise<void> {
  await tx.run(
    `INSERT INTO conclave.moves (nonce, user_id, survey_id, file, place)
     SELECT $2, user_id, survey_id, n / $3::int, n % $3::int
       FROM (SELECT user_id, survey_id, row_number() OVER (ORDER BY user_id, survey_id) - 1 AS n
               FROM (${UNDER_VERSION}) e) numbered
      WHERE n < $3::int * $4::int
     ON CONFLICT DO NOTHING`,
    [version, hexToBytes(nonce), batchKeys, MOST_FILES],
  );
}

const counted = z.object({
  files: columns.integer,
  checktick: columns.integer,
  sealed: columns.integer,
});

/** Files of a package (0: not listed yet), and survey keys of either kind in those that are made. */
export async function countKeys(on: Queryable, nonce: string): Promise<z.infer<typeof counted>> {
  return on.one(
    counted,
    `SELECT coalesce(max(file) + 1, 0) AS files,
            count(*) FILTER (WHERE kind = 'checktick') AS checktick,
            count(*) FILTER (WHERE kind = 'sealed') AS sealed
       FROM conclave.moves WHERE nonce = $1`,
    [hexToBytes(nonce)],
  );
}

/** Of one file, in its order. */
export async function keysOfFile(on: Queryable, nonce: string, file: number): Promise<MoveRow[]> {
  return on.rows(
    key,
    `SELECT user_id AS "userId", survey_id AS "surveyId", kind, digest, outcome
       FROM conclave.moves WHERE nonce = $1 AND file = $2 ORDER BY place`,
    [hexToBytes(nonce), file],
  );
}

/** Notes what went out in a file. `digest` in hex; null: nothing could be read. */
export async function notePacked(
  tx: Queryable,
  nonce: string,
  packed: readonly (EscrowOf & {
    readonly kind: 'checktick' | 'sealed';
    readonly digest: string | null;
  })[],
): Promise<void> {
  await tx.run(
    `UPDATE conclave.moves m SET kind = a.kind, digest = decode(nullif(a.digest, ''), 'hex')
       FROM unnest($2::int[], $3::bigint[], $4::text[], $5::text[])
         AS a (user_id, survey_id, kind, digest)
      WHERE m.nonce = $1 AND m.user_id = a.user_id AND m.survey_id = a.survey_id`,
    [
      hexToBytes(nonce),
      packed.map(({ userId }) => String(userId)),
      packed.map(({ surveyId }) => String(surveyId)),
      packed.map(({ kind }) => kind),
      packed.map(({ digest }) => digest ?? ''),
    ],
  );
}

/** Notes what became of survey keys; `reason` null of those that moved. */
export async function noteOutcomes(
  tx: Queryable,
  nonce: string,
  outcome: 'moved' | 'stays' | 'left',
  keys: readonly (EscrowOf & { readonly reason: string | null })[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.run(
    `UPDATE conclave.moves m SET outcome = $2, reason = nullif(a.reason, '')
       FROM unnest($3::int[], $4::bigint[], $5::text[]) AS a (user_id, survey_id, reason)
      WHERE m.nonce = $1 AND m.user_id = a.user_id AND m.survey_id = a.survey_id`,
    [
      hexToBytes(nonce),
      outcome,
      keys.map(({ userId }) => String(userId)),
      keys.map(({ surveyId }) => String(surveyId)),
      keys.map(({ reason }) => reason ?? ''),
    ],
  );
}

const outcome = z.object({
  userId: columns.integer,
  surveyId: columns.integer,
  reason: columns.text.nullable(),
});
export type MoveOutcome = z.infer<typeof outcome>;

/** Those that stay or were left, in the order of the files; at most so many. */
export async function outcomesOf(
  on: Queryable,
  nonce: string,
  is: 'stays' | 'left',
  atMost: number,
): Promise<MoveOutcome[]> {
  return on.rows(
    outcome,
    `SELECT user_id AS "userId", survey_id AS "surveyId", reason FROM conclave.moves
      WHERE nonce = $1 AND outcome = $2 ORDER BY file, place LIMIT $3`,
    [hexToBytes(nonce), is, atMost],
  );
}

/** How many have come to this. */
export async function countOutcomes(
  on: Queryable,
  nonce: string,
  is: 'moved' | 'stays' | 'left',
): Promise<number> {
  const { n } = await on.one(
    z.object({ n: columns.integer }),
    'SELECT count(*) AS n FROM conclave.moves WHERE nonce = $1 AND outcome = $2',
    [hexToBytes(nonce), is],
  );
  return n;
}

/** Keeps a file; the first bytes stay. @param digest SHA-256, hex */
export async function keepFile(
  tx: Queryable,
  of: { readonly nonce: string; readonly way: BatchWay; readonly file: number },
  digest: string,
  content: Uint8Array,
): Promise<void> {
  await tx.run(
    `INSERT INTO conclave.move_files (nonce, way, file, digest, content)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [hexToBytes(of.nonce), of.way, of.file, hexToBytes(digest), content],
  );
}

const content = z.object({ content: columns.bytes });

/** The bytes of a file, or undefined where it is not there (any more). */
export async function fileOfMove(
  on: Queryable,
  { nonce, way, file }: { readonly nonce: string; readonly way: BatchWay; readonly file: number },
): Promise<Uint8Array | undefined> {
  const found = await on.maybe(
    content,
    'SELECT content FROM conclave.move_files WHERE nonce = $1 AND way = $2 AND file = $3',
    [hexToBytes(nonce), way, file],
  );
  return found?.content;
}

const named = z.object({ file: columns.integer, digest: columns.bytes.transform(bytesToHex) });

/** Which files are there, by their digests; in their order. */
export async function filesThere(
  on: Queryable,
  nonce: string,
  way: BatchWay,
): Promise<z.infer<typeof named>[]> {
  return on.rows(
    named,
    `SELECT file, digest FROM conclave.move_files WHERE nonce = $1 AND way = $2 ORDER BY file`,
    [hexToBytes(nonce), way],
  );
}
