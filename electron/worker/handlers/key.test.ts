import { expect, test } from 'vitest';
import { randomBytes } from '../../../shared/secret/random.ts';
import { escrowPublicKey } from '../../../shared/sharing/escrow-key.ts';
import { WorkerState } from '../state.ts';
import type { Context } from '../context.ts';
import { makeKey, proveQuorum, split } from './key.ts';

const PLAN = { setId: 'ab'.repeat(16), generation: 1, threshold: 2, count: 3 };

/** A new key whose every share was read back; nothing else of the ceremony. */
async function readBack(): Promise<Context> {
  const state = new WorkerState('rehearsal');
  const context = { state, random: randomBytes } as Context;
  await makeKey({ componentBytes: 64, keyVersion: 'v1' }, context);
  await split(PLAN, context);
  for (const [index, wire] of state.generated) state.readBack.set(index, wire);
  return context;
}

test('a quorum of the media gives the escrow key that was made', async () => {
  const context = await readBack();
  expect((await proveQuorum({ threshold: 2 }, context)).indexes).toHaveLength(2);
});

test.each([
  ['of another platform key', randomBytes(64), 'v1'],
  ['of another key version', null, 'v2'],
])('an escrow key %s is refused before anything is signed', async (_, platformKey, keyVersion) => {
  const context = await readBack();
  const { key } = context.state;
  if (key === null) throw new Error('it was made');
  const escrowKey =
    platformKey === null
      ? key.escrowKey
      : await escrowPublicKey(platformKey, { mode: 'rehearsal', keyVersion });
  context.state.key = { ...key, keyVersion, escrowKey };
  await expect(proveQuorum({ threshold: 2 }, context)).rejects.toMatchObject({
    code: 'escrow-key-wrong',
  });
  expect(context.state.quorumProved).toBe(false);
});
