/**
 * The one way to the database: a pool of `pg` connections, whichever server is behind it.
 *
 * Inside {@link Database.transaction} every call of the same {@link Database} made from that
 * function joins the transaction. That keeps the embedded database, which has one connection,
 * from waiting for itself, and lets the rehearsal store share the caller's transaction.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import pRetry from 'p-retry';
import type pg from 'pg';
import { z } from 'zod';
import { isConnectionLoss, isRetryable, toDatabaseRefusal } from './errors.ts';
import { refuseDatabase } from './refusals.ts';

/** Values for `$1…`; Uint8Array for bytea, objects for jsonb. */
export type SqlValue =
  | string
  | number
  | boolean
  | null
  | Date
  | Uint8Array
  | readonly string[]
  | { readonly [key: string]: unknown };

/** What a query runs on: the pool, or the transaction it is called in. */
export interface Queryable {
  /** All rows, each checked by `row`. @throws Refusal `database-row` where one does not match */
  rows<Row>(row: z.ZodType<Row>, text: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Exactly one row. @throws Error when there is none or more (a defect, not an input) */
  one<Row>(row: z.ZodType<Row>, text: string, values?: readonly SqlValue[]): Promise<Row>;
  /** One row or undefined. */
  maybe<Row>(
    row: z.ZodType<Row>,
    text: string,
    values?: readonly SqlValue[],
  ): Promise<Row | undefined>;
  /** Runs a statement; the number of rows it touched. */
  run(text: string, values?: readonly SqlValue[]): Promise<number>;
}

export interface TransactionOptions {
  /** Default `read committed`: lock the rows you decide on with `SELECT … FOR UPDATE`. */
  readonly isolation?: 'read committed' | 'serializable';
  /**
   * Whether PostgreSQL's "run it again" (serialization failure, deadlock) repeats `work`.
   * Default true. Pass false when `work` also writes to Vault and is not made to be repeated.
   */
  readonly retry?: boolean;
}

export interface Database extends Queryable {
  readonly kind: 'postgres' | 'pglite';
  /**
   * Runs `work` in one transaction: all of it or nothing. Not to be nested.
   * @throws Refusal `database-busy` after 5 attempts; `database-outcome-unknown` when the
   *   connection broke during COMMIT; other codes of database/refusals.ts
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Lends a raw connection (migrations, seeding). Not inside a transaction. */
  withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @param shutdown what to stop after the pool: PGlite and its lock */
export function createDatabase(
  kind: Database['kind'],
  pool: pg.Pool,
  shutdown: () => Promise<void> = async () => {},
): Database {
  const current = new AsyncLocalStorage<Queryable>();
  // A connection that dies while idle must not end the process; the next query reports it.
  pool.on('error', () => {});
  // Nor one that dies while it is lent and waits, in a transaction, for what Vault answers.
  pool.on('connect', (client) => client.on('error', () => {}));
  const outside = queryable((text, values) => pool.query(text, values));
  const target = (): Queryable => current.getStore() ?? outside;
  let closing: Promise<void> | undefined;

  async function connect(): Promise<pg.PoolClient> {
    try {
      return await pool.connect();
    } catch (cause) {
      throw toDatabaseRefusal(cause);
    }
  }

  async function attempt<T>(work: (tx: Queryable) => Promise<T>, isolation: string): Promise<T> {
    const client = await connect();
    const tx = queryable((text, values) => client.query(text, values));
    let broken = false;
    try {
      await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      const result = await current.run(tx, () => work(tx));
      await commit(client);
      return result;
    } catch (cause) {
      broken = isConnectionLoss(cause) || isUnknownOutcome(cause);
      if (!broken) await client.query('ROLLBACK').catch(() => (broken = true));
      throw cause;
    } finally {
      client.release(broken);
    }
  }

  return {
    kind,
    rows: (row, text, values) => target().rows(row, text, values),
    one: (row, text, values) => target().one(row, text, values),
    maybe: (row, text, values) => target().maybe(row, text, values),
    run: (text, values) => target().run(text, values),
    async transaction(work, { isolation = 'read committed', retry = true } = {}) {
      if (current.getStore() !== undefined) throw new Error('transactions do not nest');
      try {
        return await pRetry(() => attempt(work, isolation.toUpperCase()), {
          retries: retry ? 4 : 0,
          minTimeout: 10,
          maxTimeout: 200,
          randomize: true,
          shouldRetry: (cause) => isRetryable(rootOf(cause)),
        });
      } catch (cause) {
        throw toDatabaseRefusal(rootOf(cause));
      }
    },
    async withClient(work) {
      if (current.getStore() !== undefined) throw new Error('not inside a transaction');
      const client = await connect();
      try {
        return await work(client);
      } catch (cause) {
        throw toDatabaseRefusal(cause);
      } finally {
        // The borrower may have changed session settings; the next one starts with none of them.
        const clean = await client.query('DISCARD ALL').then(
          () => true,
          () => false,
        );
        client.release(!clean);
      }
    },
    close() {
      closing ??= pool.end().then(shutdown);
      return closing;
    },
  };
}

async function commit(client: pg.PoolClient): Promise<void> {
  let result: pg.QueryResult;
  try {
    result = await client.query('COMMIT');
  } catch (cause) {
    if (!isConnectionLoss(cause)) throw cause;
    const refusal = refuseDatabase('database-outcome-unknown');
    refusal.cause = cause;
    throw refusal;
  }
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (result.command !== 'COMMIT')
    throw new Error('the transaction had failed and was rolled back');
}

function isUnknownOutcome(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'database-outcome-unknown';
}

/** p-retry wraps what is no Error; a Refusal's cause decides whether to repeat. */
function rootOf(cause: unknown): unknown {
  return cause instanceof Error && isRetryable(cause.cause) ? cause.cause : cause;
}

function queryable(run: (text: string, values: unknown[]) => Promise<pg.QueryResult>): Queryable {
  const query = async (text: string, values: readonly SqlValue[]): Promise<pg.QueryResult> => {
    try {
      return await run(text, values.map(toDriver));
    } catch (cause) {
      throw toDatabaseRefusal(cause);
    }
  };
  const self: Queryable = {
    async rows(row, text, values = []) {
      const result = await query(text, values);
      const parsed = z.array(row).safeParse(result.rows);
      if (!parsed.success) throw refuseDatabase('database-row', tableIn(text));
      return parsed.data;
    },
    async one(row, text, values = []) {
      const found = await self.rows(row, text, values);
      if (found.length !== 1)
        throw new Error(`expected 1 row of ${tableIn(text)}, got ${found.length}`);
      return found[0] as (typeof found)[number];
    },
    async maybe(row, text, values = []) {
      const found = await self.rows(row, text, values);
      if (found.length > 1) throw new Error(`expected at most 1 row of ${tableIn(text)}`);
      return found[0];
    },
    async run(text, values = []) {
      return (await query(text, values)).rowCount ?? 0;
    },
  };
  return self;
}

/** pg takes Buffers for bytea and would send a Uint8Array as JSON. */
function toDriver(value: SqlValue): unknown {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return value;
}

function tableIn(text: string): string {
  return /(?:from|into|update)\s+([a-z_.]+)/i.exec(text)?.[1] ?? 'a query';
}
