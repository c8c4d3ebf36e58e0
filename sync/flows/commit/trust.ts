/**
 * Committing a set that changes `conclave/trust` and nothing else: the list of its version and the roster
 * are written with check-and-set and the next epoch. No component and no row of CheckTick's changes.
 * @module
 */
import type { AddSetBundle, RefreshBundle } from '../../../shared/bundle/bundle.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import { actorOf, type CommitKind, type CommitWork, Ended } from '../bundles/commit-kind.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { newSetOf } from '../../versions/rotate-places.ts';
import { readTrust, type Trust, writeTrust } from '../../trust/trust.ts';
import { assertSetTrusted, lockTrust } from './trust-change.ts';

const PLACE = 'Vault conclave/trust';

type SetBundle = AddSetBundle | RefreshBundle;

/** What differs between them. */
export interface SetChange<B extends SetBundle> {
  readonly kind: B['kind'];
  /** The digests that trust names for the version afterwards, from those before, which have the signing one. */
  readonly after: (sets: readonly string[], body: B) => string[];
  /** Whether the list is one that this change leaves. */
  readonly isAfter: (sets: readonly string[], body: B) => boolean;
  /** Why the list may not become longer, or undefined. */
  readonly hindrance?: (sets: readonly string[]) => Ended | undefined;
  /** For CheckTick's own log. */
  readonly message: (body: B) => string;
  /** For the receipt. */
  readonly statement: (body: B) => string;
}

/** A commit of one kind of {@link SetChange}. */
export function setCommit<B extends SetBundle>(change: SetChange<B>): CommitKind {
  const bodyOf = (work: Pick<CommitWork, 'document'>): B => {
    const { body } = work.document;
    if (body.kind !== change.kind) throw new Error(`not of kind ${change.kind}`);
    return body as B;
  };
  const setsOf = (trust: Trust, body: B) => trust.versions[body.keyVersion] ?? [];

  /** The set and the roster of this bundle are in force. */
  const isAfter = (trust: Trust | null, body: B): boolean =>
    trust !== null &&
    trust.epoch === body.epoch + 1 &&
    trust.roster === body.rosterDigest &&
    change.isAfter(setsOf(trust, body), body);

  /** The set that signed, and the roster before, are. */
  const isBefore = (trust: Trust | null, body: B): trust is Trust =>
    trust !== null &&
    trust.epoch === body.epoch &&
    setsOf(trust, body).includes(body.manifestDigest) &&
    trust.roster === newSetOf(body).roster.body.previous;

  /** Trust after it; undefined when it is there already. @throws Refusal `third-value` */
  const trustAfter = (trust: Trust | null, body: B): Trust | undefined => {
    if (isAfter(trust, body)) return undefined;
    if (!isBefore(trust, body)) throw refuseFlow('third-value', PLACE);
    return {
      ...trust,
      epoch: body.epoch + 1,
      roster: body.rosterDigest,
      versions: { ...trust.versions, [body.keyVersion]: change.after(setsOf(trust, body), body) },
    };
  };

  return {
    start: () => ({ forget() {} }),

    async check(_on, work) {
      const body = bodyOf(work);
      const { trust } = work.situation;
      assertSetTrusted(trust, body);
      if (!isBefore(trust, body)) throw new Ended('refused', refuseFlow('roster-not-trusted'));
      const hindrance = change.hindrance?.(setsOf(trust, body));
      if (hindrance !== undefined) throw hindrance;
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
        message: change.message(body),
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
      return { epoch: body.epoch + 1, statement: change.statement(body) };
    },
  };
}
