/**
 * Whether CheckTick's tables are those that sync was written for: asked before a commit depends on
 * it. Its version is not asked, because a table that was altered by hand has none.
 * @module
 */
import { z } from 'zod';
import { columns } from './columns.ts';
import type { Queryable } from './database.ts';

/** Columns that sync reads or writes, by PostgreSQL's `format_type`. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  auth_user: {
    id: 'integer',
    username: 'character varying(150)',
    first_name: 'character varying(150)',
    last_name: 'character varying(150)',
    email: 'character varying(254)',
    is_active: 'boolean',
  },
  surveys_survey: {
    id: 'bigint',
    name: 'character varying(255)',
    encrypted_kek_password: 'bytea',
  },
  surveys_organization: {
    id: 'bigint',
  },
  surveys_platformkeyversion: {
    version: 'character varying(20)',
    vault_component: 'bytea',
    created_at: 'timestamp with time zone',
    activated_at: 'timestamp with time zone',
    retired_at: 'timestamp with time zone',
    shares_last_rotated: 'timestamp with time zone',
    notes: 'text',
  },
  surveys_usersurveykekescrow: {
    id: 'bigint',
    user_id: 'integer',
    survey_id: 'bigint',
    platform_key_version_id: 'character varying(20)',
    vault_path: 'character varying(500)',
    escrowed_at: 'timestamp with time zone',
    email_encrypted: 'boolean',
    recovered_count: 'integer',
    last_recovered_at: 'timestamp with time zone',
    last_recovered_by_id: 'integer',
  },
  surveys_recoveryrequest: {
    id: 'uuid',
    request_code: 'character varying(20)',
    user_id: 'integer',
    survey_id: 'bigint',
    status: 'character varying(50)',
    submitted_at: 'timestamp with time zone',
    verification_completed_at: 'timestamp with time zone',
    approved_at: 'timestamp with time zone',
    time_delay_until: 'timestamp with time zone',
    completed_at: 'timestamp with time zone',
    time_delay_hours: 'integer',
    primary_approver_id: 'integer',
    primary_approved_at: 'timestamp with time zone',
    primary_reason: 'text',
    secondary_approver_id: 'integer',
    secondary_approved_at: 'timestamp with time zone',
    secondary_reason: 'text',
    rejected_by_id: 'integer',
    rejected_at: 'timestamp with time zone',
    rejection_reason: 'text',
    cancelled_by_id: 'integer',
    cancelled_at: 'timestamp with time zone',
    cancellation_reason: 'text',
    executed_by_id: 'integer',
    custodian_component_used: 'boolean',
    vault_recovery_path: 'character varying(500)',
    user_context: 'jsonb',
  },
  surveys_recoveryauditentry: {
    id: 'uuid',
    recovery_request_id: 'uuid',
    timestamp: 'timestamp with time zone',
    event_type: 'character varying(100)',
    severity: 'character varying(20)',
    actor_type: 'character varying(20)',
    actor_id: 'integer',
    actor_email: 'character varying(254)',
    actor_ip: 'inet',
    actor_user_agent: 'text',
    details: 'jsonb',
    entry_hash: 'character varying(64)',
    previous_hash: 'character varying(64)',
    forwarded_to_siem: 'boolean',
    forwarded_at: 'timestamp with time zone',
  },
  surveys_auditlog: {
    id: 'bigint',
    actor_id: 'integer',
    scope: 'character varying(20)',
    organization_id: 'bigint',
    survey_id: 'bigint',
    action: 'character varying(30)',
    target_user_id: 'integer',
    metadata: 'jsonb',
    created_at: 'timestamp with time zone',
    severity: 'character varying(20)',
    ip_address: 'inet',
    user_agent: 'text',
    username_attempted: 'character varying(255)',
    message: 'text',
  },
};

/** How much {@link unlikeCheckTick} judges. */
export const JUDGED = {
  tables: Object.keys(NEEDED).length,
  columns: Object.values(NEEDED).flatMap((table) => Object.keys(table)).length,
} as const;

/** Tables into which sync puts rows of its own. */
const INSERTED: ReadonlySet<string> = new Set([
  'surveys_platformkeyversion',
  'surveys_usersurveykekescrow',
  'surveys_recoveryrequest',
  'surveys_recoveryauditentry',
  'surveys_auditlog',
]);

const found = z.object({
  table: columns.text,
  name: columns.text,
  type: columns.text,
  /** A row without a value for it is refused by the database. */
  must: columns.boolean,
});

/**
 * What differs, a short sentence each, such as `surveys_survey has no column name`; empty where
 * nothing does. Needs no right on the tables.
 */
export async function unlikeCheckTick(on: Queryable): Promise<string[]> {
  const rows = await on.rows(
    found,
    `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
            a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS must
       FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relname = ANY ($1::text[])`,
    [Object.keys(NEEDED)],
  );
  const problems: string[] = [];
  for (const [table, needed] of Object.entries(NEEDED)) {
    const there = rows.filter((row) => row.table === table);
    if (there.length === 0) {
      problems.push(`there is no table ${table}`);
      continue;
    }
    for (const [name, type] of Object.entries(needed)) {
      const column = there.find((row) => row.name === name);
      if (column === undefined) problems.push(`${table} has no column ${name}`);
      else if (column.type !== type) {
        problems.push(`${table}.${name} is ${column.type}, not ${type}`);
      }
    }
    if (!INSERTED.has(table)) continue;
    for (const { name, must } of there) {
      // Django gives its columns no defaults: a new one that may not be empty stops every INSERT.
      if (must && !(name in needed)) problems.push(`${table} demands a column ${name}`);
    }
  }
  return problems;
}

/**
 * The last of CheckTick's own migrations, such as `0044_name`; null where that cannot be read. For
 * people: nothing is judged by it.
 */
export async function checkTickLevel(on: Queryable): Promise<string | null> {
  const { may } = await on.one(
    z.object({ may: columns.boolean.nullable() }),
    `SELECT has_table_privilege(to_regclass('public.django_migrations'), 'SELECT') AS may`,
  );
  if (may !== true) return null;
  const rows = await on.rows(
    z.object({ name: columns.text }),
    `SELECT name FROM public.django_migrations WHERE app = 'surveys' ORDER BY name DESC LIMIT 1`,
  );
  return rows[0]?.name ?? null;
}
