/**
 * Packages: what sync hands to a laptop before a ceremony. This file knows the table and the
 * setup package; recover.ts and release.ts those that carry secrets.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { generateRecipient } from '../../../shared/sealing/hpke.ts';
import type { PackageDocument } from '../../../shared/bundle/package.ts';
import { vaultPaths } from '../../../shared/checktick/index.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import type { Admin } from '../../admins/admins.ts';
import { columns } from '../../database/columns.ts';
import { appendEvent } from '../../database/documents.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { CasRefusal } from '../../vault/refusals.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { packageHead, releaseAtOnce } from './out.ts';
import { findPackage, type PackageRow, rowFacts, withdrawPackage } from '../package-rows/rows.ts';
import { recipientPath } from '../../trust/recipient.ts';
import { issueReceipt } from '../bundles/receipts.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';

/** 7 days from then by default; the end is decided by the database's clock. */
export function expiryFrom({ config }: FlowContext, then: Date): Date {
  return new Date(then.getTime() + config.packageLifetimeDays * 86_400_000);
}

const storedKey = z.object({ public_key: z.string() });

/**
 * A fresh one-time key; its private half goes to Vault before anybody can see the public one. When
 * an earlier attempt for this nonce was interrupted, its key is used.
 */
export async function makeRecipient(
  { kv }: FlowContext,
  nonce: string,
  now: Date,
): Promise<{ readonly publicKey: string; readonly path: string }> {
  const path = recipientPath(nonce);
  const pair = await generateRecipient();
  try {
    // Vault's API is JSON, so the key is a string for the length of this call.
    const data = {
      private_key: bytesToHex(pair.privateKey),
      public_key: pair.publicKey,
      created_at: formatTime(now),
    };
    await kv.put(path, data, { cas: 0 });
    return { publicKey: pair.publicKey, path };
  } catch (cause) {
    if (!(cause instanceof CasRefusal)) throw cause;
    const found = await kv.read(path);
    const parsed = storedKey.safeParse(found.absent ? undefined : found.data);
    if (!parsed.success) throw cause;
    return { publicKey: parsed.data.public_key, path };
  } finally {
    pair.privateKey.fill(0);
  }
}

/**
 * A package for a whole new platform key: no secrets, released at once.
 * @throws Refusal `trust-exists`, `key-exists`, `commit-unfinished`
 */
export async function makeSetupPackage(
  context: FlowContext,
  admin: Admin,
  keyVersion: string,
): Promise<PackageDocument> {
  const { database } = context;
  await finishOpenCommits(context, keyVersion);
  const situation = await soundSituation(context);
  await assertNothingThere(context, situation, keyVersion);
  const { now } = situation;
  const nonce = randomBytes(16).toString('hex');
  const recipient = await makeRecipient(context, nonce, now);
  const expiresAt = expiryFrom(context, now);
  const head = await packageHead(database, situation, { nonce, expiresAt });
  return releaseAtOnce(
    context,
    situation,
    { ...head, kind: 'setup', keyVersion, recipient: recipient.publicKey },
    { by: admin, expiresAt, recipientPath: recipient.path },
  );
}

/** Setup is for a sync that has nothing yet. */
async function assertNothingThere(
  { database, kv }: FlowContext,
  { trust }: Situation,
  keyVersion: string,
): Promise<void> {
  if (trust !== null) throw refuseFlow('trust-exists');
  const key = await kv.read(vaultPaths.platformMasterKey);
  if (!key.absent || key.currentVersion > 0) {
    throw refuseFlow('key-exists', `Vault ${vaultPaths.platformMasterKey}`);
  }
  const { count } = await database.one(
    z.object({ count: columns.integer }),
    'SELECT count(*) AS count FROM surveys_platformkeyversion WHERE version = $1',
    [keyVersion],
  );
  if (count > 0) throw refuseFlow('key-exists', `database row ${keyVersion}`);
}

/**
 * Ends a package that expired without a bundle: a signed negative receipt, and its key destroyed
 * with the next {@link finishOpenCommits}. One that was never released left nothing to answer for,
 * and gets no receipt. Does nothing when a receipt or a bundle exists.
 */
export async function expirePackage(context: FlowContext, nonce: string): Promise<void> {
  const situation = await soundSituation(context);
  await context.database.transaction(async (tx) => {
    const found = await findPackage(tx, nonce, true);
    const { now } = await databaseTime(tx);
    if (found === undefined || isEnded(found) || found.expiresAt > now) return;
    if (found.digest === null) return expireUnreleased(tx, found);
    const { used } = await tx.one(
      z.object({ used: columns.boolean }),
      'SELECT EXISTS (SELECT FROM conclave.bundles WHERE nonce = $1) AS used',
      [hexToBytes(nonce)],
    );
    if (used) return;
    await tx.run(`UPDATE conclave.packages SET state = 'expired' WHERE nonce = $1`, [
      hexToBytes(nonce),
    ]);
    await issueReceipt(
      tx,
      situation,
      {
        kind: found.kind,
        outcome: 'expired',
        nonce,
        packageDigest: found.digest,
        bundleDigest: null,
        ceremonyId: null,
        keyVersion: found.keyVersion,
        epoch: situation.installation.epoch,
        statement: `The package expired at ${formatTime(found.expiresAt)} and no bundle came. Nothing was changed.`,
        readBack: [],
      },
      now,
    );
  });
}

const isEnded = ({ state }: PackageRow): boolean => state !== 'requested' && state !== 'released';

/** Asked for, and not approved in time. */
async function expireUnreleased(tx: Queryable, { nonce, facts }: PackageRow): Promise<void> {
  await withdrawPackage(tx, nonce, 'expired');
  await appendEvent(tx, {
    type: 'package-expired',
    facts: { nonce, ...rowFacts.safeParse(facts).data },
  });
}
