/**
 * Committing which version is active, and the end of one that nothing needs: CheckTick's rows, and
 * in the same step `conclave/trust` with the next epoch, so that what was packaged before ends.
 * Going back is the same with the two versions exchanged. Where Vault's `platform/master-key` holds the
 * component of a version that ends, it gets that of the active one, last.
 * @module
 */
import { z } from 'zod';
import type { ActivateBundle, RetireBundle } from '../../../shared/bundle/bundle.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import {
  actorOf,
  type CheckWork,
  type CommitKind,
  type CommitWork,
  Ended,
  type Intent,
} from '../bundles/commit-kind.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { followEntry, versionOfEntryIn } from '../../versions/entry-follows.ts';
import { rotatable, rowPlace, VAULT_PLACE } from '../../versions/rotate-places.ts';
import { readTrust, type Trust, trustedSet, writeTrust } from '../../trust/trust.ts';
import { assertSetTrusted, lockTrust } from './trust-change.ts';
import { activationStatement, retirementStatement } from '../../words/change-version.ts';
import { assertNeedless } from '../../versions/needs.ts';
import { refuseVersion } from '../../versions/refusals.ts';
import { assertActive, onlyActive, versionRows } from '../../versions/rows.ts';

const PLACE = 'Vault conclave/trust';

type Body = ActivateBundle | RetireBundle;

/** What is different between the two. */
interface Change<B extends Body> {
  bodyOf(work: Pick<CommitWork, 'document'>): B;
  /** The other version. */
  versionOf(body: B): string;
  /** Besides what both ask. */
  check(on: Queryable, work: CheckWork, body: B, trust: Trust): Promise<void>;
  /** Trust's versions afterwards. */
  trustAfter(trust: Trust, body: B): Pick<Trust, 'versions' | 'escrowKeys'>;
  /** The rows, locked by the caller; those that are as wanted stay. */
  writeRows(tx: Queryable, body: B, at: Date): Promise<void>;
  /** Whether the rows are as wanted. */
  isInRows(on: Queryable, body: B): Promise<boolean>;
  /** Vault's `platform/master-key`, once rows and trust are written. Absent: it stays as it is. */
  readonly entry?: {
    write(work: Pick<CommitWork, 'context' | 'situation'>, body: B): Promise<void>;
    /** The name of the place, where it holds what the commit leaves there. @throws Refusal `read-back-differs` */
    read(work: Pick<CommitWork, 'context'>, on: Queryable, body: B): Promise<string[]>;
  };
  readonly message: (body: B) => string;
  readonly statement: (body: B) => string;
}

function isBefore(trust: Trust | null, body: Body): trust is Trust {
  return (
    trust !== null &&
    trust.epoch === body.epoch &&
    trust.roster === body.rosterDigest &&
    trust.versions[body.keyVersion]?.includes(body.manifestDigest) === true
  );
}

/** By the epoch: while one is open no other change of trust begins (intent.ts). */
function isAfter<B extends Body>(trust: Trust | null, body: B, change: Change<B>): boolean {
  if (trust?.epoch !== body.epoch + 1 || trust.roster !== body.rosterDigest) return false;
  const wanted = change.trustAfter(trust, body);
  return Object.keys(wanted.versions).sort().join() === Object.keys(trust.versions).sort().join();
}

/** Trust after it; undefined when it is there already. @throws Refusal `third-value` */
function wantedTrust<B extends Body>(
  trust: Trust | null,
  body: B,
  change: Change<B>,
): Trust | undefined {
  if (isAfter(trust, body, change)) return undefined;
  if (!isBefore(trust, body)) throw refuseFlow('third-value', PLACE);
  return { ...trust, ...change.trustAfter(trust, body), epoch: body.epoch + 1 };
}

function changing<B extends Body>(change: Change<B>): CommitKind {
  return {
    start: () => ({ forget() {} }),

    async check(on, work) {
      const body = change.bodyOf(work);
      const { trust } = work.situation;
      assertSetTrusted(trust, body);
      if (!isBefore(trust, body)) throw new Ended('refused', refuseFlow('roster-not-trusted'));
      const version = change.versionOf(body);
      const rows = await versionRows(on);
      // Put right in CheckTick, it may hold again: the bundle waits.
      assertActive(rows, body.keyVersion);
      if (trust.versions[version] === undefined || !rows.some((one) => one.version === version)) {
        throw new Ended('refused', refuseVersion('version-unknown', version));
      }
      await change.check(on, work, body, trust);
    },

    async begun(work) {
      const { trust } = await readTrust(work.context.kv);
      return wantedTrust(trust, change.bodyOf(work), change) === undefined;
    },

    provenSecret: async () => undefined,

    async prepare() {},

    async write(tx, work) {
      const { context, intent } = work;
      const body = change.bodyOf(work);
      await lockTrust(tx);
      await versionRows(tx, { lock: true });
      const { trust, version } = await readTrust(context.kv);
      const wanted = wantedTrust(trust, body, change);
      if (!(await change.isInRows(tx, body))) await change.writeRows(tx, body, intent.at);
      await audit(tx, intent, change.message(body), {
        key_version: change.versionOf(body),
        bundle: work.document.digest,
      });
      await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
      await context.onStep?.('rows');
      if (wanted === undefined) return;
      await writeTrust(context.kv, wanted, {
        cas: version,
        isThere: (found) => isAfter(found, body, change),
      });
    },

    async finish({ context, situation, document }) {
      if (change.entry === undefined) return;
      await change.entry.write({ context, situation }, change.bodyOf({ document }));
      await context.onStep?.('entry');
    },

    async readBack(work, on) {
      const body = change.bodyOf(work);
      const row = rowPlace(change.versionOf(body));
      if (!(await change.isInRows(on, body))) throw refuseFlow('read-back-differs', row);
      if (!isAfter((await readTrust(work.context.kv)).trust, body, change)) {
        throw refuseFlow('read-back-differs', PLACE);
      }
      const entry = (await change.entry?.read(work, on, body)) ?? [];
      return { read: [row, PLACE, ...entry], differs: [] };
    },

    ending(work) {
      const body = change.bodyOf(work);
      return { epoch: body.epoch + 1, statement: change.statement(body) };
    },
  };
}

async function audit(
  tx: Queryable,
  intent: Intent,
  message: string,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  await writeAuditLog(tx, {
    actorId: actorOf(intent),
    scope: 'security',
    action: 'update',
    severity: 'critical',
    at: intent.at,
    message,
    metadata,
  });
}

export const activateCommit = changing<ActivateBundle>({
  bodyOf({ document: { body } }) {
    if (body.kind !== 'activate') throw new Error('not an activation');
    return body;
  },
  versionOf: ({ activates }) => activates,
  async check(on, { context, situation }, { activates }, trust) {
    const { mode } = situation.installation;
    const { manifest } = await trustedSet(on, trust, activates, mode, 'any');
    const { component } = await rotatable(context, activates, manifest.body);
    component.fill(0);
  },
  trustAfter: ({ versions, escrowKeys }) => ({
    versions,
    ...(escrowKeys === undefined ? {} : { escrowKeys }),
  }),
  async writeRows(tx, { keyVersion, activates }, at) {
    await tx.run(`UPDATE surveys_platformkeyversion SET retired_at = $2 WHERE version = $1`, [
      keyVersion,
      at,
    ]);
    // The day of the first activation stays: CheckTick counts the age of shares from it.
    await tx.run(
      `UPDATE surveys_platformkeyversion
          SET activated_at = coalesce(activated_at, $2), retired_at = NULL WHERE version = $1`,
      [activates, at],
    );
    // SECURITY: exactly one is active afterwards, whatever somebody else has written meanwhile.
    assertActive(await versionRows(tx), activates);
  },
  async isInRows(on, { activates }) {
    const rows = await versionRows(on);
    const active = rows.filter((one) => one.active);
    return active.length === 1 && onlyActive(rows) === activates;
  },
  message: ({ keyVersion, activates }) =>
    `Platform key version ${activates} was activated; ${keyVersion} is active no more.`,
  statement: activationStatement,
});

const retiredRow = z.object({ retired: columns.boolean });

export const retireCommit = changing<RetireBundle>({
  bodyOf({ document: { body } }) {
    if (body.kind !== 'retire') throw new Error('not a retirement');
    return body;
  },
  versionOf: ({ retires }) => retires,
  async check(on, { context, situation }, { retires, keyVersion }, trust) {
    const { mode } = situation.installation;
    await assertNeedless(on, context, { version: retires, active: keyVersion, trust, mode });
  },
  trustAfter({ versions, escrowKeys }, { retires }) {
    const { [retires]: _set, ...left } = versions;
    const { [retires]: _key, ...keys } = escrowKeys ?? {};
    return { versions: left, ...(escrowKeys === undefined ? {} : { escrowKeys: keys }) };
  },
  async writeRows(tx, { retires }, at) {
    await tx.run(
      `UPDATE surveys_platformkeyversion SET retired_at = coalesce(retired_at, $2)
        WHERE version = $1`,
      [retires, at],
    );
  },
  async isInRows(on, { retires }) {
    const found = await on.maybe(
      retiredRow,
      `SELECT retired_at IS NOT NULL AS retired FROM surveys_platformkeyversion
        WHERE version = $1`,
      [retires],
    );
    return found?.retired === true;
  },
  entry: {
    async write({ context, situation }, { keyVersion, retires }) {
      const { mode } = situation.installation;
      const { manifest } = await trustedSet(
        context.database,
        situation.trust,
        keyVersion,
        mode,
        'any',
      );
      await followEntry(context, { from: retires, to: keyVersion, manifest: manifest.body });
    },
    async read({ context }, on, { keyVersion, retires }) {
      const version = await versionOfEntryIn(on, context.kv);
      if (version === retires) throw refuseFlow('read-back-differs', VAULT_PLACE);
      return version === keyVersion ? [VAULT_PLACE] : [];
    },
  },
  message: ({ retires }) =>
    `Platform key version ${retires} was retired: its share sets are trusted no more.`,
  statement: retirementStatement,
});
