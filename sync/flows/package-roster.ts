/**
 * The package for a change of the roster: no secrets, so it is released at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { type PackageDocument, packageType } from '../../shared/bundle/package.ts';
import { packagedParts } from '../../shared/bundle/packaged-set.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { longestDelayHours } from '../config/config.ts';
import { appendEvent, saveDocument } from '../database/documents.ts';
import type { Beginner } from './commit-kind.ts';
import type { FlowContext } from './context.ts';
import { expiryFrom } from './packages.ts';
import { receiptHead } from './receipts.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { trustedSet } from './trust.ts';

/**
 * @param by who asks; the console asks only when no admin has a key left, and then the ceremony
 *   names two new admins
 * @throws Refusal `no-trust`, `commit-unfinished`
 */
export async function makeRosterPackage(
  context: FlowContext,
  by: Beginner,
  keyVersion: string,
): Promise<PackageDocument> {
  const { database, config } = context;
  await finishOpenCommits(context, keyVersion);
  const { installation, identity, trust, now } = await soundSituation(context);
  const set = await trustedSet(database, trust, keyVersion, installation.mode);
  const replacesAdmins = by === 'console';
  // Its bundle waits through the longest delay and must not expire in it.
  const waits = replacesAdmins ? longestDelayHours(config) * 3_600_000 : 0;
  const expires = new Date(expiryFrom(context, now).getTime() + waits);
  const nonce = randomBytes(16).toString('hex');
  const document = await packageType.sign(
    {
      mode: installation.mode,
      audience: installation.audience,
      nonce,
      kind: 'roster',
      keyVersion,
      epoch: installation.epoch,
      issuedAt: formatTime(now),
      expiresAt: formatTime(expires),
      receiptHead: await receiptHead(database),
      ...packagedParts(set),
      replacesAdmins,
    },
    [identity.signer],
  );
  const digest = hexToBytes(document.digest);
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'package', digest, content: packageType.toBytes(document) });
    await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, document_digest,
         requested_by, created_at, released_at, expires_at)
       VALUES ($1, 'roster', 'released', $2, $3, $4, $5, $5, $6)`,
      [hexToBytes(nonce), keyVersion, digest, by === 'console' ? null : by.id, now, expires],
    );
    await appendEvent(tx, {
      type: 'package-released',
      ...(by === 'console' ? {} : { adminId: by.id }),
      subject: digest,
      facts: { kind: 'roster', keyVersion, nonce, replacesAdmins },
    });
  });
  return document;
}
