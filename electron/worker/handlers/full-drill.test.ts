/** A full drill in the worker: what is there while it opens the test escrow, and that nothing is left. */
import { beforeEach, expect, test } from 'vitest';
import { type FullDrillMade, makeFullDrillPackage } from '../../../test/support/drill-documents.ts';
import { makeShareSet, type TestShareSet } from '../../../test/support/share-sets.ts';
import { answersFullDrill } from '../../../shared/bundle/full-drill.ts';
import { Secret } from '../../../shared/secret/secret.ts';
import { keepShare } from '../shares.ts';
import { WorkerState } from '../state.ts';
import type { Context } from '../context.ts';
import { openTestEscrowOf } from './full-drill.ts';
import { beginSeat } from './seat.ts';

const CEREMONY = '34'.repeat(16);
let set: TestShareSet;
let made: FullDrillMade;
let state: WorkerState;
let context: Context;
beforeEach(async () => {
  set = await makeShareSet({ mode: 'rehearsal' });
  made = await makeFullDrillPackage(set);
  state = new WorkerState('rehearsal');
  context = { state } as Context;
  // As open-drill-package leaves it.
  const { nonce } = made.package.body;
  state.drill = { nonce, vaultComponent: new Secret(set.vaultComponent.slice()) };
});

const sits = (index: number | null) =>
  beginSeat(
    { turn: { name: 'a person', role: index === null ? 'witness' : 'custodian', index } },
    context,
  );
async function give(...indexes: number[]): Promise<void> {
  for (const index of indexes) {
    await sits(index);
    const wire = set.wires[index - 1];
    if (wire === undefined) throw new Error('there is such a share');
    keepShare(state.accepted, index, wire);
  }
}
const open = (body = made.package.body) =>
  openTestEscrowOf({ body, manifest: set.manifest.body, ceremonyId: CEREMONY }, context);

test('three shares open it; its key signs, and shares and vault component are wiped', async () => {
  await give(4, 1, 2);
  const secrets = [...state.accepted.values(), state.drill?.vaultComponent];
  const { indexes, signature } = await open();
  expect(indexes).toEqual([1, 2, 4]);
  const { mode, audience, nonce } = made.package.body;
  const full = { opened: true, signature, restoreMs: 1, wholeMs: 2 } as const;
  const answer = { mode, audience, nonce, ceremonyId: CEREMONY, proofs: [1, 2, 4], full };
  expect(answersFullDrill(answer, made.package.body, set.manifest.body)).toBe(true);
  expect([state.accepted.size, state.drill]).toEqual([0, null]);
  expect(secrets).toHaveLength(4);
  for (const secret of secrets) expect(() => secret?.use((bytes) => bytes.length)).toThrow();
  // Main may ask again for what it could not write down.
  expect(await open()).toEqual({ indexes, signature });
});

test('two shares, or shares of another set, open nothing and stay to be tried again', async () => {
  await give(1, 2);
  await expect(open()).rejects.toMatchObject({ code: 'too-few-shares' });
  const other = await makeShareSet({ mode: 'rehearsal' });
  const [wire] = other.wires;
  if (wire === undefined) throw new Error('there are shares');
  keepShare(state.accepted, 3, wire);
  await expect(open()).rejects.toThrow();
  expect(state.drill).not.toBeNull();
  await give(3);
  expect((await open()).indexes).toEqual([1, 2, 3]);
});

test('a test escrow with another key is not opened, and no other package’s', async () => {
  await give(1, 2, 3);
  const { body } = made.package;
  const changed = { ...body, full: { ...body.full, proofKey: 'ab'.repeat(32) } };
  await expect(open(changed)).rejects.toMatchObject({ code: 'sealed-not-openable' });
  const another = await makeFullDrillPackage(set);
  await expect(open(another.package.body)).rejects.toMatchObject({ code: 'package-not-open' });
});

test('whoever sits down to sign finds no share there, opened or not', async () => {
  await give(1, 2, 3);
  const secrets = [...state.accepted.values(), state.drill?.vaultComponent];
  await sits(null);
  expect([state.accepted.size, state.drill]).toEqual([0, null]);
  for (const secret of secrets) expect(() => secret?.use((bytes) => bytes.length)).toThrow();
  await expect(open()).rejects.toMatchObject({ code: 'package-not-open' });
});
