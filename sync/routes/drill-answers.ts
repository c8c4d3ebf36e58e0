/**
 * What sync answers about drills, as schemas.
 * @module
 */
import { z } from 'zod';
import { SHARE_FAILURES } from '../../shared/bundle/drill.ts';
import { FULL_DRILL_FAILURES } from '../../shared/bundle/full-drill.ts';
import { MEDIA_KINDS } from '../../shared/sharing/media-kinds.ts';

const time = z.string();
const medium = z.enum(MEDIA_KINDS);

const share = z.object({
  index: z.int(),
  custodian: z.string(),
  media: z.array(medium),
  /** When the bundle came that proved it last; null: in no drill. */
  proved: z.object({ at: time, medium }).nullable(),
  /** Where the newest drill did not prove it. */
  failed: z.object({ at: time, why: z.enum(SHARE_FAILURES) }).nullable(),
  dueAt: time,
  /** Whole days; below zero: overdue. */
  daysLeft: z.int(),
});
export type DrillShareAnswer = z.infer<typeof share>;

const drillSet = z.object({
  version: z.string(),
  label: z.string(),
  setId: z.string(),
  generation: z.int(),
  manifest: z.string(),
  threshold: z.int(),
  count: z.int(),
  /** Shares that were not proved in their last drill. */
  notProved: z.int(),
  madeAt: time,
  /** When the first share is due. */
  dueAt: time,
  daysLeft: z.int(),
  sentence: z.string(),
  /** The newest full drill for which enough shares came, else the newest; null: there was none. */
  full: z
    .object({
      at: time,
      result: z.enum(['opened', ...FULL_DRILL_FAILURES]),
      sentence: z.string(),
    })
    .nullable(),
  shares: z.array(share),
});
export type DrillSetAnswer = z.infer<typeof drillSet>;

/** `now`: the database's clock; `days`: after so many a share is due again. */
export const drillsAnswer = z.object({
  now: time,
  days: z.int(),
  sets: z.array(drillSet),
  /** Key versions whose set cannot be read: `/v1/versions` says why. */
  unreadable: z.array(z.string()),
});
export type DrillsAnswer = z.infer<typeof drillsAnswer>;

/** A calendar file: iCalendar, base64. */
export const calendarAnswer = z.object({ fileName: z.string(), content: z.string() });
export type CalendarAnswer = z.infer<typeof calendarAnswer>;
