/**
 * One recovery as a whole: the request, its steps and history, its packages and bundles, and what
 * whoever asks may do about each.
 * @module
 */
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Admin } from '../admins/admins.ts';
import { delayHoursFor } from '../config/config.ts';
import { databaseTime } from '../database/clock.ts';
import { bundlesOfRequest, FINAL } from '../flows/bundles/bundles.ts';
import { heldClaims } from '../flows/claims/rows.ts';
import type { FlowContext } from '../trust/context.ts';
import { isOpen, packagesOfRequest } from '../flows/package-rows/rows.ts';
import { historyOfRequest } from '../flows/requests/history.ts';
import { CLOSED, requestByCode } from '../flows/requests/requests.ts';
import { missingCheck } from '../flows/requests/verifications.ts';
import { bundleItems } from './queue-bundle.ts';
import { packageItems } from './queue-package.ts';
import { requestItems } from './queue-request.ts';
import { is } from './queue-standing.ts';
import type { RecoveryAnswer } from './recovery-answers.ts';
import { stepsOf } from './recovery-steps.ts';
import { showRequest } from './show-request.ts';

/** @throws Refusal `request-unknown` */
export async function recoveryOf(
  context: FlowContext,
  admin: Admin,
  code: string,
): Promise<RecoveryAnswer> {
  const { database, config } = context;
  const asker = { context, admin };
  const { now: clock } = await databaseTime(database);
  const now = formatTime(clock);
  const row = await requestByCode(database, code);
  const request = await showRequest(database, row);
  const packages = await packagesOfRequest(database, row.id);
  const bundles = await bundlesOfRequest(database, row.id);
  const answered = new Set(bundles.map(({ nonce }) => nonce));
  const current = packages.find((one) => isOpen(one, clock))?.state;
  const ended = CLOSED.includes(row.status);
  const missing = missingCheck(request.checks);
  const mayCheck = is(admin, 'operator') && !ended && missing !== undefined;
  const held = await heldClaims(
    database,
    bundles.map(({ digest }) => digest),
  );
  const unanswered = packages.filter(({ nonce }) => !answered.has(nonce));
  const files = [
    ...(await bundleItems(asker, bundles, clock)),
    ...(await packageItems(asker, unanswered, clock)),
  ];
  const [item] = await requestItems(asker, [row], clock);
  if (item === undefined) throw new Error('the item of a request is missing');
  return {
    now,
    request,
    item,
    steps: stepsOf({
      status: row.status,
      delayUntil: request.delayUntil,
      now,
      checked: missing === undefined,
      approvals: request.approvals.length,
      package: current === 'requested' || current === 'released' ? current : null,
      bundleOpen: bundles.some(({ state }) => !FINAL.includes(state)),
      bundleUnusual: bundles.some(({ state }) => state === 'verified'),
      committing: bundles.some(({ state }) => state === 'committing'),
      held: held.size > 0,
    }),
    history: (await historyOfRequest(database, row.id)).map(({ at, ...one }) => ({
      at: formatTime(at),
      ...one,
    })),
    files: files.sort((a, b) => (a.at < b.at ? 1 : -1)),
    leastDelayHours: delayHoursFor(config, 'recover'),
    check: {
      open: mayCheck && admin.userId !== row.userId,
      whyNot: mayCheck && admin.userId === row.userId ? 'You are the user yourself.' : null,
    },
    ticket:
      is(admin, 'operator') &&
      current === undefined &&
      ['in_time_delay', 'ready_for_execution'].includes(row.status),
  };
}
