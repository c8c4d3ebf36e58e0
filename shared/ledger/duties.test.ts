import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dutiesInWords, samePeople } from './duties.ts';
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
});
