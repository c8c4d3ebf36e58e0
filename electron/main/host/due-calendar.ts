/**
 * The due days that this laptop knows, as a calendar file on a stick. No names: a calendar is read by
 * many, and who holds a share is nobody's matter there.
 * @module
 */
import { utf8ToBytes } from '../../../shared/encoding/bytes.ts';
import type { Output } from '../../../shared/ipc/contract.ts';
import { dueCalendar } from '../../../shared/ledger/due-calendar.ts';
import { nameOf } from '../../../shared/ledger/generations.ts';
import { DUE_DAYS, type Ledger, type LedgerSet } from '../../../shared/ledger/ledger.ts';
import type { Mode } from '../../../shared/mode.ts';
import { refuseHost } from './refusals.ts';
import type { Sticks } from './sticks.ts';

/** @throws Refusal `nothing-due`; of a stick that cannot be written to */
export async function saveDueCalendar(
  { sets }: Ledger,
  about: { readonly mode: Mode; readonly volumeId: string; readonly now: Date },
  sticks: Sticks,
): Promise<Output<'calendar:save'>> {
  const due = sets.flatMap(dueOf);
  if (due.length === 0) throw refuseHost('nothing-due');
  const text = dueCalendar('laptop', about.now, due);
  const files = new Map([['conclave-drills.ics', utf8ToBytes(text)]]);
  return { description: await sticks.write(about.mode, about.volumeId, files) };
}

function dueOf(set: LedgerSet) {
  const { manifestDigest, count, threshold, keyVersion, shares, dueAt } = set;
  if (dueAt === null || manifestDigest === null) return [];
  const name = nameOf(set);
  const failed = shares.filter(({ failedAt }) => failedAt !== null).length;
  return [
    {
      // Sync's own calendar counts otherwise, and has names of its own: neither moves the other's days.
      id: `${manifestDigest.slice(0, 32)}@laptop.conclave`,
      dueAt: new Date(dueAt),
      summary: `Drill: prove the shares of ${name}`,
      description: [
        `Share set ${name}, ${threshold} of ${count}, of key version ${keyVersion}: every share is to be proved within ${DUE_DAYS} days, by what this laptop has read.`,
        ...(failed === 0 ? [] : [`${failed} of them could not be read when they were called.`]),
        'Ask sync for the package of a drill, and fix a day with the custodians.',
      ],
    },
  ];
}
