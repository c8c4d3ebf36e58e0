import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Hidden } from '../../sync/hidden.ts';
import { type KvStore, REQUIRED_CAPABILITIES } from '../../sync/vault/kv.ts';
import { CasRefusal } from '../../sync/vault/refusals.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { setUpVault, type VaultSetupResult } from '../../sync/vault/setup.ts';
import { createVaultKv } from '../../sync/vault/vault-kv.ts';
import { startBareVault, startVault, type TestVault } from '../servers/vault.ts';
import { DATABASES } from '../support/sync-databases.ts';

interface SetUpChanges {
  readonly token?: string;
  readonly mount?: string;
  readonly name?: string;
  readonly file?: string;
}

interface PreparedVault {
  readonly vault: TestVault;
  readonly result: VaultSetupResult;
  readonly setUp: (changes?: SetUpChanges) => Promise<VaultSetupResult>;
  readonly open: (changes?: {
    address?: string;
    roleId?: string;
    clock?: () => number;
    ca?: string;
    mount?: string;
    secretId?: { file: string };
  }) => KvStore;
  readonly stop: () => Promise<void>;
}

async function prepareVault(): Promise<PreparedVault> {
  const vault = await startVault({ tls: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'conclave-role-'));
  const ca = await readFile(vault.caFile ?? '', 'utf8');
  const secretIdFile = path.join(folder, 'secret-id');
  const setUp = (changes: SetUpChanges = {}): Promise<VaultSetupResult> =>
    setUpVault({
      address: vault.address,
      ca,
      mount: changes.mount ?? 'secret',
      name: changes.name,
      operatorToken: new Hidden(changes.token ?? vault.rootToken),
      secretIdFile: changes.file === undefined ? secretIdFile : path.join(folder, changes.file),
    });
  const result = await setUp();
  return {
    vault,
    result,
    setUp,
    open: (changes = {}) =>
      createVaultKv({
        address: vault.address,
        mount: 'secret',
        roleId: result.roleId,
        secretId: { file: secretIdFile },
        ca,
        ...changes,
      }),
    stop: async () => {
      await vault.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * The contract is wider than what sync may do at any one place (it may update its trust, and
 * destroy a one-time key): one place where it may do all of it, besides its own policy.
 */
async function allowContract(vault: TestVault): Promise<void> {
  const found = await vault.api('GET', 'sys/policies/acl/conclave-sync');
  const { policy } = (found.body as { data: { policy: string } }).data;
  const all = ['data', 'metadata', 'destroy'].map(
    (part) =>
      `path "secret/${part}/contract/*" { capabilities = ["create", "read", "update", "delete"] }`,
  );
  await vault.api('PUT', 'sys/policies/acl/conclave-sync', {
    policy: [policy, ...all].join('\n'),
  });
}

const STORES: readonly (readonly [
  string,
  () => Promise<{ kv: KvStore; stop: () => Promise<void> }>,
])[] = [
  [
    'a real Vault',
    async () => {
      const prepared = await prepareVault();
      await allowContract(prepared.vault);
      return { kv: prepared.open(), stop: prepared.stop };
    },
  ],
  ...DATABASES.map(
    ([name, open]) =>
      [
        `the rehearsal store on ${name}`,
        async () => {
          const { database, stop } = await open('rehearsal');
          return { kv: await createRehearsalKv(database), stop };
        },
      ] as const,
  ),
];

describe.each(STORES)('the contract of a key-value store: %s', (_name, start) => {
  let kv: KvStore;
  let stop: () => Promise<void>;
  let at: string;
  beforeAll(async () => {
    ({ kv, stop } = await start());
  });
  afterAll(async () => {
    await kv.close();
    await stop();
  });
  beforeEach(() => {
    at = `contract/${randomUUID()}`;
  });

  it('answers where nothing was ever written', async () => {
    expect(await kv.read(at)).toEqual({ absent: true, currentVersion: 0 });
    expect(await kv.read(at, { version: 3 })).toEqual({ absent: true, currentVersion: 0 });
    await expect(kv.put(at, {}, { cas: 4 })).rejects.toMatchObject({
      code: 'vault-cas',
      currentVersion: 0,
    });
    expect(await kv.read(at)).toEqual({ absent: true, currentVersion: 0 });
  });

  it('writes versions one after the other, each only on top of the one expected', async () => {
    expect(await kv.put(at, { a: 'one', deep: { b: [1, null] } }, { cas: 0 })).toEqual({
      version: 1,
    });
    const late = kv.put(at, { a: 'other' }, { cas: 0 });
    await expect(late).rejects.toMatchObject({ code: 'vault-cas', culprit: at, currentVersion: 1 });
    expect(await kv.put(at, { a: 'two' }, { cas: 1 })).toEqual({ version: 2 });
    await expect(kv.put(at, {}, { cas: 1 })).rejects.toMatchObject({ currentVersion: 2 });
    await expect(kv.put(at, {}, { cas: 3 })).rejects.toMatchObject({ currentVersion: 2 });
    expect(await kv.read(at)).toEqual({ absent: false, data: { a: 'two' }, version: 2 });
    expect(await kv.read(at, { version: 1 })).toEqual({
      absent: false,
      data: { a: 'one', deep: { b: [1, null] } },
      version: 1,
    });
    expect(await kv.read(at, { version: 9 })).toEqual({ absent: true, currentVersion: 2 });
  });

  it('lets exactly one of many writers win', async () => {
    const writers = Array.from({ length: 12 }, (_, i) => kv.put(at, { i: String(i) }, { cas: 0 }));
    const results = await Promise.allSettled(writers);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'vault-cas' });
    }
  });

  it('destroys for ever, and keeps counting', async () => {
    await kv.put(at, { a: 'one' }, { cas: 0 });
    await kv.put(at, { a: 'two' }, { cas: 1 });
    await kv.destroyVersions(at, [1, 7]);
    expect(await kv.read(at, { version: 1 })).toEqual({ absent: true, currentVersion: 2 });
    expect(await kv.read(at)).toMatchObject({ absent: false, version: 2 });
    await kv.destroyVersions(at, [2]);
    expect(await kv.read(at)).toEqual({ absent: true, currentVersion: 2 });
    await expect(kv.put(at, {}, { cas: 0 })).rejects.toMatchObject({ currentVersion: 2 });
    expect(await kv.put(at, { a: 'three' }, { cas: 2 })).toEqual({ version: 3 });
  });

  it('forgets a path wholly', async () => {
    await kv.put(at, { a: 'one' }, { cas: 0 });
    await kv.deleteMetadata(at);
    expect(await kv.read(at)).toEqual({ absent: true, currentVersion: 0 });
    expect(await kv.put(at, { a: 'new' }, { cas: 0 })).toEqual({ version: 1 });
  });

  it.each(['', '/', 'a//b', '../sys', 'a/../b', 'a?version=1', 'a%2fb', 'a b', 'a/.'])(
    'refuses the path %j',
    async (bad) => {
      await expect(kv.read(bad)).rejects.toMatchObject({ code: 'vault-path' });
      await expect(kv.put(bad, {}, { cas: 0 })).rejects.toMatchObject({ code: 'vault-path' });
    },
  );

  it('has every capability that sync needs', async () => {
    const has = await kv.capabilities(Object.keys(REQUIRED_CAPABILITIES));
    for (const [name, needed] of Object.entries(REQUIRED_CAPABILITIES)) {
      expect(has[name], name).toEqual(expect.arrayContaining([...needed]));
    }
    expect((await kv.health()).state).toMatch(/active|rehearsal/);
  });
});

async function tokenCount(vault: TestVault): Promise<number> {
  const reply = await vault.api('GET', 'auth/token/accessors?list=true');
  return (reply.body as { data: { keys: string[] } }).data.keys.length;
}

describe('a real Vault in trouble', () => {
  let prepared: PreparedVault;
  let vault: TestVault;
  beforeAll(async () => {
    prepared = await prepareVault();
    ({ vault } = prepared);
  });
  afterAll(() => prepared.stop());

  it('is set up once and the same again', async () => {
    const again = await prepared.setUp();
    expect(again).toMatchObject({
      roleId: prepared.result.roleId,
      newSecretId: false,
      madeMount: false,
    });
    expect((await stat(again.secretIdFile)).mode & 0o777).toBe(0o600);
    expect(Date.parse(again.secretIdExpires)).toBeGreaterThan(Date.now());
    const config = await vault.api('GET', 'secret/config');
    expect(config.body).toMatchObject({ data: { cas_required: false } });
    await expect(prepared.setUp({ token: 'wrong' })).rejects.toMatchObject({
      code: 'vault-operator-token',
    });
    await vault.api('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
    await expect(prepared.setUp({ mount: 'old', name: 'old', file: 'old' })).rejects.toMatchObject({
      code: 'vault-kv-version',
    });
  });

  it('serves two deployments, each with a mount, a role and policies of its own', async () => {
    const policy = async (name: string): Promise<string> => {
      const { body } = await vault.api('GET', `sys/policies/acl/${name}`);
      return (body as { data: { policy: string } }).data.policy;
    };
    const before = [await policy('conclave-sync'), await policy('conclave-sync-rotate')];
    // Without a name it would take the place of the first.
    await expect(prepared.setUp({ mount: 'own/kv', file: 'ward' })).rejects.toMatchObject({
      code: 'vault-role-taken',
    });
    const named = { mount: 'own/kv', name: 'ward', file: 'ward' };
    const ward = await prepared.setUp(named);
    expect(ward).toMatchObject({ madeMount: true, newSecretId: true });
    expect(ward.roleId).not.toBe(prepared.result.roleId);
    expect(await prepared.setUp(named)).toMatchObject({ roleId: ward.roleId, newSecretId: false });
    await expect(
      prepared.setUp({ mount: 'secret', name: 'ward', file: 'ward' }),
    ).rejects.toMatchObject({ code: 'vault-role-taken' });
    expect([await policy('conclave-sync'), await policy('conclave-sync-rotate')]).toEqual(before);

    const own = { roleId: ward.roleId, secretId: { file: ward.secretIdFile } };
    const [theirs, first] = [prepared.open({ mount: 'own/kv', ...own }), prepared.open()];
    for (const kv of [theirs, first]) {
      expect(await kv.put('conclave/packages/two', { a: 'b' }, { cas: 0 })).toEqual({ version: 1 });
    }
    // Neither reaches the other's, and each asks when its own secret id ends.
    for (const kv of [prepared.open({ mount: 'own/kv' }), prepared.open(own)]) {
      await expect(kv.read('conclave/packages/two')).rejects.toMatchObject({
        code: 'vault-denied',
      });
      await kv.close();
    }
    for (const kv of [theirs, first]) {
      expect((await kv.credentials())?.secretId).toMatchObject({ known: true });
      await kv.close();
    }
    const rotate = await policy('conclave-sync-ward-rotate');
    expect(rotate).toContain('role/conclave-sync-ward/secret-id/destroy');
    expect(rotate).not.toContain('role/conclave-sync/');
  });

  it('never touches an existing master key; sync replaces it by check-and-set and forgets no version', async () => {
    const kv = prepared.open();
    await kv.put('platform/master-key', { vault_component: 'aa' }, { cas: 0 });
    expect(await prepared.setUp()).toMatchObject({ masterKeyExists: true });
    const next = { vault_component: 'bb' };
    for (const cas of [0, 2]) {
      await expect(kv.put('platform/master-key', next, { cas })).rejects.toBeInstanceOf(CasRefusal);
    }
    await kv.put('platform/master-key', next, { cas: 1 });
    expect(await kv.read('platform/master-key', { version: 1 })).toMatchObject({
      data: { vault_component: 'aa' },
    });
    // Its signing key and a one-time key are made once; trust is never forgotten.
    for (const once of ['conclave/sync', 'conclave/packages/1']) {
      await kv.put(once, { a: 'b' }, { cas: 0 });
      await expect(kv.put(once, {}, { cas: 1 })).rejects.toMatchObject({ code: 'vault-denied' });
    }
    await kv.put('conclave/trust', {}, { cas: 0 });
    await kv.put('conclave/trust', {}, { cas: 1 });
    for (const forget of ['conclave/trust', 'conclave/sync', 'platform/master-key']) {
      await expect(kv.deleteMetadata(forget)).rejects.toMatchObject({ code: 'vault-denied' });
      await expect(kv.destroyVersions(forget, [1])).rejects.toMatchObject({ code: 'vault-denied' });
    }
    await kv.deleteMetadata('conclave/packages/1');
    // A survey key of an organisation is replaced and never made; no note of it is forgotten.
    const denied = { code: 'vault-denied' };
    await expect(kv.put('surveys/1/kek', {}, { cas: 0 })).rejects.toMatchObject(denied);
    await vault.api('POST', 'secret/data/surveys/1/kek', { data: { encrypted_kek: 'ab' } });
    await kv.put('surveys/1/kek', { encrypted_kek: 'cd' }, { cas: 1 });
    await expect(kv.put('teams/1/team-key', {}, { cas: 0 })).rejects.toMatchObject(denied);
    await kv.put('organizations/1/master-key', {}, { cas: 0 });
    await kv.put('organizations/1/master-key', { a: 'b' }, { cas: 1 });
    for (const forget of ['surveys/1/kek', 'organizations/1/master-key']) {
      await expect(kv.deleteMetadata(forget)).rejects.toMatchObject(denied);
      await expect(kv.destroyVersions(forget, [1])).rejects.toMatchObject(denied);
    }
    await expect(kv.read('organizations/1/other')).rejects.toMatchObject(denied);
    await kv.close();
  });

  it('logs in again, once for all its calls, when its token was revoked', async () => {
    const kv = prepared.open();
    await kv.read('conclave/check');
    await vault.api('POST', 'sys/leases/revoke-prefix/auth/approle', { sync: true });
    const before = await tokenCount(vault);
    const readFour = () => Promise.all([1, 2, 3, 4].map(() => kv.read('conclave/check')));
    expect(await readFour()).toHaveLength(4);
    // Every login makes a token, which lives for an hour.
    expect(await tokenCount(vault)).toBe(before + 1);
    await readFour();
    expect(await tokenCount(vault)).toBe(before + 1);
    await kv.close();
  });

  it('renews its token in time, and takes a new one when it may not be renewed', async () => {
    let now = 0;
    const kv = prepared.open({ clock: () => now });
    await kv.read('conclave/check');
    const before = await tokenCount(vault);
    now += 45 * 60_000;
    await kv.read('conclave/check');
    expect(await tokenCount(vault)).toBe(before);
    expect((await kv.credentials())?.token.seconds).toBeGreaterThan(50 * 60);
    now += 2 * 3_600_000;
    await kv.read('conclave/check');
    expect(await tokenCount(vault)).toBe(before + 1);
    await kv.close();
  });

  it('tells sealed, unreachable and untrusted apart', async () => {
    const kv = prepared.open();
    await kv.read('conclave/check');
    await vault.seal();
    await expect(kv.health()).rejects.toMatchObject({ code: 'vault-sealed' });
    await expect(kv.read('conclave/check')).rejects.toMatchObject({ code: 'vault-sealed' });
    await expect(kv.put('conclave/packages/x', {}, { cas: 0 })).rejects.toMatchObject({
      code: 'vault-sealed',
    });
    await vault.unseal();
    expect(await kv.read('conclave/check')).toMatchObject({ absent: true });

    await vault.kill();
    await expect(kv.read('conclave/check')).rejects.toMatchObject({ code: 'vault-unreachable' });
    await vault.restart();
    expect(await kv.read('conclave/check')).toMatchObject({ absent: true });
    await kv.close();

    const other = await startVault({ tls: true });
    const stranger = prepared.open({ ca: await readFile(other.caFile ?? '', 'utf8') });
    await expect(stranger.read('conclave/check')).rejects.toMatchObject({
      code: 'vault-certificate',
    });
    await other.stop();
  });

  it('says of one that was never set up that it may be the wrong one', async () => {
    const bare = await startBareVault();
    const kv = prepared.open({ address: bare.address });
    await expect(kv.health()).rejects.toMatchObject({ code: 'vault-uninitialised' });
    // It calls itself sealed to everything else: what looks at Vault's state asks for its health.
    await expect(kv.read('conclave/check')).rejects.toMatchObject({ code: 'vault-sealed' });
    await kv.close();
    await bare.stop();
  });

  it('stops trying a refused secret id before Vault locks the role out, and knows a lock-out', async () => {
    const file = prepared.result.secretIdFile;
    const good = await readFile(file, 'utf8');
    await writeFile(file, randomUUID());
    const kv = prepared.open();
    for (let i = 0; i < 8; i += 1) {
      await expect(kv.read('conclave/check')).rejects.toMatchObject({ code: 'vault-login' });
    }
    // A corrected file is taken at once: eight refusals cost one attempt.
    await writeFile(file, good);
    expect(await kv.read('conclave/check')).toMatchObject({ absent: true });
    await kv.close();

    for (let i = 0; i < 6; i += 1) {
      const body = { role_id: prepared.result.roleId, secret_id: randomUUID() };
      await vault.api('POST', 'auth/approle/login', body, '');
    }
    const locked = prepared.open();
    await expect(locked.read('conclave/check')).rejects.toMatchObject({ code: 'vault-locked-out' });
    await locked.close();
  });
});
