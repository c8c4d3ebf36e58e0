/**
 * What waits, for whom, and what whoever asks may do about it.
 * @module
 */
import { z } from 'zod';
import { formatTime } from '../../shared/encoding/schema.ts';
import { type Admin, listAdmins } from '../admins/admins.ts';
import { databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import { queuedBundles } from '../flows/bundles/bundles.ts';
import type { FlowContext } from '../trust/context.ts';
import type { QueuePart } from '../database/lists.ts';
import { queuedPackages } from '../flows/package-rows/rows.ts';
import { CLOSED, queuedRequests } from '../flows/requests/requests.ts';
import type { QueueAnswer, QueueItem } from './page-answers.ts';
import { adminItems } from './queue-admin.ts';
import { bundleItems } from './queue-bundle.ts';
import { packageItems } from './queue-package.ts';
import { requestItems } from './queue-request.ts';

/** Of each kind that is open, and that has ended: the page stays usable however much there is. */
const AT_MOST = { open: 50, ended: 20 };

const openRow = z.object({ n: columns.integer });
/** Everything that is open; a package with a bundle is told of by that. */
const OPEN = `
  SELECT (SELECT count(*) FROM surveys_recoveryrequest WHERE status <> ALL ($1::text[]))
       + (SELECT count(*) FROM conclave.bundles WHERE finished_at IS NULL)
       + (SELECT count(*) FROM conclave.packages p WHERE state IN ('requested', 'released')
            AND NOT EXISTS (SELECT FROM conclave.bundles b WHERE b.nonce = p.nonce)) AS n`;

/**
 * Yours first, then what is open, then what has ended; each newest first. Where there is too much,
 * what waits for people is taken before what waits for time, and `hidden` says how much was left out.
 */
export async function queueFor(context: FlowContext, admin: Admin): Promise<QueueAnswer> {
  const { database } = context;
  const asker = { context, admin };
  const { now } = await databaseTime(database);
  const both = async <Row>(list: (part: QueuePart) => Promise<Row[]>): Promise<Row[]> => [
    ...(await list({ open: true, atMost: AT_MOST.open })),
    ...(await list({ open: false, atMost: AT_MOST.ended })),
  ];
  const requests = await both((part) => queuedRequests(database, part));
  const packages = await both((part) => queuedPackages(database, part));
  const bundles = await both((part) => queuedBundles(database, part));
  const items = [
    ...(await requestItems(asker, requests, now)),
    ...(await packageItems(asker, packages, now)),
    ...(await bundleItems(asker, bundles, now)),
  ];
  const { n } = await database.one(openRow, OPEN, [CLOSED]);
  const hidden = Math.max(0, n - items.filter(({ open }) => open).length);
  items.push(...(await adminItems(asker, await listAdmins(database))));
  const rank = ({ yours, open }: QueueItem): number => (yours ? 0 : open ? 1 : 2);
  return {
    now: formatTime(now),
    hidden,
    items: items.sort((a, b) => rank(a) - rank(b) || (a.at < b.at ? 1 : -1)),
  };
}
