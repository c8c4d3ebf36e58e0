import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dutiesInWords, sameInPlan, samePeople } from './duties.ts';
import { couldOpen, type OpenWay } from './who-opens.ts';

const way = (threshold: number, by: readonly (string | null)[], change: Partial<OpenWay> = {}) => ({
  id: '1',
  mode: 'production' as const,
  label: '2026 A',
  status: 'live' as const,
  keyVersion: 'v1',
  what: 'set' as const,
  threshold,
  pieces: by.map((one, at) => ({ number: at + 1, by: one })),
  besides: 'vault' as const,
  since: null,
  ...change,
});
const PEOPLE = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('the same people', () => {
  test('reach both quorums exactly when some of them hold enough of each, as every choice shows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.option(fc.constantFrom(...PEOPLE), { nil: null }), { maxLength: 6 }),
        fc.subarray(PEOPLE, { minLength: 1 }),
        fc.integer({ min: 1, max: 6 }),
        (threshold, by, holders, needed) => {
          const one = way(threshold, by);
          const groups = Array.from({ length: 2 ** PEOPLE.length }, (_, choice) =>
            PEOPLE.filter((_name, at) => (choice >> at) % 2 === 1),
          );
          const isBoth = (group: readonly string[]) =>
            group.every((name) => holders.includes(name) && by.includes(name)) &&
            group.length >= needed &&
            couldOpen([one], new Set(group))[0]?.opens === true;
          const [found] = samePeople([one], { holders, needed });
          expect(found?.reachBoth).toBe(groups.some(isBoth));
        },
      ),
    );
  });

  test('are told by name, with whoever is not known; what is in a bundle alone is left out', () => {
    const keys = { holders: ['a', 'b', 'x'], needed: 2 };
    const ways = [
      way(2, ['a', 'b', 'c']),
      way(3, ['a', 'b', 'c'], { label: '2024 A', what: 'legacy', besides: 'backup' }),
      way(2, ['c', null], { label: '2023 A' }),
      way(1, ['a'], { besides: 'bundle' }),
    ];
    expect(dutiesInWords(ways, keys)).toEqual([
      'Vault is unsealed by any 2 of a, b, x',
      '  set 2026 A: a, b hold an unseal key and a share; NOT SEPARATE: they need nobody else for either half of the key',
      '  set 2024 A, legacy shares: a, b hold an unseal key and a share; they do not reach both quorums by themselves',
      '  set 2023 A: nobody holds both',
      '  not known here as holders of a share, if spelled as in the roster: x',
    ]);
  });

  test('who holds two keys counts for two, in whichever spelling', () => {
    const ways = [way(2, ['Ana  Åse', 'b', 'c'])];
    const reach = (holders: readonly string[], needed: number) =>
      samePeople(ways, { holders, needed })[0];
    expect(reach(['ana a\u030ase', 'B', 'x'], 3)).toMatchObject({ reachBoth: false });
    expect(reach(['ana a\u030ase', 'ANA ÅSE', ' b '], 3)).toMatchObject({
      people: ['Ana  Åse', 'b'],
      reachBoth: true,
    });
    expect(reach(['c', 'c', 'c'], 3)).toMatchObject({ people: ['c'], reachBoth: false });
  });

  test('of a plan: one share for each', () => {
    const keys = { holders: ['a', 'b', 'x'], needed: 2 };
    expect(sameInPlan(2, ['a', 'b', 'c'], keys)).toEqual({ people: ['a', 'b'], reachBoth: true });
    expect(sameInPlan(3, ['a', 'b', 'c'], keys).reachBoth).toBe(false);
    expect(sameInPlan(2, ['a', 'c', 'd'], keys)).toEqual({ people: ['a'], reachBoth: false });
    // Nobody is written down yet.
    expect(sameInPlan(2, ['', ''], keys).people).toEqual([]);
  });
});
