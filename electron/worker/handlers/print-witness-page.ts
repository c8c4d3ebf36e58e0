/**
 * Printing the page for the witness's file. Nothing on it is secret; it is made here because the
 * code that draws and prints paper runs in the worker and nowhere else.
 * @module
 */
import { join } from 'node:path';
import { finish, print } from '../../media/paper/printers.ts';
import { renderWitnessPage } from '../../media/paper/witness-page.ts';
import { Refusal, type RefusalNote } from '../../../shared/refusal.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from './context.ts';
import { saveSheet } from './write-paper.ts';

export const printWitnessPage: Handler<'print-witness-page'> = async (input, { state }) => {
  const { printer, folder, page, facts } = input;
  if (facts.mode !== state.mode) throw refuseWorker('worker-out-of-order', 'its own mode');
  const pdf = await renderWitnessPage(facts, page);
  if (folder !== null && state.mode === 'rehearsal') {
    const fileName = `witness-page-${facts.ceremonyId.slice(0, 8)}.pdf`;
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
};
