/**
 * The plan of a ceremony on paper.
 * @module
 */
import { renderPlanSheet } from '../../media/paper/plan-sheet.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from '../context.ts';
import { printPublic } from './print-public.ts';

export const printPlanSheet: Handler<'print-plan'> = async (input, { state }) => {
  const { facts, page } = input;
  if (facts.mode !== state.mode) throw refuseWorker('worker-out-of-order', 'its own mode');
  const pdf = await renderPlanSheet(facts, page);
  return printPublic(pdf, input, `plan-${facts.digest.slice(0, 8)}.pdf`, state);
};
