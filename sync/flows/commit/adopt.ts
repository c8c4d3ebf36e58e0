/**
 * Committing an adoption: CheckTick's row is made if there was none, and `conclave/trust` names the
 * set, with check-and-set and the next epoch. No component is written over another, and nothing at
 * `platform/master-key`. The stored survey keys that the laptop opened are noted as proved.
 * @module
 */
import type { AdoptBundle } from '../../../shared/bundle/bundle.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Queryable } from '../../database/database.ts';
import { noteAdopted } from '../adopt/opened.ts';
import { adoptedFromVault, assertPlaces, rowPlace } from '../../versions/adopt-places.ts';
import { refuseTrusted } from '../../checktick/adopt-refusals.ts';
import { adoptionStatement } from '../../words/adopt.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import { actorOf, type CommitKind, type CommitWork, Ended } from '../bundles/commit-kind.ts';
import { assertKeyReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { firstTrust, readTrust, type Trust, writeTrust } from '../../trust/trust.ts';
import { lockTrust } from './trust-change.ts';

const TRUST = 'Vault conclave/trust';

function bodyOf(work: Pick<CommitWork, 'document'>): AdoptBundle {
  const { body } = work.document;
  if (body.kind !== 'adopt') throw new Error('not an adoption');
  return body;
}

const isAfter = (trust: Trust | null, body: AdoptBundle): boolean =>
  trust !== null && equalBytes(encodeJson(trust), encodeJson(firstTrust(body)));

/** Whether trust is written already. @throws Refusal `third-value` where another is */
function isTrusted(trust: Trust | null, body: AdoptBundle): boolean {
  if (trust === null) return false;
  if (!isAfter(trust, body)) throw refuseFlow('third-value', TRUST);
  return true;
}

/**
 * A place that does not hold the component, once something may have been written: what the refusal
 * says then.
 */
function elsewise(refuse: (place: string) => Refusal): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof Refusal) || cause.code !== 'adopt-component') throw cause;
    throw refuse(cause.culprit ?? TRUST);
  };
}

/**
 * The row that an older CheckTick, or one whose Vault was away, never made. Active unless another
 * version is: exactly one is active afterwards.
 */
async function makeRow(tx: Queryable, work: CommitWork, component: Uint8Array): Promise<void> {
  const { keyVersion, manifestDigest } = bodyOf(work);
  await tx.run(
    `INSERT INTO surveys_platformkeyversion
       (version, vault_component, created_at, activated_at, retired_at, notes)
     SELECT $1::varchar, $2::bytea, $3::timestamptz, $3::timestamptz,
            CASE WHEN EXISTS (SELECT FROM surveys_platformkeyversion
                               WHERE activated_at IS NOT NULL AND retired_at IS NULL)
                 THEN $3::timestamptz END, $4::text`,
    [keyVersion, component, work.intent.at, `Adopted by Conclave; share set ${manifestDigest}`],
  );
}

export const adoptCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(on, work) {
    const body = bodyOf(work);
    const { trust } = work.situation;
    if (trust !== null) {
      throw new Ended('refused', refuseTrusted(body.keyVersion, trust.versions));
    }
    // SECURITY: the components leave by two approvals; a package that left otherwise ends here.
    await assertKeyReleasedByTwo(on, work, await mustFind(on, body.nonce));
    await assertPlaces(on, work.context.kv, body);
  },

  async begun(work) {
    const { trust } = await readTrust(work.context.kv);
    return isTrusted(trust, bodyOf(work));
  },

  provenSecret: async () => undefined,

  async prepare() {},

  async write(tx, work) {
    const { context, intent } = work;
    const { kv } = context;
    const body = bodyOf(work);
    await lockTrust(tx);
    const stopping = elsewise((place) => refuseFlow('third-value', place));
    const places = await assertPlaces(tx, kv, body, { lock: true }).catch(stopping);
    if (body.compared === 'vault-only' && !places.includes(rowPlace(body.keyVersion))) {
      const component = await adoptedFromVault(kv, body).catch(stopping);
      await makeRow(tx, work, component).finally(() => component.fill(0));
    }
    await writeAuditLog(tx, {
      actorId: actorOf(intent),
      scope: 'security',
      action: 'create',
      severity: 'critical',
      at: intent.at,
      message: `Platform key version ${body.keyVersion} was adopted by Conclave. No component was changed.`,
      metadata: { key_version: body.keyVersion, bundle: work.document.digest },
    });
    const packaged = await mustFind(tx, body.nonce);
    await noteAdopted(tx, kv, body, packaged, { digest: work.document.digest, at: intent.at });
    // A bad reference shows now, before anything is in Vault, and not at COMMIT.
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
    const { trust, version } = await readTrust(kv);
    if (isTrusted(trust, body)) return;
    await writeTrust(kv, firstTrust(body), {
      cas: version,
      isThere: (found) => isAfter(found, body),
    });
  },

  async finish() {},

  async readBack(work, on) {
    const { kv } = work.context;
    const body = bodyOf(work);
    const places = await assertPlaces(on, kv, body).catch(
      elsewise((place) => refuseFlow('read-back-differs', place)),
    );
    const row = rowPlace(body.keyVersion);
    if (body.compared === 'vault-only' && !places.includes(row)) {
      throw refuseFlow('read-back-differs', row);
    }
    if (!isAfter((await readTrust(kv)).trust, body)) throw refuseFlow('read-back-differs', TRUST);
    return { read: [...places, TRUST], differs: [] };
  },

  ending: (work) => ({
    epoch: bodyOf(work).epoch + 1,
    statement: adoptionStatement(bodyOf(work)),
  }),
};
