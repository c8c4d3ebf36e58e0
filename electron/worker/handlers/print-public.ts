/**
 * Printing what holds no secret. It is done here because the code that draws and prints paper runs in
 * the worker and nowhere else.
 * @module
 */
import { join } from 'node:path';
import { finish, print } from '../../media/paper/printers.ts';
import { Refusal, type RefusalNote } from '../../../shared/refusal.ts';
import type { PageSize } from '../../../shared/ceremony/types.ts';
import { refuseWorker } from '../refusals.ts';
import type { WorkerState } from '../state.ts';
import { saveSheet } from './write-paper.ts';

/** Where a page goes. */
export interface PublicPage {
  readonly printer: string | null;
  /** Rehearsal only: a PDF file goes there instead. */
  readonly folder: string | null;
  readonly page: PageSize;
}

/** @param fileName of the PDF file, in a rehearsal */
export async function printPublic(
  pdf: Uint8Array,
  { printer, folder, page }: PublicPage,
  fileName: string,
  { mode }: WorkerState,
): Promise<{ readonly description: string; readonly warning: RefusalNote | null }> {
  if (folder !== null && mode === 'rehearsal') {
    await saveSheet(join(folder, fileName), pdf);
    return { description: `${page} page, ${fileName}`, warning: null };
  }
  if (printer === null) throw refuseWorker('worker-out-of-order', 'a printer');
  let warning: RefusalNote | null = null;
  try {
    const job = await print(pdf, printer, page);
    if (!(await finish(job))) throw refuseWorker('sheet-not-printed', printer);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'print-copy-kept') throw error;
    warning = refuseWorker('page-copy-kept').note();
  }
  return { description: `${page} page on ${printer}`, warning };
}
