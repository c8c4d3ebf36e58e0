/**
 * The audit list: what is asked for, how pages are put together, and how it is saved as a file.
 * @module
 */
import type { AuditEntryAnswer } from '../../routes/audit-answers.ts';
import { ProblemError, send, silent } from './api.ts';
import { saveAs } from './files.ts';

export const FILTERS = ['from', 'to', 'type', 'admin', 'subject', 'text'] as const;
export type AuditFilter = Partial<Record<(typeof FILTERS)[number], string>>;

/** The filter that an address names: `from=2026-11-01&admin=Name`. */
export function filterOf(query: string): AuditFilter {
  const given = new URLSearchParams(query);
  return Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = given.get(name)?.trim() ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );
}

export function queryOf(filter: AuditFilter): string {
  return new URLSearchParams(filter).toString();
}

/**
 * What is newest now, above what was shown before. Where the two do not meet, something may stand
 * between them: then the older part is dropped, and can be asked for again.
 * @returns whether the older part was kept
 */
export function joined(
  newest: readonly AuditEntryAnswer[],
  before: readonly AuditEntryAnswer[],
): { readonly entries: readonly AuditEntryAnswer[]; readonly kept: boolean } {
  const last = newest.at(-1)?.id;
  const meets = before.findIndex(({ id }) => id === last);
  if (meets === -1) return { entries: newest, kept: false };
  return { entries: [...newest, ...before.slice(meets + 1)], kept: true };
}

/** The last record of either format: without it, it broke off. */
const WHOLE =
  /(?:^|\n)(?:\{"record":"end","count":(\d+)\}\n|"","end",[^\n]*"\{""count"":(\d+)\}"\r\n)$/;

/**
 * Exports what the filter leaves, and saves it.
 * @returns the number of entries
 * @throws ProblemError
 */
export async function exportAudit(format: 'csv' | 'jsonl', filter: AuditFilter): Promise<number> {
  const response = await send('POST', '/v1/audit/export', { format, filter });
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const text = await response.text().catch(() => '');
  const [, inJson, inCsv] = WHOLE.exec(text.slice(-300)) ?? [];
  const count = inJson ?? inCsv;
  if (count === undefined) throw new ProblemError(silent(false));
  saveAs(name ?? `conclave-audit.${format}`, new Blob([text], { type: 'text/plain' }));
  return Number(count);
}
