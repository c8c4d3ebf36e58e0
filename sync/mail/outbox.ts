/**
 * The outbox: mails go in with the change they tell of, in its transaction, and out at least once.
 * A mail is taken for ten minutes before it is sent, so no two replicas send it; it goes out twice
 * only when a process dies between the server's "accepted" and the row that says so. Its
 * Message-ID is the same both times.
 * @module
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Database, Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import type { Transport } from './transport.ts';

export interface Mail {
  /** What is told to whom: the same key is queued once. */
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly requestId: string | null;
  /** Hex. */
  readonly bundleDigest?: string;
  /** Whom it is to, by name: for the history, which shows no addresses. */
  readonly person?: string;
  /** Called only when the mail is new: its links are made with it. */
  readonly body: () => Promise<string>;
}

/** Queues inside the caller's transaction. @returns whether it was new */
export async function enqueue(tx: Queryable, mail: Mail, now: Date): Promise<boolean> {
  const added = await tx.run(
    `INSERT INTO conclave.outbox
       (key, recipient, subject, body, next_at, request_id, bundle_digest, person, created_at)
     VALUES ($1, $2, $3, '', $4, $5, $6, $7, $4) ON CONFLICT (key) DO NOTHING`,
    [
      mail.key,
      mail.to,
      mail.subject,
      now,
      mail.requestId,
      mail.bundleDigest === undefined ? null : hexToBytes(mail.bundleDigest),
      mail.person ?? '',
    ],
  );
  if (added === 0) return false;
  await tx.run('UPDATE conclave.outbox SET body = $2 WHERE key = $1', [
    mail.key,
    await mail.body(),
  ]);
  return true;
}

const taken = z.object({
  id: columns.integer,
  key: columns.text,
  recipient: columns.text,
  subject: columns.text,
  body: columns.text,
  attempts: columns.integer,
  bundle: columns.bytes.nullable(),
  person: columns.text,
  createdAt: columns.time,
});
type Taken = z.infer<typeof taken>;

/** How long a process may take over one mail; longer than the transport's own limit. */
const LEASE = 600_000;
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 3_600_000;
/** After this long without success it is given up. */
const PATIENCE = 5 * 86_400_000;

/** Sends what is due. @returns how many went out */
export async function sendDue(database: Database, transport: Transport): Promise<number> {
  for (let sent = 0; ;) {
    const { now } = await databaseTime(database);
    const mail = await database.maybe(
      taken,
      `UPDATE conclave.outbox SET next_at = $2, attempts = attempts + 1
        WHERE id = (SELECT id FROM conclave.outbox WHERE state = 'waiting' AND next_at <= $1
                     ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, key, recipient, subject, body, attempts, bundle_digest AS bundle, person,
                  created_at AS "createdAt"`,
      [now, new Date(now.getTime() + LEASE)],
    );
    if (mail === undefined) return sent;
    const outcome = await transport.send({
      to: mail.recipient,
      subject: mail.subject,
      text: mail.body,
      id: createHash('sha256').update(mail.key).digest('hex').slice(0, 32),
    });
    if (outcome.kind === 'accepted') {
      await end(database, mail, 'sent', '');
      sent += 1;
    } else if (outcome.kind === 'refused') {
      await end(database, mail, 'failed', outcome.why);
    } else {
      await later(database, mail, outcome.why, now);
    }
  }
}

async function end(
  database: Database,
  mail: Taken,
  state: 'sent' | 'failed',
  why: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    await tx.run(
      `UPDATE conclave.outbox SET state = $2, body = '', last_error = $3, sent_at = $4
        WHERE id = $1 AND state = 'waiting'`,
      [mail.id, state, why, state === 'sent' ? now : null],
    );
    if (state === 'failed') {
      await appendEvent(tx, {
        type: 'mail-failed',
        ...(mail.bundle === null ? {} : { subject: mail.bundle }),
        facts: { mail: mail.id, why, ...(mail.person === '' ? {} : { people: [mail.person] }) },
      });
    }
  });
}

async function later(database: Database, mail: Taken, why: string, now: Date): Promise<void> {
  if (now.getTime() - mail.createdAt.getTime() > PATIENCE) {
    await end(database, mail, 'failed', why);
    return;
  }
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(mail.attempts - 1, 10));
  await database.run(
    `UPDATE conclave.outbox SET next_at = $2, last_error = $3 WHERE id = $1 AND state = 'waiting'`,
    [mail.id, new Date(now.getTime() + wait), why],
  );
}
