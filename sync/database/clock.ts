/**
 * The only clock that decides expiry and delay: the database's, which never moves back.
 * @module
 */
import { z } from 'zod';
import { columns } from './columns.ts';
import type { Database, Queryable } from './database.ts';

const row = z.object({ now: columns.time, behind: z.number() });

/** The same time as an SQL expression, for conditions such as `expires_at > ${PRESENT}`. */
export const PRESENT = '(SELECT greatest(highest, clock_timestamp()) FROM conclave.clock)';

export interface DatabaseTime {
  readonly now: Date;
  /** Seconds by which the server's clock stands behind the highest time seen; 0 when it does not. */
  readonly behindSeconds: number;
}

/** The time to decide by. Takes no lock, so it may be asked inside any transaction. */
export async function databaseTime(on: Queryable): Promise<DatabaseTime> {
  const found = await on.one(
    row,
    `SELECT greatest(highest, clock_timestamp()) AS now,
            greatest(0, extract(epoch FROM highest - clock_timestamp()))::float8 AS behind
       FROM conclave.clock`,
  );
  return { now: found.now, behindSeconds: found.behind };
}

/**
 * Remembers the time just seen, at most once a second. Call it outside transactions: at start,
 * on a timer, and before whatever starts or ends a delay.
 */
export async function advanceClock(database: Database): Promise<void> {
  await database.run(
    `UPDATE conclave.clock SET highest = clock_timestamp()
      WHERE highest < clock_timestamp() - interval '1 second'`,
  );
}
