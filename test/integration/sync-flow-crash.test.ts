import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurveyColumn, vaultPaths } from '../../shared/checktick/index.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  committed,
  importedRecovery,
  receiptFor,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { finishedByStart, killedAt, waitingSetup } from '../support/sync-interrupted.ts';
import { momentOf } from '../support/sync-moments.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const countReceipts = async (deployment: Deployment): Promise<number> =>
  (await deployment.sql('SELECT sequence FROM conclave.receipts')).length;

describe('kill -9 between each pair of writes of a commit', { retry: 0 }, () => {
  const setup = momentOf(waitingSetup);
  afterAll(() => setup.stop());

  it.each(['intent', 'rows', 'vault', 'written', 'trust', 'read-back', 'receipt', 'key-destroyed'])(
    'a setup killed after "%s" is finished by the next start',
    async (step) => {
      const { deployment, set, made } = await setup.begin();
      await killedAt(deployment, step, made);

      const row = await deployment.sql('SELECT version FROM surveys_platformkeyversion');
      const key = await deployment.kv('platform/master-key');
      // CheckTick's row is there only once Vault has the key, and trust only once both are.
      if (row.length > 0) expect(key).not.toBeNull();
      if ((await deployment.kv('conclave/trust')) !== null) expect(row).toHaveLength(1);
      const ended = step === 'receipt' || step === 'key-destroyed';
      expect(await countReceipts(deployment)).toBe(ended ? 1 : 0);

      const service = await finishedByStart(deployment, made);
      expect(await countReceipts(deployment)).toBe(1);
      const receipt = await receiptFor(service.admins.operator, set, made.digest);
      expect(receipt.body).toMatchObject({ outcome: 'committed', epoch: 1, sequence: 1 });
      await committed(service.admins, made);
      expect(await countReceipts(deployment)).toBe(1);
    },
  );

  describe('of a recovery', () => {
    let deployment: Deployment;
    let set: TestShareSet;
    let recoveries = 0;
    let service: Service;
    beforeAll(async () => {
      deployment = await deploy();
      service = await deployment.start({ dieAt: '' });
      set = await withPlatformKey(deployment, service);
    });
    afterAll(async () => {
      await deployment.stop();
    });

    it.each([
      'intent',
      'claim',
      'rows',
      'vault',
      'written',
      'read-back',
      'receipt',
      'key-destroyed',
    ])(
      'one killed after "%s" is finished by the next start, with the same passphrase',
      async (step) => {
        const about = seededSurvey(deployment);
        const made = await importedRecovery(service.admins, set, about);
        await killedAt(deployment, step, made, service);
        const claim = await deployment.kv(`conclave/claims/${made.digest}`);

        service = await finishedByStart(deployment, made);
        recoveries += 1;
        const { passphrase } = await service.admins.operator.post<{ passphrase: string }>(
          `/v1/bundles/${made.digest}/passphrase`,
        );
        if (claim !== null) expect(passphrase).toBe(claim['passphrase']);
        const [columns] = await deployment.sql<{ password: Buffer }>(
          'SELECT encrypted_kek_password AS password FROM surveys_survey',
        );
        const opened = await openSurveyColumn(
          'passphrase',
          new TextEncoder().encode(passphrase),
          new Uint8Array(columns?.password ?? []),
        );
        expect(opened).toEqual(deployment.checktick.kek);
        // Once each, in every place that counts.
        const [counts] = await deployment.sql(
          `SELECT (SELECT recovered_count FROM surveys_usersurveykekescrow) AS escrow,
                  (SELECT count(*)::int FROM surveys_recoveryauditentry
                    WHERE event_type = 'recovery_executed') AS entries,
                  (SELECT count(*)::int FROM conclave.receipts) AS receipts`,
        );
        expect(counts).toEqual({
          escrow: recoveries,
          entries: recoveries,
          receipts: recoveries + 1,
        });
        const path = vaultPaths.userSurveyRecoveryKek(about.userId, about.surveyId);
        const document = await deployment.kv(path);
        const trail = document?.['audit_trail'] as { accessed_by: unknown[] };
        expect(trail.accessed_by).toHaveLength(recoveries);
      },
    );
  });
});
