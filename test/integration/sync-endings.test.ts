import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import type {
  BundleAnswer,
  FileAnswer,
  PackageAnswer,
  RequestAnswer,
} from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { bytesOf } from '../support/sync-client.ts';
import {
  approvedRequest,
  committed,
  importedRecovery,
  receiptFor,
  recoverBundle,
  releasedPackage,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const reason = { reason: 'It was asked for by mistake' };

describe('how a recovery ends before it is written', { retry: 0 }, () => {
  let servers: Servers;
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  const about = () => seededSurvey(deployment);
  beforeAll(async () => {
    servers = await startServers();
    deployment = await deploy({ servers });
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
    await stopServers(servers);
  });

  const stop = (code: string, how: 'reject' | 'cancel') =>
    service.admins.approver1.post<RequestAnswer>(`/v1/requests/${code}/${how}`, reason);
  const released = async () => {
    const { code } = await approvedRequest(service.admins, about());
    return { code, flow: await releasedPackage(service.admins, set, code) };
  };
  const imported = () => importedRecovery(service.admins, set, about());
  const stateOf = async (digest: string) =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;
  /** Read from the table: asking sync for a receipt must not be what makes it. */
  const receiptOfPackage = async (nonce: string) => {
    const [row] = await deployment.sql<{ content: Buffer }>(
      `SELECT d.content FROM conclave.receipts r JOIN conclave.documents d ON d.digest = r.digest
        WHERE r.nonce = $1`,
      [Buffer.from(nonce, 'hex')],
    );
    return row === undefined
      ? undefined
      : parseReceipt(new Uint8Array(row.content), deployment.mode, set.sync).body;
  };
  async function whileSealed<T>(work: () => Promise<T>): Promise<T> {
    await deployment.vault.seal();
    try {
      return await work();
    } finally {
      await deployment.vault.unseal();
    }
  }
  const oneTimeKey = (nonce: string) => deployment.kv(`conclave/packages/${nonce}`);

  it.each([
    ['reject', 'refused', 'rejected'],
    ['cancel', 'objected', 'cancelled'],
  ] as const)('%s ends package and bundle at once, with receipts', async (how, outcome, status) => {
    const { code, flow } = await released();
    const { nonce } = flow;
    expect(await oneTimeKey(nonce)).not.toBeNull();
    expect(await stop(code, how)).toMatchObject({ status });
    expect(await receiptOfPackage(nonce)).toMatchObject({
      outcome,
      bundleDigest: null,
      statement: `The request was ${status}: “${reason.reason}”. Nothing was changed.`,
    });
    expect(await oneTimeKey(nonce)).toBeNull();
    const late = await recoverBundle(service.admins.operator, set, flow);
    await expect(service.admins.operator.post('/v1/bundles', late.bytes)).rejects.toMatchObject({
      problem: { status: 409 },
    });

    const made = await imported();
    await stop(made.code, how);
    expect(await stateOf(made.digest)).toBe(outcome);
    expect(await receiptOfPackage(made.nonce)).toMatchObject({
      outcome,
      bundleDigest: made.digest,
    });
    expect(await oneTimeKey(made.nonce)).toBeNull();
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
    await expect(stop(made.code, how)).rejects.toMatchObject({ code: 'request-state' });
  });

  it('of a rejection and a commit at the same moment exactly one wins', async () => {
    const outcomes = { committed: 0, refused: 0 };
    for (let round = 0; round < 30; round += 1) {
      const made = await imported();
      const stopping = setTimeout(round * 8).then(() => stop(made.code, 'reject'));
      await Promise.allSettled([committed(service.admins, made), stopping]);
      const state = await stateOf(made.digest);
      const request = await service.admins.operator.get<RequestAnswer>(`/v1/requests/${made.code}`);
      const { body } = await receiptFor(service.admins.operator, set, made.digest);
      expect([state, request.status, body.outcome]).toEqual(
        state === 'committed'
          ? ['committed', 'completed', 'committed']
          : ['refused', 'rejected', 'refused'],
      );
      const words = await deployment.kv(`conclave/claims/${made.digest}`);
      expect(words === null).toBe(state === 'refused');
      outcomes[state === 'committed' ? 'committed' : 'refused'] += 1;
    }
    expect(outcomes.committed).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  }, 300_000);

  it('what CheckTick itself stopped, and what expired, ends by itself', async () => {
    const elsewhere = await imported();
    const byUser = await released();
    const old = await imported();
    const unused = await released();
    const status = `UPDATE surveys_recoveryrequest SET status =`;
    await deployment.sql(
      `${status} 'rejected', rejection_reason = 'Not this person' WHERE request_code = $1`,
      [elsewhere.code],
    );
    await deployment.sql(
      `${status} 'cancelled', cancellation_reason = '' WHERE request_code = $1`,
      [byUser.code],
    );
    const another = await deployment.start();
    expect(await stateOf(elsewhere.digest)).toBe('refused');
    expect(await receiptOfPackage(byUser.flow.nonce)).toMatchObject({
      outcome: 'objected',
    });
    expect([await stateOf(old.digest), await receiptOfPackage(old.nonce)]).toEqual([
      'waiting',
      undefined,
    ]);
    await another.stop();

    await clockShowed(deployment, '8 days');
    const later = await deployment.start();
    expect(await stateOf(old.digest)).toBe('expired');
    expect(await receiptOfPackage(old.nonce)).toMatchObject({ outcome: 'expired' });
    expect(await receiptOfPackage(unused.flow.nonce)).toMatchObject({
      outcome: 'expired',
      bundleDigest: null,
    });
    const [{ state } = { state: '' }] = (
      await service.admins.operator.get<{ packages: PackageAnswer[] }>('/v1/packages')
    ).packages.filter(({ nonce }) => nonce === unused.flow.nonce);
    expect(state).toBe('expired');
    expect(await oneTimeKey(old.nonce)).toBeNull();
    await later.stop();
  });

  it('is stopped while Vault is sealed; the receipt follows when it is open', async () => {
    const made = await imported();
    expect(await whileSealed(() => stop(made.code, 'cancel'))).toMatchObject({
      status: 'cancelled',
    });
    expect(await stateOf(made.digest)).toBe('waiting');
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'request-state' });
    const file = await service.admins.operator.get<FileAnswer>(
      `/v1/bundles/${made.digest}/receipt`,
    );
    expect(parseReceipt(bytesOf(file), deployment.mode, set.sync).body.outcome).toBe('objected');
    const other = await imported();
    await whileSealed(() => stop(other.code, 'reject'));
    const another = await deployment.start();
    expect(await receiptOfPackage(other.nonce)).toMatchObject({ outcome: 'refused' });
    await another.stop();
  });
});
