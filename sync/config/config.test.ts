import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delayHoursFor, loadConfig } from './config.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { ConfigRefusal, type Fault } from './faults.ts';

let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'conclave-config-'));
  await writeFile(file('secret-id'), 'the-secret-id\n', { mode: 0o600 });
  await writeFile(file('open-secret-id'), 'the-secret-id\n');
  await chmod(file('open-secret-id'), 0o644);
});
afterAll(() => rm(folder, { recursive: true }));

const production = (): Record<string, string> => ({
  DATABASE_URL: 'postgresql://sync:pass-word-1@db.example/checktick',
  VAULT_ADDR: 'https://vault.example:8200',
  VAULT_ROLE_ID: 'role',
  VAULT_SECRET_ID_FILE: file('secret-id'),
});

function faultsOf(environment: Record<string, string>): readonly Fault[] {
  try {
    loadConfig(environment);
  } catch (cause) {
    if (cause instanceof ConfigRefusal) return cause.faults;
    throw cause;
  }
  throw new Error('no fault found');
}

describe('loadConfig', () => {
  it('takes a production configuration and fills in what is decided', () => {
    const config = loadConfig(production());
    expect(config).toMatchObject({
      mode: 'production',
      listen: { host: '127.0.0.1', port: 8450, tls: undefined },
      packageLifetimeDays: 7,
      drillDays: 730,
      vault: { kind: 'vault', mount: 'secret' },
      database: { kind: 'postgres', address: { tls: { ca: undefined }, port: 5432 } },
    });
    expect(delayHoursFor(config, 'setup')).toBe(48);
  });

  it.each([
    ['0', 'a setup or a roster'],
    ['48,setup=23', 'a setup'],
    ['23,setup=24', 'a roster'],
    ['48,adopt=23', 'an adoption'],
    ['48,setup=1,adopt=2', 'a setup or an adoption'],
    ['23,setup=24,roster=24,rotate-shares=23', 'new shares'],
  ])('refuses a production that leaves no day to object: %s', (hours, what) => {
    const settings = { ...production(), CONCLAVE_DELAY_HOURS: hours };
    expect(faultsOf(settings)).toEqual([
      {
        setting: 'CONCLAVE_DELAY_HOURS',
        problem: `leaves less than 24 hours to object to ${what}; give them more, such as "48,recover=24".`,
      },
    ]);
    // Nothing in the environment changes that; a rehearsal has nobody to wait for.
    for (const name of ['CONCLAVE_LEAST_DELAY', 'leastTrustDelayHours']) {
      expect(faultsOf({ ...settings, [name]: '0' })).toHaveLength(1);
    }
    expect(loadConfig({ CONCLAVE_DELAY_HOURS: hours }, { rehearsal: true }).mode).toBe('rehearsal');
  });

  it('takes a recovery without delay beside changes of trust with one', () => {
    const config = loadConfig({ ...production(), CONCLAVE_DELAY_HOURS: '24,recover=0' });
    expect([delayHoursFor(config, 'roster'), delayHoursFor(config, 'recover')]).toEqual([24, 0]);
  });

  it('lets an adoption wait as long as a setup, unless it has hours of its own', () => {
    const hours = (text: string) =>
      delayHoursFor(loadConfig({ ...production(), CONCLAVE_DELAY_HOURS: text }), 'adopt');
    expect([hours('48'), hours('48,setup=72'), hours('48,setup=72,adopt=96')]).toEqual([
      48, 72, 96,
    ]);
  });

  it('prints no secret, however the configuration is printed', () => {
    const config = loadConfig({
      ...production(),
      VAULT_SECRET_ID_FILE: '',
      VAULT_SECRET_ID: 'sid-9',
    });
    for (const text of [JSON.stringify(config), inspect(config, { depth: 9 })]) {
      expect(text).not.toContain('pass-word-1');
      expect(text).not.toContain('sid-9');
    }
  });

  it('names every fault at once, and no value', () => {
    const faults = faultsOf({
      ...production(),
      DATABASE_URL: 'postgresql://sync:pass-word-1@db.example/checktick?sslmode=no-verify',
      VAULT_ADDR: 'http://vault.example:8200',
      CONCLAVE_LISTEN_HOST: '0.0.0.0',
      CONCLAVE_LISTEN_PORT: 'eighty',
      VAULT_SECRET_ID_FILE: file('open-secret-id'),
    });
    expect(faults.map((fault) => fault.setting).sort()).toEqual([
      'CONCLAVE_LISTEN_PORT',
      'DATABASE_URL',
      'VAULT_ADDR',
      'VAULT_SECRET_ID_FILE',
    ]);
    expect(JSON.stringify(faults)).not.toContain('pass-word-1');
    expect(new ConfigRefusal(faults).message).toContain('4 faults');
  });

  it('refuses a secret that other accounts can read', () => {
    const [fault] = faultsOf({ ...production(), VAULT_SECRET_ID_FILE: file('open-secret-id') });
    expect(fault).toMatchObject({ setting: 'VAULT_SECRET_ID_FILE' });
    expect(fault?.problem).toContain('chmod 600');
  });

  it('refuses production without Vault, and production on the embedded database', () => {
    expect(faultsOf({}).map((fault) => fault.setting)).toEqual(['DATABASE_URL', 'VAULT_ADDR']);
  });

  it('rehearses with nothing configured, by flag or by setting', () => {
    const embedded = {
      mode: 'rehearsal',
      database: { kind: 'pglite' },
      vault: { kind: 'rehearsal' },
    };
    expect(loadConfig({}, { rehearsal: true })).toMatchObject(embedded);
    expect(loadConfig({ CONCLAVE_MODE: 'rehearsal' })).toMatchObject(embedded);
  });

  it.each([
    ['http://sync.example', 'must begin with https://'],
    ['http://localhost:8450', 'must begin with https://'],
    ['https://192.0.2.1/', 'must be a name'],
    ['https://127.0.0.1', 'must be a name'],
    ['https://[2001:db8::1]', 'must be a name'],
    ['https://sync.example/page', 'scheme, host and port only'],
    ['https://user@sync.example', 'scheme, host and port only'],
    ['sync', 'is not an address'],
  ])('binds no passkey to %s', (url, problem) => {
    const [fault] = faultsOf({ ...production(), CONCLAVE_PUBLIC_URL: url });
    expect(fault).toMatchObject({ setting: 'CONCLAVE_PUBLIC_URL' });
    expect(fault?.problem).toContain(problem);
  });

  it('binds passkeys to its own name, and to localhost in a rehearsal', () => {
    const site = { origin: 'https://sync.example:8443', rpId: 'sync.example', secure: true };
    const own = { ...production(), CONCLAVE_PUBLIC_URL: `${site.origin}/` };
    expect(loadConfig(own).people).toEqual({ site, clientCa: undefined });
    const local = loadConfig({
      CONCLAVE_MODE: 'rehearsal',
      CONCLAVE_PUBLIC_URL: 'http://localhost:8450',
    });
    expect(local.people.site).toMatchObject({ rpId: 'localhost', secure: false });
  });

  it('takes certificates of machines only where it speaks TLS itself', () => {
    const [fault] = faultsOf({ ...production(), CONCLAVE_CLIENT_CA: file('secret-id') });
    expect(fault?.setting).toBe('CONCLAVE_CLIENT_CA');
  });

  it('listens beyond this machine only with a certificate', () => {
    const [fault] = faultsOf({ ...production(), CONCLAVE_LISTEN_HOST: '0.0.0.0' });
    expect(fault?.setting).toBe('CONCLAVE_TLS_CERT');
  });

  it('reads a JSON file under the environment, and names keys it does not know', async () => {
    await writeFile(
      file('config.json'),
      JSON.stringify({ listenPort: 9000, packageDays: 3, delayHours: { default: 24, setup: 36 } }),
    );
    const config = loadConfig({
      ...production(),
      CONCLAVE_CONFIG: file('config.json'),
      CONCLAVE_PACKAGE_DAYS: '5',
    });
    expect(config.listen.port).toBe(9000);
    expect(config.packageLifetimeDays).toBe(5);
    expect([delayHoursFor(config, 'setup'), delayHoursFor(config, 'recover')]).toEqual([36, 24]);

    await writeFile(file('bad.json'), JSON.stringify({ listenPrt: 9000 }));
    const [fault] = faultsOf({ ...production(), CONCLAVE_CONFIG: file('bad.json') });
    expect(fault?.problem).toContain('listenPrt');
  });
});

function parse(text: string): unknown {
  const faults: Fault[] = [];
  return parseDatabaseUrl(text, undefined, faults) ?? faults;
}

describe('parseDatabaseUrl', () => {
  it('verifies TLS everywhere but on this machine', () => {
    expect(parse('postgresql://u@db.example/x')).toMatchObject({ tls: { ca: undefined } });
    expect(parse('postgresql://u@127.0.0.1/x')).toMatchObject({ tls: false });
    expect(parse('postgresql://u@127.0.0.1/x?sslmode=require')).toMatchObject({ tls: {} });
    expect(parse('postgresql://u@%2Frun%2Fpostgresql/x')).toMatchObject({
      host: '/run/postgresql',
      tls: false,
    });
    expect(parse('postgresql://u@db.example/x?sslmode=disable')).toHaveLength(1);
    // A name that only looks like this machine.
    expect(parse('postgresql://u@127.0.0.1.example/x')).toMatchObject({ tls: {} });
  });

  it('decodes what a password may hold', () => {
    const parsed = parseDatabaseUrl('postgresql://u:p%40ss%2F@h/x', undefined, []);
    expect(parsed?.password?.reveal()).toBe('p@ss/');
  });

  it.each(['', 'mysql://u@h/x', 'postgresql://h/x', 'postgresql://u@h/', 'postgresql://u@h/x?a=b'])(
    'refuses %j',
    (text) => expect(parse(text)).toHaveLength(1),
  );
});
