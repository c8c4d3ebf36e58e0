/**
 * The audit list as a file, written as it is read. The first record says what was asked for, the
 * last how many entries there are: a file without it broke off.
 * @module
 */
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Mode } from '../../shared/mode.ts';
import type { Admin } from '../admins/admins.ts';
import { databaseTime } from '../database/clock.ts';
import type { Database } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { readInstallation } from '../database/settings.ts';
import { csvRecord } from './csv.ts';
import { readAudit } from './entries.ts';
import { type AuditAsked, auditFilter, type AuditFilter } from './filter.ts';
import { type AuditEntry, showEntry } from './show.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Entries of one query. */
const PAGE = 1_000;

/** The first record. */
interface About {
  readonly mode: Mode;
  readonly audience: string;
  /** By the database's clock. Nothing later is in the file. */
  readonly exportedAt: string;
  readonly exportedBy: string;
  /** Whether the sign-ins of others are in it: they are for auditors. */
  readonly signInsOfOthers: boolean;
  /** As it was asked for. */
  readonly filter: AuditAsked;
}

interface Writer {
  begin(about: About): string;
  entry(entry: AuditEntry): string;
  end(count: number): string;
}

const line = (record: object): string => `${JSON.stringify(record)}\n`;

const JSONL: Writer = {
  begin: (about) => line({ record: 'export', format: 'conclave-audit', version: 1, ...about }),
  entry: ({ id: _id, facts, ...entry }) =>
    line({ record: 'entry', ...entry, facts: Object.fromEntries(facts) }),
  end: (count) => line({ record: 'end', count }),
};

const CSV: Writer = {
  begin: ({ exportedAt, exportedBy, ...about }) =>
    csvRecord(['at', 'type', 'sentence', 'by', 'admin_id', 'subject', 'facts']) +
    csvRecord([
      exportedAt,
      'export',
      'What was asked for',
      exportedBy,
      '',
      '',
      JSON.stringify({ format: 'conclave-audit', version: 1, ...about }),
    ]),
  entry: ({ at, type, sentence, by, adminId, subject, facts }) =>
    csvRecord([
      at,
      type,
      sentence,
      by ?? '',
      adminId ?? '',
      subject ?? '',
      JSON.stringify(Object.fromEntries(facts)),
    ]),
  end: (count) => csvRecord(['', 'end', `${count} entries`, '', '', '', JSON.stringify({ count })]),
};

const WRITERS: Readonly<Record<ExportFormat, Writer>> = { jsonl: JSONL, csv: CSV };

/**
 * Checks the filter, writes the export itself into the diary, and begins. What is written down
 * later than this moment is not in the file.
 * @throws Refusal of audit/refusals.ts
 */
export async function exportAudit(
  database: Database,
  admin: Admin,
  asked: AuditAsked,
  format: ExportFormat,
): Promise<{ readonly fileName: string; readonly text: AsyncGenerator<string> }> {
  const { mode, audience } = await readInstallation(database);
  const filter = await auditFilter(database, asked, admin);
  const { now } = await databaseTime(database);
  const before = filter.before === null || now < filter.before ? now : filter.before;
  await appendEvent(database, {
    type: 'audit-exported',
    adminId: admin.id,
    facts: { format, ...asked },
  });
  const about = {
    mode,
    audience,
    exportedAt: formatTime(now),
    exportedBy: admin.name,
    signInsOfOthers: filter.reader === null,
    filter: asked,
  };
  return {
    fileName: `conclave-audit-${formatTime(now).slice(0, 10)}.${format}`,
    text: written(database, { ...filter, before }, WRITERS[format], about),
  };
}

async function* written(
  database: Database,
  filter: AuditFilter,
  writer: Writer,
  about: About,
): AsyncGenerator<string> {
  yield writer.begin(about);
  let count = 0;
  for (let after: string | null = null; ;) {
    const page = await readAudit(database, filter, after, PAGE);
    const entries = page.rows.map((row) => writer.entry(showEntry(row, about.mode)));
    count += entries.length;
    if (entries.length > 0) yield entries.join('');
    after = page.next;
    if (after === null) break;
  }
  yield writer.end(count);
}
