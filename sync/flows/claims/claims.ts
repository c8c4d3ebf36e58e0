/**
 * The one-time passphrase of a recovered survey: seven words (77 bits) that lie in Vault at
 * `conclave/claims/<bundle digest>` until the claim ends. The same words come out of every
 * repetition of a commit, and of every `passphrase show`. They are all that opens the survey's key
 * until then: without them the sealed key in CheckTick's table is lost for good.
 *
 * A claim goes one of two ways, fixed when the recovery is committed: an admin shows the words to
 * the user (here), or nobody ever sees them and the user sets his own password (set.ts).
 * @module
 */
import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { generatePassphrase } from '../../../shared/encoding/words.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Admin } from '../../admins/admins.ts';
import { advanceClock, databaseTime } from '../../database/clock.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { tellOfClaim } from '../../mail/tell-claim.ts';
import { CasRefusal, refuseVault } from '../../vault/refusals.ts';
import type { KvStore } from '../../vault/kv.ts';
import type { FlowContext } from '../../trust/context.ts';
import { type ClaimRow, endClaim, lockClaim } from './rows.ts';
import { refuseClaim } from './refusals.ts';
import { refuseFlow } from '../../trust/refusals.ts';

const WORDS = 7;
const stored = z.object({ passphrase: z.string().min(1) });
/** Where the words of a bundle lie in Vault. */
export const wordsPath = (digest: string): string => `conclave/claims/${digest}`;

/** Fresh words, which nobody keeps yet. */
export const newPassphrase = (): Uint8Array => generatePassphrase(WORDS);

/** The words of a bundle, or undefined when they were destroyed. UTF-8; the caller wipes them. */
export async function readPassphrase(kv: KvStore, digest: string): Promise<Uint8Array | undefined> {
  const path = wordsPath(digest);
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
    await kv.put(wordsPath(digest), { passphrase, created_at: formatTime(now) }, { cas: 0 });
    return fresh.slice();
  } catch (cause) {
    if (!(cause instanceof CasRefusal)) throw cause;
    const before = await readPassphrase(kv, digest);
    if (before === undefined) throw refuseFlow('passphrase-gone', 'destroyed');
    return before;
  }
}

async function lockPassphrase(tx: Queryable, digest: string): Promise<ClaimRow> {
  const found = await lockClaim(tx, digest);
  if (found === undefined || !found.finished) throw refuseFlow('passphrase-none');
  if (found.way === 'link') throw refuseClaim('claim-by-link');
  return found;
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
    const found = await lockPassphrase(tx, digest);
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
    const found = await lockPassphrase(tx, digest);
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
  await destroyEndedClaimsIfPossible(context);
}

const due = z.object({ digest: columns.bytes.transform(bytesToHex) });

/** Ends the claims whose time is over; who could have set a password is told. */
async function expireClaims({ database, config }: FlowContext): Promise<void> {
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    const over = await tx.rows(
      due,
      `SELECT bundle_digest AS digest FROM conclave.claims
        WHERE state = 'held' AND expires_at <= $1 ORDER BY bundle_digest FOR UPDATE`,
      [now],
    );
    for (const { digest } of over) {
      await endClaim(tx, digest, 'expired', now);
      await appendEvent(tx, { type: 'claim-expired', subject: hexToBytes(digest) });
      await tellOfClaim(tx, config, digest, 'over', now);
    }
  });
}

/** Ends claims whose time is over, and destroys the words of all that have ended. */
export async function destroyEndedClaims(context: FlowContext): Promise<void> {
  const { database, kv, onStep } = context;
  await advanceClock(database);
  await expireClaims(context);
  const ended = await database.rows(
    due,
    `SELECT bundle_digest AS digest FROM conclave.claims WHERE state <> 'held' AND NOT destroyed`,
  );
  for (const { digest } of ended) {
    await kv.deleteMetadata(wordsPath(digest));
    await onStep?.('claim-destroyed');
    await database.run('UPDATE conclave.claims SET destroyed = true WHERE bundle_digest = $1', [
      hexToBytes(digest),
    ]);
  }
}

/**
 * {@link destroyEndedClaims} after a claim has ended: what is in its way then does not undo the end,
 * and must not be answered as if it did. Every replica tries it again by itself.
 */
export async function destroyEndedClaimsIfPossible(context: FlowContext): Promise<void> {
  try {
    await destroyEndedClaims(context);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
  }
}
