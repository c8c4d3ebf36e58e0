/**
 * The package for refreshed shares: the set in force and the nonce that old and new shares sign. Nothing of
 * Vault goes out, so it is released at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { type PackageDocument, packageType } from '../../shared/bundle/package.ts';
import { packagedParts } from '../../shared/bundle/packaged-set.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Admin } from '../admins/admins.ts';
import { appendEvent, saveDocument } from '../database/documents.ts';
import type { FlowContext } from './context.ts';
import { expiryFrom } from './packages.ts';
import { receiptHead } from './receipts.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { trustedSet } from './trust.ts';

/** @throws Refusal `no-trust`, `commit-unfinished` */
export async function makeRefreshPackage(
  context: FlowContext,
  admin: Admin,
  keyVersion: string,
): Promise<PackageDocument> {
  const { database } = context;
  await finishOpenCommits(context, keyVersion);
  const { installation, identity, trust, now } = await soundSituation(context);
  const set = await trustedSet(database, trust, keyVersion, installation.mode);
  const expires = expiryFrom(context, now);
  const nonce = randomBytes(16).toString('hex');
  const document = await packageType.sign(
    {
      mode: installation.mode,
      audience: installation.audience,
      nonce,
      kind: 'refresh',
      keyVersion,
      epoch: installation.epoch,
      issuedAt: formatTime(now),
      expiresAt: formatTime(expires),
      receiptHead: await receiptHead(database),
      ...packagedParts(set),
    },
    [identity.signer],
  );
  const digest = hexToBytes(document.digest);
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'package', digest, content: packageType.toBytes(document) });
    await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, document_digest,
         requested_by, created_at, released_at, expires_at)
       VALUES ($1, 'refresh', 'released', $2, $3, $4, $5, $5, $6)`,
      [hexToBytes(nonce), keyVersion, digest, admin.id, now, expires],
    );
    await appendEvent(tx, {
      type: 'package-released',
      adminId: admin.id,
      subject: digest,
      facts: { kind: 'refresh', keyVersion, nonce },
    });
  });
  return document;
}
