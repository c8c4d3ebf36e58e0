/**
 * Opening a claim, as part of a recovery's commit: which way the user gets in again, decided once.
 * @module
 */
import { z } from 'zod';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { ADDRESS } from '../config/mail.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { mailClaimLink } from '../mail/tell-claim.ts';
import { tellOfRequest } from '../mail/tell.ts';
import type { FlowContext } from './context.ts';
import type { RequestRow } from './requests.ts';

const account = z.object({ address: columns.text, refused: columns.boolean });

/**
 * Keeps the claim and tells the user: with mail set up, by the link with which he sets his own
 * password; else, or where no mail reaches him, only that an admin has something for him.
 */
export async function openClaim(
  tx: Queryable,
  { config }: FlowContext,
  request: RequestRow,
  digest: string,
  now: Date,
): Promise<void> {
  const { mail } = config;
  const { address, refused } = await tx.one(
    account,
    `SELECT email AS address, EXISTS (SELECT FROM conclave.outbox
        WHERE request_id = $2 AND recipient = u.email AND state = 'failed') AS refused
       FROM auth_user u WHERE id = $1`,
    [request.userId, request.id],
  );
  const isReached = ADDRESS.test(address) && !refused;
  const byLink = mail !== undefined && mail.claim === 'link' && isReached;
  const expires = new Date(now.getTime() + config.packageLifetimeDays * 86_400_000);
  await tx.run(
    `INSERT INTO conclave.claims (bundle_digest, created_at, expires_at, way, address)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [hexToBytes(digest), now, expires, ...(byLink ? ['link', address] : ['passphrase', ''])],
  );
  if (byLink) {
    await mailClaimLink(tx, mail, digest, now);
    return;
  }
  if (mail?.claim === 'link') {
    // The way with fewer protections: whoever looks at the history must see why it was taken.
    await appendEvent(tx, { type: 'claim-without-mail', subject: hexToBytes(digest) });
  }
  await tellOfRequest(tx, config, request, 'completed');
}
