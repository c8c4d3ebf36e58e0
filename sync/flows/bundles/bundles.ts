/**
 * Bundles as rows: their states, their history, and how each ends with a receipt.
 *
 * `verified` (setup, roster, adoption, rotation, new version, an owner's new passphrase: waits for approvals) → `waiting` (approved; the delay runs) → `committing` →
 * `committed`; or `refused`, `expired`.
 * @module
 */
import { z } from 'zod';
import { type BundleDocument, bundleType, CHANGES_TRUST } from '../../../shared/bundle/bundle.ts';
import { PACKAGE_KINDS } from '../../../shared/bundle/package.ts';
import type { Outcome } from '../../../shared/bundle/receipt.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Mode } from '../../../shared/mode.ts';
import { beginningWith, columns } from '../../database/columns.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent, findDocument, type StoredDocument } from '../../database/documents.ts';
import { readInstallation } from '../../database/settings.ts';
import { tellCustodians } from './tell-custodians.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { destroySpentKeysIfPossible, issueReceipt, type ReceiptFacts } from './receipts.ts';
import { LIST_AT_MOST, type QueuePart } from '../../database/lists.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { CONSOLE } from '../../trust/eight-words.ts';

export const BUNDLE_STATES = [
  'verified',
  'waiting',
  'committing',
  'committed',
  'refused',
  'expired',
  'objected',
] as const;

const row = z.object({
  digest: columns.bytes.transform(bytesToHex),
  nonce: columns.bytes.transform(bytesToHex),
  kind: z.enum(PACKAGE_KINDS),
  state: z.enum(BUNDLE_STATES),
  keyVersion: columns.text,
  /** Null, like `importerUserId`: the console, when no admin has a key left. */
  importedBy: columns.uuid.nullable(),
  importerName: columns.text,
  importerUserId: columns.integer.nullable(),
  /** Who asked for its package; null, like `askerUserId`: the console. */
  askedBy: columns.uuid.nullable(),
  askerName: columns.text,
  askerUserId: columns.integer.nullable(),
  notBefore: columns.time.nullable(),
  expiresAt: columns.time,
  reason: columns.text,
  receivedAt: columns.time,
  approvedAt: columns.time.nullable(),
  finishedAt: columns.time.nullable(),
});
export type BundleRow = z.infer<typeof row>;

const SELECT = `SELECT b.digest, b.nonce, b.kind, b.state, p.key_version AS "keyVersion",
    b.imported_by AS "importedBy", coalesce(a.name, '${CONSOLE}') AS "importerName", a.user_id AS "importerUserId",
    p.requested_by AS "askedBy", coalesce(q.name, '${CONSOLE}') AS "askerName", q.user_id AS "askerUserId",
    b.not_before AS "notBefore", p.expires_at AS "expiresAt", b.reason,
    b.received_at AS "receivedAt", b.approved_at AS "approvedAt", b.finished_at AS "finishedAt"
  FROM conclave.bundles b
  JOIN conclave.packages p ON p.nonce = b.nonce
  LEFT JOIN conclave.admins a ON a.id = b.imported_by
  LEFT JOIN conclave.admins q ON q.id = p.requested_by`;

export const FINAL: readonly BundleRow['state'][] = ['committed', 'refused', 'expired', 'objected'];

export async function findBundle(
  on: Queryable,
  digest: string,
  lock = false,
): Promise<BundleRow | undefined> {
  return on.maybe(row, `${SELECT} WHERE b.digest = $1 ${lock ? 'FOR UPDATE OF b' : ''}`, [
    hexToBytes(digest),
  ]);
}

/** @throws Refusal `bundle-unknown` */
export async function lockBundle(tx: Queryable, digest: string): Promise<BundleRow> {
  const found = await findBundle(tx, digest, true);
  if (found === undefined) throw refuseFlow('bundle-unknown');
  return found;
}

/** The one bundle whose digest begins so. @throws Refusal `bundle-unknown` */
export async function bundleByPrefix(on: Queryable, prefix: string): Promise<BundleRow> {
  const found = await on.rows(row, `${SELECT} WHERE b.digest BETWEEN $1 AND $2 LIMIT 2`, [
    ...beginningWith(prefix),
  ]);
  const [only] = found;
  if (only === undefined || found.length > 1) throw refuseFlow('bundle-unknown');
  return only;
}

/** Newest first; those after `before` (a digest). */
export async function listBundles(on: Queryable, before?: string): Promise<BundleRow[]> {
  return on.rows(
    row,
    `${SELECT} WHERE $1::bytea IS NULL OR (b.received_at, b.digest) <
         (SELECT received_at, digest FROM conclave.bundles WHERE digest = $1)
      ORDER BY b.received_at DESC, b.digest DESC LIMIT ${LIST_AT_MOST}`,
    [before === undefined ? null : hexToBytes(before)],
  );
}

/** For the page's queue: what waits for people before what waits for time, then newest first. */
export async function queuedBundles(on: Queryable, part: QueuePart): Promise<BundleRow[]> {
  return on.rows(
    row,
    `${SELECT} WHERE (b.finished_at IS NULL) = $1
      ORDER BY array_position(ARRAY['verified', 'committing', 'waiting'], b.state),
               -- Committed, and its user still waits for a person.
               EXISTS (SELECT FROM conclave.claims c
                        WHERE c.bundle_digest = b.digest AND c.state = 'held') DESC,
               b.received_at DESC, b.digest LIMIT $2`,
    [part.open, part.atMost],
  );
}

/** Those of one recovery, newest first. */
export async function bundlesOfRequest(on: Queryable, requestId: string): Promise<BundleRow[]> {
  return on.rows(row, `${SELECT} WHERE p.request_id = $1 ORDER BY b.received_at DESC, b.digest`, [
    requestId,
  ]);
}

/** Digests of the committed bundles that change trust, oldest first: all that sync ever trusted. */
export async function committedTrust(on: Queryable): Promise<string[]> {
  const found = await on.rows(
    row.pick({ digest: true }),
    `SELECT digest FROM conclave.bundles
      WHERE kind = ANY ($1) AND state = 'committed' ORDER BY finished_at`,
    [CHANGES_TRUST],
  );
  return found.map(({ digest }) => digest);
}

/** Those of one kind that were committed, newest first. */
export async function committedRows(on: Queryable, kind: BundleRow['kind']): Promise<BundleRow[]> {
  return on.rows(
    row,
    `${SELECT} WHERE b.kind = $1 AND b.state = 'committed' ORDER BY b.finished_at DESC, b.digest`,
    [kind],
  );
}

/** Digests of all that were committed, of whatever kind. */
export async function committedBundles(on: Queryable): Promise<string[]> {
  const found = await on.rows(
    row.pick({ digest: true }),
    `SELECT digest FROM conclave.bundles WHERE state = 'committed'`,
  );
  return found.map(({ digest }) => digest);
}

/** The stored bundle. Its signatures are verified at import and at commit (authentic.ts). */
export async function bundleDocument(
  on: Queryable,
  digest: string,
  mode: Mode,
): Promise<BundleDocument> {
  return bundleIn(await findDocument(on, hexToBytes(digest)), digest, mode);
}

/** The same, where the stored document was read. */
export function bundleIn(
  found: Pick<StoredDocument, 'content'> | undefined,
  digest: string,
  mode: Mode,
): BundleDocument {
  if (found === undefined) throw refuseFlow('bundle-unknown');
  const document = parseStored(found.content, mode);
  // SECURITY: other bytes under this digest would be another bundle, with another nonce and secret.
  if (document.digest !== digest) {
    throw refuseFlow('bundle-not-as-imported', 'Its bytes have another digest.');
  }
  return document;
}

function parseStored(content: Uint8Array, mode: Mode): BundleDocument {
  try {
    return bundleType.parse(content, mode);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw refuseFlow('bundle-not-as-imported', cause.sentences.happened);
  }
}

/** How a bundle ends. */
export interface Ending {
  readonly outcome: Outcome;
  /** For people, in the receipt. */
  readonly statement: string;
  readonly readBack: readonly string[];
  /** Trust epoch after it. */
  readonly epoch: number;
}

/** What the receipt of a bundle that ended so says. */
export function receiptFacts(
  document: BundleDocument,
  keyVersion: string,
  { outcome, statement, readBack, epoch }: Ending,
): ReceiptFacts {
  const { body } = document;
  const { kind, nonce, packageDigest, ceremonyId } = body;
  const isAdopted = body.kind === 'adopt' && outcome === 'committed';
  return {
    kind,
    nonce,
    packageDigest,
    ceremonyId,
    keyVersion,
    bundleDigest: document.digest,
    outcome,
    statement,
    readBack,
    epoch,
    ...(isAdopted ? { adopted: { legacy: body.legacy, proof: body.proof } } : {}),
  };
}

/**
 * Ends a bundle inside the caller's transaction: state, nonce, receipt, word to its custodians.
 * @param situation undefined while Vault is away: then the receipt is owed (owed-receipts.ts)
 */
export async function endBundle(
  tx: Queryable,
  { config }: Pick<FlowContext, 'config'>,
  situation: Pick<Situation, 'identity' | 'installation'> | undefined,
  document: BundleDocument,
  keyVersion: string,
  ending: Ending,
  now: Date,
): Promise<void> {
  const digest = hexToBytes(document.digest);
  const { nonce } = document.body;
  await tx.run(
    `UPDATE conclave.bundles SET state = $2, reason = $3, finished_at = $4 WHERE digest = $1`,
    [digest, ending.outcome, ending.outcome === 'committed' ? '' : ending.statement, now],
  );
  await tx.run(`UPDATE conclave.packages SET state = $2 WHERE nonce = $1`, [
    hexToBytes(nonce),
    ending.outcome === 'expired' ? 'expired' : 'spent',
  ]);
  await tx.run(
    `UPDATE conclave.intents SET finished_at = $2
      WHERE bundle_digest = $1 AND finished_at IS NULL`,
    [digest, now],
  );
  if (situation !== undefined) {
    await issueReceipt(tx, situation, receiptFacts(document, keyVersion, ending), now);
  }
  if (ending.outcome === 'committed') await tellCustodians(tx, config, document, 'committed');
  else await tellCustodians(tx, config, document, 'stopped', { why: ending.statement });
}

/**
 * A signed negative receipt for an authenticated bundle that may not be committed. Does nothing
 * when it has ended already, or was written and goes forward only.
 * @param situation undefined while Vault is away: the receipt follows
 * @param only the states, judged under the row lock, in which it may end so; default: any open one
 * @returns whether it was this call that ended it
 * @throws Refusal `bundle-state` where `only` is given and does not fit, or it was written
 */
export async function endNegatively(
  context: FlowContext,
  situation: Situation | undefined,
  digest: string,
  ending: { readonly outcome: Exclude<Outcome, 'committed'>; readonly statement: string },
  by: { readonly adminId: string } | undefined,
  only?: readonly BundleRow['state'][],
): Promise<boolean> {
  const ended = await context.database.transaction(async (tx) => {
    const found = await lockBundle(tx, digest);
    if (only !== undefined && !only.includes(found.state)) {
      throw refuseFlow('bundle-state', found.state, only.join(' or '));
    }
    if (FINAL.includes(found.state)) return false;
    const { written } = await tx.one(
      z.object({ written: columns.boolean }),
      `SELECT EXISTS (SELECT FROM conclave.intents
        WHERE bundle_digest = $1 AND step = 'written') AS written`,
      [hexToBytes(digest)],
    );
    // Forward only: what stands in CheckTick's tables gets no negative receipt.
    if (written && only !== undefined) {
      throw refuseFlow('bundle-state', found.state, 'not yet written');
    }
    if (written) return false;
    const { now } = await databaseTime(tx);
    const { mode, epoch } = await readInstallation(tx);
    const document = await bundleDocument(tx, digest, mode);
    await endBundle(
      tx,
      context,
      situation,
      document,
      found.keyVersion,
      { ...ending, readBack: [], epoch },
      now,
    );
    await appendEvent(tx, {
      type: `bundle-${ending.outcome}`,
      ...(by === undefined ? {} : by),
      subject: hexToBytes(digest),
      facts: { statement: ending.statement },
    });
    return true;
  });
  await destroySpentKeysIfPossible(context);
  return ended;
}
