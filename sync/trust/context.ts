/**
 * What every flow works with, and the situation it decides by: who sync is, what it trusts, and
 * what time it is by the only clock that counts.
 * @module
 */
import { Refusal } from '../../shared/refusal.ts';
import type { SyncConfig } from '../config/config.ts';
import { advanceClock, databaseTime } from '../database/clock.ts';
import type { Database } from '../database/database.ts';
import { type Installation, readInstallation } from '../database/settings.ts';
import type { KvStore } from '../vault/kv.ts';
import { syncIdentity, type SyncIdentity } from './sync-key.ts';
import { readTrust, type Trust } from './trust.ts';

/**
 * Called after each write of a commit, with the name of what was just written. A test that kills
 * the process there proves that the next start finishes the commit.
 */
export type OnStep = (step: string) => Promise<void> | void;

export interface FlowContext {
  readonly config: SyncConfig;
  readonly database: Database;
  readonly kv: KvStore;
  readonly onStep?: OnStep;
}

export interface Situation {
  readonly installation: Installation;
  readonly identity: SyncIdentity;
  readonly trust: Trust | null;
  /** By the database's clock, which never moves back. */
  readonly now: Date;
}

/** Reads the situation without judging it. */
export async function readSituation({ database, kv }: FlowContext): Promise<Situation> {
  await advanceClock(database);
  const installation = await readInstallation(database);
  const { now } = await databaseTime(database);
  // Two reads that do not depend on each other; every decision waits for both.
  const [identity, { trust }] = await Promise.all([
    syncIdentity(kv, installation, `CheckTick ${installation.mode}`, now),
    readTrust(kv),
  ]);
  return { installation, identity, trust, now };
}

/**
 * What signing a receipt takes, or undefined while Vault cannot be used: stopping must be possible
 * then, too. What was stopped is never committed, and flows/endings/due.ts gives the receipts later.
 * @param read what else must be sound where Vault answers
 */
export async function situationToSign(
  context: FlowContext,
  read: (context: FlowContext) => Promise<Situation> = readSituation,
): Promise<Situation | undefined> {
  try {
    return await read(context);
  } catch (cause) {
    if (cause instanceof Refusal && cause.code.startsWith('vault-')) return undefined;
    throw cause;
  }
}
