/** No number of an attempt that is known is used a second time. */
import { expect, test } from 'vitest';
import { setKey, unusedGeneration } from './accept.ts';

const setId = 'a1'.repeat(16);
const other = 'b2'.repeat(16);

test.each([
  ['nothing else is known', [], [], 4],
  ['an interrupted refresh used the next one', [4], [], 5],
  ['an older laptop used a later one', [], [6], 7],
  ['those before it do not count', [2], [1], 4],
])('%s', (_, isVoid, superseded, next) => {
  const keys = (generations: readonly number[]) =>
    generations.map((generation) => [setKey(setId, generation), 'x'] as const);
  const known = {
    void: [...keys(isVoid), [setKey(other, 9), 'x'] as const],
    superseded: keys(superseded),
  };
  expect(unusedGeneration({ setId, generation: 3 }, known)).toBe(next);
});
