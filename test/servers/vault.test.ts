import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVault, type TestVault } from './vault.ts';

describe('a real Vault', () => {
  let vault: TestVault;
  beforeAll(async () => {
    vault = await startVault();
    await vault.api('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    await vault.api('POST', 'sys/auth/approle', { type: 'approle' });
  });
  afterAll(() => vault.stop());

  it('enforces check-and-set and keeps what it stored over kill -9', async () => {
    const write = { options: { cas: 0 }, data: { word: 'kept' } };
    let first = await vault.api('POST', 'secret/data/x', write);
    // KV version 2 prepares its mount in the background and says so meanwhile.
    while (JSON.stringify(first.body).includes('Upgrading')) {
      first = await vault.api('POST', 'secret/data/x', write);
    }
    expect(first.status).toBe(200);
    expect((await vault.api('POST', 'secret/data/x', write)).status).toBe(400);

    await vault.kill();
    await expect(vault.api('GET', 'secret/data/x')).rejects.toThrow();
    await vault.restart();
    let read = await vault.api('GET', 'secret/data/x');
    while (JSON.stringify(read.body).includes('Upgrading')) {
      read = await vault.api('GET', 'secret/data/x');
    }
    expect(read.body).toMatchObject({ data: { data: { word: 'kept' } } });
  });

  it('seals and unseals', async () => {
    await vault.seal();
    expect((await vault.api('GET', 'secret/data/x')).status).toBe(503);
    await vault.unseal();
    expect((await vault.api('GET', 'sys/health')).status).toBe(200);
  });

  it('logs in by AppRole, and the policy binds', async () => {
    await vault.api('PUT', 'sys/policies/acl/reader', {
      policy: 'path "secret/data/x" { capabilities = ["read"] }',
    });
    await vault.api('POST', 'auth/approle/role/reader', { token_policies: 'reader' });
    const role = await vault.api('GET', 'auth/approle/role/reader/role-id');
    const secret = await vault.api('POST', 'auth/approle/role/reader/secret-id', {});
    const { role_id } = (role.body as { data: { role_id: string } }).data;
    const { secret_id } = (secret.body as { data: { secret_id: string } }).data;
    const login = await vault.api('POST', 'auth/approle/login', { role_id, secret_id }, '');
    const token = (login.body as { auth: { client_token: string } }).auth.client_token;
    expect((await vault.api('GET', 'secret/data/x', undefined, token)).status).toBe(200);
    expect((await vault.api('GET', 'secret/data/y', undefined, token)).status).toBe(403);
  });

  it('writes an audit log', async () => {
    const file = path.join(vault.dir, 'audit.log');
    const options = { type: 'file', options: { file_path: file } };
    expect((await vault.api('PUT', 'sys/audit/file', options)).status).toBe(204);
    await vault.api('GET', 'secret/data/x');
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines.some((line) => line.includes('"path":"secret/data/x"'))).toBe(true);
    expect(lines.join('')).not.toContain('"kept"');
  });
});

it('speaks TLS under its own authority, and to nobody who does not know it', async () => {
  const vault = await startVault({ tls: true });
  try {
    expect((await vault.api('GET', 'sys/health')).status).toBe(200);
    expect(await readFile(vault.caFile ?? '', 'utf8')).toContain('BEGIN CERTIFICATE');
    const withoutAuthority = new Promise((resolve, reject) => {
      request(`${vault.address}/v1/sys/health`, resolve).on('error', reject).end();
    });
    await expect(withoutAuthority).rejects.toThrow(/certificate/);
  } finally {
    await vault.stop();
  }
});
