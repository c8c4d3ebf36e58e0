import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/** Each part goes away while a bundle waits; it stays unspent, and is committed afterwards. */
describe('when a part is down', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let setup: MadeBundle;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    setup = await approvedSetup(service.admins, set);
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const stateOf = async (made: MadeBundle): Promise<string> =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`)).state;

  it('a sealed Vault leaves the setup waiting; unsealed, it is committed', async () => {
    await deployment.vault.seal();
    await expect(committed(service.admins, setup)).rejects.toMatchObject({
      code: 'vault-sealed',
      problem: { part: 'vault', changed: 'no', status: 503 },
    });
    expect(await stateOf(setup)).toBe('waiting');
    await deployment.vault.unseal();
    await vi.waitFor(async () => committed(service.admins, setup), { timeout: 30_000 });
    expect(await stateOf(setup)).toBe('committed');
  });

  it('a killed database and a revoked token lose nothing of a recovery', async () => {
    await deployment.escrow(set.platformKey);
    const { people, survey } = deployment.checktick;
    const request = await approvedRequest(service.admins, {
      userId: people.requester.id,
      surveyId: survey.id,
    });
    const made = await recoverBundle(
      service.admins.operator,
      set,
      await releasedPackage(service.admins, set, request.code),
    );
    await service.admins.operator.post('/v1/bundles', made.bytes);

    await deployment.postgres.kill9();
    await vi.waitFor(
      async () =>
        expect(committed(service.admins, made)).rejects.toMatchObject({
          code: 'database-unreachable',
          problem: { part: 'database', status: 503 },
        }),
      { timeout: 30_000 },
    );
    await deployment.postgres.restart();
    expect(await stateOf(made)).toBe('waiting');

    await deployment.vault.api('POST', 'sys/leases/revoke-prefix/auth/approle');
    expect((await committed(service.admins, made)).state).toBe('committed');
    const receipt = await receiptFor(service.admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({ outcome: 'committed', sequence: 2 });
    expect(await deployment.sql('SELECT sequence FROM conclave.receipts')).toHaveLength(2);
  });

  it('Vault killed in the middle of commits of another recovery: one is finished after it', async () => {
    const { people, survey } = deployment.checktick;
    const request = await approvedRequest(service.admins, {
      userId: people.requester.id,
      surveyId: survey.id,
    });
    const made = await recoverBundle(
      service.admins.operator,
      set,
      await releasedPackage(service.admins, set, request.code),
    );
    await service.admins.operator.post('/v1/bundles', made.bytes);
    const first = committed(service.admins, made).catch((cause: unknown) => cause);
    await deployment.vault.kill();
    await first;
    await deployment.vault.restart();
    await vi.waitFor(async () => committed(service.admins, made), { timeout: 30_000 });
    expect(await stateOf(made)).toBe('committed');
    const [row] = await deployment.sql('SELECT recovered_count FROM surveys_usersurveykekescrow');
    expect(row).toEqual({ recovered_count: 2 });
  });
});
