/**
 * What waits, for whom, and what whoever asks may do about it.
 * @module
 */
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Admin } from '../admins/admins.ts';
import { databaseTime } from '../database/clock.ts';
import { listBundles } from '../flows/bundles.ts';
import type { FlowContext } from '../flows/context.ts';
import { isOpen, listPackages } from '../flows/package-rows.ts';
import { listRequests } from '../flows/requests.ts';
import type { QueueAnswer, QueueItem } from './page-answers.ts';
import { bundleItem } from './queue-bundle.ts';
import { packageItem } from './queue-package.ts';
import { requestItem } from './queue-request.ts';
import { showBundle, showPackage } from './show.ts';
import { showRequest } from './show-request.ts';

/** Yours first, then what is open, then what has ended; each newest first. */
export async function queueFor(context: FlowContext, admin: Admin): Promise<QueueAnswer> {
  const { database } = context;
  const asker = { context, admin };
  const { now: clock } = await databaseTime(database);
  const now = formatTime(clock);
  const items: QueueItem[] = [];
  const bundles = await listBundles(database);
  const packages = await listPackages(database);
  const served = new Set(packages.filter((one) => isOpen(one, clock)).map((one) => one.requestId));
  for (const row of await listRequests(database)) {
    const beside = { now, served: served.has(row.id) };
    items.push(await requestItem(asker, await showRequest(database, row), beside));
  }
  const answered = new Set(bundles.map(({ nonce }) => nonce));
  for (const row of packages) {
    // Its bundle says the same, and more.
    if (answered.has(row.nonce)) continue;
    items.push(await packageItem(asker, await showPackage(context, row)));
  }
  for (const row of bundles) {
    items.push(await bundleItem(asker, await showBundle(context, row), now));
  }
  const rank = ({ yours, open }: QueueItem): number => (yours ? 0 : open ? 1 : 2);
  return {
    now,
    items: items.sort((a, b) => rank(a) - rank(b) || (a.at < b.at ? 1 : -1)),
  };
}
