/**
 * The audit list: sync's diary, what approvers signed, and the mails that were queued, newest
 * first. A page is read from three tables, each from the newest row down by its own index.
 *
 * What comes in meanwhile is newer than any page, so going on where one ended repeats nothing.
 * @module
 */
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Queryable, SqlValue } from '../database/database.ts';
import { type AuditFilter, auditTypes, FOR_AUDITORS, OTHER_TYPES } from './filter.ts';
import { type Place, readPlace, writePlace } from './place.ts';

const row = z.object({
  rank: columns.integer,
  number: columns.integer,
  key: columns.text,
  at: columns.text,
  type: columns.text,
  adminId: columns.uuid.nullable(),
  adminName: columns.text.nullable(),
  subject: columns.text.nullable(),
  facts: columns.json,
  statement: columns.bytes.nullable(),
});
export type AuditRow = z.infer<typeof row>;

/** Values of a query, numbered as they come. */
class Values {
  readonly all: SqlValue[] = [];

  add(value: SqlValue): string {
    this.all.push(value);
    return `$${this.all.length}`;
  }
}

/** SECURITY: what is typed is looked for as it stands; `%` and `_` are no wildcards. */
const like = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** What belongs to a request, from the packages made for it. */
const OF_REQUEST = (code: string): string => `
  SELECT unnest(ARRAY[p.document_digest, p.ticket_digest, b.digest, r.digest])
    FROM conclave.packages p
    LEFT JOIN conclave.bundles b ON b.nonce = p.nonce
    LEFT JOIN conclave.receipts r ON r.nonce = p.nonce
   WHERE p.facts->>'requestCode' = ${code}`;

/** The part of each table that the filter leaves. */
interface Source {
  readonly select: string;
  /** Its time and its keys, for the order. */
  readonly time: string;
  readonly key: string;
  readonly where: string[];
}

function between(filter: AuditFilter, time: string, values: Values): string[] {
  return [
    ...(filter.from === null ? [] : [`${time} >= ${values.add(filter.from)}`]),
    ...(filter.before === null ? [] : [`${time} < ${values.add(filter.before)}`]),
  ];
}

function byName(text: string, adminId: string): string {
  return `EXISTS (SELECT 1 FROM conclave.admins n WHERE n.id = ${adminId} AND n.name ILIKE ${text})`;
}

function events(filter: AuditFilter, values: Values): Source {
  const where = between(filter, 'e.at', values);
  const { types, adminIds, code, hex, text, reader } = filter;
  if (types !== null) where.push(`e.type = ANY(${values.add([...types])}::text[])`);
  if (adminIds !== null) where.push(`e.admin_id = ANY(${values.add([...adminIds])}::uuid[])`);
  if (code !== null) {
    const wanted = values.add(code);
    where.push(
      `(e.facts->>'code' = ${wanted} OR e.facts->>'requestCode' = ${wanted}
        OR e.subject IN (${OF_REQUEST(wanted)}))`,
    );
  }
  if (hex !== null) {
    const wanted = values.add(`${hex}%`);
    where.push(
      `(encode(e.subject, 'hex') LIKE ${wanted} OR e.facts->>'nonce' LIKE ${wanted}
        OR e.facts->>'bundle' LIKE ${wanted})`,
    );
  }
  if (text !== null) {
    const wanted = values.add(like(text));
    const says = auditTypes().filter((one) => one.says.toLowerCase().includes(text.toLowerCase()));
    const also = values.add(says.map(({ type }) => type));
    where.push(
      `(e.facts::text ILIKE ${wanted} OR replace(e.type, '-', ' ') ILIKE ${wanted}
        OR e.type ILIKE ${wanted} OR e.type = ANY(${also}::text[]) OR ${byName(wanted, 'e.admin_id')})`,
    );
  }
  if (reader !== null) {
    const own = values.add(reader);
    where.push(
      `(e.type <> ALL(${values.add([...FOR_AUDITORS])}::text[]) OR e.admin_id = ${own}::uuid)`,
    );
  }
  return {
    select: `SELECT 0 AS rank, e.sequence AS number, '' COLLATE "C" AS key, e.at AS time, e.type,
                    e.admin_id, encode(e.subject, 'hex') AS subject, e.facts,
                    NULL::bytea AS statement
               FROM conclave.events e`,
    time: 'e.at',
    key: 'e.sequence',
    where,
  };
}

const APPROVAL_KEY = `(encode(p.subject, 'hex') || ' ' || p.kind || ' ' || p.admin_id) COLLATE "C"`;

function approvals(filter: AuditFilter, values: Values): Source {
  const where = between(filter, 'p.at', values);
  const { adminIds, code, hex, text } = filter;
  // Whatever the bytes are, this is text; what they say is read later, with the parser.
  const shown = `encode(p.statement, 'escape')`;
  if (adminIds !== null) where.push(`p.admin_id = ANY(${values.add([...adminIds])}::uuid[])`);
  if (code !== null) {
    const wanted = values.add(code);
    where.push(
      `(position('"subject":"' || ${wanted} || '"' IN ${shown}) > 0 OR EXISTS (
          SELECT 1 FROM conclave.packages q LEFT JOIN conclave.bundles b ON b.nonce = q.nonce
           WHERE q.facts->>'requestCode' = ${wanted}
             AND (position('"subject":"' || encode(q.nonce, 'hex') IN ${shown}) > 0
                  OR position('"subject":"' || encode(b.digest, 'hex') IN ${shown}) > 0)))`,
    );
  }
  if (hex !== null) {
    const wanted = values.add(hex);
    where.push(
      `(encode(p.subject, 'hex') LIKE ${wanted} || '%'
        OR position('"subject":"' || ${wanted} IN ${shown}) > 0)`,
    );
  }
  if (text !== null) {
    const wanted = values.add(like(text));
    where.push(
      `(p.reason ILIKE ${wanted} OR ${shown} ILIKE ${wanted} OR p.kind ILIKE ${wanted}
        OR ${byName(wanted, 'p.admin_id')})`,
    );
  }
  return {
    select: `SELECT 1 AS rank, 0 AS number, ${APPROVAL_KEY} AS key, p.at AS time,
                    'approval-signed' AS type, p.admin_id, encode(p.subject, 'hex') AS subject,
                    jsonb_build_object('action', p.kind, 'reason', p.reason,
                      'proof', coalesce(p.proof->>'kind', 'none')) AS facts,
                    p.statement
               FROM conclave.approvals p`,
    time: 'p.at',
    key: APPROVAL_KEY,
    where,
  };
}

function mails(filter: AuditFilter, values: Values): Source {
  const where = between(filter, 'o.created_at', values);
  const { adminIds, code, hex, text } = filter;
  // Sync itself queues them.
  if (adminIds !== null) where.push('false');
  if (hex !== null) where.push(`encode(o.bundle_digest, 'hex') LIKE ${values.add(`${hex}%`)}`);
  if (code !== null) where.push(`r.request_code = ${values.add(code)}`);
  if (text !== null)
    where.push(`(o.subject || ' ' || o.state || ' ' || o.person) ILIKE ${values.add(like(text))}`);
  return {
    select: `SELECT 2 AS rank, o.id AS number, '' COLLATE "C" AS key, o.created_at AS time,
                    'mail-told' AS type, NULL::uuid AS admin_id,
                    encode(o.bundle_digest, 'hex') AS subject,
                    jsonb_build_object('to', o.recipient, 'person', o.person, 'mail', o.id, 'about', o.subject,
                      'state', o.state, 'attempts', o.attempts, 'code', r.request_code,
                      'sentAt', to_char(o.sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                    ) AS facts,
                    NULL::bytea AS statement
               FROM conclave.outbox o
               LEFT JOIN public.surveys_recoveryrequest r ON r.id = o.request_id`,
    time: 'o.created_at',
    key: 'o.id',
    where,
  };
}

/** Rows at the same time stand in the order of their ranks; below `place` in that order. */
function below(place: Place, rank: number, { time, key }: Source, values: Values): string {
  const at = `${values.add(place.at)}::timestamptz`;
  if (rank < place.rank) return `${time} < ${at}`;
  if (rank > place.rank) return `${time} <= ${at}`;
  const last = rank === 1 ? values.add(place.key) : `${values.add(place.number)}::bigint`;
  return `(${time}, ${key}) < (${at}, ${last})`;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Where to go on; null: that was all. */
  readonly next: string | null;
}

/**
 * @param after `next` of the page before; null: from the newest
 * @param limit rows, at least 1
 * @throws Refusal `audit-after`
 */
export async function readAudit(
  on: Queryable,
  filter: AuditFilter,
  after: string | null,
  limit: number,
): Promise<AuditPage> {
  const values = new Values();
  const place = after === null ? null : readPlace(after);
  const { types } = filter;
  const wanted = (type: keyof typeof OTHER_TYPES): boolean => types?.includes(type) ?? true;
  const sources: (readonly [number, Source])[] = [[0, events(filter, values)]];
  if (wanted('approval-signed')) sources.push([1, approvals(filter, values)]);
  if (wanted('mail-told')) sources.push([2, mails(filter, values)]);
  const most = values.add(limit + 1);
  const parts = sources.map(([rank, source]) => {
    const where = place === null ? [] : [below(place, rank, source, values)];
    const all = [...source.where, ...where].map((one) => `(${one})`).join(' AND ');
    return `SELECT * FROM (${source.select} WHERE ${all === '' ? 'true' : all}
              ORDER BY ${source.time} DESC, ${source.key} DESC LIMIT ${most}) s${rank}`;
  });
  const order = 'time DESC, rank, number DESC, key DESC';
  const found = await on.rows(
    row,
    `SELECT x.rank, x.number, x.key, x.type, x.admin_id AS "adminId", a.name AS "adminName",
            x.subject, x.facts, x.statement,
            to_char(x.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
       FROM (${parts.join(' UNION ALL ')} ORDER BY ${order} LIMIT ${most}) x
       LEFT JOIN conclave.admins a ON a.id = x.admin_id
      ORDER BY ${order}`,
    values.all,
  );
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? writePlace(last) : null };
}
