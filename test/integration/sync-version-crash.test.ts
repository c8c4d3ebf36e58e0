/** The commit of a new key version dies between two of its writes, or meets another's value. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommit } from '../../sync/flows/commit/commit.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { commitDies, finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import { openReplica } from '../support/sync-replica.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import type { Rotation } from '../support/sync-rotate.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { approvedVersion, askedVersion } from '../support/sync-version.ts';

const TRUST = 'conclave/trust';

describe('kill -9 between each pair of writes of a new key version', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  /** Of v1, which stays active. */
  let set: TestShareSet;
  let roster: TestShareSet['roster'];
  let entry: Record<string, unknown> | null;
  let epoch = 1;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    ({ roster } = set);
    entry = await deployment.kv(MASTER_KEY);
  });
  afterAll(() => deployment?.stop());

  /** The next version, ready to be committed. */
  const version = (): Promise<Rotation> => approvedVersion(service.admins, set, { roster });
  const trusted = async () => {
    const trust = await deployment.kv(TRUST);
    return Object.keys(trust?.['versions'] ?? {});
  };
  const components = async () => {
    const found = await deployment.sql<{ version: string; component: Buffer; active: boolean }>(
      `SELECT version, vault_component AS component,
              activated_at IS NOT NULL AND retired_at IS NULL AS active
         FROM surveys_platformkeyversion ORDER BY created_at`,
    );
    return found.map((one) => [one.version, new Uint8Array(one.component), one.active] as const);
  };
  const stateAt = async ({ digest }: MadeBundle): Promise<string> =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;

  /** It is done everywhere, once; what was there before is as it was. */
  async function expectDone({ next, made }: Rotation): Promise<void> {
    epoch += 1;
    const all = await components();
    expect(all.at(0)).toEqual(['v1', set.vaultComponent, true]);
    expect(all.at(-1)).toEqual([next.manifest.body.keyVersion, next.vaultComponent, false]);
    expect(all).toHaveLength(epoch);
    expect(await trusted()).toHaveLength(epoch);
    expect(await deployment.kv(MASTER_KEY)).toEqual(entry);
    const { body } = await receiptFor(service.admins.operator, next, made.digest);
    expect(body).toMatchObject({ kind: 'new-version', outcome: 'committed', epoch });
    expect(body.readBack).toHaveLength(2);
    const [counts] = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM surveys_auditlog
                WHERE message LIKE '%was created. Version v1 stays%') AS lines,
              (SELECT count(*)::int FROM conclave.receipts r JOIN conclave.packages p USING (nonce)
                WHERE p.kind = 'new-version') AS receipts,
              (SELECT count(*)::int FROM conclave.intents WHERE finished_at IS NULL) AS open,
              (SELECT epoch::int FROM conclave.settings) AS epoch`,
    );
    expect(counts).toEqual({ lines: epoch - 1, receipts: epoch - 1, open: 0, epoch });
    ({ roster } = next);
  }

  it.each(['intent', 'rows', 'vault', 'written', 'trust', 'read-back', 'receipt', 'key-destroyed'])(
    'one killed after "%s" is finished by the next start',
    async (step) => {
      const one = await version();
      await killedAt(deployment, step, one.made, service);
      const isWritten = !['intent', 'rows', 'vault'].includes(step);
      // Trust follows the row and never precedes it: a component that only trust knew of would be lost.
      expect(await components()).toHaveLength(epoch + (isWritten ? 1 : 0));
      const isTrusted = isWritten && step !== 'written';
      expect(await trusted()).toHaveLength(epoch + (isTrusted ? 1 : 0));
      expect(await deployment.kv(MASTER_KEY)).toEqual(entry);
      service = await finishedByStart(deployment, one.made);
      await expectDone(one);
      await committed(service.admins, one.made);
      expect(await components()).toHaveLength(epoch);
    },
  );

  it('the one-time key is gone after "written": the check value proves the component, and it ends', async () => {
    const one = await version();
    await service.stop();
    await commitDies(deployment, one.made, { at: 'written' });
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    await deployment.vault.api('DELETE', `${mount}/metadata/conclave/packages/${one.made.nonce}`);
    service = await deployment.start();
    await committed(service.admins, one.made);
    await expectDone(one);
  });

  it.each(['intent', 'written'])(
    'another component in the row after "%s" stops it for a person; it is not written over',
    async (at) => {
      const one = await version();
      const { keyVersion } = one.next.manifest.body;
      const foreign = Buffer.alloc(64, 9);
      await service.stop();
      await commitDies(deployment, one.made, {
        at,
        meanwhile: (there) =>
          at === 'written'
            ? there.sql(
                'UPDATE surveys_platformkeyversion SET vault_component = $2 WHERE version = $1',
                [keyVersion, foreign],
              )
            : there.sql(
                `INSERT INTO surveys_platformkeyversion (version, vault_component, created_at, notes)
                 VALUES ($1, $2, now(), '')`,
                [keyVersion, foreign],
              ),
      });
      service = await deployment.start();
      await expect(committed(service.admins, one.made)).rejects.toMatchObject({
        code: at === 'written' ? 'third-value' : 'version-taken',
      });
      expect((await components()).at(-1)?.[1]).toEqual(new Uint8Array(foreign));
      expect(await trusted()).toHaveLength(epoch);
      expect(await stateAt(one.made)).toBe(at === 'written' ? 'committing' : 'waiting');
      if (at === 'written') {
        await expect(askedVersion(service.admins.operator, set)).rejects.toMatchObject({
          code: 'commit-unfinished',
        });
        await deployment.sql(
          'UPDATE surveys_platformkeyversion SET vault_component = $2 WHERE version = $1',
          [keyVersion, Buffer.from(one.next.vaultComponent)],
        );
      } else {
        await deployment.sql('DELETE FROM surveys_platformkeyversion WHERE version = $1', [
          keyVersion,
        ]);
      }
      await committed(service.admins, one.made);
      await expectDone(one);
    },
  );

  it('it waits while another version is the active one', async () => {
    const one = await version();
    await deployment.sql(
      `UPDATE surveys_platformkeyversion SET activated_at = now() WHERE version = 'v2'`,
    );
    await expect(committed(service.admins, one.made)).rejects.toMatchObject({
      code: 'version-active',
    });
    await deployment.sql(
      `UPDATE surveys_platformkeyversion SET retired_at = now() WHERE version = 'v1'`,
    );
    await expect(committed(service.admins, one.made)).rejects.toMatchObject({
      code: 'version-not-active',
    });
    expect(await stateAt(one.made)).toBe('waiting');
    await deployment.sql(
      `UPDATE surveys_platformkeyversion SET retired_at = NULL,
              activated_at = CASE version WHEN 'v1' THEN activated_at END`,
    );
    await committed(service.admins, one.made);
    await expectDone(one);
  });

  it('beside another change of trust neither begins while the other is open', async () => {
    const changed = await approvedRoster(service.admins, { ...set, roster });
    const one = await version();
    const [first, second] = [await openReplica(deployment), await openReplica(deployment)];
    const codes: string[] = [];
    const rival = (made: MadeBundle) =>
      runCommit(second.context, made.digest, second.operator).then(
        () => codes.push('done'),
        (cause: { code: string }) => codes.push(cause.code),
      );
    // Begun, and nothing written yet: only the intent tells.
    const both = async (): Promise<never> => {
      await rival(changed);
      throw new Error('died');
    };
    const commit = () => runCommit(first.context, one.made.digest, first.operator);
    await first.interrupt('step intent', both, commit).catch(() => undefined);
    expect(codes).toEqual(['commit-unfinished']);
    await Promise.all([first.close(), second.close()]);
    await committed(service.admins, one.made);
    await expectDone(one);
    await expect(committed(service.admins, changed)).rejects.toMatchObject({ code: 'trust-moved' });
  });

  it('after all of it a survey of the first version is recovered by its shares', async () => {
    const today = { ...set, roster };
    const recovery = await importedRecovery(service.admins, today, seededSurvey(deployment));
    expect((await committed(service.admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(deployment.checktick.kek);
  });
});
