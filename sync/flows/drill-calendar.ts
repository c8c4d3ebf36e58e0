/**
 * The due days of drills as a calendar file (iCalendar, RFC 5545): one whole day for each share set.
 * @module
 */
import ical, { ICalAlarmType } from 'ical-generator';
import { asOneLine } from '../../shared/bundle/approval.ts';
import { setInWords } from './drill-words.ts';
import { type Drills, leftOf } from './drills.ts';

/** Days before it on which a calendar reminds. */
const REMIND_DAYS = 30;

/**
 * The same set has the same event for ever, so a calendar that takes the file again moves it. A set
 * that is overdue stands on the day of `now`, or nobody would see it.
 * @param audience names this sync
 */
export function drillCalendar({ now, days, sets }: Drills, audience: string): string {
  const calendar = ical({
    name: 'Drills of the platform key',
    prodId: { company: 'Conclave', product: 'sync', language: 'EN' },
  });
  for (const set of sets) {
    const label = asOneLine(set.label, 80);
    const day = set.dueAt < now ? now : set.dueAt;
    const failed = set.count - leftOf(set);
    calendar.createEvent({
      id: `${set.manifest.slice(0, 32)}@${audience}.conclave`,
      stamp: now,
      start: day,
      allDay: true,
      summary: `Drill: prove the shares of ${label}`,
      description: [
        `${setInWords(set)} of key version ${set.version}: every share is to be proved within ${days} days.`,
        ...(failed === 0 ? [] : [`${failed} of them could not be proved in the last drill.`]),
        'Ask sync for the package of a drill ("conclave-sync package drill"), and fix a day with the custodians.',
      ].join('\n'),
      alarms: [{ type: ICalAlarmType.display, trigger: REMIND_DAYS * 86_400 }],
    });
  }
  // The library leaves out the end of the last line.
  return `${calendar.toString()}\r\n`;
}
