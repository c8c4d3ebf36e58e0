/** Shares that prove themselves in the worker: how many are there at any moment, and what they sign. */
import { beforeEach, expect, test } from 'vitest';
import { makeShareSet, type TestShareSet } from '../../../test/support/share-sets.ts';
import { drillMessage } from '../../../shared/bundle/drill.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { verifyEd25519 } from '../../../shared/encoding/dsse.ts';
import type { Secret } from '../../../shared/secret/secret.ts';
import { keepShare } from '../shares.ts';
import { WorkerState } from '../state.ts';
import type { Context } from '../context.ts';
import { proveShare } from './prove-share.ts';
import { beginSeat, endSeat } from './seat.ts';
import { signQuorum } from './sign.ts';

const NONCE = '12'.repeat(16);
const CEREMONY = '34'.repeat(16);
let set: TestShareSet;
let state: WorkerState;
let context: Context;
beforeEach(async () => {
  set = await makeShareSet({ mode: 'rehearsal' });
  state = new WorkerState('rehearsal');
  context = { state } as Context;
});

/** Sits down and gives the share, as accept-share does it when the share was checked. */
async function give(index: number): Promise<void> {
  await beginSeat({ turn: { name: `custodian ${index}`, role: 'custodian', index } }, context);
  state.takeOneAtATime(index);
  const wire = set.wires[index - 1];
  if (wire === undefined) throw new Error('there is such a share');
  keepShare(state.accepted, index, wire);
}
const prove = (index: number) =>
  proveShare({ index, audience: set.sync.audience, ceremonyId: CEREMONY, nonce: NONCE }, context);

test('no two shares are ever there at once, and each is wiped when its custodian gets up', async () => {
  const live: number[][] = [];
  const given: Secret[] = [];
  for (const index of [1, 2, 3, 4]) {
    await give(index);
    live.push([...state.accepted.keys()]);
    given.push(...state.accepted.values());
    await prove(index);
    live.push([...state.accepted.keys()]);
    await endSeat({}, context);
    live.push([...state.accepted.keys()]);
  }
  expect(live).toEqual([1, 2, 3, 4].flatMap((index) => [[index], [index], []]));
  expect(given).toHaveLength(4);
  for (const secret of given) expect(() => secret.use((bytes) => bytes.length)).toThrow();
  // Nothing is left that a quorum could sign with.
  await expect(signQuorum({ messages: [new Uint8Array(3)] }, context)).rejects.toMatchObject({
    code: 'worker-out-of-order',
  });
});

test('another share is refused while one is there; the same one may come again', async () => {
  await give(1);
  expect(() => state.takeOneAtATime(2)).toThrow(
    expect.objectContaining({ code: 'worker-out-of-order' }) as Error,
  );
  state.takeOneAtATime(1);
  expect([...state.accepted.keys()]).toEqual([1]);
});

test('the next one who sits down finds no share, even if nobody got up before', async () => {
  await give(1);
  await beginSeat({ turn: { name: 'custodian 2', role: 'custodian', index: 2 } }, context);
  expect(state.accepted.size).toBe(0);
});

test('what is signed fits the key of that share in the manifest', async () => {
  const { setId, shares } = set.manifest.body;
  for (const index of [2, 4]) {
    await give(index);
    const { signature } = await prove(index);
    const said = {
      mode: 'rehearsal' as const,
      audience: set.sync.audience,
      ceremonyId: CEREMONY,
      nonce: NONCE,
      setId,
      generation: 1,
      index,
    };
    const key = shares[index - 1]?.publicKey ?? '';
    expect(verifyEd25519(hexToBytes(signature), drillMessage(said), key)).toBe(true);
    const other = shares[0]?.publicKey ?? '';
    expect(verifyEd25519(hexToBytes(signature), drillMessage(said), other)).toBe(false);
    await endSeat({}, context);
  }
  await expect(prove(1)).rejects.toMatchObject({ code: 'worker-out-of-order' });
});
