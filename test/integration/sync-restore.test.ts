import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import { type Backups, backupsOf } from '../support/backups.ts';
import { runSync } from '../support/sync-cli.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/**
 * Backups of five moments, restored together and apart, on real servers with `pg_dump` and a copy
 * of Vault's storage: `empty` (before sync ran), `before` the setup, `after` it, with a recovery
 * `waiting`, and with that recovery `recovered`.
 */
describe('a restored backup', { retry: 0 }, () => {
  let deployment: Deployment;
  let backups: Backups;
  let set: TestShareSet;
  let setup: MadeBundle;
  let recovery: MadeBundle;
  let service: Service;

  beforeAll(async () => {
    deployment = await deploy();
    backups = backupsOf(deployment);
    await backups.take('empty');
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    await backups.take('before');
    setup = await approvedSetup(service.admins, set);
    await committed(service.admins, setup);
    await deployment.escrow(set.platformKey);
    await backups.take('after');
    recovery = await makeRecovery();
    await service.admins.operator.post('/v1/bundles', recovery.bytes);
    await backups.take('waiting');
    await committed(service.admins, recovery);
    await backups.take('recovered');
    await service.stop();
  });
  afterAll(() => deployment.stop());

  async function makeRecovery(): Promise<MadeBundle> {
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const request = await approvedRequest(service.admins, about);
    const released = await releasedPackage(service.admins, set, request.code);
    return recoverBundle(service.admins.operator, set, released);
  }
  /** Sync on the database of one moment and the Vault of another. */
  async function on(database: string, vault: string): Promise<void> {
    await backups.restoreDatabase(database);
    await backups.restoreVault(vault);
    service = await deployment.start();
  }
  const stateOf = async ({ digest }: MadeBundle): Promise<string> =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;
  const counts = async () =>
    (
      await deployment.sql(
        `SELECT (SELECT count(*)::int FROM conclave.receipts) AS receipts,
                (SELECT count(*)::int FROM conclave.packages) AS packages,
                (SELECT epoch FROM conclave.settings) AS epoch,
                (SELECT md5(encrypted_kek_password) FROM surveys_survey WHERE id = ${deployment.checktick.survey.id}) AS kek`,
      )
    )[0];
  const inVault = async () => ({
    trust: await deployment.kv('conclave/trust'),
    key: await deployment.kv('platform/master-key'),
    sync: await deployment.kv('conclave/sync'),
    escrow: await deployment.kv(
      `users/${deployment.checktick.people.requester.id}/surveys/${deployment.checktick.survey.id}/recovery-kek`,
    ),
  });

  describe.each([['after'], ['waiting'], ['recovered']])(
    'of both sides of the moment "%s"',
    (at) => {
      beforeEach(() => on(at, at));
      it('works on: a recovery is committed, and its receipt follows the last one', async () => {
        if (at === 'waiting') await committed(service.admins, recovery);
        const before = (await counts()) as { receipts: number };
        const next = at === 'waiting' ? undefined : await makeRecovery();
        if (next !== undefined) {
          await service.admins.operator.post('/v1/bundles', next.bytes);
          await committed(service.admins, next);
          const receipt = await receiptFor(service.admins.operator, set, next.digest);
          expect(receipt.body).toMatchObject({
            outcome: 'committed',
            sequence: before.receipts + 1,
          });
        } else {
          expect(await stateOf(recovery)).toBe('committed');
        }
        await service.stop();
      });
    },
  );

  it.each([
    ['the database is older than a setup', 'before', 'after', [1, 0]],
    ['Vault is older than a setup', 'after', 'before', [0, 1]],
  ])(
    'where %s, only status is answered and nothing changes',
    async (_what, database, vault, epochs) => {
      await on(database, vault);
      const untouched = [await counts(), await inVault()];
      const refused = { code: 'trust-epoch-mismatch' };
      const { operator } = service.admins;
      await expect(operator.post('/v1/packages/setup', { keyVersion: 'v2' })).rejects.toMatchObject(
        refused,
      );
      await expect(operator.post('/v1/bundles', setup.bytes)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:trust-epoch-mismatch|package-unknown)$/),
      });
      const looked = await runSync(['check'], deployment.env);
      expect([looked.code, looked.out]).toEqual([
        1,
        expect.stringMatching(/BAD {3}both sides: Vault and the database disagree/),
      ]);
      const answer = await fetch(`${service.address}/v1/packages/setup`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${deployment.tokens.operator}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ keyVersion: 'v2' }),
      });
      const problem = (await answer.json()) as { title: string; next: string };
      expect(answer.status).toBe(503);
      // Which side stands where, and that nobody sets an epoch by hand.
      for (const epoch of epochs) expect(problem.title).toContain(String(epoch));
      expect((await operator.get<{ bundles: unknown[] }>('/v1/bundles')).bundles).toBeInstanceOf(
        Array,
      );
      expect([await counts(), await inVault()]).toEqual(untouched);
      await service.stop();
    },
  );

  it('where Vault is so old that it has no key of sync, makes none beside a database that knows one', async () => {
    await on('after', 'empty');
    const { operator } = service.admins;
    await expect(operator.get('/v1/descriptor')).rejects.toMatchObject({
      code: 'sync-key-missing',
    });
    await expect(operator.post('/v1/packages/setup', { keyVersion: 'v2' })).rejects.toMatchObject({
      code: 'sync-key-missing',
    });
    expect(await deployment.kv('conclave/sync')).toBeNull();
    await service.stop();
  });

  it('where the database is older than a recovery, it does not commit that recovery again', async () => {
    await on('waiting', 'recovered');
    const untouched = [await counts(), await inVault()];
    expect(await stateOf(recovery)).toBe('waiting');
    await expect(committed(service.admins, recovery)).rejects.toMatchObject({
      code: 'package-key-missing',
    });
    expect(await stateOf(recovery)).toBe('waiting');
    expect([await counts(), await inVault()]).toEqual(untouched);
    // The way out that the refusal names: end this bundle, and recover anew. The audit trail in
    // Vault holds one line more than the database knows of, which is no obstacle.
    await service.admins.approver1.post(`/v1/bundles/${recovery.digest}/refuse`, {
      reason: 'the database was restored to before its commit',
    });
    const next = await makeRecovery();
    await service.admins.operator.post('/v1/bundles', next.bytes);
    await committed(service.admins, next);
    expect(await stateOf(next)).toBe('committed');
    await service.stop();
  });

  it('where the database is older than the package, it does not know the bundle', async () => {
    await on('after', 'recovered');
    await expect(service.admins.operator.post('/v1/bundles', recovery.bytes)).rejects.toMatchObject(
      {
        code: 'package-unknown',
      },
    );
    await service.stop();
  });

  it('where Vault is older than a recovery, the one-time key that came back opens nothing', async () => {
    await on('recovered', 'waiting');
    expect(await deployment.kv(`conclave/packages/${recovery.nonce}`)).not.toBeNull();
    const before = await counts();
    // Importing and committing again is answered from what is written, and does nothing twice.
    await service.admins.operator.post('/v1/bundles', recovery.bytes);
    await committed(service.admins, recovery);
    expect(await stateOf(recovery)).toBe('committed');
    expect(await counts()).toEqual(before);
    const receipt = await receiptFor(service.admins.operator, set, recovery.digest);
    expect(receipt.body.outcome).toBe('committed');
    await service.stop();
  });

  it('where another sync’s key lies in Vault, answers nothing in its name', async () => {
    await on('after', 'after');
    const key = await deployment.kv('conclave/sync');
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    await deployment.vault.api('POST', `${mount}/data/conclave/sync`, {
      data: { ...key, audience: 'ab'.repeat(16) },
    });
    const { operator } = service.admins;
    await expect(operator.get<FileAnswer>('/v1/descriptor')).rejects.toMatchObject({
      code: 'sync-key-differs',
    });
    await expect(setupBundle(operator, set)).rejects.toMatchObject({ code: 'sync-key-differs' });
    await service.stop();
  });
});
