/**
 * Looking for what needs a person's eye. Changes nothing.
 * @module
 */
import { z } from 'zod';
import { Refusal } from '../../shared/refusal.ts';
import { openDismissals } from '../approvals/admin-actions.ts';
import { databaseTime, PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { FlowContext } from '../trust/context.ts';
import { daysUntil, drills, leftOf, type SetStanding } from '../versions/drills.ts';
import { requireSameEpochs } from '../trust/epochs.ts';
import { DUE_SOON_DAYS, versionHealth, type VersionHealth } from '../versions/versions.ts';
import { inWords } from '../mail/messages.ts';
import { secretIdState } from '../vault/secret-id-state.ts';
import { type AlertKind, LIMITS } from './kinds.ts';

/** One thing that is so now. */
export interface Condition {
  readonly kind: AlertKind;
  /** Empty where there is one of a kind. */
  readonly subject: string;
}

/**
 * What is so now. A kind that could not be judged (Vault is away) is not in `judged`: it neither
 * begins nor ends.
 */
export interface Look {
  readonly judged: readonly AlertKind[];
  readonly conditions: readonly Condition[];
}

type Watcher = (context: FlowContext) => Promise<readonly string[]>;

const subjects = z.object({ subject: columns.text });

const asked =
  (sql: string, ...values: readonly (string | number)[]): Watcher =>
  async ({ database }) =>
    (await database.rows(subjects, sql, [...values])).map(({ subject }) => subject);

/** Key versions of which something is so. */
const versionsWith =
  (is: (version: VersionHealth) => boolean): Watcher =>
  async (context) =>
    (await versionHealth(context)).versions
      .filter(is)
      .map(({ version }) => `key version ${version}`);

/** Key versions of one of whose share sets something is so. */
const setsWith =
  (is: (set: SetStanding, now: Date) => boolean): Watcher =>
  async (context) => {
    const { sets, now } = await drills(context);
    const found = sets.filter((set) => is(set, now)).map(({ version }) => `key version ${version}`);
    return [...new Set(found)];
  };

/** What waits as a row: requests, packages, bundles, invitations, what differs at read-back. */
const waitingRows: Watcher = (context) =>
  asked(
    `SELECT subject FROM (
         SELECT 'request ' || request_code AS subject, CASE status
             WHEN 'awaiting_secondary' THEN coalesce(primary_approved_at, submitted_at)
             ELSE coalesce(verification_completed_at, submitted_at) END AS since
           FROM surveys_recoveryrequest WHERE status IN ('awaiting_primary', 'awaiting_secondary')
         UNION ALL
         -- Nobody can approve it before the delay of its request is over.
         SELECT 'package ' || left(encode(p.nonce, 'hex'), 8),
                greatest(p.created_at, r.time_delay_until)
           FROM conclave.packages p LEFT JOIN surveys_recoveryrequest r ON r.id = p.request_id
          WHERE p.state = 'requested' AND p.expires_at > ${PRESENT}
         UNION ALL
         SELECT 'bundle ' || left(encode(digest, 'hex'), 8), received_at
           FROM conclave.bundles WHERE state = 'verified'
         UNION ALL
         -- A commit that cannot end before two accept what differs. Its age is the events'.
         SELECT 'difference of bundle ' || left(encode(b.digest, 'hex'), 8),
                ${PRESENT} - (clock_timestamp() - max(e.at))
           FROM conclave.bundles b JOIN conclave.events e ON e.subject = b.digest
          WHERE b.state = 'committing' AND b.kind IN ('recover', 'recover-member')
            AND e.type IN ('difference-found', 'difference-accepted')
          GROUP BY b.digest
         HAVING bool_or(e.type = 'difference-found')
         UNION ALL
         SELECT 'invitation of ' || name, created_at FROM conclave.admins
          WHERE state = 'invited' AND invited_by IS NOT NULL) AS waiting
       WHERE since < ${PRESENT} - $1 * interval '1 minute'`,
    context.config.alertWaitingMinutes,
  )(context);

/** Admins whose disabling one approver has signed. */
const waitingDismissals: Watcher = async ({ database, config }) => {
  const { now } = await databaseTime(database);
  const before = now.getTime() - config.alertWaitingMinutes * 60_000;
  const waiting = await openDismissals(database);
  return waiting
    .filter(({ since }) => since.getTime() < before)
    .map(({ name }) => `disabling of ${name}`);
};

const WATCHERS: Readonly<Record<AlertKind, Watcher>> = {
  'recoveries-many': asked(
    `SELECT '' AS subject FROM conclave.bundles WHERE kind IN ('recover', 'recover-member') AND state = 'committed'
        AND finished_at > ${PRESENT} - interval '1 day' HAVING count(*) > $1`,
    LIMITS.recoveriesADay,
  ),
  'refusals-of-user': asked(
    `SELECT 'user ' || user_id AS subject FROM surveys_recoveryrequest
      WHERE status IN ('rejected', 'cancelled')
        AND coalesce(rejected_at, cancelled_at) > ${PRESENT} - interval '7 days'
      GROUP BY user_id HAVING count(*) >= $1`,
    LIMITS.refusalsAWeek,
  ),
  // Events carry the database's plain clock, so they are compared with that. A bundle that ended
  // with its request names the request: one refusal, not two.
  'refusals-by-admin': asked(
    `SELECT 'admin ' || a.name AS subject FROM conclave.events e
       JOIN conclave.admins a ON a.id = e.admin_id
      WHERE e.at > clock_timestamp() - interval '7 days'
        AND (e.type IN ('request-rejected', 'request-cancelled', 'claim-ended')
             OR (e.type IN ('bundle-refused', 'bundle-objected') AND e.facts ->> 'code' IS NULL))
      GROUP BY a.id HAVING count(*) >= $1`,
    LIMITS.refusalsAWeek,
  ),
  'sign-ins-failed': asked(
    `SELECT '' AS subject FROM (
       SELECT count(*) OVER (ORDER BY at RANGE BETWEEN '1 minute' PRECEDING AND CURRENT ROW) AS n
         FROM conclave.events
        WHERE type = 'sign-in-failed' AND at > clock_timestamp() - interval '15 minutes') AS minutes
     HAVING max(n) > $1`,
    LIMITS.failedSignInsAMinute,
  ),
  'approval-waiting': async (context) => [
    ...(await waitingRows(context)),
    ...(await waitingDismissals(context)),
  ],
  async 'trust-epoch-mismatch'(context) {
    try {
      await requireSameEpochs(context);
      return [];
    } catch (cause) {
      if (!(cause instanceof Refusal) || cause.code !== 'trust-epoch-mismatch') throw cause;
      return [''];
    }
  },
  async 'secret-id-due'(context) {
    const { state, endsAt } = await secretIdState(context);
    if (state === 'ended') return ['has ended'];
    return state === 'due' ? [`ends on ${inWords(new Date(endsAt ?? NaN))}`] : [];
  },
  'key-version-differs': versionsWith(
    ({ componentAgrees, findings }) =>
      componentAgrees === false ||
      findings.some(({ code }) => code === 'row-missing' || code === 'escrow-key-differs'),
  ),
  'share-set-due': versionsWith(({ findings }) =>
    findings.some(({ code }) => code === 'shares-due-soon' || code === 'shares-overdue'),
  ),
  'drill-due': setsWith(({ dueAt }, now) => daysUntil(dueAt, now) <= DUE_SOON_DAYS),
  'share-not-proved': setsWith((set) => leftOf(set) < set.count),
  // That too few people came says nothing of what they hold.
  'test-escrow-shut': setsWith(
    ({ full }) => full !== null && full.result !== 'opened' && full.result !== 'too-few',
  ),
};

/** Looks at everything that can be judged. Throws only what the database, or a fault, throws. */
export async function look(context: FlowContext): Promise<Look> {
  const judged: AlertKind[] = [];
  const conditions: Condition[] = [];
  for (const [kind, watch] of Object.entries(WATCHERS) as [AlertKind, Watcher][]) {
    try {
      const found = await watch(context);
      judged.push(kind);
      conditions.push(...found.map((subject) => ({ kind, subject })));
    } catch (cause) {
      if (!(cause instanceof Refusal) || !cause.code.startsWith('vault-')) throw cause;
    }
  }
  return { judged, conditions };
}
