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
import { missingCapabilities } from '../vault/kv.ts';
import { refuseVault } from '../vault/refusals.ts';
import { requireSameEpochs } from '../trust/epochs.ts';
import type { Meanings } from '../meaning.ts';
import { retrySeconds } from '../retry.ts';
import { schemaOf } from './schema.ts';

/** The database's clock may stand this many seconds behind what it once showed. */
const CLOCK_TOLERANCE = 5;

const part = z.object({
  ready: z.boolean(),
  code: z.string(),
  reason: z.string(),
  /** Seconds until sync itself tries again; absent where somebody must change something first. */
  retryInSeconds: z.number().optional(),
});
export const readinessSchema = z.object({
  ready: z.boolean(),
  parts: z.object({ database: part, vault: part, clock: part, trust: part, service: part }),
});
export type Readiness = z.infer<typeof readinessSchema>;
type Part = z.infer<typeof part>;

const GOOD: Part = { ready: true, code: 'ready', reason: 'Ready.' };

type RetryOf = (refusal: Refusal) => number | undefined;

async function probe(work: () => Promise<Part | void>, retryOf: RetryOf): Promise<Part> {
  try {
    return (await work()) ?? GOOD;
  } catch (cause) {
    if (cause instanceof Refusal) {
      const retryInSeconds = retryOf(cause);
      return {
        ready: false,
        code: cause.code,
        reason: cause.sentences.happened,
        ...(retryInSeconds === undefined ? {} : { retryInSeconds }),
      };
    }
    return { ready: false, code: 'internal-fault', reason: 'A fault of sync; see its log.' };
  }
}

export interface RetryFacts {
  readonly meanings: Meanings;
  /** Seconds until the background tries again, while something failed. */
  readonly background: () => number | undefined;
}

/** Looks at every part, for `/readyz`. */
export async function readiness(
  context: { readonly database: Database; readonly kv: KvStore; readonly mode: Mode },
  draining: boolean,
  retry: RetryFacts,
): Promise<Readiness> {
  const { database, kv, mode } = context;
  const look = (work: () => Promise<Part | void>): Promise<Part> =>
    probe(work, (refusal) => retrySeconds(refusal, retry.meanings, retry.background()));
  const [db, vault, clock, trust] = await Promise.all([
    look(() => requireMigrated(database, mode)),
    look(async () => {
      await kv.health();
      // Proves the token too, not only that the server answers.
      await kv.read('conclave/check');
      const [missing] = await missingCapabilities(kv);
      if (missing !== undefined) throw refuseVault('vault-denied', missing);
    }),
    look(async () => {
      const { behindSeconds } = await databaseTime(database);
      if (behindSeconds <= CLOCK_TOLERANCE) return undefined;
      return {
        ready: false,
        code: 'clock-behind',
        reason: `The clock of the database was set back by ${Math.round(behindSeconds)} seconds; delays wait until it has caught up.`,
      };
    }),
    // While the epochs differ sync only answers status.
    look(() => requireSameEpochs(context)),
  ]);
  const service = draining ? { ready: false, code: 'going-down', reason: 'Being stopped.' } : GOOD;
  const parts = { database: db, vault, clock, trust, service };
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
