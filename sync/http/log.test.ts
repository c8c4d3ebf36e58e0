import { expect, it } from 'vitest';
import { createToken } from '../admins/tokens.ts';
import { createCode } from '../people/codes.ts';
import { sieve } from './log.ts';

const token = createToken().text;
const enrolment = createCode('cce').text;
const cookie = createCode('ccn').text;
const claim = `ccl_${enrolment.slice(4)}`;
const component = 'ab'.repeat(64);

it.each([
  [token, token],
  [`https://sync.example/enrol#${enrolment}`, enrolment],
  [`__Host-conclave=${cookie}; Path=/`, cookie],
  [`https://recovery.example/claim/${claim}`, claim],
  ['hvs.CAESIJ0123456789abcdef', 'CAESIJ0123456789abcdef'],
  ['Authorization: Bearer abc.def', 'abc.def'],
  ['postgresql://sync:pass-1@db/x', 'pass-1'],
  [JSON.stringify({ secret_id: 'sid-1' }), 'sid-1'],
  [JSON.stringify(JSON.stringify({ passphrase: 'six words here' })), 'six words here'],
  [JSON.stringify({ vault_component: component }), component],
  [`value ${component.toUpperCase()}`, component.toUpperCase()],
])('removes the secret from %j', (line, secret) => {
  expect(sieve(line)).not.toContain(secret);
});

it('leaves what an operator needs', () => {
  const line = `{"digest":"${'ab'.repeat(32)}","code":"vault-sealed","path":"/v1/bundles"}`;
  expect(sieve(line)).toBe(line);
});
