/**
 * Plans of ceremonies on sticks: saved and read back, and read again.
 * @module
 */
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import type { Input, Output } from '../../../shared/ipc/contract.ts';
import type { Mode } from '../../../shared/mode.ts';
import { CEREMONY_NAMES } from '../../../shared/plan/kinds.ts';
import { plannedPeople } from '../../../shared/plan/people.ts';
import {
  encodePlan,
  parsePlan,
  planDigest,
  type CeremonyPlan,
  type ReadPlan,
} from '../../../shared/plan/plan.ts';
import { refusePlan } from '../../../shared/plan/refusals.ts';
import { policyInWords } from '../../../shared/sharing/media-policy.ts';
import type { PlanSheetFacts } from '../../media/paper/plan-sheet.ts';
import type { Platform } from './ports.ts';
import { availablePrinters, PDF_FOLDER } from './readiness.ts';
import { documentName, type Sticks } from './sticks.ts';
import { startWorkerClient } from './worker-client.ts';

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

/**
 * Prints the plan as it stands, by a worker of its own: only there is paper drawn and printed.
 * @throws Refusal of the printer
 */
export async function printPlan(
  { plan, printerId }: Input<'plan:print'>,
  platform: Platform,
): Promise<Output<'plan:print'>> {
  const { mode } = plan;
  const { rehearsalFolder } = platform;
  const inFolder = printerId === PDF_FOLDER && mode === 'rehearsal';
  const printers = await availablePrinters(mode, rehearsalFolder);
  const held = printers.find(({ id }) => id === printerId)?.page;
  const worker = await startWorkerClient(platform, () => undefined);
  try {
    await worker.ask('open', { mode });
    return await worker.ask('print-plan', {
      printer: inFolder ? null : printerId,
      folder: inFolder ? rehearsalFolder : null,
      page: held ?? plan.set?.page ?? 'A4',
      facts: sheetFacts(plan, formatTime(platform.now()).slice(0, 10)),
    });
  } finally {
    worker.kill();
  }
}

function sheetFacts(plan: CeremonyPlan, printed: string): PlanSheetFacts {
  const { mode, ceremony, begins, minutes, place, set, needed, remarks } = plan;
  const digest = planDigest(encodePlan(plan));
  const when = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  const name = CEREMONY_NAMES[ceremony];
  return {
    mode,
    ceremony: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    printed,
    facts: [
      ['Begins', `${when.format(new Date(begins))}; takes ${minutes} minutes`],
      ['Place', place],
      ...(set === undefined
        ? []
        : ([
            [
              'Share set',
              `${set.label}: any ${set.threshold} of ${set.custodians.length} open the key`,
            ],
            ...(set.policy === undefined ? [] : [['Media', policyInWords(set.policy)] as const]),
          ] as const)),
      ...(needed === undefined ? [] : [['Needed', `${needed} shares that exist`] as const]),
    ],
    people: plannedPeople(plan),
    remarks,
    digest,
    words: eightWords(hexToBytes(digest)),
  };
}

/** @throws Refusal of what is no plan, or not the one that its name says */
export async function readPlan(mode: Mode, documentId: string, sticks: Sticks): Promise<ReadPlan> {
  const read = parsePlan(await sticks.readDocument(mode, documentId));
  const fileName = documentId.split('\n').at(-1) ?? '';
  if (fileName !== documentName('plan', read.digest)) throw refusePlan('plan-other-name', fileName);
  return read;
}
