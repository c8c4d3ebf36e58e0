/**
 * What of the audit list is asked for: text from outside becomes a filter that a query can use.
 * @module
 */
import { z } from 'zod';
import type { Admin } from '../admins/admins.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { EVENT_SENTENCES, type EventType, eventSentence } from '../database/event-types.ts';
import { refuseAudit } from './refusals.ts';

/** The kinds of entry that are no event of sync's diary, and what each is. */
export const OTHER_TYPES = {
  'approval-signed': 'What an approver signed, with the reason',
  'mail-told': 'A mail that was queued, and what became of it',
} as const;
export type AuditType = EventType | keyof typeof OTHER_TYPES;

/** SECURITY: where and when colleagues signed in is for auditors; everybody sees his own. */
export const FOR_AUDITORS: readonly EventType[] = ['signed-in', 'sign-in-failed'];

/** Every kind of entry in plain words, by name. */
export function auditTypes(): { readonly type: AuditType; readonly says: string }[] {
  const events = Object.keys(EVENT_SENTENCES) as EventType[];
  const all: { type: AuditType; says: string }[] = [
    ...events.map((type) => ({ type, says: eventSentence(type, {}).replace(/[:\s]+$/, '') })),
    ...Object.entries(OTHER_TYPES).map(([type, says]) => ({ type: type as AuditType, says })),
  ];
  return all.sort((a, b) => a.type.localeCompare(b.type));
}

/** As it comes from outside: a query string, a body, options. All are optional, and narrow. */
export const auditAsked = z.strictObject({
  /** A day or a moment; included. */
  from: z.string().max(40).optional(),
  /** A day, included as a whole, or a moment, not included. */
  to: z.string().max(40).optional(),
  /** Kinds of entry, with commas between. */
  type: z.string().max(2_000).optional(),
  /** Name of the admin who did it. */
  admin: z.string().max(100).optional(),
  /** Code of a request (all that belongs to it), or the beginning of a digest or nonce. */
  subject: z.string().max(64).optional(),
  /** Anywhere in sentence, facts, reason or name; capitals do not matter. */
  text: z.string().max(200).optional(),
});
export type AuditAsked = z.infer<typeof auditAsked>;

export interface AuditFilter {
  readonly from: Date | null;
  readonly before: Date | null;
  /** Null: all. */
  readonly types: readonly AuditType[] | null;
  /** Admins of that name: a name may have been used before. Null: all. */
  readonly adminIds: readonly string[] | null;
  readonly code: string | null;
  /** Lower-case hex, at least 4 digits. */
  readonly hex: string | null;
  readonly text: string | null;
  /** Whose own sign-ins are listed; null: everybody's. */
  readonly reader: string | null;
}

const DAY = 86_400_000;

function momentOf(text: string, wholeDay: boolean): Date {
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const at = new Date(day ? `${text}T00:00:00Z` : text);
  // JavaScript makes 2 March of 30 February.
  const isReal =
    zoned || (day && Number.isFinite(at.getTime()) && at.toISOString().startsWith(text));
  if (!isReal || !Number.isFinite(at.getTime())) throw refuseAudit('audit-time', text);
  return day && wholeDay ? new Date(at.getTime() + DAY) : at;
}

function typesOf(text: string): readonly AuditType[] {
  const known = new Set<string>(auditTypes().map(({ type }) => type));
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      if (!known.has(part)) throw refuseAudit('audit-type', part);
      return part as AuditType;
    });
}

async function adminsCalled(on: Queryable, name: string): Promise<string[]> {
  const found = await on.rows(
    z.object({ id: columns.uuid }),
    'SELECT id FROM conclave.admins WHERE lower(name) = lower($1)',
    [name],
  );
  if (found.length === 0) throw refuseAudit('audit-admin', name);
  return found.map(({ id }) => id);
}

function given(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/**
 * @param reader who asks: what is for auditors alone is filtered for everybody else
 * @throws Refusal of audit/refusals.ts
 */
export async function auditFilter(
  on: Queryable,
  asked: AuditAsked,
  reader: Pick<Admin, 'id' | 'roles'>,
): Promise<AuditFilter> {
  const [from, to, type, admin, subject] = [
    given(asked.from),
    given(asked.to),
    given(asked.type),
    given(asked.admin),
    given(asked.subject),
  ];
  const isCode = subject !== null && /^[A-Za-z]{3}-\d{3}-[A-Za-z]{3}$/.test(subject);
  const isHex = subject !== null && /^[0-9a-fA-F]{4,64}$/.test(subject);
  if (subject !== null && !isCode && !isHex) throw refuseAudit('audit-subject', subject);
  return {
    from: from === null ? null : momentOf(from, false),
    before: to === null ? null : momentOf(to, true),
    types: type === null ? null : typesOf(type),
    adminIds: admin === null ? null : await adminsCalled(on, admin),
    code: isCode ? subject.toUpperCase() : null,
    hex: isHex ? subject.toLowerCase() : null,
    text: given(asked.text),
    reader: reader.roles.includes('auditor') ? null : reader.id,
  };
}
