/**
 * Opening a claim, as part of a recovery's commit: which way the user gets in again, decided once.
 * @module
 */
import { z } from 'zod';
import type { RecoveryBundle } from '../../../shared/bundle/bundle.ts';
import { sameEmail } from '../../../shared/checktick/index.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { ADDRESS } from '../../config/mail.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { mailClaimLink } from '../../mail/tell-claim.ts';
import { tellOfRequest } from '../requests/tell.ts';
import { claimAddress } from './address.ts';
import type { FlowContext } from '../../trust/context.ts';
import type { RequestRow } from '../requests/requests.ts';
import { accountEmailOf } from '../requests/stated-email.ts';

const sending = z.object({ refused: columns.boolean });

/**
 * Keeps the claim and tells the user: with mail set up, by the link with which he sets his own
 * password; else, or where no mail reaches him, only that an admin has something for him. Where the
 * link does not go to the account's address, that one is told without it.
 */
export async function openClaim(
  tx: Queryable,
  { config }: FlowContext,
  request: RequestRow,
  { body, digest }: { readonly body: RecoveryBundle; readonly digest: string },
  now: Date,
): Promise<void> {
  const { mail } = config;
  const { target, address } = await claimAddress(tx, body);
  const { refused } = await tx.one(
    sending,
    `SELECT EXISTS (SELECT FROM conclave.outbox
        WHERE request_id = $1 AND recipient = $2 AND state = 'failed') AS refused`,
    [request.id, address],
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
    const account = await accountEmailOf(tx, request.userId);
    if (!sameEmail(account, address)) await tellOfRequest(tx, config, request, 'completed');
    return;
  }
  if (mail?.claim === 'link') {
    // The way with fewer protections: whoever looks at the history must see why it was taken.
    const type = target === null ? 'claim-address-unproved' : 'claim-without-mail';
    await appendEvent(tx, { type, subject: hexToBytes(digest) });
  }
  await tellOfRequest(tx, config, request, 'completed');
}
