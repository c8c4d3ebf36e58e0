/**
 * Who is told what. Every function is called inside the transaction of the change it tells of.
 * Without mail settings nothing is queued.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { ADDRESS } from '../../config/mail.ts';
import type { SyncConfig } from '../../config/config.ts';
import { databaseTime } from '../../database/clock.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import type { RequestRow } from './requests.ts';
import { createLink, LINK_DAYS } from '../../mail/links.ts';
import { bodyOf, inWords, MESSAGES, type Told } from '../../mail/messages.ts';
import { enqueue } from '../../mail/outbox.ts';

type About = Pick<RequestRow, 'id' | 'code' | 'surveyId' | 'surveyName' | 'userId'>;

const people = z.object({ address: columns.text, isUser: columns.boolean });

/** Told at every step: the user. When it was stopped: whoever asked and approved, too. */
async function addresses(tx: Queryable, { id }: About, told: Told) {
  const found = await tx.rows(
    people,
    `SELECT DISTINCT u.email AS address, u.id = r.user_id AS "isUser"
       FROM surveys_recoveryrequest r
       LEFT JOIN conclave.requests c ON c.request_id = r.id
       LEFT JOIN conclave.admins a ON a.id = c.created_by
       JOIN auth_user u ON u.id = r.user_id OR ($2 AND u.id IN
         (a.user_id, r.primary_approver_id, r.secondary_approver_id))
      WHERE r.id = $1`,
    [id, told === 'stopped'],
  );
  return found.filter(({ address }) => address !== '');
}

/** Tells of one step of a request, once, however often it is called. */
export async function tellOfRequest(
  tx: Queryable,
  { mail }: SyncConfig,
  request: About,
  told: Told,
  facts: { readonly until?: Date } = {},
): Promise<void> {
  if (mail === undefined) return;
  const { now } = await databaseTime(tx);
  const message = MESSAGES[told];
  // SECURITY: foreign text becomes one line before it comes near a header.
  const survey = `survey ${request.surveyId} (${asOneLine(request.surveyName, 80)})`;
  for (const { address, isUser } of await addresses(tx, request, told)) {
    if (!ADDRESS.test(address)) {
      await appendEvent(tx, { type: 'mail-no-address', facts: { code: request.code, told } });
      continue;
    }
    await enqueue(
      tx,
      {
        key: `request:${request.id}:${told}:${address}`,
        to: address,
        requestId: request.id,
        subject: `${message.subject}: ${survey}`,
        body: async () => {
          const link =
            isUser && message.hasLink
              ? await createLink(
                  tx,
                  {
                    requestId: request.id,
                    bundleDigest: null,
                    address,
                    expiresAt: new Date(now.getTime() + LINK_DAYS * 86_400_000),
                  },
                  now,
                )
              : undefined;
          return bodyOf(told, {
            survey,
            code: request.code,
            at: inWords(now),
            ...(facts.until === undefined ? {} : { until: inWords(facts.until) }),
            ...(link === undefined ? {} : { link: `${mail.linksUrl}/object/${link}` }),
          });
        },
      },
      now,
    );
  }
}
