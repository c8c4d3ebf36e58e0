/**
 * Opens the configured database: PostgreSQL, or PGlite in a folder for rehearsal and development.
 * Both are reached through the same driver.
 * @module
 */
import type { DatabaseConfig } from '../config/config.ts';
import { createDatabase, type Database } from './database.ts';
import { startEmbedded } from './embedded.ts';

/** How long a caller waits for a free connection, in milliseconds. */
const WAIT = { postgres: 10_000, pglite: 60_000 };

/**
 * Opens the pool. PostgreSQL is not contacted before the first query.
 * @throws Refusal `database-folder-locked` when another process has the PGlite folder
 */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const { Pool } = await import('pg');
  if (config.kind === 'pglite') {
    const embedded = await startEmbedded(config.folder);
    const pool = new Pool({
      host: embedded.socketFolder,
      user: 'postgres',
      database: 'postgres',
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: WAIT.pglite,
    });
    return createDatabase('pglite', pool, embedded.stop);
  }
  const { address } = config;
  const pool = new Pool({
    host: address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    // An empty password keeps pg from looking into ~/.pgpass behind the configuration's back.
    password: address.password?.reveal() ?? '',
    ssl:
      address.tls === false
        ? false
        : {
            rejectUnauthorized: true,
            ...(address.tls.ca === undefined ? {} : { ca: address.tls.ca }),
          },
    max: config.poolSize,
    application_name: 'conclave-sync',
    // A row somebody forgot to let go must not hold a commit for ever.
    lock_timeout: 30_000,
    idle_in_transaction_session_timeout: 120_000,
    connectionTimeoutMillis: WAIT.postgres,
    keepAlive: true,
  });
  return createDatabase('postgres', pool);
}
