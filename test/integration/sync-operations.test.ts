import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Readiness } from '../../sync/http/health.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const PATIENCE = { timeout: 90_000, interval: 300 };

const readyz = async (service: Service): Promise<{ status: number; body: Readiness }> => {
  const answer = await fetch(`${service.address}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Readiness };
};

/** What `/readyz` and every other answer say while a part cannot be used, on the real servers. */
describe('a running service whose parts go away', () => {
  let deployment: Deployment;
  let service: Service;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const ready = (): Promise<void> =>
    vi.waitFor(async () => expect((await readyz(service)).status).toBe(200), PATIENCE);
  const vaultPart = async (code: string): Promise<Readiness['parts']['vault']> => {
    const { status, body } = await readyz(service);
    expect(status).toBe(503);
    expect(body.parts.vault).toMatchObject({ ready: false, code });
    expect(body.parts.vault.retryInSeconds).toBeGreaterThanOrEqual(1);
    return body.parts.vault;
  };

  it('names a sealed Vault, says when it tries again, and goes on by itself', async () => {
    await ready();
    await deployment.vault.seal();
    await vaultPart('vault-sealed');
    const answer = await fetch(`${service.address}/v1/descriptor`, {
      headers: { authorization: `Bearer ${deployment.tokens.operator}` },
    });
    const problem = (await answer.json()) as { code: string; retryAfterSeconds: number };
    expect(answer.status).toBe(503);
    expect(problem.code).toBe('vault-sealed');
    expect(answer.headers.get('retry-after')).toBe(String(problem.retryAfterSeconds));
    await deployment.vault.unseal();
    await ready();
  });

  it('names a policy that lacks one right, and which', async () => {
    const path = 'sys/policies/acl/conclave-sync';
    const { body } = await deployment.vault.api('GET', path);
    const { policy } = (body as { data: { policy: string } }).data;
    const lesser = policy.replace(/path "[^"]+\/destroy\/conclave\/claims\/\+" \{[^}]*\}/, '');
    expect(lesser).not.toBe(policy);
    await deployment.vault.api('PUT', path, { policy: lesser });
    const part = await vaultPart('vault-denied');
    expect(part.reason).toContain('destroy/conclave/claims');
    await deployment.vault.api('PUT', path, { policy });
    await ready();
  });

  it('takes a new token where its own was revoked, and says nothing about it', async () => {
    await deployment.vault.api('POST', 'sys/leases/revoke-prefix/auth/approle');
    expect((await readyz(service)).status).toBe(200);
  });

  it('names a Vault that does not answer', async () => {
    await deployment.vault.kill();
    await vaultPart('vault-unreachable');
    await deployment.vault.restart();
    await ready();
  });

  it('names a lost database, and answers all the same', async () => {
    await deployment.postgres.kill9();
    const { status, body } = await readyz(service);
    expect(status).toBe(503);
    expect(body.parts.database).toMatchObject({ ready: false, code: 'database-unreachable' });
    expect(body.parts.database.retryInSeconds).toBeGreaterThanOrEqual(1);
    await deployment.postgres.restart();
    await ready();
  });

  it('a commit that another replica died in is finished by this one, which nobody asks', async () => {
    const set = await shareSetFor(service.admins.operator, deployment.mode);
    const made = await approvedSetup(service.admins, set);
    const dying = await deployment.start({ dieAt: 'vault' });
    await expect(committed(dying.admins, made)).rejects.toThrow();
    await dying.child.ended;
    const state = async (): Promise<string> =>
      (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`)).state;
    await vi.waitFor(async () => expect(await state()).toBe('committed'), PATIENCE);
    expect(await deployment.sql('SELECT sequence FROM conclave.receipts')).toHaveLength(1);
  });
});
