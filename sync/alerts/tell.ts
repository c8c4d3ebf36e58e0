/**
 * Mails to those on call: admins who asked for it, at the address that CheckTick has of them.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../shared/bundle/approval.ts';
import { ADDRESS } from '../config/mail.ts';
import type { SyncConfig } from '../config/config.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { inWords } from '../mail/messages.ts';
import { enqueue } from '../mail/outbox.ts';
import type { Alert } from './kinds.ts';

const onCall = z.object({ address: columns.text });

/** The mail addresses of active admins on call; those without a usable one hear nothing. */
export async function onCallAddresses(on: Queryable): Promise<string[]> {
  const rows = await on.rows(
    onCall,
    `SELECT DISTINCT u.email AS address FROM conclave.admins a JOIN auth_user u ON u.id = a.user_id
      WHERE a.on_call AND a.state = 'active' AND a.kind = 'person'`,
  );
  return rows.map(({ address }) => address).filter((address) => ADDRESS.test(address));
}

const WORDS = { begun: 'Alert', lasts: 'Still', ended: 'Ended' } as const;

/** Part of the transaction that opens or closes the alert. Without mail settings nothing is sent. */
export async function tellOnCall(
  tx: Queryable,
  { mail, people }: SyncConfig,
  alert: Alert,
  how: keyof typeof WORDS,
  now: Date,
): Promise<void> {
  if (mail === undefined) return;
  const page = people.site?.origin;
  for (const address of await onCallAddresses(tx)) {
    await enqueue(
      tx,
      {
        key: `alert:${alert.id}:${how}:${now.toISOString()}:${address}`,
        to: address,
        requestId: null,
        subject: asOneLine(`${WORDS[how]} (${alert.severity}): ${alert.happened}`, 150),
        body: async () =>
          [
            how === 'ended' ? `This has ended: ${alert.happened}` : alert.happened,
            ...(how === 'ended' ? [] : [alert.means, alert.next]),
            [
              `First seen ${inWords(new Date(alert.openedAt))}. All alerts: conclave-sync alert list`,
              ...(page === undefined ? [] : [`or ${page}`]),
            ].join(' '),
            'This mail was sent automatically by Conclave sync to those on call.',
          ].join('\n\n'),
      },
      now,
    );
  }
}
