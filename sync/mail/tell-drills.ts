/**
 * Tells custodians that their share is to be proved: once for each share and due date, in whatever
 * replica looks first. Without mail nobody is told; those on call hear of it all the same.
 * @module
 */
import { ADDRESS } from '../config/mail.ts';
import type { FlowContext } from '../trust/context.ts';
import { type DrillContext, drills } from '../versions/drills.ts';
import { dueBody, type DueShare, dueSubject } from './drill-messages.ts';
import { enqueue } from './outbox.ts';

/** Days before the due date on which they are told: time to agree on a day. */
const TOLD_BEFORE = 30;

/**
 * @returns how many mails were new
 * @throws Refusal of database/refusals.ts or vault/refusals.ts when a part cannot be asked
 */
export async function tellDrills(
  context: DrillContext & Pick<FlowContext, 'config'>,
): Promise<number> {
  const { database, config } = context;
  if (config.mail === undefined) return 0;
  const { now, sets } = await drills(context);
  const soon = new Date(now.getTime() + TOLD_BEFORE * 86_400_000);
  let told = 0;
  for (const { manifest, label, count, shares } of sets) {
    for (const { index, custodian, address, dueAt, failed } of shares) {
      if (dueAt > soon || address === null || !ADDRESS.test(address)) continue;
      const share: DueShare = { custodian, index, count, label, dueAt, failed: failed !== null };
      const mail = {
        key: `drill:${manifest}:${index}:${dueAt.toISOString()}`,
        to: address,
        requestId: null,
        person: `${custodian} (custodian)`,
        subject: dueSubject(share),
        body: async () => dueBody(share),
      };
      if (await database.transaction((tx) => enqueue(tx, mail, now))) told += 1;
    }
  }
  return told;
}
