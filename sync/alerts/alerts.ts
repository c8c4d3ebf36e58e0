/**
 * Alerts as rows: each condition is opened once, told once by whichever replica wrote it down,
 * told again every day while it lasts, and closed when it is gone.
 * @module
 */
import { z } from 'zod';
import { formatTime } from '../../shared/encoding/schema.ts';
import { columns } from '../database/columns.ts';
import { advanceClock, databaseTime } from '../database/clock.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import type { FlowContext } from '../trust/context.ts';
import { look } from './conditions.ts';
import { type Alert, type AlertKind, ALERTS, isAlertKind } from './kinds.ts';
import { tellOnCall } from './tell.ts';

/** How long an open alert stays untold before those on call hear of it again. Milliseconds. */
const AGAIN_AFTER = 86_400_000;

const row = z.object({
  id: columns.integer,
  kind: columns.text,
  subject: columns.text,
  openedAt: columns.time,
  closedAt: columns.time.nullable(),
});
type Row = z.infer<typeof row>;

const SELECT = `id, kind, subject, opened_at AS "openedAt", closed_at AS "closedAt"`;

function meant({ id, kind, subject, openedAt, closedAt }: Row): Alert[] {
  // A kind that an older or newer sync knows is that sync's to say.
  if (!isAlertKind(kind)) return [];
  const { severity, says } = ALERTS[kind];
  return [
    {
      id,
      kind,
      severity,
      subject,
      ...says(subject),
      openedAt: formatTime(openedAt),
      closedAt: closedAt === null ? null : formatTime(closedAt),
    },
  ];
}

/** Open ones first, the gravest first, then the newest; of the ended, the latest 100. */
export async function listAlerts(on: Queryable): Promise<Alert[]> {
  const rows = await on.rows(
    row,
    `(SELECT ${SELECT} FROM conclave.alerts WHERE closed_at IS NULL)
     UNION ALL
     (SELECT ${SELECT} FROM conclave.alerts WHERE closed_at IS NOT NULL
       ORDER BY closed_at DESC LIMIT 100)`,
  );
  const rank = (one: Alert): number =>
    one.closedAt !== null ? 2 : one.severity === 'critical' ? 0 : 1;
  return rows
    .flatMap(meant)
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (b.closedAt ?? b.openedAt).localeCompare(a.closedAt ?? a.openedAt) ||
        b.id - a.id,
    );
}

/** Looks, and brings rows and mails up to what is so now. Safe in every replica at once. */
export async function watchAlerts(context: FlowContext): Promise<void> {
  const { database } = context;
  await advanceClock(database);
  const { judged, conditions } = await look(context);
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    for (const { kind, subject } of conditions) {
      const opened = await tx.maybe(
        row,
        `INSERT INTO conclave.alerts (kind, subject, opened_at) VALUES ($1, $2, $3)
         ON CONFLICT (kind, subject) WHERE closed_at IS NULL DO NOTHING RETURNING ${SELECT}`,
        [kind, subject, now],
      );
      if (opened === undefined) continue;
      await appendEvent(tx, { type: 'alert-opened', facts: { alert: kind, about: subject } });
    }
    await closeGone(tx, context, judged, conditions, now);
    await tellOpen(tx, context, now);
  });
}

async function closeGone(
  tx: Queryable,
  { config }: FlowContext,
  judged: readonly AlertKind[],
  conditions: readonly { readonly kind: string; readonly subject: string }[],
  now: Date,
): Promise<void> {
  const lasting = new Set(conditions.map(({ kind, subject }) => `${kind} ${subject}`));
  const open = await tx.rows(
    row,
    `SELECT ${SELECT} FROM conclave.alerts WHERE closed_at IS NULL ORDER BY id FOR UPDATE`,
  );
  for (const one of open) {
    if (!judged.some((kind) => kind === one.kind) || lasting.has(`${one.kind} ${one.subject}`)) {
      continue;
    }
    await tx.run('UPDATE conclave.alerts SET closed_at = $2 WHERE id = $1', [one.id, now]);
    await appendEvent(tx, {
      type: 'alert-closed',
      facts: { alert: one.kind, about: one.subject },
    });
    for (const alert of meant(one)) await tellOnCall(tx, config, alert, 'ended', now);
  }
}

/** New ones, and those that last since a day without a word. */
async function tellOpen(tx: Queryable, { config }: FlowContext, now: Date): Promise<void> {
  const due = await tx.rows(
    row,
    `UPDATE conclave.alerts SET told_at = $1
      WHERE closed_at IS NULL AND (told_at IS NULL OR told_at < $2) RETURNING ${SELECT}`,
    [now, new Date(now.getTime() - AGAIN_AFTER)],
  );
  for (const alert of due.flatMap(meant)) {
    await tellOnCall(
      tx,
      config,
      alert,
      alert.openedAt === formatTime(now) ? 'begun' : 'lasts',
      now,
    );
  }
}
