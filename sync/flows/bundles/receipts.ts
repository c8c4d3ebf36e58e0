/**
 * Receipts: one chain, one final receipt per nonce, and with it the end of the package's one-time
 * key.
 * @module
 */
import { z } from 'zod';
import type { PackageKind } from '../../../shared/bundle/package.ts';
import {
  type Outcome,
  type Receipt,
  type ReceiptDocument,
  receiptType,
} from '../../../shared/bundle/receipt.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent, saveDocument } from '../../database/documents.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { wordsPath } from '../claims/claims.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';

/** Any number that no other program takes: serialises the receipts of all replicas. */
const CHAIN_LOCK = 4_207_301_118;

const head = z.object({ sequence: columns.integer, digest: columns.bytes });

/** Digest of the newest receipt in hex, or null. */
export async function receiptHead(on: Queryable): Promise<string | null> {
  const last = await lastReceipt(on);
  return last === undefined ? null : bytesToHex(last.digest);
}

async function lastReceipt(on: Queryable): Promise<z.infer<typeof head> | undefined> {
  return on.maybe(
    head,
    'SELECT sequence, digest FROM conclave.receipts ORDER BY sequence DESC LIMIT 1',
  );
}

/** What a receipt is about. */
export interface ReceiptFacts {
  readonly kind: PackageKind;
  readonly outcome: Outcome;
  readonly nonce: string;
  readonly packageDigest: string;
  readonly bundleDigest: string | null;
  readonly ceremonyId: string | null;
  readonly keyVersion: string;
  readonly epoch: number;
  readonly statement: string;
  readonly readBack: readonly string[];
  readonly adopted?: Receipt['adopted'];
}

/** Signs and keeps the next receipt of the chain. Part of the transaction that ends the package. */
export async function issueReceipt(
  tx: Queryable,
  { identity, installation }: Pick<Situation, 'identity' | 'installation'>,
  facts: ReceiptFacts,
  now: Date,
): Promise<ReceiptDocument> {
  await tx.run('SELECT pg_advisory_xact_lock($1::bigint)', [CHAIN_LOCK]);
  const last = await lastReceipt(tx);
  const document = await receiptType.sign(
    {
      mode: installation.mode,
      audience: installation.audience,
      sequence: (last?.sequence ?? 0) + 1,
      previous: last === undefined ? null : bytesToHex(last.digest),
      ...facts,
      readBack: [...facts.readBack],
      at: formatTime(now),
    },
    [identity.signer],
  );
  const digest = hexToBytes(document.digest);
  await saveDocument(tx, { type: 'receipt', digest, content: receiptType.toBytes(document) });
  await tx.run(
    `INSERT INTO conclave.receipts
       (sequence, digest, previous_digest, nonce, bundle_digest, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      document.body.sequence,
      digest,
      last?.digest ?? null,
      hexToBytes(facts.nonce),
      facts.bundleDigest === null ? null : hexToBytes(facts.bundleDigest),
      now,
    ],
  );
  await appendEvent(tx, {
    type: `receipt-${facts.outcome}`,
    subject: digest,
    facts: { sequence: document.body.sequence, nonce: facts.nonce },
  });
  return document;
}

const stored = z.object({ content: columns.bytes });

/** The receipt of a package (by its nonce, hex), as the bytes that were signed; the same for ever. */
export async function findReceipt(on: Queryable, nonce: string): Promise<Uint8Array | undefined> {
  const row = await on.maybe(
    stored,
    `SELECT d.content FROM conclave.receipts r JOIN conclave.documents d ON d.digest = r.digest
      WHERE r.nonce = $1`,
    [hexToBytes(nonce)],
  );
  return row?.content;
}

const ended = z.object({
  nonce: columns.bytes,
  path: columns.text,
  /** The bundle of a recovery that ended without a commit. */
  dropped: columns.bytes.transform(bytesToHex).nullable(),
});

/**
 * Destroys what Vault holds of packages that have their final receipt, or ended before anybody saw
 * them: the one-time key, and before it the one-time words that an interrupted commit left of a
 * recovery. The package's row says that something is left until all of it has worked, so neither a
 * crash nor a sealed Vault leaves it behind for good.
 */
export async function destroySpentKeys({ database, kv, onStep }: FlowContext): Promise<void> {
  const rows = await database.rows(
    ended,
    `SELECT p.nonce, p.recipient_key_path AS path, b.digest AS dropped FROM conclave.packages p
       LEFT JOIN conclave.receipts r ON r.nonce = p.nonce
       LEFT JOIN conclave.bundles b ON b.nonce = p.nonce AND b.kind IN ('recover', 'recover-member')
        AND b.state IN ('refused', 'expired', 'objected')
      WHERE p.recipient_key_path IS NOT NULL
        AND (r.nonce IS NOT NULL OR p.document_digest IS NULL)`,
  );
  for (const { nonce, path, dropped } of rows) {
    if (dropped !== null) await kv.deleteMetadata(wordsPath(dropped));
    await kv.deleteMetadata(path);
    await onStep?.('key-destroyed');
    // Of survey keys that moved: sealed to that key, and to a ticket that opens nothing else.
    await database.run('DELETE FROM conclave.move_files WHERE nonce = $1', [nonce]);
    await database.run('UPDATE conclave.packages SET recipient_key_path = NULL WHERE nonce = $1', [
      nonce,
    ]);
  }
}

/**
 * {@link destroySpentKeys} after a bundle has ended: what is in its way then does not undo the end,
 * and must not be answered as if it did. The next flow, and every start, tries again and says so.
 */
export async function destroySpentKeysIfPossible(context: FlowContext): Promise<void> {
  try {
    await destroySpentKeys(context);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
  }
}
