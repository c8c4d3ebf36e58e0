/**
 * New shares that wait at sync while a part of it is away, or until it is too late: the shares of before
 * work until the commit, and the receipt says what became of the new ones, however often it is asked for.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parsePlatformMasterKey } from '../../shared/checktick/index.ts';
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
import { approvedRotation } from '../support/sync-rotate.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const TRUST = 'conclave/trust';

describe('new shares that wait to be committed', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    await deployment.escrow(set.platformKey);
  });
  afterAll(() => deployment?.stop());

  const stateOf = async ({ digest }: MadeBundle): Promise<string> =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;
  /** Row, Vault's entry and trust are all of this set. */
  async function expectInForce({ vaultComponent, manifest }: TestShareSet): Promise<void> {
    const [row] = await deployment.sql<{ component: Buffer }>(
      'SELECT vault_component AS component FROM surveys_platformkeyversion',
    );
    expect(new Uint8Array(row?.component ?? [])).toEqual(vaultComponent);
    const entry = await deployment.kv(MASTER_KEY);
    expect(parsePlatformMasterKey(entry).vaultComponent).toEqual(vaultComponent);
    expect(await deployment.kv(TRUST)).toMatchObject({ versions: { v1: [manifest.digest] } });
  }

  it('while Vault is sealed wait, and change nothing; unsealed, they are committed', async () => {
    const { next, made } = await approvedRotation(service.admins, set);
    await deployment.vault.seal();
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'vault-sealed',
      problem: { part: 'vault', changed: 'no', status: 503 },
    });
    expect(await stateOf(made)).toBe('waiting');
    await deployment.vault.unseal();
    await vi.waitFor(async () => expectInForce(set), { timeout: 30_000 });
    await vi.waitFor(async () => committed(service.admins, made), { timeout: 30_000 });
    await expectInForce(next);
    set = next;
  });

  it('while the database is down wait; then they are committed, and the receipt is given again', async () => {
    const { next, made } = await approvedRotation(service.admins, set);
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
    await expectInForce(set);
    expect((await committed(service.admins, made)).state).toBe('committed');
    await expectInForce(next);
    // Lost on the way home: the same one, as often as it is wanted.
    const [one, again] = [
      await receiptFor(service.admins.operator, next, made.digest),
      await receiptFor(service.admins.operator, next, made.digest),
    ];
    expect(one.body).toMatchObject({ kind: 'rotate-shares', outcome: 'committed' });
    expect(again.digest).toBe(one.digest);
    set = next;
  });

  it('until it is too late end with a negative receipt; the shares of before recover as before', async () => {
    const { made } = await approvedRotation(service.admins, set);
    await clockShowed(deployment, '8 days');
    // The next start looks at what is over, as a running sync does from time to time.
    const later = await deployment.start();
    await later.stop();
    expect(await stateOf(made)).toBe('expired');
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({ kind: 'rotate-shares', outcome: 'expired', readBack: [] });
    await expectInForce(set);
    const recovery = await importedRecovery(service.admins, set, seededSurvey(deployment));
    expect((await committed(service.admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(deployment.checktick.kek);
  });
});
