/** Who takes which part when, with work that ends when the test says so. */
import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inLanes } from './lanes.mjs';

function workshop() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = async (part: string, lane: number) => {
    begun.push(`${part}${lane}`);
    await new Promise<void>((resolve) => ends.set(part, resolve));
    return part.toUpperCase();
  };
  const end = async (part: string) => {
    ends.get(part)?.();
    await settled();
  };
  return { begun, work, end };
}

test('a lane that is free takes the next part, and results stand in the order of the parts', async () => {
  const { begun, work, end } = workshop();
  const done = inLanes(['a', 'b', 'c', 'd', 'e'], 3, work);
  await settled();
  expect(begun).toEqual(['a0', 'b1', 'c2']);
  await end('c');
  await end('d');
  expect(begun).toEqual(['a0', 'b1', 'c2', 'd2', 'e2']);
  for (const part of ['e', 'a', 'b']) await end(part);
  expect(await done).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('one lane does one after the other', async () => {
  const { begun, work, end } = workshop();
  const done = inLanes(['a', 'b'], 1, work);
  await settled();
  expect(begun).toEqual(['a0']);
  await end('a');
  expect(begun).toEqual(['a0', 'b0']);
  await end('b');
  expect(await done).toEqual(['A', 'B']);
});
