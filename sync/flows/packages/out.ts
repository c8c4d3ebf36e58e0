/**
 * How a package leaves: what each says of the sync that made it, and the two ways out. One without
 * secrets is released as it is asked for; one with half of the key, when two approved.
 * @module
 */
import { type Package, type PackageDocument, packageType } from '../../../shared/bundle/package.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent, saveDocument } from '../../database/documents.ts';
import type { Beginner } from '../bundles/commit-kind.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { assertInTime, assertKeyReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { keepReleased } from './asked.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { receiptHead } from '../bundles/receipts.ts';

/** What stands in a package whatever its kind. */
export async function packageHead(
  on: Queryable,
  { installation, now }: Situation,
  { nonce, expiresAt }: { readonly nonce: string; readonly expiresAt: Date },
) {
  const { mode, audience, epoch } = installation;
  return {
    mode,
    audience,
    nonce,
    epoch,
    issuedAt: formatTime(now),
    expiresAt: formatTime(expiresAt),
    receiptHead: await receiptHead(on),
  };
}

/** Kinds that bring no secret. */
type OpenPackage = Extract<
  Package,
  { readonly kind: 'setup' | 'roster' | 'drill' | 'activate' | 'retire' | 'refresh' | 'add-set' }
>;

/**
 * Signs a package without secrets and hands it out.
 * @param asked `recipientPath`: where its one-time key lies in Vault, if it has one; `told`: what the
 *   event says beside kind, key version and nonce
 */
export async function releaseAtOnce(
  { database }: FlowContext,
  { identity, now }: Situation,
  body: OpenPackage,
  asked: {
    readonly by: Beginner;
    readonly expiresAt: Date;
    readonly recipientPath?: string;
    readonly told?: Readonly<Record<string, string | boolean>>;
  },
): Promise<PackageDocument> {
  const { kind, keyVersion, nonce } = body;
  const { by, expiresAt, recipientPath = null, told } = asked;
  const adminId = by === 'console' ? null : by.id;
  const document = await packageType.sign(body, [identity.signer]);
  const digest = hexToBytes(document.digest);
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'package', digest, content: packageType.toBytes(document) });
    await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, document_digest,
         recipient_key_path, requested_by, created_at, released_at, expires_at)
       VALUES ($1, $2, 'released', $3, $4, $5, $6, $7, $7, $8)`,
      [hexToBytes(nonce), kind, keyVersion, digest, recipientPath, adminId, now, expiresAt],
    );
    await appendEvent(tx, {
      type: 'package-released',
      ...(adminId === null ? {} : { adminId }),
      subject: digest,
      facts: { kind, keyVersion, nonce, ...told },
    });
  });
  return document;
}

/**
 * Signs a package with half of the key and hands it out, unless another process did.
 * @param release `facts`: what the row remembers from now on, where that is more than before; `told`:
 *   what the event says beside kind, key version and nonce; `assertSame` sees the row once it is
 *   locked, and refuses what was not what the approvers were shown
 * @throws Refusal `release-expired`, `approvals-missing`, `approval-altered`, `end-altered`
 */
export async function releaseByTwo(
  context: FlowContext,
  situation: Situation,
  found: PackageRow,
  release: {
    readonly body: Package;
    readonly recipientPath: string | null;
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly told?: Readonly<Record<string, string>>;
    readonly assertSame?: (locked: PackageRow) => void;
  },
): Promise<void> {
  const { nonce, keyVersion } = found;
  const { body, recipientPath, facts, told, assertSame } = release;
  const document = await packageType.sign(body, [situation.identity.signer]);
  await context.database.transaction(async (tx) => {
    const again = await mustFind(tx, nonce, true);
    if (again.state !== 'requested') return;
    const { now: at } = await databaseTime(tx);
    assertInTime(again, at);
    // SECURITY: by the stored proofs, whatever the columns say: here half of the key leaves.
    await assertKeyReleasedByTwo(tx, { context, situation }, again);
    assertSame?.(again);
    await keepReleased(tx, nonce, {
      kind: body.kind,
      document: { digest: document.digest, content: packageType.toBytes(document) },
      recipientPath,
      at: situation.now,
      ...(facts === undefined ? {} : { facts }),
      told: { keyVersion, ...told },
    });
  });
}
