/**
 * Committing new shares of the same platform key: the new vault component into CheckTick's row and,
 * where Vault's entry holds the component of this version, into Vault; then trust, which names the new
 * set in the place of the one before.
 *
 * Between the two the shares of before open nothing and those of the new set are not trusted yet: so
 * no other change of trust begins meanwhile (intent.ts), and what Vault lost is written again.
 * @module
 */
import { z } from 'zod';
import type { RotateBundle } from '../../../shared/bundle/bundle.ts';
import { vaultPaths, withVaultComponent } from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import type { KvStore } from '../../vault/kv.ts';
import { CasRefusal } from '../../vault/refusals.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import {
  actorOf,
  type CommitKind,
  type CommitWork,
  Ended,
  type ReadBackWork,
} from '../bundles/commit-kind.ts';
import { assertKeyReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import {
  assertUntouched,
  fits,
  newSetOf,
  type Places,
  placesOf,
  rowPlace,
  type Sets,
  setsOf,
  VAULT_PLACE,
  vaultHolds,
  writtenComponent,
} from '../../versions/rotate-places.ts';
import { refuseRenewal } from '../../versions/rotate-refusals.ts';
import { rotationStatement } from '../../words/rotate.ts';
import { readTrust, type Trust, writeTrust } from '../../trust/trust.ts';
import { assertSetTrusted, lockTrust } from './trust-change.ts';

const TRUST = 'Vault conclave/trust';

function bodyOf(work: Pick<CommitWork, 'document'>): RotateBundle {
  const { body } = work.document;
  if (body.kind !== 'rotate-shares') throw new Error('not a rotation');
  return body;
}

/** The set and the roster before it are in force. */
function isBefore(trust: Trust | null, body: RotateBundle): trust is Trust {
  return (
    trust !== null &&
    trust.epoch === body.epoch &&
    trust.versions[body.keyVersion]?.includes(body.manifestDigest) === true &&
    trust.roster === newSetOf(body).roster.body.previous
  );
}

/** Every set of the version is replaced. */
function trustAfter(trust: Omit<Trust, 'epoch' | 'roster'>, body: RotateBundle): Trust {
  const { keyVersion, newManifestDigest, rosterDigest, epoch } = body;
  const { escrowKey } = newSetOf(body).manifest.body;
  return {
    ...trust,
    epoch: epoch + 1,
    roster: rosterDigest,
    versions: { ...trust.versions, [keyVersion]: [newManifestDigest] },
    ...(escrowKey === undefined
      ? {}
      : { escrowKeys: { ...trust.escrowKeys, [keyVersion]: escrowKey } }),
  };
}

/** Trust is as this rotation leaves it; what it says of other versions is not its matter. */
function isAfter(trust: Trust | null, body: RotateBundle): boolean {
  return trust !== null && equalBytes(encodeJson(trust), encodeJson(trustAfter(trust, body)));
}

/** Whether trust is written already. @throws Refusal `third-value` where another is */
function isTrusted(trust: Trust | null, body: RotateBundle): boolean {
  if (isAfter(trust, body)) return true;
  if (!isBefore(trust, body)) throw refuseFlow('third-value', TRUST);
  return false;
}

async function here(
  on: Queryable,
  { context, document }: Pick<CommitWork, 'context' | 'document'>,
) {
  const body = bodyOf({ document });
  const sets = await setsOf(on, body);
  return { body, sets, kv: context.kv };
}

/** Vault's entry, its other fields as they were; one that holds the new component stays. */
async function writeVault(
  kv: KvStore,
  { vault }: Places,
  secret: Uint8Array,
  after: Sets['after'],
): Promise<void> {
  if (vault.is !== 'before') return;
  const path = vaultPaths.platformMasterKey;
  try {
    await kv.put(path, withVaultComponent(vault.document, secret), { cas: vault.version });
  } catch (cause) {
    if (!(cause instanceof CasRefusal) || !(await vaultHolds(kv, after))) throw cause;
  }
}

const rotatedRow = z.object({ rotated: columns.time.nullable() });

export const rotateCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(on, work) {
    const body = bodyOf(work);
    const { trust } = work.situation;
    assertSetTrusted(trust, body);
    if (!isBefore(trust, body)) throw new Ended('refused', refuseFlow('roster-not-trusted'));
    // SECURITY: half of the key left by two approvals; a package that left otherwise ends here.
    await assertKeyReleasedByTwo(on, work, await mustFind(on, body.nonce));
    await assertUntouched(on, work.context.kv, body, await setsOf(on, body));
  },

  async begun(work) {
    const { body, sets, kv } = await here(work.context.database, work);
    // Vault first: whatever else stands anywhere, a new component there is this commit's own.
    if (body.compared === 'same' && (await vaultHolds(kv, sets.after))) return true;
    const { trust } = await readTrust(kv);
    return isTrusted(trust, body);
  },

  async provenSecret(work) {
    const { database } = work.context;
    const { body, sets, kv } = await here(database, work);
    return writtenComponent(database, kv, body, sets);
  },

  async prepare(work) {
    const { sets } = await here(work.context.database, work);
    const { length } = work.secret;
    if (length !== sets.after.componentBytes || !fits(sets.after, work.secret)) {
      throw new Ended('refused', refuseFlow('component-wrong'));
    }
    if (fits(sets.before, work.secret)) {
      throw new Ended('refused', refuseRenewal('component-unchanged'));
    }
  },

  async write(tx, work) {
    const { context, intent, secret } = work;
    const { body, sets, kv } = await here(tx, work);
    await lockTrust(tx);
    const places = await placesOf(tx, kv, body, sets, { lock: true });
    if (places.row === 'before') {
      await tx.run(
        `UPDATE surveys_platformkeyversion SET vault_component = $2, shares_last_rotated = $3
          WHERE version = $1`,
        [body.keyVersion, secret, intent.at],
      );
    }
    await writeAuditLog(tx, {
      actorId: actorOf(intent),
      scope: 'security',
      action: 'update',
      severity: 'critical',
      at: intent.at,
      message: `The shares of platform key version ${body.keyVersion} were renewed. The platform key is the same.`,
      metadata: { key_version: body.keyVersion, bundle: work.document.digest },
    });
    // A bad reference shows now, before anything is in Vault, and not at COMMIT.
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
    await writeVault(kv, places, secret, sets.after);
  },

  async finish(work) {
    const { context, secret } = work;
    const { body, sets, kv } = await here(context.database, work);
    const { trust, version } = await readTrust(kv);
    const places = await placesOf(context.database, kv, body, sets);
    if (places.row !== 'after') throw refuseFlow('third-value', rowPlace(body.keyVersion));
    // A Vault that was put back to before the commit: it only goes forward.
    if (secret !== null) await writeVault(kv, places, secret, sets.after);
    if (isTrusted(trust, body)) return;
    if (trust === null) throw refuseFlow('third-value', TRUST);
    await writeTrust(kv, trustAfter(trust, body), {
      cas: version,
      isThere: (found) => isAfter(found, body),
    });
    await context.onStep?.('trust');
  },

  async readBack(work, on) {
    const { body, sets, kv } = await here(on, work);
    const places = await placesOf(on, kv, body, sets);
    const row = rowPlace(body.keyVersion);
    if (places.row !== 'after' || !(await isDated(on, work, body))) {
      throw refuseFlow('read-back-differs', row);
    }
    if (places.vault.is === 'before') throw refuseFlow('read-back-differs', VAULT_PLACE);
    if (!isAfter((await readTrust(kv)).trust, body)) throw refuseFlow('read-back-differs', TRUST);
    return {
      read: [...(body.compared === 'same' ? [VAULT_PLACE] : []), row, TRUST],
      differs: [],
    };
  },

  ending: (work) => ({
    epoch: bodyOf(work).epoch + 1,
    statement: rotationStatement(bodyOf(work)),
  }),
};

/** Whether the row says that the shares were renewed when this commit began. */
async function isDated(
  on: Queryable,
  { intent }: Pick<ReadBackWork, 'intent'>,
  { keyVersion }: RotateBundle,
): Promise<boolean> {
  const found = await on.maybe(
    rotatedRow,
    'SELECT shares_last_rotated AS rotated FROM surveys_platformkeyversion WHERE version = $1',
    [keyVersion],
  );
  return found?.rotated?.getTime() === intent.at.getTime();
}
