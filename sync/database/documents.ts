/**
 * The shelf of signed documents and the diary of events.
 * @module
 */
import { z } from 'zod';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { columns } from './columns.ts';
import type { Queryable } from './database.ts';
import type { EventType } from './event-types.ts';
import { fromHex } from './together.ts';

export const DOCUMENT_TYPES = [
  'descriptor',
  'roster',
  'manifest',
  'transcript',
  'ticket',
  'package',
  'bundle',
  'receipt',
] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

const document = z.object({
  digest: columns.bytes,
  sequence: columns.integer,
  type: z.enum(DOCUMENT_TYPES),
  content: columns.bytes,
  created_at: columns.time,
});
export type StoredDocument = z.infer<typeof document>;

/**
 * Keeps the envelope under the digest of its payload (32 bytes). The first bytes stay: a second
 * envelope with the same payload and other signatures does not replace them.
 * @returns whether it was new
 */
export async function saveDocument(
  on: Queryable,
  entry: { readonly type: DocumentType; readonly digest: Uint8Array; readonly content: Uint8Array },
): Promise<boolean> {
  const touched = await on.run(
    `INSERT INTO conclave.documents (digest, type, content) VALUES ($1, $2, $3)
     ON CONFLICT (digest) DO NOTHING`,
    [entry.digest, entry.type, entry.content],
  );
  return touched === 1;
}

export async function findDocument(
  on: Queryable,
  digest: Uint8Array,
): Promise<StoredDocument | undefined> {
  return on.maybe(
    document,
    `SELECT digest, sequence, type, content, created_at FROM conclave.documents WHERE digest = $1`,
    [digest],
  );
}

/** Many at once, by digest in hex. */
export async function findDocuments(
  on: Queryable,
  digests: readonly string[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  const found = await on.rows(
    document,
    `SELECT digest, sequence, type, content, created_at FROM conclave.documents
      WHERE digest = ANY ${fromHex('$1')}`,
    [digests],
  );
  return new Map(found.map((one) => [bytesToHex(one.digest), one]));
}

/** All of one type, oldest first. */
export async function listDocuments(on: Queryable, type: DocumentType): Promise<StoredDocument[]> {
  return on.rows(
    document,
    `SELECT digest, sequence, type, content, created_at FROM conclave.documents
      WHERE type = $1 ORDER BY sequence`,
    [type],
  );
}

/** The newest of one type, at most so many; the oldest of them first. */
export async function newestDocuments(
  on: Queryable,
  type: DocumentType,
  atMost: number,
): Promise<StoredDocument[]> {
  const found = await on.rows(
    document,
    `SELECT digest, sequence, type, content, created_at FROM conclave.documents
      WHERE type = $1 ORDER BY sequence DESC LIMIT $2`,
    [type, atMost],
  );
  return found.reverse();
}

/** The receipts of these packages (nonces in hex), oldest first. */
export async function receiptsFor(
  on: Queryable,
  nonces: readonly string[],
): Promise<StoredDocument[]> {
  return on.rows(
    document,
    `SELECT d.digest, d.sequence, d.type, d.content, d.created_at
       FROM conclave.receipts r JOIN conclave.documents d ON d.digest = r.digest
      WHERE r.nonce = ANY ${fromHex('$1')} ORDER BY r.sequence`,
    [nonces],
  );
}

/** Writes one line of sync's own diary. `facts` are shown to auditors: never a secret. */
export async function appendEvent(
  on: Queryable,
  event: {
    readonly type: EventType;
    readonly adminId?: string;
    readonly subject?: Uint8Array;
    readonly facts?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await on.run(
    `INSERT INTO conclave.events (type, admin_id, subject, facts) VALUES ($1, $2, $3, $4)`,
    [event.type, event.adminId ?? null, event.subject ?? null, event.facts ?? {}],
  );
}
