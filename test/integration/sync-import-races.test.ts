import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importBundle } from '../../sync/flows/incoming/import.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { setupBundle, shareSetFor } from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';
import { openReplica, type Replica, rowsOf } from '../support/sync-replica.ts';

describe('another process acts between two steps of an import', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let second: Replica;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    second = await openReplica(deployment);
  });
  afterAll(async () => {
    await second.close();
    await deployment.stop();
  });

  it.each([
    ['before the key is read', 'before read conclave/packages'],
    ['after the key was read', 'after read conclave/packages'],
    ['before anything', 'before read conclave/sync'],
  ])('the same file imported and refused %s: answers with its row', async (_, at) => {
    const made = await setupBundle(service.admins.operator, set);
    const found = await second.interrupt(
      at,
      async () => {
        await service.admins.operator.post('/v1/bundles', made.bytes);
        await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, {
          reason: 'called off',
        });
      },
      () => importBundle(second.context, second.operator, made.bytes),
    );
    expect(found.state).toBe('refused');
    expect(await rowsOf(deployment, made)).toMatchObject([{ state: 'refused', receipts: 1 }]);
  });

  it('a package whose key is gone, though it is open, is named', async () => {
    const made = await setupBundle(service.admins.operator, set);
    const path = `conclave/packages/${made.nonce}`;
    await deployment.vault.api('DELETE', `${deployment.env['VAULT_MOUNT'] ?? ''}/metadata/${path}`);
    await expect(service.admins.operator.post('/v1/bundles', made.bytes)).rejects.toMatchObject({
      code: 'package-key-missing',
      problem: { culprit: path },
    });
  });

  it('its package expired by the other one before the key is read: package-spent', async () => {
    const made = await setupBundle(service.admins.operator, set);
    await expect(
      second.interrupt(
        'before read conclave/packages',
        async () => {
          await clockShowed(deployment, '8 days');
          await service.admins.operator.get(`/v1/packages/${made.nonce}/receipt`);
        },
        () => importBundle(second.context, second.operator, made.bytes),
      ),
    ).rejects.toMatchObject({ code: 'package-spent' });
  });
});
