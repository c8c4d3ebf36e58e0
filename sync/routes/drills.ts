/**
 * `/v1/drills`: when each share was proved last, and when it is due.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { formatTime } from '../../shared/encoding/schema.ts';
import { readInstallation } from '../database/settings.ts';
import type { FlowContext } from '../trust/context.ts';
import { drillCalendar } from '../words/drill-calendar.ts';
import { fullStandingInWords, standingInWords } from '../words/drill.ts';
import { daysUntil, drills, leftOf, type SetStanding } from '../versions/drills.ts';
import { schemaOf } from '../http/schema.ts';
import { tellDrills } from '../mail/tell-drills.ts';
import { calendarAnswer, drillsAnswer, type DrillSetAnswer } from './drill-answers.ts';

function show(set: SetStanding, now: Date): DrillSetAnswer {
  const { version, label, setId, generation, manifest, threshold, count } = set;
  return {
    version,
    label,
    setId,
    generation,
    manifest,
    threshold,
    count,
    notProved: count - leftOf(set),
    madeAt: formatTime(set.madeAt),
    dueAt: formatTime(set.dueAt),
    daysLeft: daysUntil(set.dueAt, now),
    sentence: standingInWords(set, now),
    full:
      set.full === null
        ? null
        : {
            at: formatTime(set.full.at),
            result: set.full.result,
            sentence: fullStandingInWords(set.full),
          },
    shares: set.shares.map(({ index, custodian, media, proved, failed, dueAt }) => ({
      index,
      custodian,
      media: [...media],
      proved: proved === null ? null : { at: formatTime(proved.at), medium: proved.medium },
      failed: failed === null ? null : { at: formatTime(failed.at), why: failed.why },
      dueAt: formatTime(dueAt),
      daysLeft: daysUntil(dueAt, now),
    })),
  };
}

/** Milliseconds: due dates are days. */
const TELL_EVERY = 3_600_000;

export function registerDrills(app: FastifyInstance, context: FlowContext): void {
  const tags = ['drills'];
  if (context.config.mail !== undefined) {
    app.background.add({
      name: 'drill-mail',
      every: TELL_EVERY,
      first: 30_000,
      work: async () => void (await tellDrills(context)),
    });
  }
  app.get(
    '/v1/drills',
    {
      config: { access: 'any-admin', quiet: true },
      schema: {
        summary: 'Each share of the sets in force: when it was proved last, and when it is due.',
        tags,
        response: { 200: schemaOf(drillsAnswer) },
      },
    },
    async () => {
      const { now, days, sets, unreadable } = await drills(context);
      return {
        now: formatTime(now),
        days,
        sets: sets.map((set) => show(set, now)),
        unreadable: [...unreadable],
      };
    },
  );
  app.get(
    '/v1/drills/calendar',
    {
      config: { access: 'any-admin' },
      schema: {
        summary: 'The due days as a calendar file (iCalendar).',
        tags,
        response: { 200: schemaOf(calendarAnswer) },
      },
    },
    async () => {
      const { audience } = await readInstallation(context.database);
      const text = drillCalendar(await drills(context), audience);
      return { fileName: 'conclave-drills.ics', content: Buffer.from(text).toString('base64') };
    },
  );
}
