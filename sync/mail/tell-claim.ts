/**
 * What the user of a recovered survey is mailed: his link, and the end of his claim. Every function
 * is called inside the transaction of the change it tells of.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../shared/bundle/approval.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { SyncConfig } from '../config/config.ts';
import type { MailConfig } from '../config/mail.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import {
  claimBody,
  claimSubject,
  type ClaimTold,
  linkBody,
  linkSubject,
} from './claim-messages.ts';
import { createLink } from './links.ts';
import { inWords } from './messages.ts';
import { enqueue } from './outbox.ts';

const about = z.object({
  requestId: columns.uuid,
  code: columns.text,
  surveyId: columns.integer,
  surveyName: columns.text,
  address: columns.text,
  expiresAt: columns.time,
  links: columns.integer,
});
type About = z.infer<typeof about>;

/** Only of claims by link. */
const ABOUT = `SELECT r.id AS "requestId", r.request_code AS code, r.survey_id AS "surveyId",
    s.name AS "surveyName", c.address, c.expires_at AS "expiresAt",
    (SELECT count(*) FROM conclave.links l
      WHERE l.bundle_digest = c.bundle_digest AND l.purpose = 'claim') AS links
  FROM conclave.claims c
  JOIN conclave.bundles b ON b.digest = c.bundle_digest
  JOIN conclave.packages p ON p.nonce = b.nonce
  JOIN surveys_recoveryrequest r ON r.id = p.request_id
  JOIN surveys_survey s ON s.id = r.survey_id
  WHERE c.bundle_digest = $1 AND c.way = 'link'`;

// SECURITY: foreign text becomes one line before it comes near a header.
const surveyOf = ({ surveyId, surveyName }: About): string =>
  `survey ${surveyId} (${asOneLine(surveyName, 80)})`;

const keyOfLink = (digest: string, number: number): string => `claim:${digest}:link:${number}`;

/** Mails a fresh link; those of before are void, and a mail that still waits with one is not sent. */
export async function mailClaimLink(
  tx: Queryable,
  mail: MailConfig,
  digest: string,
  now: Date,
): Promise<void> {
  const found = await tx.one(about, ABOUT, [hexToBytes(digest)]);
  const survey = surveyOf(found);
  await voidClaimLinks(tx, digest, 'replaced', now);
  await enqueue(
    tx,
    {
      key: keyOfLink(digest, found.links + 1),
      to: found.address,
      requestId: found.requestId,
      subject: linkSubject(survey),
      body: async () => {
        const link = await createLink(
          tx,
          {
            requestId: found.requestId,
            bundleDigest: digest,
            address: found.address,
            expiresAt: found.expiresAt,
          },
          now,
          'claim',
        );
        return linkBody({
          survey,
          code: found.code,
          at: inWords(now),
          link: `${mail.linksUrl}/claim/${link}`,
          until: inWords(found.expiresAt),
          isFirst: found.links === 0,
        });
      },
    },
    now,
  );
}

/** No link of this claim works any more, and none goes out. */
export async function voidClaimLinks(
  tx: Queryable,
  digest: string,
  why: 'replaced' | 'ended',
  now: Date,
): Promise<void> {
  await tx.run(
    `UPDATE conclave.links SET used_at = $2, outcome = $3
      WHERE bundle_digest = $1 AND purpose = 'claim' AND used_at IS NULL`,
    [hexToBytes(digest), now, why],
  );
  await tx.run(
    `UPDATE conclave.outbox SET state = 'failed', body = '', last_error = $2
      WHERE key LIKE $1 AND state = 'waiting'`,
    [`claim:${digest}:link:%`, why],
  );
}

/** Tells the user how his claim by link ended, once. The other way nobody is told here. */
export async function tellOfClaim(
  tx: Queryable,
  { mail }: SyncConfig,
  digest: string,
  told: ClaimTold,
  now: Date,
): Promise<void> {
  if (mail === undefined) return;
  const found = await tx.maybe(about, ABOUT, [hexToBytes(digest)]);
  if (found === undefined) return;
  const survey = surveyOf(found);
  await enqueue(
    tx,
    {
      key: `claim:${digest}:${told}`,
      to: found.address,
      requestId: found.requestId,
      subject: claimSubject(told, survey),
      body: async () => claimBody(told, { survey, code: found.code, at: inWords(now) }),
    },
    now,
  );
}

const sending = z.object({
  state: z.enum(['waiting', 'sent', 'failed']),
  sentAt: columns.time.nullable(),
  why: columns.text,
});
export type LinkMail = z.infer<typeof sending>;

/** How the mail with the newest link of a claim stands. */
export async function newestLinkMail(on: Queryable, digest: string): Promise<LinkMail | undefined> {
  return on.maybe(
    sending,
    `SELECT state, sent_at AS "sentAt", last_error AS why FROM conclave.outbox
      WHERE key LIKE $1 ORDER BY id DESC LIMIT 1`,
    [`claim:${digest}:link:%`],
  );
}
