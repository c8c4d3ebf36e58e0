/**
 * Committing a change of the roster: `conclave/trust` names the new one, with check-and-set and the
 * next epoch. When the bundle names two new admins, every admin of before is disabled and the two
 * are active, in the same step.
 * @module
 */
import type { RosterBundle } from '../../../shared/bundle/bundle.ts';
import { type CommitKind, type CommitWork, Ended } from '../bundles/commit-kind.ts';
import { areAdmins, assertCanBeAdmins, replaceAdmins } from '../../people/new-admins.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { rosterIn } from '../../words/roster.ts';
import { readTrust, type Trust, writeTrust } from '../../trust/trust.ts';
import { assertSetTrusted, lockTrust } from './trust-change.ts';

const PLACE = 'Vault conclave/trust';

function bodyOf(work: Pick<CommitWork, 'document'>): RosterBundle {
  const { body } = work.document;
  if (body.kind !== 'roster') throw new Error('not a roster');
  return body;
}

/** The roster of this bundle is in force. */
function isAfter(trust: Trust | null, body: RosterBundle): boolean {
  return trust !== null && trust.epoch === body.epoch + 1 && trust.roster === body.rosterDigest;
}

/** The roster before it is in force, and the set that signed is trusted. */
function isBefore(trust: Trust | null, body: RosterBundle): trust is Trust {
  return trust !== null && trust.epoch === body.epoch && trust.roster === rosterIn(body).previous;
}

/** Trust after it; undefined when it is there already. @throws Refusal `third-value` */
function trustAfter(trust: Trust | null, body: RosterBundle): Trust | undefined {
  if (isAfter(trust, body)) return undefined;
  if (!isBefore(trust, body)) throw refuseFlow('third-value', PLACE);
  return { ...trust, epoch: body.epoch + 1, roster: body.rosterDigest };
}

export const rosterCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(on, work) {
    const body = bodyOf(work);
    const { trust } = work.situation;
    assertSetTrusted(trust, body);
    if (trust.roster !== rosterIn(body).previous) {
      throw new Ended('refused', refuseFlow('roster-not-trusted'));
    }
    if (body.admins !== null) await assertCanBeAdmins(on, body.admins);
  },

  async begun(work) {
    const { trust } = await readTrust(work.context.kv);
    return trustAfter(trust, bodyOf(work)) === undefined;
  },

  provenSecret: async () => undefined,

  async prepare() {},

  async write(tx, work) {
    const { context } = work;
    const body = bodyOf(work);
    await lockTrust(tx);
    const { trust, version } = await readTrust(context.kv);
    const wanted = trustAfter(trust, body);
    if (body.admins !== null) await replaceAdmins(tx, body.admins, work.document.digest);
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
    if (wanted === undefined) return;
    await writeTrust(context.kv, wanted, {
      cas: version,
      isThere: (found) => isAfter(found, body),
    });
  },

  async finish() {},

  async readBack(work, on) {
    const { context } = work;
    const body = bodyOf(work);
    if (!isAfter((await readTrust(context.kv)).trust, body)) {
      throw refuseFlow('read-back-differs', PLACE);
    }
    if (body.admins === null) return { read: [PLACE], differs: [] };
    if (!(await areAdmins(on, body.admins))) {
      throw refuseFlow('read-back-differs', 'database, admins of sync');
    }
    return { read: [PLACE, 'database, admins of sync'], differs: [] };
  },

  ending(work) {
    const body = bodyOf(work);
    const { serial } = rosterIn(body);
    const names = body.admins?.map(({ name }) => name).join(' and ');
    return {
      epoch: body.epoch + 1,
      statement:
        names === undefined
          ? `Roster ${serial} is in force. No share has changed.`
          : `Roster ${serial} is in force. Every admin of before is disabled; ${names} are the admins now. No share has changed.`,
    };
  },
};
