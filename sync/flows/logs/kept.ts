/**
 * Which of the ceremony logs that sync keeps go along in its chain, and with which receipts.
 * @module
 */
import { z } from 'zod';
import {
  CHAIN_RECEIPTS,
  CHAIN_TRANSCRIPT_BYTES,
  CHAIN_TRANSCRIPTS,
} from '../../../shared/transcript/chain.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import {
  findDocuments,
  newestDocuments,
  receiptsFor,
  type StoredDocument,
} from '../../database/documents.ts';

/** What the diary says of a log that was kept. */
const kept = z.object({
  digest: columns.bytes.transform(bytesToHex),
  kind: columns.text,
  ceremonyId: columns.text,
  /** Of its package; null: it has none. */
  nonce: columns.text.nullable(),
  bytes: columns.integer,
});
type Kept = z.infer<typeof kept>;

/**
 * Which media and sets there are, which are gone, and which version is in use or over, stands in these
 * alone: they go first.
 */
const MAKES_OR_ENDS: ReadonlySet<string> = new Set([
  'split',
  'adopt',
  'rotate',
  'refresh',
  'add-set',
  'new-version',
  'destroy',
  'activate',
  'retire',
]);

interface HandedOn {
  readonly contents: readonly Uint8Array[];
  /** Of the packages that their ceremonies answered, in hex. */
  readonly nonces: readonly string[];
}

/** As many as one chain holds, one log for each ceremony; in the order in which they were brought. */
export async function transcriptsToHandOn(on: Queryable): Promise<HandedOn> {
  const all = await on.rows(
    kept,
    `SELECT d.digest, e.facts->>'kind' AS kind, e.facts->>'ceremonyId' AS "ceremonyId",
            e.facts->>'nonce' AS nonce, length(d.content) AS bytes
       FROM conclave.events e JOIN conclave.documents d ON d.digest = e.subject AND d.type = 'transcript'
      WHERE e.type = 'transcript-kept' ORDER BY e.sequence`,
  );
  const longest = new Map<string, Kept>();
  for (const one of all) {
    if (one.bytes >= (longest.get(one.ceremonyId)?.bytes ?? 0)) longest.set(one.ceremonyId, one);
  }
  const newest = all.filter((one) => longest.get(one.ceremonyId) === one).reverse();
  const first = newest.filter(({ kind }) => MAKES_OR_ENDS.has(kind));
  const chosen = new Set<Kept>();
  let room = CHAIN_TRANSCRIPT_BYTES;
  for (const one of [...first, ...newest]) {
    if (chosen.has(one)) continue;
    if (chosen.size === CHAIN_TRANSCRIPTS || one.bytes > room) break;
    room -= one.bytes;
    chosen.add(one);
  }
  const inOrder = all.filter((one) => chosen.has(one));
  const documents = await findDocuments(
    on,
    inOrder.map(({ digest }) => digest),
  );
  return {
    contents: inOrder.flatMap(({ digest }) => documents.get(digest)?.content ?? []),
    nonces: inOrder.flatMap(({ nonce }) => nonce ?? []),
  };
}

/**
 * The newest receipts, as many as one chain holds, and however old those of the logs that go along: a
 * laptop believes a log where it sees that its bundle was committed.
 */
export async function receiptsToHandOn(
  on: Queryable,
  { nonces }: Pick<HandedOn, 'nonces'>,
): Promise<StoredDocument[]> {
  const newest = await newestDocuments(on, 'receipt', CHAIN_RECEIPTS);
  const needed = await receiptsFor(on, nonces);
  const isNeeded = new Set(needed.map(({ digest }) => bytesToHex(digest)));
  const isNew = new Set(newest.map(({ digest }) => bytesToHex(digest)));
  const all = [...needed.filter(({ digest }) => !isNew.has(bytesToHex(digest))), ...newest];
  let tooMany = all.length - CHAIN_RECEIPTS;
  return all.filter(({ digest }) => {
    if (tooMany <= 0 || isNeeded.has(bytesToHex(digest))) return true;
    tooMany -= 1;
    return false;
  });
}
