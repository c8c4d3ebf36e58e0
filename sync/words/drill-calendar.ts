/**
 * The due days of drills as a calendar file: one whole day for each share set.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import { dueCalendar } from '../../shared/ledger/due-calendar.ts';
import { setName } from './set.ts';
import { type Drills, leftOf } from '../versions/drills.ts';

/** @param audience names this sync */
export function drillCalendar({ now, days, sets }: Drills, audience: string): string {
  return dueCalendar(
    'sync',
    now,
    sets.map((set) => {
      const failed = set.count - leftOf(set);
      return {
        id: `${set.manifest.slice(0, 32)}@${audience}.conclave`,
        dueAt: set.dueAt,
        summary: `Drill: prove the shares of ${asOneLine(set.label, 80)}`,
        description: [
          `Share set ${setName(set)} of key version ${set.version}: every share is to be proved within ${days} days.`,
          ...(failed === 0 ? [] : [`${failed} of them could not be proved in the last drill.`]),
          'Ask sync for the package of a drill ("conclave-sync package drill"), and fix a day with the custodians.',
        ],
      };
    }),
  );
}
