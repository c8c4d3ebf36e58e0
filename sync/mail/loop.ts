/**
 * Sends the outbox in the background, in every replica.
 * @module
 */
import type { MailConfig } from '../config/mail.ts';
import type { Database } from '../database/database.ts';
import { sendDue } from './outbox.ts';
import { openTransport } from './transport.ts';

/** How often the outbox is looked at, in milliseconds. */
const EVERY = 2_000;

/** @returns stops it, after the mail that is under way */
export async function startSending(
  database: Database,
  mail: MailConfig,
  failed: (cause: unknown) => void,
): Promise<() => Promise<void>> {
  const transport = await openTransport(mail);
  let running = false;
  let latest = Promise.resolve();
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    latest = sendDue(database, transport)
      .then(() => undefined, failed)
      .finally(() => {
        running = false;
      });
  }, EVERY);
  return async () => {
    clearInterval(timer);
    await latest;
    transport.close();
  };
}
