/**
 * Due days as a calendar file (iCalendar, RFC 5545): one whole day for each share set.
 * @module
 */
import ical, { ICalAlarmType } from 'ical-generator';

/** Days before it on which a calendar reminds. */
const REMIND_DAYS = 30;

export interface DueDay {
  /** The same for ever, so a calendar that takes the file again moves the event. */
  readonly id: string;
  readonly dueAt: Date;
  readonly summary: string;
  /** Lines. */
  readonly description: readonly string[];
}

/**
 * What is overdue stands on the day of `now`, or nobody would see it.
 * @param product which program made it: `sync`, `laptop`
 */
export function dueCalendar(product: string, now: Date, days: readonly DueDay[]): string {
  const calendar = ical({
    name: 'Drills of the platform key',
    prodId: { company: 'Conclave', product, language: 'EN' },
  });
  for (const { id, dueAt, summary, description } of days) {
    calendar.createEvent({
      id,
      stamp: now,
      start: dueAt < now ? now : dueAt,
      allDay: true,
      summary,
      description: description.join('\n'),
      alarms: [{ type: ICalAlarmType.display, trigger: REMIND_DAYS * 86_400 }],
    });
  }
  // The library leaves out the end of the last line.
  return `${calendar.toString()}\r\n`;
}
