/**
 * `/v1/alerts`: what needs a person's eye; and the work that finds it, in every replica.
 * @module
 */
import { z } from 'zod';
import { listAlerts, watchAlerts } from '../alerts/alerts.ts';
import { ALERT_KINDS } from '../alerts/kinds.ts';
import { onCallAddresses } from '../alerts/tell.ts';
import { schemaOf } from '../http/schema.ts';
import type { RouteSet } from '../server.ts';

const alertAnswer = z.object({
  id: z.number(),
  kind: z.enum(ALERT_KINDS),
  severity: z.enum(['critical', 'warning']),
  subject: z.string(),
  happened: z.string(),
  means: z.string(),
  next: z.string(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
});
export const alertsAnswer = z.object({
  alerts: z.array(alertAnswer),
  /** How many people are told by mail; 0: nobody is, or there is no mail. */
  told: z.number(),
});
export type AlertsAnswer = z.infer<typeof alertsAnswer>;

/** Milliseconds between two looks. */
const LOOK_EVERY = 20_000;

export const alertRoutes: RouteSet = {
  meanings: {},
  register(app, context) {
    const { database, config } = context;
    app.get(
      '/v1/alerts',
      {
        config: { access: 'any-admin', quiet: true },
        schema: {
          summary: 'Open alerts, the gravest first, and the latest that ended.',
          tags: ['alerts'],
          response: { 200: schemaOf(alertsAnswer) },
        },
      },
      async () => ({
        alerts: await listAlerts(database),
        told: config.mail === undefined ? 0 : (await onCallAddresses(database)).length,
      }),
    );
    app.background.add({
      name: 'alerts',
      every: LOOK_EVERY,
      first: 1_000,
      work: () => watchAlerts(context),
    });
  },
};
