/**
 * The page for the witness's file.
 * @module
 */
import { renderWitnessPage } from '../../media/paper/witness-page.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from '../context.ts';
import { printPublic } from './print-public.ts';

export const printWitnessPage: Handler<'print-witness-page'> = async (input, { state }) => {
  const { facts, page } = input;
  if (facts.mode !== state.mode) throw refuseWorker('worker-out-of-order', 'its own mode');
  const pdf = await renderWitnessPage(facts, page);
  return printPublic(pdf, input, `witness-page-${facts.ceremonyId.slice(0, 8)}.pdf`, state);
};
