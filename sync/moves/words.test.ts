import { expect, it } from 'vitest';
import type { MoveBundle } from '../../shared/bundle/bundle.ts';
import { moveChange, moveStatement } from './words.ts';

const stays = { 'not-opened': 0, 'not-the-surveys': 0, 'sealed-without-hash': 0 };
const bundle = (moved: number, organisationHalf?: unknown): MoveBundle =>
  ({
    keyVersion: 'v1',
    movesTo: 'v2',
    counts: { moved, notCompared: 0, stays },
    ...(organisationHalf === undefined ? {} : { organisationHalf }),
  }) as unknown as MoveBundle;
const tally = (moved: number) => ({ moved, left: 0, named: [], since: 0 });

it('a half that is handed over alone is not called keys that moved', () => {
  const half = bundle(0, {});
  expect(moveStatement(half, tally(0))).toBe(
    'No survey key of key version v1 was moved. Its half for organisations was handed over to v2.',
  );
  const { sentence, done } = moveChange(half);
  expect(sentence).toMatch(/^No survey key would move from platform key version v1 to v2\. What/);
  expect(done).toMatch(/^No survey key moved from platform key version v1 to v2\. What/);
});

it('keys that moved are counted, one and more', () => {
  expect(moveStatement(bundle(1), tally(1))).toBe(
    '1 survey key of key version v1 is stored under v2.',
  );
  expect(moveStatement(bundle(3), tally(2))).toBe(
    '2 survey keys of key version v1 are stored under v2.',
  );
  expect(moveChange(bundle(3)).sentence).toMatch(
    /^3 survey keys that the shares of version v1 open/,
  );
});
