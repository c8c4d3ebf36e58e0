import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';
import { ConfigRefusal, type Fault } from './faults.ts';
import { parseProxies } from './proxies.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'conclave-listener-'));
const file = (name: string): string => path.join(folder, name);

beforeAll(() => {
  for (const name of ['a', 'b']) {
    const line = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=${name} -keyout ${file(`${name}.key`)} -out ${file(`${name}.pem`)}`;
    execFileSync('openssl', line.split(' '), { stdio: 'ignore' });
    chmodSync(file(`${name}.key`), 0o600);
  }
  writeFileSync(file('half.pem'), '-----BEGIN CERTIFICATE-----\nMIIB', { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

function faultsOf(settings: Record<string, string>): string[] {
  try {
    loadConfig({ CONCLAVE_MODE: 'rehearsal', ...settings });
  } catch (cause) {
    if (cause instanceof ConfigRefusal) return cause.faults.map(({ setting }) => setting);
    throw cause;
  }
  return [];
}
const tls = (cert = 'a.pem', key = 'a.key') => ({
  CONCLAVE_TLS_CERT: file(cert),
  CONCLAVE_TLS_KEY: file(key),
});
const proxy = { CONCLAVE_TRUSTED_PROXIES: '10.0.0.5' };
const atProxy = { ...proxy, CONCLAVE_TLS_AT_PROXY: 'yes' };
const beyond = { CONCLAVE_LISTEN_HOST: '0.0.0.0' };

describe('how a listener may be set up', () => {
  it.each([
    ['its own certificate', { ...beyond, ...tls() }],
    ['its own certificate behind a proxy', { ...beyond, ...tls(), ...proxy }],
    ['TLS that ends at a named proxy', { ...beyond, ...atProxy }],
    ['machines on its own TLS', { ...tls(), CONCLAVE_CLIENT_CA: file('b.pem') }],
  ])('with %s', (_how, settings: Record<string, string>) => {
    expect(faultsOf(settings)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['beyond this machine in the clear', beyond, 'CONCLAVE_TLS_CERT'],
    ['proxies alone, in the clear', { ...beyond, ...proxy }, 'CONCLAVE_TLS_CERT'],
    [
      'TLS at a proxy that is not named',
      { CONCLAVE_TLS_AT_PROXY: 'yes' },
      'CONCLAVE_TRUSTED_PROXIES',
    ],
    ['TLS at the proxy and here', { ...tls(), ...atProxy }, 'CONCLAVE_TLS_AT_PROXY'],
    [
      'a word that is neither yes nor no',
      { CONCLAVE_TLS_AT_PROXY: 'true' },
      'CONCLAVE_TLS_AT_PROXY',
    ],
    [
      'machines behind a proxy',
      { ...tls(), ...proxy, CONCLAVE_CLIENT_CA: file('b.pem') },
      'CONCLAVE_CLIENT_CA',
    ],
    ['another’s key', tls('a.pem', 'b.key'), 'CONCLAVE_TLS_CERT'],
    ['half a certificate', tls('half.pem'), 'CONCLAVE_TLS_CERT'],
    ['a key that is none', tls('a.pem', 'half.pem'), 'CONCLAVE_TLS_CERT'],
    ['a certificate without its key', { CONCLAVE_TLS_CERT: file('a.pem') }, 'CONCLAVE_TLS_KEY'],
  ])('but not with %s', (_how, settings, setting) => {
    expect(faultsOf(settings)).toEqual([setting]);
  });
});

describe('trusted proxies', () => {
  const parse = (text: string) => {
    const faults: Fault[] = [];
    return { list: parseProxies('X', text, faults), faults };
  };

  it.each([
    '0.0.0.0/0',
    '::/0',
    'proxy.example',
    '10.0.0.5/33',
    '10.0.0.5/-1',
    '10.0.0.5/8/8',
    '',
    '10.0.0.5,',
    '10.0.0',
    'loopback',
    'true',
    '1',
  ])('are not %j', (text) => {
    const { list, faults } = parse(text);
    expect(list).toBeUndefined();
    expect(faults).toHaveLength(1);
  });

  it.each([
    ['10.0.0.5', '10.0.0.5', true],
    ['10.0.0.5', '::ffff:10.0.0.5', true],
    ['10.0.0.5', '10.0.0.6', false],
    ['10.1.0.0/16, fd00::/64', '10.1.255.1', true],
    ['10.1.0.0/16, fd00::/64', '10.2.0.1', false],
    ['10.1.0.0/16, fd00::/64', 'fd00::9', true],
    ['10.1.0.0/16, fd00::/64', 'fd00:0:0:1::9', false],
    ['10.0.0.5', 'unknown', false],
    ['10.0.0.5', '', false],
  ])('%s: is %s one of them? %s', (text, address, answer) => {
    expect(parse(text).list?.includes(address)).toBe(answer);
  });
});
