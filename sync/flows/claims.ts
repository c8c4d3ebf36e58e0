/**
 * The one-time passphrase of a recovered survey: seven words (77 bits) that lie in Vault at
 * `conclave/claims/<bundle digest>` until they are acknowledged or expire. The same words come out
 * of every repetition of a commit, and of every `passphrase show`.
 * @module
 */
import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { generatePassphrase } from '../../shared/encoding/words.ts';
import type { Admin } from '../admins/admins.ts';
import { advanceClock, databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { CasRefusal, refuseVault } from '../vault/refusals.ts';
import type { KvStore } from '../vault/kv.ts';
import type { FlowContext } from './context.ts';
import { refuseFlow } from './refusals.ts';

const WORDS = 7;
const stored = z.object({ passphrase: z.string().min(1) });
const pathOf = (digest: string): string => `conclave/claims/${digest}`;

/** Fresh words, which nobody keeps yet. */
export const newPassphrase = (): Uint8Array => generatePassphrase(WORDS);

/** The words of a bundle, or undefined when they were destroyed. UTF-8; the caller wipes them. */
export async function readPassphrase(kv: KvStore, digest: string): Promise<Uint8Array | undefined> {
  const path = pathOf(digest);
  const found = await kv.read(path);
  if (found.absent) return undefined;
  const parsed = stored.safeParse(found.data);
  if (!parsed.success) throw refuseVault('vault-content', path);
  // Vault's API is JSON: a string on its way in and out.
  return new TextEncoder().encode(parsed.data.passphrase);
}

/**
 * The words of a bundle: `fresh` on the first call, those of then ever after. UTF-8; the caller
 * wipes what it gets and what it gave.
 * SECURITY: the caller holds the bundle's row lock and it is open. After its end the words may be
 * destroyed at any time, and new ones would lie there for good.
 * @throws Refusal `passphrase-gone`
 */
export async function keepPassphrase(
  kv: KvStore,
  digest: string,
  fresh: Uint8Array,
  now: Date,
): Promise<Uint8Array> {
  try {
    const passphrase = new TextDecoder().decode(fresh);
    await kv.put(pathOf(digest), { passphrase, created_at: formatTime(now) }, { cas: 0 });
    return fresh.slice();
  } catch (cause) {
    if (!(cause instanceof CasRefusal)) throw cause;
    const before = await readPassphrase(kv, digest);
    if (before === undefined) throw refuseFlow('passphrase-gone', 'destroyed');
    return before;
  }
}

/** Part of the commit's transaction. */
export async function keepClaim(
  tx: Queryable,
  { config }: FlowContext,
  digest: string,
  now: Date,
): Promise<void> {
  const expires = new Date(now.getTime() + config.packageLifetimeDays * 86_400_000);
  await tx.run(
    `INSERT INTO conclave.claims (bundle_digest, created_at, expires_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    [hexToBytes(digest), now, expires],
  );
}

/** A bundle that ended without a commit leaves no passphrase behind. */
export async function dropClaim({ kv }: FlowContext, digest: string): Promise<void> {
  await kv.deleteMetadata(pathOf(digest));
}

/** Whether the words of a committed bundle wait to be handed over; their time may be over. */
export async function isPassphraseHeld(on: Queryable, digest: string): Promise<boolean> {
  const { held } = await on.one(
    z.object({ held: columns.boolean }),
    `SELECT EXISTS (SELECT FROM conclave.claims
                     WHERE bundle_digest = $1 AND state = 'held') AS held`,
    [hexToBytes(digest)],
  );
  return held;
}

const claim = z.object({
  state: z.enum(['held', 'acknowledged', 'expired']),
  expiresAt: columns.time,
  finished: columns.boolean,
});

async function lockClaim(tx: Queryable, digest: string): Promise<z.infer<typeof claim>> {
  const found = await tx.maybe(
    claim,
    `SELECT c.state, c.expires_at AS "expiresAt", b.state = 'committed' AS finished
       FROM conclave.claims c JOIN conclave.bundles b ON b.digest = c.bundle_digest
      WHERE c.bundle_digest = $1 FOR UPDATE OF c`,
    [hexToBytes(digest)],
  );
  if (found === undefined || !found.finished) throw refuseFlow('passphrase-none');
  return found;
}

async function endClaim(
  tx: Queryable,
  digest: string,
  state: 'acknowledged' | 'expired',
  now: Date,
): Promise<void> {
  await tx.run('UPDATE conclave.claims SET state = $2, ended_at = $3 WHERE bundle_digest = $1', [
    hexToBytes(digest),
    state,
    now,
  ]);
}

/**
 * Shows the passphrase to an admin, who hands it to the user; every time is written down.
 * @throws Refusal `passphrase-none`, `passphrase-gone`
 */
export async function showPassphrase(
  context: FlowContext,
  admin: Admin,
  digest: string,
): Promise<{ readonly passphrase: string; readonly expiresAt: Date }> {
  const { database, kv } = context;
  await destroyEndedClaims(context);
  const expiresAt = await database.transaction(async (tx) => {
    const found = await lockClaim(tx, digest);
    if (found.state !== 'held') throw refuseFlow('passphrase-gone', found.state);
    // Before the words leave: a look that nobody knows of must not be possible.
    await appendEvent(tx, {
      type: 'passphrase-shown',
      adminId: admin.id,
      subject: hexToBytes(digest),
    });
    return found.expiresAt;
  });
  const bytes = await readPassphrase(kv, digest);
  // Acknowledged between the two.
  if (bytes === undefined) throw refuseFlow('passphrase-gone', 'destroyed');
  try {
    return { passphrase: new TextDecoder().decode(bytes), expiresAt };
  } finally {
    bytes.fill(0);
  }
}

/** The user has it: destroys it. Asking again is no error. */
export async function acknowledgePassphrase(
  context: FlowContext,
  admin: Admin,
  digest: string,
): Promise<void> {
  await context.database.transaction(async (tx) => {
    const found = await lockClaim(tx, digest);
    if (found.state === 'expired') throw refuseFlow('passphrase-gone', found.state);
    if (found.state === 'acknowledged') return;
    const { now } = await databaseTime(tx);
    await endClaim(tx, digest, 'acknowledged', now);
    await appendEvent(tx, {
      type: 'passphrase-acknowledged',
      adminId: admin.id,
      subject: hexToBytes(digest),
    });
  });
  await destroyEndedClaims(context);
}

const due = z.object({ digest: columns.bytes.transform(bytesToHex) });

/** Ends claims whose time is over, and destroys the words of all that have ended. */
export async function destroyEndedClaims(context: FlowContext): Promise<void> {
  const { database, kv } = context;
  await advanceClock(database);
  const { now } = await databaseTime(database);
  await database.run(
    `UPDATE conclave.claims SET state = 'expired', ended_at = $1
      WHERE state = 'held' AND expires_at <= $1`,
    [now],
  );
  const ended = await database.rows(
    due,
    `SELECT bundle_digest AS digest FROM conclave.claims WHERE state <> 'held' AND NOT destroyed`,
  );
  for (const { digest } of ended) {
    await kv.deleteMetadata(pathOf(digest));
    await database.run('UPDATE conclave.claims SET destroyed = true WHERE bundle_digest = $1', [
      hexToBytes(digest),
    ]);
  }
}
