/**
 * Plans of ceremonies on sticks: saved and read back, and read again.
 * @module
 */
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import type { Input, Output } from '../../../shared/ipc/contract.ts';
import type { Mode } from '../../../shared/mode.ts';
import { encodePlan, parsePlan, planDigest, type ReadPlan } from '../../../shared/plan/plan.ts';
import { refusePlan } from '../../../shared/plan/refusals.ts';
import { documentName, type Sticks } from './sticks.ts';

/** @throws Refusal of a stick that cannot be written to, or does not give the plan back */
export async function savePlan(
  { plan, volumeId }: Input<'plan:save'>,
  sticks: Sticks,
): Promise<Output<'plan:save'>> {
  const bytes = encodePlan(plan);
  const digest = planDigest(bytes);
  const fileName = documentName('plan', digest);
  const description = await sticks.write(plan.mode, volumeId, new Map([[fileName, bytes]]));
  await readPlan(plan.mode, `${volumeId}\n${fileName}`, sticks);
  return { digest, words: eightWords(hexToBytes(digest)), fileName, description };
}

export async function openPlan(
  { mode, documentId }: Input<'plan:open'>,
  sticks: Sticks,
): Promise<Output<'plan:open'>> {
  const { plan, digest } = await readPlan(mode, documentId, sticks);
  return { plan, digest, words: eightWords(hexToBytes(digest)) };
}

/** @throws Refusal of what is no plan, or not the one that its name says */
export async function readPlan(mode: Mode, documentId: string, sticks: Sticks): Promise<ReadPlan> {
  const read = parsePlan(await sticks.readDocument(mode, documentId));
  const fileName = documentId.split('\n').at(-1) ?? '';
  if (fileName !== documentName('plan', read.digest)) throw refusePlan('plan-other-name', fileName);
  return read;
}
