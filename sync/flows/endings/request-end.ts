/**
 * The end of a recovery before anything was written: its request's packages and bundles end with it,
 * in one transaction, each with a signed negative receipt.
 * @module
 */
import { z } from 'zod';
import type { Outcome } from '../../../shared/bundle/receipt.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { bundleDocument, endBundle, FINAL, lockBundle } from '../bundles/bundles.ts';
import { isWritten } from '../commit/intent.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { findPackage, withdrawPackage } from '../package-rows/rows.ts';
import { issueReceipt } from '../bundles/receipts.ts';
import { lockRequest, type RequestRow } from '../requests/requests.ts';

/** A request with all that hangs on it, locked. */
export interface Hanging {
  readonly request: RequestRow;
  /** Digests, hex. */
  readonly bundles: readonly string[];
  /** Nonces, hex. */
  readonly packages: readonly string[];
  /** Rows of a commit stand in CheckTick's tables: it only goes forward. */
  readonly written: boolean;
}

/** Why it ends. */
export interface RequestEnding {
  readonly outcome: Exclude<Outcome, 'committed' | 'expired'>;
  /** For people, in the receipts. */
  readonly statement: string;
  readonly adminId?: string;
}

/** The sentence of the receipts of what a person stopped. */
export function stoppedStatement(how: 'rejected' | 'cancelled', reason: string): string {
  return `The request was ${how}: “${reason}”. Nothing was changed.`.slice(0, 600);
}

const named = z.object({ name: columns.bytes.transform(bytesToHex) });

/** Locks in the order of a commit: bundles, packages, request. @throws Refusal `request-unknown` */
export async function lockAllOf(tx: Queryable, requestId: string, now: Date): Promise<Hanging> {
  const bundles = await tx.rows(
    named,
    `SELECT b.digest AS name FROM conclave.bundles b JOIN conclave.packages p ON p.nonce = b.nonce
      WHERE p.request_id = $1 ORDER BY b.digest FOR UPDATE OF b`,
    [requestId],
  );
  const packages = await tx.rows(
    named,
    'SELECT nonce AS name FROM conclave.packages WHERE request_id = $1 ORDER BY nonce FOR UPDATE',
    [requestId],
  );
  const request = await lockRequest(tx, requestId, now);
  let written = false;
  for (const { name } of bundles) written ||= await isWritten(tx, name);
  return {
    request,
    bundles: bundles.map(({ name }) => name),
    packages: packages.map(({ name }) => name),
    written,
  };
}

/**
 * Ends what is open of it. The caller has found nothing written, ends the request itself, and after
 * the transaction destroys what Vault holds of it (bundles/receipts.ts).
 */
export async function endAllOf(
  tx: Queryable,
  context: Pick<FlowContext, 'config'>,
  situation: Situation,
  { request, bundles, packages }: Hanging,
  ending: RequestEnding,
  now: Date,
): Promise<void> {
  for (const digest of bundles) {
    const about = { code: request.code, now };
    await endOpenBundle(tx, context, situation, digest, ending, about);
  }
  for (const nonce of packages) await endOpenPackage(tx, situation, nonce, ending, now);
}

async function endOpenBundle(
  tx: Queryable,
  context: Pick<FlowContext, 'config'>,
  situation: Situation,
  digest: string,
  { outcome, statement, adminId }: RequestEnding,
  { code, now }: { readonly code: string; readonly now: Date },
): Promise<void> {
  const found = await lockBundle(tx, digest);
  if (FINAL.includes(found.state)) return;
  const { mode, epoch } = situation.installation;
  const document = await bundleDocument(tx, digest, mode);
  const ending = { outcome, statement, readBack: [], epoch };
  await endBundle(tx, context, situation, document, found.keyVersion, ending, now);
  await appendEvent(tx, {
    type: `bundle-${outcome}`,
    ...(adminId === undefined ? {} : { adminId }),
    subject: hexToBytes(digest),
    facts: { code },
  });
}

/** A package that no bundle has answered yet. One that nobody saw needs no receipt. */
async function endOpenPackage(
  tx: Queryable,
  situation: Situation,
  nonce: string,
  { outcome, statement }: RequestEnding,
  now: Date,
): Promise<void> {
  const found = await findPackage(tx, nonce);
  if (found === undefined || (found.state !== 'released' && found.state !== 'requested')) return;
  if (found.digest === null) return withdrawPackage(tx, nonce, 'withdrawn');
  await tx.run(`UPDATE conclave.packages SET state = 'spent' WHERE nonce = $1`, [
    hexToBytes(nonce),
  ]);
  const facts = {
    kind: found.kind,
    outcome,
    nonce,
    packageDigest: found.digest,
    bundleDigest: null,
    ceremonyId: null,
    keyVersion: found.keyVersion,
    epoch: situation.installation.epoch,
    statement,
    readBack: [],
  };
  await issueReceipt(tx, situation, facts, now);
}
