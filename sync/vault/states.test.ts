import { expect, it } from 'vitest';
import { refusalForState } from './states.ts';

// Vault API documentation, "/sys/health" and "HTTP Status Codes". Sealed runs on a real Vault too.
it.each([
  [501, 'vault-uninitialised'],
  [503, 'vault-sealed'],
  [429, 'vault-standby'],
  [472, 'vault-secondary'],
  [473, 'vault-performance-standby'],
  [307, 'vault-standby'],
  [412, 'vault-replication'],
  [500, 'vault-busy'],
  [502, 'vault-busy'],
])('tells status %i apart', (status, code) => {
  expect(refusalForState(status)?.code).toBe(code);
});

it.each([200, 204, 400, 403, 404])('leaves status %i to the caller', (status) => {
  expect(refusalForState(status)).toBeUndefined();
});
