import { beforeAll, describe, expect, test } from 'vitest';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { judge, pathOf, type SentEscrow } from './judge.ts';
import type { InPlace } from './places.ts';
import type { Place } from './rows.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** Version v2 is active; v1 was when the key was stored. */
describe('after a new key version', () => {
  const mode = 'production';
  const audience = 'a1'.repeat(16);
  const kek = randomBytes(32);
  const about = { userId: 7, surveyId: 31 };
  const sent: SentEscrow = { ...about, what: { is: 'key', key: kek } };
  const path = pathOf(about);
  const fresh: Place = { hasUser: true, hasSurvey: true, row: null, stored: null };
  let keys: TrustedKeys;
  let underFirst: Uint8Array;

  beforeAll(async () => {
    const platformKey = randomBytes(64);
    const keyOf = (keyVersion: string) => escrowPublicKey(platformKey, { mode, keyVersion });
    keys = { installation: { mode, audience, epoch: 2 }, active: 'v2', keyOf };
    const place = { mode, audience, keyVersion: 'v1', ...about } as const;
    underFirst = await sealEscrow(await keyOf('v1'), place, kek);
  });

  test('a new survey key is sealed to the active one', async () => {
    const plan = await judge(keys, 'u', sent, fresh, { is: 'empty' });
    expect([plan.keyVersion, plan.hasRow, plan.isInVault]).toEqual(['v2', false, false]);
  });

  test.each([
    ['with its row', { ...fresh, row: { keyVersion: 'v1', path } }],
    ['whose row was never written, because sync died', fresh],
  ])('a stored one keeps its own, %s', async (_, place) => {
    const there: InPlace = { is: 'sealed', sealed: underFirst };
    const plan = await judge(keys, 'u', sent, place, there);
    expect([plan.keyVersion, plan.isInVault]).toEqual(['v1', true]);
    expect(plan.sealed).toEqual(underFirst);
    const sealed: SentEscrow = { ...about, what: { is: 'sealed', sealed: underFirst } };
    expect((await judge(keys, 'u', sealed, place, there)).keyVersion).toBe('v1');
  });

  test('one that was sealed before it, and never stored, is to be sealed anew', async () => {
    const sealed: SentEscrow = { ...about, what: { is: 'sealed', sealed: underFirst } };
    await expect(judge(keys, 'u', sealed, fresh, { is: 'empty' })).rejects.toMatchObject({
      code: 'escrow-version-not-active',
    });
  });
});
