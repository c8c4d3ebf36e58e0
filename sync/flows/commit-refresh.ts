/**
 * Committing refreshed shares: `conclave/trust` names the next generation in the place of the one before,
 * and its roster, with check-and-set and the next epoch. No component and no row of CheckTick's changes.
 * @module
 */
import type { RefreshBundle } from '../../shared/bundle/bundle.ts';
import { writeAuditLog } from './checktick-audit.ts';
import { actorOf, type CommitKind, type CommitWork, Ended } from './commit-kind.ts';
import { refuseFlow } from './refusals.ts';
import { refreshStatement } from './refresh-words.ts';
import { newSetOf } from './rotate-places.ts';
import { readTrust, type Trust, writeTrust } from './trust.ts';
import { assertSetTrusted, lockTrust } from './trust-change.ts';

const PLACE = 'Vault conclave/trust';

function bodyOf(work: Pick<CommitWork, 'document'>): RefreshBundle {
  const { body } = work.document;
  if (body.kind !== 'refresh') throw new Error('not a refresh');
  return body;
}

/** The generation and the roster of this bundle are in force. */
function isAfter(trust: Trust | null, body: RefreshBundle): boolean {
  return (
    trust !== null &&
    trust.epoch === body.epoch + 1 &&
    trust.roster === body.rosterDigest &&
    trust.versions[body.keyVersion]?.includes(body.newManifestDigest) === true &&
    !trust.versions[body.keyVersion]?.includes(body.manifestDigest)
  );
}

/** Those before them are. */
function isBefore(trust: Trust | null, body: RefreshBundle): trust is Trust {
  return (
    trust !== null &&
    trust.epoch === body.epoch &&
    trust.versions[body.keyVersion]?.includes(body.manifestDigest) === true &&
    trust.roster === newSetOf(body).roster.body.previous
  );
}

/** Trust after it; undefined when it is there already. @throws Refusal `third-value` */
function trustAfter(trust: Trust | null, body: RefreshBundle): Trust | undefined {
  if (isAfter(trust, body)) return undefined;
  if (!isBefore(trust, body)) throw refuseFlow('third-value', PLACE);
  const { keyVersion, manifestDigest, newManifestDigest, rosterDigest, epoch } = body;
  // Further sets of the version stay as they are, in their order.
  const sets = trust.versions[keyVersion]?.map((one) =>
    one === manifestDigest ? newManifestDigest : one,
  );
  return {
    ...trust,
    epoch: epoch + 1,
    roster: rosterDigest,
    versions: { ...trust.versions, [keyVersion]: sets ?? [newManifestDigest] },
  };
}

export const refreshCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(_on, work) {
    const body = bodyOf(work);
    const { trust } = work.situation;
    assertSetTrusted(trust, body);
    if (!isBefore(trust, body)) throw new Ended('refused', refuseFlow('roster-not-trusted'));
  },

  async begun(work) {
    const { trust } = await readTrust(work.context.kv);
    return trustAfter(trust, bodyOf(work)) === undefined;
  },

  provenSecret: async () => undefined,

  async prepare() {},

  async write(tx, work) {
    const { context, intent } = work;
    const body = bodyOf(work);
    await lockTrust(tx);
    const { trust, version } = await readTrust(context.kv);
    const wanted = trustAfter(trust, body);
    await writeAuditLog(tx, {
      actorId: actorOf(intent),
      scope: 'security',
      action: 'update',
      severity: 'critical',
      at: intent.at,
      message: `The shares of platform key version ${body.keyVersion} were refreshed. No component has changed.`,
      metadata: { key_version: body.keyVersion, bundle: work.document.digest },
    });
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
    if (wanted === undefined) return;
    await writeTrust(context.kv, wanted, {
      cas: version,
      isThere: (found) => isAfter(found, body),
    });
  },

  async finish() {},

  async readBack(work) {
    const { trust } = await readTrust(work.context.kv);
    if (!isAfter(trust, bodyOf(work))) throw refuseFlow('read-back-differs', PLACE);
    return { read: [PLACE], differs: [] };
  },

  ending(work) {
    const body = bodyOf(work);
    return { epoch: body.epoch + 1, statement: refreshStatement(body) };
  },
};
