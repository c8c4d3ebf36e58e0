import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runSync } from '../support/sync-cli.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const ROLE = 'auth/approle/role/conclave-sync';

/** `conclave-sync secret-id rotate`, against a real Vault and beside a running service. */
describe('rotating the secret id', () => {
  let deployment: Deployment;
  let service: Service;
  let file: string;
  /** Of somebody with the policy conclave-sync-rotate and nothing else. */
  let rotator: string;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start({ env: { CONCLAVE_METRICS_PORT: '0' } });
    file = deployment.env['VAULT_SECRET_ID_FILE'] ?? '';
    const made = await deployment.vault.api('POST', 'auth/token/create', {
      policies: ['conclave-sync-rotate'],
      no_default_policy: true,
    });
    rotator = (made.body as { auth: { client_token: string } }).auth.client_token;
    await token('rotator', rotator);
  });
  afterAll(() => deployment.stop());
  beforeEach(async () => {
    // Every test begins with a secret id that works.
    const secret_id = await makeOne();
    await writeFile(file, `${secret_id}\n`, { mode: 0o600 });
  });

  const inFolder = (name: string): string => path.join(deployment.folder, name);
  const token = (name: string, text: string): Promise<void> =>
    writeFile(inFolder(name), text, { mode: 0o600 });
  const current = async (): Promise<string> => (await readFile(file, 'utf8')).trim();
  const rotate = (name = 'rotator', more: readonly string[] = [], env = {}) =>
    runSync(['--json', 'secret-id', 'rotate', '--operator-token-file', inFolder(name), ...more], {
      ...deployment.env,
      ...env,
    });
  async function makeOne(): Promise<string> {
    const { body } = await deployment.vault.api('POST', `${ROLE}/secret-id`, {});
    return (body as { data: { secret_id: string } }).data.secret_id;
  }
  async function signsIn(secret_id: string): Promise<boolean> {
    const body = { role_id: deployment.env['VAULT_ROLE_ID'], secret_id };
    return (await deployment.vault.api('POST', 'auth/approle/login', body, '')).status === 200;
  }
  async function known(secret_id: string): Promise<boolean> {
    return (
      (await deployment.vault.api('POST', `${ROLE}/secret-id/lookup`, { secret_id })).status === 200
    );
  }
  async function howMany(): Promise<number> {
    const { body } = await deployment.vault.api('LIST', `${ROLE}/secret-id`);
    return (body as { data: { keys: string[] } }).data.keys.length;
  }
  const ready = async (): Promise<number> => (await fetch(`${service.address}/readyz`)).status;
  const loseTokens = () => deployment.vault.api('POST', 'sys/leases/revoke-prefix/auth/approle');
  async function numbers(): Promise<string> {
    const [, address = ''] = /Metrics at (\S+)\./.exec(service.child.output()) ?? [];
    return (await fetch(address)).text();
  }

  it('puts a new one in use under a running service, and only then destroys the old one', async () => {
    const old = await current();
    expect(await ready()).toBe(200);
    const done = await rotate();
    expect(done).toMatchObject({ code: 0, err: '' });
    const fresh = await current();
    expect(fresh).not.toBe(old);
    expect(done.out).not.toContain(fresh);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(stat(`${file}.new`)).rejects.toThrow();
    expect([await known(old), await known(fresh)]).toEqual([false, true]);
    // Read back: Vault's own maximum of 32 days, not the 90 days that setup asked for.
    const result = JSON.parse(done.out) as { old: string; endsAt: string };
    expect(result.old).toBe('destroyed');
    const days = (Date.parse(result.endsAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(31.9);
    expect(days).toBeLessThan(32.1);
    // The service signs in anew with what is in the file now; nobody restarted it.
    await loseTokens();
    expect(await ready()).toBe(200);
  });

  it('says when it ends: in check, and in numbers', async () => {
    const text = await numbers();
    const number = (name: string): number =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
    expect(number('conclave_vault_secret_id_expiry_seconds')).toBeGreaterThan(31.9 * 86_400);
    expect(number('conclave_vault_secret_id_due')).toBe(0);
    expect(number('conclave_vault_token_ttl_seconds')).toBeGreaterThan(0);
    expect(number('conclave_vault_token_ttl_seconds')).toBeLessThanOrEqual(3_600);
    const looked = await runSync(['check'], deployment.env);
    expect(looked.code).toBe(0);
    expect(looked.out).toMatch(/good {2}vault secret id: ends on \S+ \(in 3[12] days\)/);
  });

  it('says that it has ended while the token still works, and that the policy does not let it ask', async () => {
    expect(await ready()).toBe(200);
    await deployment.vault.api('POST', `${ROLE}/secret-id/destroy`, { secret_id: await current() });
    const text = await numbers();
    expect(text).toContain('conclave_vault_secret_id_expiry_seconds 0\n');
    expect(text).toContain('conclave_vault_secret_id_due 1\n');
    await writeFile(file, `${await makeOne()}\n`);

    const at = 'sys/policies/acl/conclave-sync';
    const { policy } = (
      (await deployment.vault.api('GET', at)).body as { data: { policy: string } }
    ).data;
    const lesser = policy.replace(/path "auth\/approle[^}]*\}/, '');
    expect(lesser).not.toBe(policy);
    await deployment.vault.api('PUT', at, { policy: lesser });
    try {
      const looked = await runSync(['check'], deployment.env);
      expect(looked.out).toContain('note  vault secret id: the policy of sync does not let it ask');
      expect(await numbers()).not.toMatch(/^conclave_vault_secret_id_(?:due|expiry)/m);
    } finally {
      await deployment.vault.api('PUT', at, { policy });
    }
  });

  it('keeps the old one for replicas that hold copies, when asked', async () => {
    const old = await current();
    const done = await rotate('rotator', ['--keep-old']);
    expect(JSON.parse(done.out)).toMatchObject({ old: 'kept', oldEndsAt: expect.any(String) });
    expect([await known(old), await signsIn(await current())]).toEqual([true, true]);
  });

  it('destroys what a killed run left, and works where the file is gone', async () => {
    const left = await makeOne();
    await writeFile(`${file}.new`, left, { mode: 0o600 });
    await rm(file);
    const done = await rotate();
    expect(JSON.parse(done.out)).toMatchObject({ old: 'none' });
    expect([await known(left), await signsIn(await current())]).toEqual([false, true]);
  });

  it('closes a file that others could read', async () => {
    await chmod(file, 0o644);
    expect((await rotate()).code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a token without the right', 'reader', {}, 'vault-rotate-token'],
    ['another role’s id', 'rotator', { VAULT_ROLE_ID: randomUUID() }, 'secret-id-unproved'],
  ])('with %s leaves everything as it was', async (_what, name, env, code) => {
    const { body } = await deployment.vault.api('POST', 'auth/token/create', {
      policies: ['conclave-sync'],
      no_default_policy: true,
    });
    // SECURITY: the very token of sync must not make a secret id that outlives it.
    await token('reader', (body as { auth: { client_token: string } }).auth.client_token);
    const [old, count] = [await current(), await howMany()];
    const done = await rotate(name, [], env);
    expect([done.code, JSON.parse(done.err)]).toMatchObject([1, { code }]);
    expect([await current(), await howMany()]).toEqual([old, count]);
    await expect(stat(`${file}.new`)).rejects.toThrow();
    expect(await signsIn(old)).toBe(true);
  });

  it('leaves nothing in Vault where the file cannot be written', async () => {
    const count = await howMany();
    const done = await rotate('rotator', ['--secret-id-file', inFolder('nowhere/secret-id')]);
    expect([done.code, JSON.parse(done.err)]).toMatchObject([1, { code: 'secret-id-file' }]);
    expect(await howMany()).toBe(count);
    await mkdir(inFolder('a-folder'));
    const folder = await rotate('rotator', ['--secret-id-file', inFolder('a-folder')]);
    expect(JSON.parse(folder.err)).toMatchObject({ code: 'secret-id-file' });
    expect(await howMany()).toBe(count);
  });

  it('is a right that opens no secret', async () => {
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    for (const [method, at] of [
      ['GET', `${mount}/data/conclave/trust`],
      ['GET', `${mount}/data/platform/master-key`],
      ['GET', `${ROLE}/role-id`],
      ['LIST', `${ROLE}/secret-id`],
    ] as const) {
      expect((await deployment.vault.api(method, at, undefined, rotator)).status).toBe(403);
    }
  });

  it('needs a sealed Vault to be unsealed first', async () => {
    await deployment.vault.seal();
    const done = await rotate();
    expect([done.code, JSON.parse(done.err)]).toMatchObject([3, { code: 'vault-sealed' }]);
    await deployment.vault.unseal();
  });
});
