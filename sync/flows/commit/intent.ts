/**
 * The intent: who began a commit and when, written before anything else of it, and taken back only
 * when it is certain that nothing of it is left anywhere.
 * @module
 */
import { z } from 'zod';
import { PACKAGE_KINDS } from '../../../shared/bundle/package.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { columns } from '../../database/columns.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { fromHex } from '../../database/together.ts';
import { assertAuthentic } from '../bundles/authentic.ts';
import { type BundleRow, FINAL, lockBundle } from '../bundles/bundles.ts';
import {
  type Beginner,
  type CheckWork,
  type CommitKind,
  type CommitWork,
  Ended,
  type Intent,
} from '../bundles/commit-kind.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertEpochsAgree } from '../../trust/trust.ts';

const intentRow = z.object({
  facts: z.object({ adminId: z.string().nullable(), userId: z.number().nullable() }),
  at: columns.time,
});

/** The open intent of a bundle. */
export async function openIntent(on: Queryable, digest: string): Promise<Intent | undefined> {
  const open = await on.maybe(
    intentRow,
    `SELECT facts, started_at AS at FROM conclave.intents
      WHERE bundle_digest = $1 AND step = 'commit' AND finished_at IS NULL`,
    [hexToBytes(digest)],
  );
  return open === undefined ? undefined : { at: open.at, ...open.facts };
}

/** A commit under way; `isNew`: everything was judged just now, when its intent was written. */
export interface Begun {
  readonly intent: Intent;
  readonly isNew: boolean;
}

/**
 * The intent, found or (by `by`) new; undefined when the bundle has been committed, or nobody
 * asks for it and none is open.
 * @param key the package's key, or why there is none: then nothing new begins
 * @throws Refusal naming what is in the way; Ended
 */
export async function writeIntent(
  work: Omit<CheckWork, 'found'>,
  kind: CommitKind,
  by: Beginner | undefined,
  key: Uint8Array | Refusal,
): Promise<Begun | undefined> {
  const { context, document } = work;
  const digest = hexToBytes(document.digest);
  return context.database.transaction(async (tx) => {
    const found = await lockBundle(tx, document.digest);
    if (found.state === 'committed') return undefined;
    const open = await openIntent(tx, document.digest);
    if (open !== undefined) return { intent: open, isNew: false };
    if (found.state !== 'waiting') throw refuseFlow('bundle-state', found.state, 'waiting');
    if (by === undefined) return undefined;
    const { now } = await databaseTime(tx);
    await assertAlone(tx, found);
    await checkAll(tx, kind, { ...work, found }, now);
    if (key instanceof Refusal) throw key;
    const intent =
      by === 'console' ? { adminId: null, userId: null } : { adminId: by.id, userId: by.userId };
    await tx.run(
      `INSERT INTO conclave.intents (bundle_digest, step, facts, started_at)
       VALUES ($1, 'commit', $2, $3)
       ON CONFLICT (bundle_digest, step) DO UPDATE
         SET facts = EXCLUDED.facts, started_at = EXCLUDED.started_at, finished_at = NULL`,
      [digest, intent, now],
    );
    await tx.run(`UPDATE conclave.bundles SET state = 'committing' WHERE digest = $1`, [digest]);
    await appendEvent(tx, { type: 'commit-begun', ...asAdmin(intent), subject: digest });
    return { intent: { at: now, ...intent }, isNew: true };
  });
}

/** Whether others may begin while a commit of this kind is open. */
const BESIDE_OTHERS: Readonly<Record<BundleRow['kind'], 'always' | 'unless-alone' | 'alone'>> = {
  // They touch neither trust nor the components.
  recover: 'always',
  'recover-member': 'always',
  'migrate-organisation': 'always',
  drill: 'always',
  // One write of trust: of two, the second finds what the first one left.
  setup: 'unless-alone',
  adopt: 'unless-alone',
  roster: 'unless-alone',
  // They write components before trust: a change of trust between would leave shares that nobody trusts.
  'rotate-shares': 'alone',
  'new-version': 'alone',
  // Known by the epoch alone.
  activate: 'alone',
  retire: 'alone',
  // What it writes in trust stands on the set that was in force when it began.
  refresh: 'alone',
  'add-set': 'alone',
  // One by one: meanwhile the version that they move to must stay trusted and active.
  'migrate-escrows': 'alone',
};

const other = z.object({
  digest: columns.bytes.transform(bytesToHex),
  kind: z.enum(PACKAGE_KINDS),
});

/**
 * Nothing is open beside which this must not begin, or that must not have it beside itself. The lock on
 * the settings puts the beginnings of commits one after another.
 * @throws Refusal `commit-unfinished`
 */
async function assertAlone(tx: Queryable, { digest, kind }: BundleRow): Promise<void> {
  const own = BESIDE_OTHERS[kind];
  if (own === 'always') return;
  await tx.run('SELECT FROM conclave.settings FOR UPDATE');
  const all = await tx.rows(
    other,
    `SELECT b.digest, b.kind FROM conclave.intents i JOIN conclave.bundles b ON b.digest = i.bundle_digest
      WHERE i.step = 'commit' AND i.finished_at IS NULL AND b.digest <> $1 ORDER BY i.started_at`,
    [hexToBytes(digest)],
  );
  const open = all.find((one) => {
    const its = BESIDE_OTHERS[one.kind];
    return its !== 'always' && (own === 'alone' || its === 'alone');
  });
  if (open !== undefined) throw refuseFlow('commit-unfinished', open.digest);
}

/** Whom an event names. */
export function asAdmin({ adminId }: Pick<Intent, 'adminId'>): { readonly adminId?: string } {
  return adminId === null ? {} : { adminId };
}

/** Delay, expiry, epoch, and what the kind asks for. @throws Ended where it can never change */
export async function checkAll(
  on: Queryable,
  kind: CommitKind,
  work: CheckWork,
  now: Date,
): Promise<void> {
  const { found, situation, document } = work;
  await assertAuthentic(on, found, work, { everApproved: false });
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

/** Whether the commit that `work` carries out is still the one that is open. Under the row lock. */
export async function isStillOpen(
  tx: Queryable,
  work: Pick<CommitWork, 'document' | 'intent'>,
): Promise<boolean> {
  const open = await openIntent(tx, work.document.digest);
  return open !== undefined && open.at.getTime() === work.intent.at.getTime();
}

const written = z.object({ written: columns.boolean });

/** Whether rows of this commit stand in CheckTick's tables: from then on it only goes forward. */
export async function isWritten(on: Queryable, digest: string): Promise<boolean> {
  const found = await on.one(
    written,
    `SELECT EXISTS (SELECT FROM conclave.intents
      WHERE bundle_digest = $1 AND step = 'written') AS written`,
    [hexToBytes(digest)],
  );
  return found.written;
}

/** Of which of these bundles {@link isWritten} is so. */
export async function writtenAmong(
  on: Queryable,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await on.rows(
    z.object({ digest: columns.bytes.transform(bytesToHex) }),
    `SELECT bundle_digest AS digest FROM conclave.intents
      WHERE step = 'written' AND bundle_digest = ANY ${fromHex('$1')}`,
    [digests],
  );
  return new Set(found.map(({ digest }) => digest));
}

/** Nothing was written and something is in the way: the bundle waits as before, and blocks nobody. */
export async function withdrawIntent(
  { database }: FlowContext,
  work: Pick<CommitWork, 'document' | 'intent'>,
): Promise<void> {
  const { digest } = work.document;
  await database.transaction(async (tx) => {
    // Under the lock, and asked after it: another replica may have written or withdrawn meanwhile.
    const found = await lockBundle(tx, digest);
    if (FINAL.includes(found.state)) return;
    if ((await isWritten(tx, digest)) || !(await isStillOpen(tx, work))) return;
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
