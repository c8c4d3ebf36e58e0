/**
 * Committing a new key version beside the active one: CheckTick's row with the new vault component,
 * not active; then trust, which names the set of the new version beside those that it names already.
 * Nothing is written at `platform/master-key`: CheckTick derives the keys of organisations from it.
 *
 * A component that only trust knew of would be lost: so the row comes first, and no other change of
 * trust begins between the two (intent.ts).
 * @module
 */
import { z } from 'zod';
import type { NewVersionBundle } from '../../../shared/bundle/bundle.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import { actorOf, type CommitKind, type CommitWork, Ended } from '../bundles/commit-kind.ts';
import { assertKeyReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { fits, newSetOf, rowPlace } from '../../versions/rotate-places.ts';
import { readTrust, type Trust, writeTrust } from '../../trust/trust.ts';
import { assertSetTrusted, lockTrust } from './trust-change.ts';
import { assertActive, assertFree, versionRows } from '../../versions/rows.ts';
import { newVersionStatement } from '../../words/version.ts';

const TRUST = 'Vault conclave/trust';

function bodyOf(work: Pick<CommitWork, 'document'>): NewVersionBundle {
  const { body } = work.document;
  if (body.kind !== 'new-version') throw new Error('not a new version');
  return body;
}

/** The set of the active version and the roster before the new one are in force. */
function isBefore(trust: Trust | null, body: NewVersionBundle): trust is Trust {
  return (
    trust !== null &&
    trust.epoch === body.epoch &&
    trust.versions[body.keyVersion]?.includes(body.manifestDigest) === true &&
    trust.versions[body.nextVersion] === undefined &&
    trust.roster === newSetOf(body).roster.body.previous
  );
}

/** The sets of the other versions stay. */
function trustAfter(trust: Trust, body: NewVersionBundle): Trust {
  const { nextVersion, newManifestDigest, rosterDigest, epoch } = body;
  const { escrowKey } = newSetOf(body).manifest.body;
  if (escrowKey === undefined) throw refuseFlow('escrow-key-differs', nextVersion);
  return {
    ...trust,
    epoch: epoch + 1,
    roster: rosterDigest,
    versions: { ...trust.versions, [nextVersion]: [newManifestDigest] },
    escrowKeys: { ...trust.escrowKeys, [nextVersion]: escrowKey },
  };
}

/** Trust is as this leaves it; what it says of other versions is not its matter. */
function isAfter(trust: Trust | null, body: NewVersionBundle): boolean {
  return trust !== null && equalBytes(encodeJson(trust), encodeJson(trustAfter(trust, body)));
}

/** Whether trust is written already. @throws Refusal `third-value` where another is */
function isTrusted(trust: Trust | null, body: NewVersionBundle): boolean {
  if (isAfter(trust, body)) return true;
  if (!isBefore(trust, body)) throw refuseFlow('third-value', TRUST);
  return false;
}

const componentRow = z.object({ component: columns.bytes });

/** The component in the row of the new version, where there is one; the caller wipes it. */
async function inRow(
  on: Queryable,
  { nextVersion }: NewVersionBundle,
): Promise<Uint8Array | undefined> {
  const found = await on.maybe(
    componentRow,
    'SELECT vault_component AS component FROM surveys_platformkeyversion WHERE version = $1',
    [nextVersion],
  );
  return found?.component;
}

/** Whether the row is there. @throws Refusal `third-value` where it holds something else */
async function isInRow(on: Queryable, body: NewVersionBundle): Promise<boolean> {
  const held = await inRow(on, body);
  if (held === undefined) return false;
  const isOurs = fits(newSetOf(body).manifest.body, held);
  held.fill(0);
  if (!isOurs) throw refuseFlow('third-value', rowPlace(body.nextVersion));
  return true;
}

export const versionCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(on, work) {
    const body = bodyOf(work);
    const { trust } = work.situation;
    assertSetTrusted(trust, body);
    const rows = await versionRows(on);
    // Put right in CheckTick, both may hold again: the bundle waits.
    assertActive(rows, body.keyVersion);
    assertFree(rows, trust, body.nextVersion);
    if (!isBefore(trust, body)) throw new Ended('refused', refuseFlow('roster-not-trusted'));
    // SECURITY: half of the key left by two approvals; a package that left otherwise ends here.
    await assertKeyReleasedByTwo(on, work, await mustFind(on, body.nonce));
  },

  begun: async (work) => isTrusted((await readTrust(work.context.kv)).trust, bodyOf(work)),

  async provenSecret(work) {
    const body = bodyOf(work);
    const held = await inRow(work.context.database, body);
    if (held === undefined || fits(newSetOf(body).manifest.body, held)) return held;
    held.fill(0);
    return undefined;
  },

  async prepare(work) {
    const { body: set } = newSetOf(bodyOf(work)).manifest;
    if (work.secret.length !== set.componentBytes || !fits(set, work.secret)) {
      throw new Ended('refused', refuseFlow('component-wrong'));
    }
  },

  async write(tx, work) {
    const { context, intent, secret } = work;
    const body = bodyOf(work);
    const { keyVersion, nextVersion, newManifestDigest } = body;
    await lockTrust(tx);
    assertActive(await versionRows(tx, { lock: true }), keyVersion);
    if (!(await isInRow(tx, body))) {
      await tx.run(
        `INSERT INTO surveys_platformkeyversion
           (version, vault_component, created_at, activated_at, retired_at, shares_last_rotated, notes)
         VALUES ($1, $2, $3, NULL, NULL, NULL, $4)`,
        [nextVersion, secret, intent.at, `Made by Conclave; share set ${newManifestDigest}`],
      );
    }
    await writeAuditLog(tx, {
      actorId: actorOf(intent),
      scope: 'security',
      action: 'create',
      severity: 'critical',
      at: intent.at,
      message: `Platform key version ${nextVersion} was created. Version ${keyVersion} stays active.`,
      metadata: { key_version: nextVersion, bundle: work.document.digest },
    });
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
  },

  async finish(work) {
    const { context } = work;
    const body = bodyOf(work);
    if (!(await isInRow(context.database, body))) {
      throw refuseFlow('third-value', rowPlace(body.nextVersion));
    }
    const { trust, version } = await readTrust(context.kv);
    if (isTrusted(trust, body)) return;
    if (trust === null) throw refuseFlow('third-value', TRUST);
    await writeTrust(context.kv, trustAfter(trust, body), {
      cas: version,
      isThere: (found) => isAfter(found, body),
    });
    await context.onStep?.('trust');
  },

  async readBack(work, on) {
    const body = bodyOf(work);
    const row = rowPlace(body.nextVersion);
    if (!(await isInRow(on, body))) throw refuseFlow('read-back-differs', row);
    if (!isAfter((await readTrust(work.context.kv)).trust, body)) {
      throw refuseFlow('read-back-differs', TRUST);
    }
    return { read: [row, TRUST], differs: [] };
  },

  ending: (work) => ({
    epoch: bodyOf(work).epoch + 1,
    statement: newVersionStatement(bodyOf(work)),
  }),
};
