/**
 * CheckTick's two audit tables, written as CheckTick writes them.
 *
 * Entries of a recovery request form a hash chain: SHA-256 of Python's
 * `json.dumps(…, sort_keys=True)` with an *empty* timestamp, because CheckTick hashes before it
 * sets one. So its own check never succeeds; Conclave's evidence is the receipt.
 * @module
 */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';

export type Severity = 'info' | 'warning' | 'critical';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** `json.dumps(value, sort_keys=True)` with Python's defaults: `", "`, `": "`, ASCII only. */
export function pythonJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((one: Json) => pythonJson(one)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    return `{${entries.map(([key, one]) => `${pythonJson(key)}: ${pythonJson(one)}`).join(', ')}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export interface RecoveryEntry {
  readonly requestId: string;
  readonly eventType: string;
  readonly severity: Severity;
  /** Null: the system itself. */
  readonly actor: { readonly userId: number; readonly email: string } | null;
  readonly details: { readonly [key: string]: Json };
  readonly at: Date;
}

/** What CheckTick hashes, as text. */
export function hashedText(entry: Omit<RecoveryEntry, 'at'>, previousHash: string): string {
  return pythonJson({
    recovery_request_id: entry.requestId,
    timestamp: '',
    event_type: entry.eventType,
    severity: entry.severity,
    actor_type: entry.actor === null ? 'system' : 'admin',
    actor_id: entry.actor?.userId ?? null,
    actor_email: entry.actor?.email ?? null,
    details: entry.details,
    previous_hash: previousHash,
  });
}

const last = z.object({ hash: columns.text });

/** Appends to the chain of a request. The caller holds the lock on the request's row. */
export async function writeRecoveryEntry(tx: Queryable, entry: RecoveryEntry): Promise<void> {
  const [before] = await tx.rows(
    last,
    `SELECT entry_hash AS hash FROM surveys_recoveryauditentry
      WHERE recovery_request_id = $1 ORDER BY "timestamp" DESC, id DESC LIMIT 1`,
    [entry.requestId],
  );
  const previous = before?.hash ?? '';
  const hash = createHash('sha256').update(hashedText(entry, previous), 'utf8').digest('hex');
  await tx.run(
    `INSERT INTO surveys_recoveryauditentry
       (id, recovery_request_id, "timestamp", event_type, severity, actor_type, actor_id,
        actor_email, actor_ip, actor_user_agent, details, entry_hash, previous_hash,
        forwarded_to_siem, forwarded_at)
     VALUES ($1, $2,
       -- Later than the entry before it, whose order the chain follows.
       greatest($3::timestamptz, (SELECT max("timestamp") + interval '1 microsecond'
         FROM surveys_recoveryauditentry WHERE recovery_request_id = $2)),
       $4, $5, $6, $7, $8, NULL, '', $9, $10, $11, false, NULL)`,
    [
      randomUUID(),
      entry.requestId,
      entry.at,
      entry.eventType,
      entry.severity,
      entry.actor === null ? 'system' : 'admin',
      entry.actor?.userId ?? null,
      entry.actor?.email ?? null,
      entry.details,
      hash,
      previous,
    ],
  );
}

export interface LogEntry {
  readonly actorId: number | null;
  readonly scope: 'survey' | 'security';
  readonly action: 'create' | 'update' | 'key_recovery';
  readonly severity: Severity;
  readonly organisationId?: number;
  readonly surveyId?: number;
  readonly targetUserId?: number;
  readonly metadata: { readonly [key: string]: Json };
  readonly message: string;
  readonly at: Date;
}

/** One row of CheckTick's general audit log. */
export async function writeAuditLog(tx: Queryable, entry: LogEntry): Promise<void> {
  await tx.run(
    `INSERT INTO surveys_auditlog
       (actor_id, scope, organization_id, survey_id, action, target_user_id, metadata, created_at,
        severity, ip_address, user_agent, username_attempted, message)
     VALUES ($1, $2, $10, $3, $4, $5, $6, $7, $8, NULL, '', '', $9)`,
    [
      entry.actorId,
      entry.scope,
      entry.surveyId ?? null,
      entry.action,
      entry.targetUserId ?? null,
      entry.metadata,
      entry.at,
      entry.severity,
      entry.message,
      entry.organisationId ?? null,
    ],
  );
}
