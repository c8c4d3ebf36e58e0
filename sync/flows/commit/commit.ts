/**
 * The commit: forward only, resumable, exactly once.
 *
 * 1. intent, in a transaction of its own: who, when, and that everything was allowed then
 * 2. one transaction: row locks, everything checked again, CheckTick's rows, constraints, then
 *    Vault with check-and-set, then COMMIT. A crash after Vault and before COMMIT is repaired by
 *    repeating it: a Vault value that already equals the new one counts as written
 * 3. trust last (setup; of a roster and an adoption it is all that is written in Vault: step 2)
 * 4. both sides read back; what CheckTick has changed since two people may accept (bundles/differences.ts)
 * 5. one transaction: state, nonce, epoch, receipt
 * 6. the package's one-time key is destroyed
 *
 * Every step finds out whether it was done, so any process may repeat all of them at any time.
 * @module
 */
import { isRecovery } from '../../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Database } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { raiseEpoch } from '../../database/settings.ts';
import {
  bundleDocument,
  endBundle,
  endNegatively,
  FINAL,
  findBundle,
  lockBundle,
} from '../bundles/bundles.ts';
import { assertAuthentic } from '../bundles/authentic.ts';
import {
  asAdmin,
  type Begun,
  checkAll,
  isStillOpen,
  isWritten,
  withdrawIntent,
  writeIntent,
} from './intent.ts';
import {
  type Beginner,
  type CommitKind,
  type CommitWork,
  Ended,
  type ReadBack,
  type WrittenWork,
} from '../bundles/commit-kind.ts';
import { hasSecret, KINDS, NO_SECRET, opened, packageKey } from './secret.ts';
import { type FlowContext, readSituation } from '../../trust/context.ts';
import { areAccepted, noteDifferences, refuseDifferences } from '../bundles/differences.ts';
import { destroySpentKeysIfPossible } from '../bundles/receipts.ts';
import { refuseFlow } from '../../trust/refusals.ts';

/** Commits of one process under way: those who ask for the same one wait for the same one. */
const running = new WeakMap<Database, Map<string, Promise<void>>>();

/**
 * Commits a bundle as `by`, or goes on with its open commit as the one who began it (`by`
 * undefined; without an open commit nothing happens then). Committed before: does nothing.
 * @throws Refusal naming what is in the way; an ended bundle has its negative receipt then
 */
export async function runCommit(
  context: FlowContext,
  digest: string,
  by: Beginner | undefined,
): Promise<void> {
  const all = running.get(context.database) ?? new Map<string, Promise<void>>();
  running.set(context.database, all);
  const other = all.get(digest);
  if (other !== undefined) {
    await other;
    const found = await findBundle(context.database, digest);
    // The other one only looked for an open commit and found none.
    if (found?.state === 'waiting' && by !== undefined) await runCommit(context, digest, by);
    return;
  }
  const mine = run(context, digest, by).finally(() => all.delete(digest));
  all.set(digest, mine);
  await mine;
}

/** How often a commit begins again because another process withdrew it between two steps. */
const ATTEMPTS = 3;

async function run(context: FlowContext, digest: string, by: Beginner | undefined): Promise<void> {
  for (let attempt = 1; (await attemptCommit(context, digest, by)) === 'overtaken'; attempt += 1) {
    if (attempt === ATTEMPTS) throw refuseFlow('commit-unfinished', digest);
  }
  await destroySpentKeysIfPossible(context);
}

/** `overtaken`: another process withdrew the intent, or carries on what this one wanted to end. */
type Attempt = 'done' | 'overtaken';
type Base = Pick<CommitWork, 'context' | 'situation' | 'document'>;
type StartedBase = Base & Pick<CommitWork, 'started'>;

async function attemptCommit(
  context: FlowContext,
  digest: string,
  by: Beginner | undefined,
): Promise<Attempt> {
  const { database, onStep } = context;
  const found = await findBundle(database, digest);
  if (found === undefined) throw refuseFlow('bundle-unknown');
  if (found.state === 'committed') return 'done';
  const kind = KINDS[found.kind];
  const started = kind.start();
  let key: Uint8Array | Refusal | undefined;
  try {
    const [asked, read] = await Promise.allSettled([
      hasSecret(found.kind) ? packageKey(context, found.nonce) : NO_SECRET,
      readSituation(context),
    ]);
    // The key first: whatever else failed, it is wiped below.
    if (asked.status === 'rejected') throw asked.reason;
    key = asked.value;
    if (read.status === 'rejected') throw read.reason;
    const situation = read.value;
    const document = await bundleDocument(database, digest, situation.installation.mode);
    // SECURITY: the row may have been written by hand; what is signed decides what is done.
    if (document.body.kind !== found.kind) {
      throw refuseFlow('bundle-not-as-imported', 'Its row names another kind.');
    }
    const base = { context, situation, document };
    const present = key;
    return await orEnd(base, async () => {
      const begun = await writeIntent(base, kind, by, present);
      if (begun === undefined) return 'done';
      await onStep?.('intent');
      return carryOut({ ...base, started }, kind, begun, present);
    });
  } finally {
    started.forget();
    if (key instanceof Uint8Array) key.fill(0);
  }
}

/** Runs `commit`; what can never be committed gets its negative receipt. */
async function orEnd(
  { context, situation, document }: Base,
  commit: () => Promise<Attempt>,
): Promise<Attempt> {
  try {
    return await commit();
  } catch (cause) {
    if (!(cause instanceof Ended)) throw cause;
    const { happened } = cause.refusal.sentences;
    const statement = `${happened} Nothing was changed.`;
    const ended = await endNegatively(
      context,
      situation,
      document.digest,
      { outcome: cause.outcome, statement },
      undefined,
    );
    // SECURITY: what another process has committed or written meanwhile keeps its passphrase.
    if (!ended) return 'overtaken';
    throw cause.refusal;
  }
}

/**
 * Steps 2 to 5. Another process may finish the same commit between any two lines of this: then
 * whatever is missing (the package's key, the passphrase) is missing because all is done.
 */
async function carryOut(
  base: StartedBase,
  kind: CommitKind,
  begun: Begun,
  key: Uint8Array | Refusal,
): Promise<Attempt> {
  const { context, document } = base;
  try {
    return await steps(base, kind, begun, key);
  } catch (cause) {
    // An end of its own, or a bundle that nobody else has ended: the reason counts.
    if (cause instanceof Ended || !(await hasEnded(context, document.digest))) throw cause;
    return 'done';
  }
}

async function hasEnded({ database }: FlowContext, digest: string): Promise<boolean> {
  const found = await findBundle(database, digest).catch(() => undefined);
  return found !== undefined && FINAL.includes(found.state);
}

async function steps(
  base: StartedBase,
  kind: CommitKind,
  { intent, isNew }: Begun,
  key: Uint8Array | Refusal,
): Promise<Attempt> {
  const { context, document } = base;
  const { database, onStep } = context;
  const found = await findBundle(database, document.digest);
  if (found === undefined || FINAL.includes(found.state)) return 'done';
  // SECURITY: a commit that goes on was not judged just now: its rows may have been written by hand.
  if (!isNew) await assertAuthentic(database, found, base, { everApproved: true });
  const secret =
    key instanceof Refusal ? await kind.provenSecret(base) : await opened(document, key);
  const work = { ...base, found, intent };
  if (secret === undefined) {
    await requireWritten(work, key);
    return finished({ ...work, secret: null }, kind);
  }
  try {
    await kind.prepare({ ...work, secret });
    const written = await writeOnce({ ...work, secret }, kind);
    if (written !== 'written') return written === 'ended' ? 'done' : 'overtaken';
    await onStep?.('written');
    return await finished({ ...work, secret }, kind);
  } finally {
    secret.fill(0);
  }
}

/**
 * Without the package's key only a recovery and survey keys that move go on, and only once they were
 * written: of those that did not move yet the receipt says so. A setup of which
 * nothing is anywhere waits as before: it blocks nobody, and can be refused.
 * @throws Refusal `package-key-missing`
 */
async function requireWritten(
  work: Omit<CommitWork, 'secret'>,
  key: Uint8Array | Refusal,
): Promise<void> {
  const { context, document } = work;
  const written = await isWritten(context.database, document.digest);
  const recovers = isRecovery(document.body);
  if (written && (recovers || document.body.kind === 'migrate-escrows')) return;
  // A recovery can be refused as it stands, and may have left a line in Vault's audit trail.
  if (!written && !recovers) await withdrawIntent(context, work);
  throw key;
}

/** Steps 3 to 5. */
async function finished(work: WrittenWork, kind: CommitKind): Promise<Attempt> {
  const { database, onStep } = work.context;
  await kind.finish(work);
  const readBack = await kind.readBack(work, database);
  await requireSameOrAccepted(work, readBack);
  await onStep?.('read-back');
  await receive(work, kind, readBack);
  await onStep?.('receipt');
  return 'done';
}

/**
 * Step 2. Its own row in `intents` says, in the same transaction, that it was done. `ended`: all
 * is done; `withdrawn`: this commit was taken back, and perhaps another one begun.
 */
async function writeOnce(
  work: CommitWork,
  kind: CommitKind,
): Promise<'written' | 'ended' | 'withdrawn'> {
  const { context, document } = work;
  const digest = hexToBytes(document.digest);
  // Whether it is certain that this commit has left nothing anywhere.
  let untouched = false;
  try {
    return await context.database.transaction(
      async (tx) => {
        const found = await lockBundle(tx, document.digest);
        if (FINAL.includes(found.state)) return 'ended';
        if (!(await isStillOpen(tx, work))) return 'withdrawn';
        const { now } = await databaseTime(tx);
        const written = await tx.run(
          `INSERT INTO conclave.intents (bundle_digest, step, started_at, finished_at)
           VALUES ($1, 'written', $2, $2) ON CONFLICT DO NOTHING`,
          [digest, now],
        );
        if (written === 0) return 'written';
        const begun = await kind.begun(work).catch((cause: unknown) => {
          // Somebody else's value stands where ours would.
          untouched = cause instanceof Refusal && cause.code === 'third-value';
          throw cause;
        });
        untouched = !begun;
        if (!begun) await checkAll(tx, kind, { ...work, found }, now);
        untouched = false;
        await kind.write(tx, work);
        await context.onStep?.('vault');
        return 'written';
      },
      { retry: false },
    );
  } catch (cause) {
    if (untouched && cause instanceof Refusal) await withdrawIntent(context, work);
    throw cause;
  }
}

/** Step 4. @throws Refusal `read-back-differs` */
async function requireSameOrAccepted(work: WrittenWork, { differs }: ReadBack): Promise<void> {
  if (differs.length === 0) return;
  const { context, document, found } = work;
  if (await areAccepted(context.database, work, found, document.body, differs)) return;
  await noteDifferences(context, document.digest, differs);
  throw refuseDifferences(differs);
}

/** Step 5. */
async function receive(work: WrittenWork, kind: CommitKind, readBack: ReadBack): Promise<void> {
  const { context, document, situation, intent } = work;
  const { read, differs } = readBack;
  await context.database.transaction(async (tx) => {
    const found = await lockBundle(tx, document.digest);
    if (FINAL.includes(found.state)) return;
    const { now } = await databaseTime(tx);
    const ending = kind.ending(work, readBack);
    const { epoch } = situation.installation;
    if (ending.epoch > epoch) await raiseEpoch(tx, epoch, ending.epoch);
    await endBundle(
      tx,
      context,
      situation,
      document,
      found.keyVersion,
      { ...ending, outcome: 'committed', readBack: read },
      now,
    );
    await appendEvent(tx, {
      type: 'bundle-committed',
      ...asAdmin(intent),
      subject: hexToBytes(document.digest),
      facts: {
        readBack: [...read],
        ...(differs.length === 0 ? {} : { notReadBack: differs.map(({ place }) => place) }),
      },
    });
  });
}
