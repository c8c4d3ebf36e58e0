/**
 * Committing a setup: the vault component into Vault (check-and-set 0) and into CheckTick's row,
 * both read back; then trust, for the first time.
 * @module
 */
import { z } from 'zod';
import type { SetupBundle } from '../../../shared/bundle/bundle.ts';
import {
  buildPlatformMasterKey,
  parsePlatformMasterKey,
  vaultPaths,
} from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { checkValueFits } from '../../../shared/sharing/check-value.ts';
import { parseManifest } from '../../../shared/sharing/manifest.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import type { KvStore } from '../../vault/kv.ts';
import { CasRefusal } from '../../vault/refusals.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import { actorOf, type CommitKind, type CommitWork, Ended } from '../bundles/commit-kind.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { firstTrust, readTrust, type Trust, writeTrust } from '../../trust/trust.ts';

const PATH = vaultPaths.platformMasterKey;

function bodyOf(work: Pick<CommitWork, 'document'>): SetupBundle {
  const { body } = work.document;
  if (body.kind !== 'setup') throw new Error('not a setup');
  return body;
}

/** The component in Vault, or undefined; the caller wipes it. */
async function inVault(kv: KvStore): Promise<Uint8Array | undefined> {
  const found = await kv.read(PATH);
  if (!found.absent) return parsePlatformMasterKey(found.data).vaultComponent;
  // Written once and destroyed since: check-and-set 0 could never succeed.
  if (found.currentVersion > 0) throw refuseFlow('third-value', `Vault ${PATH}`);
  return undefined;
}

async function vaultHolds(kv: KvStore, component: Uint8Array): Promise<boolean> {
  const held = await inVault(kv);
  if (held === undefined) return false;
  try {
    if (!equalBytes(held, component)) throw refuseFlow('third-value', `Vault ${PATH}`);
    return true;
  } finally {
    held.fill(0);
  }
}

const keyRow = z.object({ component: columns.bytes });

async function inDatabase(on: Queryable, version: string): Promise<Uint8Array | undefined> {
  const found = await on.maybe(
    keyRow,
    'SELECT vault_component AS component FROM surveys_platformkeyversion WHERE version = $1',
    [version],
  );
  return found?.component;
}

/** Whether this is the vault component whose check value the quorum signed. */
function fitsManifest({ mode, manifest }: SetupBundle, component: Uint8Array): boolean {
  const { componentId, checks } = parseManifest(encodeJson(manifest), mode).body;
  return checkValueFits('vault-component', component, componentId, checks.vaultComponent);
}

function otherValue(cause: unknown): undefined {
  if (cause instanceof Refusal && cause.code === 'third-value') return undefined;
  throw cause;
}

export const setupCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(on, work) {
    if (work.situation.trust !== null) throw new Ended('refused', refuseFlow('trust-exists'));
    const { keyVersion } = bodyOf(work);
    if ((await inDatabase(on, keyVersion)) !== undefined) {
      throw refuseFlow('third-value', `database row ${keyVersion}`);
    }
    // Whatever is there before this commit has written is somebody else's.
    const held = await inVault(work.context.kv);
    held?.fill(0);
    if (held !== undefined) throw refuseFlow('third-value', `Vault ${PATH}`);
  },

  begun: ({ context, secret }) => vaultHolds(context.kv, secret),

  async provenSecret(work) {
    const { context } = work;
    const { keyVersion } = bodyOf(work);
    // First the place that is written first; somebody else's value there proves nothing.
    for (const read of [
      () => inVault(context.kv).catch(otherValue),
      () => inDatabase(context.database, keyVersion),
    ]) {
      const held = await read();
      if (held !== undefined && fitsManifest(bodyOf(work), held)) return held;
      held?.fill(0);
    }
    return undefined;
  },

  async prepare(work) {
    if (!fitsManifest(bodyOf(work), work.secret)) {
      throw new Ended('refused', refuseFlow('component-wrong'));
    }
  },

  async write(tx, work) {
    const { context, intent, secret } = work;
    const { keyVersion, manifestDigest } = bodyOf(work);
    const held = await inDatabase(tx, keyVersion);
    if (held !== undefined && !equalBytes(held, secret)) {
      throw refuseFlow('third-value', `database row ${keyVersion}`);
    }
    if (held === undefined) {
      await tx.run(
        `INSERT INTO surveys_platformkeyversion
           (version, vault_component, created_at, activated_at, notes)
         VALUES ($1, $2, $3, $3, $4)`,
        [keyVersion, secret, intent.at, `Made by Conclave; share set ${manifestDigest}`],
      );
    }
    await writeAuditLog(tx, {
      actorId: actorOf(intent),
      scope: 'security',
      action: 'create',
      severity: 'critical',
      at: intent.at,
      message: `Platform key version ${keyVersion} was created and activated.`,
      metadata: { key_version: keyVersion, bundle: work.document.digest },
    });
    // A bad reference shows now, before anything is in Vault, and not at COMMIT.
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
    if (await vaultHolds(context.kv, secret)) return;
    try {
      await context.kv.put(PATH, buildPlatformMasterKey(secret, intent.at), { cas: 0 });
    } catch (cause) {
      if (cause instanceof CasRefusal && (await vaultHolds(context.kv, secret))) return;
      throw cause;
    }
  },

  async finish(work) {
    const { context } = work;
    const wanted = firstTrust(bodyOf(work));
    const same = (trust: Trust | null): boolean =>
      trust !== null && equalBytes(encodeJson(trust), encodeJson(wanted));
    const { trust } = await readTrust(context.kv);
    if (trust !== null && !same(trust)) throw refuseFlow('third-value', 'Vault conclave/trust');
    if (trust !== null) return;
    await writeTrust(context.kv, wanted, { cas: 0, isThere: same });
    await context.onStep?.('trust');
  },

  async readBack(work, on) {
    const { context, secret } = work;
    const { keyVersion } = bodyOf(work);
    const place = `Vault ${PATH}`;
    if (secret === null) throw refuseFlow('read-back-differs', place);
    const found = await context.kv.read(PATH);
    if (found.absent) throw refuseFlow('read-back-differs', place);
    const held = parsePlatformMasterKey(found.data).vaultComponent;
    const same = equalBytes(held, secret);
    held.fill(0);
    if (!same) throw refuseFlow('read-back-differs', place);
    const row = await inDatabase(on, keyVersion);
    if (row === undefined || !equalBytes(row, secret)) {
      throw refuseFlow('read-back-differs', `database row ${keyVersion}`);
    }
    row.fill(0);
    const { trust } = await readTrust(context.kv);
    if (trust === null || !equalBytes(encodeJson(trust), encodeJson(firstTrust(bodyOf(work))))) {
      throw refuseFlow('read-back-differs', 'Vault conclave/trust');
    }
    const read = [place, `database row of key version ${keyVersion}`, 'Vault conclave/trust'];
    return { read, differs: [] };
  },

  ending: (work) => ({
    epoch: bodyOf(work).epoch + 1,
    statement: `Key version ${bodyOf(work).keyVersion} was set up: its vault component is in Vault and in the database, and its share set is trusted.`,
  }),
};
