/**
 * The commit: forward only, resumable, exactly once.
 *
 * 1. intent, in a transaction of its own: who, when, and that everything was allowed then
 * 2. one transaction: row locks, everything checked again, CheckTick's rows, constraints, then
 *    Vault with check-and-set, then COMMIT. A crash after Vault and before COMMIT is repaired by
 *    repeating it: a Vault value that already equals the new one counts as written
 * 3. trust last (setup)
 * 4. both sides read back
 * 5. one transaction: state, nonce, epoch, receipt
 * 6. the package's one-time key is destroyed
 *
 * Every step finds out whether it was done, so any process may repeat all of them at any time.
 * @module
 */
import { z } from 'zod';
import { type BundleDocument, openBundle } from '../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Admin } from '../admins/admins.ts';
import { columns } from '../database/columns.ts';
import { databaseTime } from '../database/clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { raiseEpoch } from '../database/settings.ts';
import {
  bundleDocument,
  type BundleRow,
  endBundle,
  endNegatively,
  FINAL,
  findBundle,
  lockBundle,
} from './bundles.ts';
import {
  type CheckWork,
  type CommitKind,
  type CommitWork,
  Ended,
  type Intent,
} from './commit-kind.ts';

import { assertAuthentic } from './bundle-authentic.ts';
import { recoverCommit } from './commit-recover.ts';
import { setupCommit } from './commit-setup.ts';
import { type FlowContext, readSituation, type Situation } from './context.ts';
import { recipientKeyOf } from './recipient.ts';
import { destroySpentKeys } from './receipts.ts';
import { refuseFlow } from './refusals.ts';
import { assertEpochsAgree } from './trust.ts';

const KINDS: Record<BundleRow['kind'], CommitKind> = {
  setup: setupCommit,
  recover: recoverCommit,
};

/** Commits of one process under way: those who ask for the same one wait for the same one. */
const running = new WeakMap<Database, Map<string, Promise<void>>>();

/**
 * Commits a bundle as `admin`, or goes on with its open commit as the one who began it (`admin`
 * undefined; without an open commit nothing happens then). Committed before: does nothing.
 * @throws Refusal naming what is in the way; an ended bundle has its negative receipt then
 */
export async function runCommit(
  context: FlowContext,
  digest: string,
  admin: Admin | undefined,
): Promise<void> {
  const all = running.get(context.database) ?? new Map<string, Promise<void>>();
  running.set(context.database, all);
  const other = all.get(digest);
  if (other !== undefined) {
    await other;
    const found = await findBundle(context.database, digest);
    // The other one only looked for an open commit and found none.
    if (found?.state === 'waiting' && admin !== undefined) await runCommit(context, digest, admin);
    return;
  }
  const mine = run(context, digest, admin).finally(() => all.delete(digest));
  all.set(digest, mine);
  await mine;
}

async function run(context: FlowContext, digest: string, admin: Admin | undefined): Promise<void> {
  const situation = await readSituation(context);
  const { database, onStep } = context;
  const document = await bundleDocument(database, digest, situation.installation.mode);
  const kind = KINDS[document.body.kind];
  try {
    const intent = await writeIntent(context, situation, document, kind, admin);
    if (intent === undefined) return await destroySpentKeys(context);
    await onStep?.('intent');
    await carryOut(context, situation, document, kind, intent);
  } catch (cause) {
    if (!(cause instanceof Ended)) throw cause;
    const { happened } = cause.refusal.sentences;
    await endNegatively(
      context,
      situation,
      digest,
      { outcome: cause.outcome, statement: `${happened} Nothing was changed.` },
      undefined,
    );
    await kind.abandon(context, digest);
    throw cause.refusal;
  }
  await destroySpentKeys(context);
}

async function carryOut(
  context: FlowContext,
  situation: Situation,
  document: BundleDocument,
  kind: CommitKind,
  intent: Intent,
): Promise<void> {
  const { database, onStep } = context;
  const found = await findBundle(database, document.digest);
  if (found === undefined || FINAL.includes(found.state)) return;
  // SECURITY: also for a commit that goes on: its rows may have been written by hand.
  await assertAuthentic(database, found, situation, { everApproved: true });
  const key = await recipientKeyOf(context, document.body.nonce);
  const secret = await openBundle(document.body, key).finally(() => key.fill(0));
  const work: CommitWork = { context, situation, document, found, intent, secret };
  try {
    await kind.prepare(work);
    await writeOnce(work, kind);
    await onStep?.('written');
    await kind.finish(work);
    const readBack = await kind.readBack(work);
    await onStep?.('read-back');
    await receive(work, kind, readBack);
    await onStep?.('receipt');
  } finally {
    secret.fill(0);
  }
}

const intentRow = z.object({
  facts: z.object({ adminId: z.string(), userId: z.number() }),
  at: columns.time,
});

/** The intent, new or found; undefined when the bundle has been committed. */
async function writeIntent(
  { database, ...rest }: FlowContext,
  situation: Situation,
  document: BundleDocument,
  kind: CommitKind,
  admin: Admin | undefined,
): Promise<Intent | undefined> {
  const context = { database, ...rest };
  return database.transaction(async (tx) => {
    const found = await lockBundle(tx, document.digest);
    if (found.state === 'committed') return undefined;
    const open = await tx.maybe(
      intentRow,
      `SELECT facts, started_at AS at FROM conclave.intents
        WHERE bundle_digest = $1 AND step = 'commit' AND finished_at IS NULL`,
      [hexToBytes(document.digest)],
    );
    if (open !== undefined) return { at: open.at, ...open.facts };
    if (found.state !== 'waiting') throw refuseFlow('bundle-state', found.state, 'waiting');
    if (admin === undefined) return undefined;
    const { now } = await databaseTime(tx);
    await checkAll(tx, kind, { context, situation, document, found }, now);
    const intent = { adminId: admin.id, userId: admin.userId };
    await tx.run(
      `INSERT INTO conclave.intents (bundle_digest, step, facts, started_at)
       VALUES ($1, 'commit', $2, $3)
       ON CONFLICT (bundle_digest, step) DO UPDATE
         SET facts = EXCLUDED.facts, started_at = EXCLUDED.started_at, finished_at = NULL`,
      [hexToBytes(document.digest), intent, now],
    );
    await tx.run(`UPDATE conclave.bundles SET state = 'committing' WHERE digest = $1`, [
      hexToBytes(document.digest),
    ]);
    await appendEvent(tx, {
      type: 'commit-begun',
      adminId: admin.id,
      subject: hexToBytes(document.digest),
    });
    return { at: now, ...intent };
  });
}

/** Delay, expiry, epoch, and what the kind asks for. @throws Ended where it can never change */
async function checkAll(
  on: Queryable,
  kind: CommitKind,
  work: CheckWork,
  now: Date,
): Promise<void> {
  const { found, situation, document } = work;
  await assertAuthentic(on, found, situation, { everApproved: false });
  assertEpochsAgree(situation.trust, situation.installation);
  if (found.expiresAt <= now) {
    throw new Ended('expired', refuseFlow('package-expired', formatTime(found.expiresAt)));
  }
  if (document.body.epoch !== situation.installation.epoch) {
    throw new Ended('refused', refuseFlow('trust-moved'));
  }
  if (found.notBefore !== null && found.notBefore > now) {
    throw refuseFlow('bundle-too-early', formatTime(found.notBefore));
  }
  await kind.check(on, work, now);
}

/** Step 2. Its own row in `intents` says, in the same transaction, that it was done. */
async function writeOnce(work: CommitWork, kind: CommitKind): Promise<void> {
  const { context, document, situation } = work;
  const digest = hexToBytes(document.digest);
  // Whether it is certain that this commit has left nothing anywhere.
  let untouched = false;
  await context.database
    .transaction(
      async (tx) => {
        const found = await lockBundle(tx, document.digest);
        if (FINAL.includes(found.state)) return;
        const { now } = await databaseTime(tx);
        const written = await tx.run(
          `INSERT INTO conclave.intents (bundle_digest, step, started_at, finished_at)
         VALUES ($1, 'written', $2, $2) ON CONFLICT DO NOTHING`,
          [digest, now],
        );
        if (written === 0) return;
        const begun = await kind.begun(work).catch((cause: unknown) => {
          // Somebody else's value stands where ours would.
          untouched = cause instanceof Refusal && cause.code === 'third-value';
          throw cause;
        });
        untouched = !begun;
        if (!begun) {
          await checkAll(tx, kind, { ...work, found, situation }, now);
        }
        untouched = false;
        await kind.write(tx, work);
        await context.onStep?.('vault');
      },
      { retry: false },
    )
    .catch(async (cause: unknown) => {
      if (untouched && cause instanceof Refusal) await withdrawIntent(context, document.digest);
      throw cause;
    });
}

/** Nothing was written and something is in the way: the bundle waits as before, and blocks nobody. */
async function withdrawIntent({ database }: FlowContext, digest: string): Promise<void> {
  await database.transaction(async (tx) => {
    // Under the lock, and asked after it: another replica may have written meanwhile.
    const found = await lockBundle(tx, digest);
    const { written } = await tx.one(
      z.object({ written: columns.boolean }),
      `SELECT EXISTS (SELECT FROM conclave.intents
        WHERE bundle_digest = $1 AND step = 'written') AS written`,
      [hexToBytes(digest)],
    );
    if (written || found.state !== 'committing') return;
    await tx.run(`UPDATE conclave.bundles SET state = 'waiting' WHERE digest = $1`, [
      hexToBytes(digest),
    ]);
    await tx.run(
      `UPDATE conclave.intents SET finished_at = clock_timestamp()
        WHERE bundle_digest = $1 AND step = 'commit'`,
      [hexToBytes(digest)],
    );
  });
}

/** Step 5. */
async function receive(work: CommitWork, kind: CommitKind, readBack: string[]): Promise<void> {
  const { context, document, situation, intent } = work;
  await context.database.transaction(async (tx) => {
    const found = await lockBundle(tx, document.digest);
    if (FINAL.includes(found.state)) return;
    const { now } = await databaseTime(tx);
    const ending = kind.ending(work);
    const { epoch } = situation.installation;
    if (ending.epoch > epoch) await raiseEpoch(tx, epoch, ending.epoch);
    await endBundle(
      tx,
      situation,
      document,
      found.keyVersion,
      { ...ending, outcome: 'committed', readBack },
      now,
    );
    await appendEvent(tx, {
      type: 'bundle-committed',
      adminId: intent.adminId,
      subject: hexToBytes(document.digest),
      facts: { readBack },
    });
  });
}
