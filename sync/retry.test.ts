import { expect, it } from 'vitest';
import { refuseVault, vaultMeanings } from './vault/refusals.ts';
import { HeldRefusal, retrySeconds } from './retry.ts';

it('says when a part that is down is tried again, and nothing where that would not help', () => {
  expect(retrySeconds(refuseVault('vault-sealed'), vaultMeanings, 7)).toBe(7);
  expect(retrySeconds(refuseVault('vault-sealed'), vaultMeanings, undefined)).toBe(15);
  expect(retrySeconds(refuseVault('vault-kv-version', 'secret'), vaultMeanings, 7)).toBeUndefined();
});

it('a lock-out ends when Vault says, whatever the background does', () => {
  const held = new HeldRefusal(refuseVault('vault-locked-out'), 899.2);
  expect(held.code).toBe('vault-locked-out');
  expect(retrySeconds(held, vaultMeanings, 2)).toBe(900);
});
