/**
 * `/livez`: the process answers. `/readyz`: every part it needs answers too, with a reason per part.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refusal } from '../../shared/refusal.ts';
import type { Mode } from '../../shared/mode.ts';
import { databaseTime } from '../database/clock.ts';
import type { Database } from '../database/database.ts';
import { requireMigrated } from '../database/migrate.ts';
import type { KvStore } from '../vault/kv.ts';
import { schemaOf } from './schema.ts';

/** The database's clock may stand this many seconds behind what it once showed. */
const CLOCK_TOLERANCE = 5;

const part = z.object({ ready: z.boolean(), code: z.string(), reason: z.string() });
export const readinessSchema = z.object({
  ready: z.boolean(),
  parts: z.object({ database: part, vault: part, clock: part, service: part }),
});
export type Readiness = z.infer<typeof readinessSchema>;
type Part = z.infer<typeof part>;

const GOOD: Part = { ready: true, code: 'ready', reason: 'Ready.' };

async function probe(work: () => Promise<Part | void>): Promise<Part> {
  try {
    return (await work()) ?? GOOD;
  } catch (cause) {
    if (cause instanceof Refusal) {
      return { ready: false, code: cause.code, reason: cause.sentences.happened };
    }
    return { ready: false, code: 'internal-fault', reason: 'A fault of sync; see its log.' };
  }
}

/** Looks at every part; used by `/readyz` and by `conclave-sync check`. */
export async function readiness(
  context: { readonly database: Database; readonly kv: KvStore; readonly mode: Mode },
  draining = false,
): Promise<Readiness> {
  const { database, kv, mode } = context;
  const [db, vault, clock] = await Promise.all([
    probe(() => requireMigrated(database, mode)),
    probe(async () => {
      await kv.health();
      // Proves the token too, not only that the server answers.
      await kv.read('conclave/check');
    }),
    probe(async () => {
      const { behindSeconds } = await databaseTime(database);
      if (behindSeconds <= CLOCK_TOLERANCE) return undefined;
      return {
        ready: false,
        code: 'clock-behind',
        reason: `The clock of the database was set back by ${Math.round(behindSeconds)} seconds; delays wait until it has caught up.`,
      };
    }),
  ]);
  const service = draining ? { ready: false, code: 'going-down', reason: 'Being stopped.' } : GOOD;
  const parts = { database: db, vault, clock, service };
  return { ready: Object.values(parts).every((one) => one.ready), parts };
}

export function registerHealth(app: FastifyInstance, look: () => Promise<Readiness>): void {
  const config = { access: 'public' } as const;
  app.get(
    '/livez',
    { config, schema: { summary: 'The process answers.', tags: ['health'] } },
    async () => ({ alive: true }),
  );
  app.get(
    '/readyz',
    {
      config,
      schema: {
        summary: 'Every part answers, with a reason per part.',
        tags: ['health'],
        response: { 200: schemaOf(readinessSchema), 503: schemaOf(readinessSchema) },
      },
    },
    async (_request, reply) => {
      const found = await look();
      return reply.code(found.ready ? 200 : 503).send(found);
    },
  );
}
