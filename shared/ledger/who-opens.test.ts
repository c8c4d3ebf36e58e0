import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenFile } from '../../test/support/golden.ts';
import { makeDestroyLog } from '../../test/support/destroy-log.ts';
import { makeSplitLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeManifest, makeShareSet } from '../../test/support/share-sets.ts';
import { MODES } from '../mode.ts';
import { parseLog, type CeremonyLog } from '../transcript/log.ts';
import { foldLedger } from './fold.ts';
import { couldOpen, holdersOf, openWays, type OpenWay } from './who-opens.ts';

const fold = (...logs: CeremonyLog[]) =>
  foldLedger({ logs, receipts: [], manifests: [], running: null, now: '2026-06-01T00:00:00Z' });
const inWords = (ways: readonly OpenWay[]) =>
  ways.map(
    ({ label, what, threshold, besides, pieces }) =>
      `${label} ${what}: ${threshold} of ${pieces.map(({ number, by }) => `${number} ${by ?? '?'}`).join(', ')}; ${besides}`,
  );
const people = (...numbers: number[]) => new Set(numbers.map((n) => `custodian ${n}`));

const PEOPLE = ['a', 'b', 'c', 'd', 'e'];
const ways: fc.Arbitrary<OpenWay[]> = fc.array(
  fc.record({
    id: fc.string(),
    mode: fc.constantFrom(...MODES),
    label: fc.string(),
    status: fc.constant('live' as const),
    keyVersion: fc.constant('v1'),
    what: fc.constantFrom('set' as const, 'legacy' as const, 'new-legacy' as const),
    threshold: fc.integer({ min: 1, max: 5 }),
    pieces: fc.array(
      fc.record({
        number: fc.integer({ min: 0, max: 6 }),
        by: fc.option(fc.constantFrom(...PEOPLE), { nil: null }),
      }),
      { maxLength: 8 },
    ),
    besides: fc.constantFrom('vault' as const, 'backup' as const, 'bundle' as const),
    since: fc.constant(null),
  }),
  { maxLength: 4 },
);
const group = fc.subarray(PEOPLE).map((names) => new Set(names));

/** As somebody at a table would: each choice of so many different pieces, and whether all are theirs. */
function atTheTable({ pieces, threshold }: OpenWay, names: ReadonlySet<string>): boolean {
  const numbers = [...new Set(pieces.map(({ number }) => number))];
  for (let choice = 0; choice < 2 ** numbers.length; choice += 1) {
    const chosen = numbers.filter((_, at) => (choice >> at) % 2 === 1);
    const isTheirs = (wanted: number) =>
      pieces.some(({ number, by }) => number === wanted && by !== null && names.has(by));
    if (chosen.length === threshold && chosen.every(isTheirs)) return true;
  }
  return false;
}

describe('a group of people', () => {
  test('opens what somebody who tries every choice of pieces finds that it opens', () => {
    fc.assert(
      fc.property(ways, group, (all, names) => {
        expect(couldOpen(all, names).map(({ opens }) => opens)).toEqual(
          all.map((way) => atTheTable(way, names)),
        );
      }),
    );
  });

  test('that is larger holds no less, and opens no less', () => {
    fc.assert(
      fc.property(ways, group, group, (all, names, more) => {
        const larger = couldOpen(all, new Set([...names, ...more]));
        for (const [at, one] of couldOpen(all, names).entries()) {
          expect(larger[at]?.held).toBeGreaterThanOrEqual(one.held);
          expect(larger[at]?.opens === true || !one.opens).toBe(true);
        }
      }),
    );
  });

  test('of nobody opens nothing; who holds nothing changes nothing', () => {
    fc.assert(
      fc.property(ways, group, (all, names) => {
        expect(couldOpen(all, new Set()).every(({ opens }) => !opens)).toBe(true);
        expect(couldOpen(all, new Set([...names, 'nobody']))).toEqual(couldOpen(all, names));
        expect(holdersOf(all)).not.toContain('nobody');
      }),
    );
  });
});

describe('what may still lead to a key', () => {
  test('a live set with Vault’s half; once it is replaced with a backup from before, of what is left', async () => {
    const set = await makeShareSet({ mode: 'rehearsal' });
    const { log } = await makeSplitLog(set);
    const all = openWays(fold(log));
    const four = '1 custodian 1, 2 custodian 2, 3 custodian 3, 4 custodian 4';
    expect(inWords(all)).toEqual([`2026 A set: 3 of ${four}; vault`]);
    expect(holdersOf(all)).toEqual([1, 2, 3, 4].map((n) => `custodian ${n}`));
    expect(couldOpen(all, people(1, 2))[0]).toMatchObject({ held: 2, opens: false, unknown: 0 });
    expect(couldOpen(all, people(1, 2, 4))[0]).toMatchObject({ held: 3, opens: true });

    const next = await makeShareSet({ mode: 'rehearsal', cast: set.cast, sync: set.sync });
    const previous = set.manifest.digest;
    const manifest = await makeManifest(next, { label: '2028 A' }, { previous });
    const after = await makeSplitLog({ ...next, manifest }, { begin: 86_400 });
    const { setId, generation } = set.manifest.body;
    const destroyed = await makeDestroyLog(
      set,
      { setId, generation, label: '2026 A' },
      { random: seededRandom('who opens'), begin: 90_000, media: ['A4 sheet'] },
    );
    const later = openWays(fold(log, after.log, destroyed.log));
    expect(inWords(later)).toEqual([
      '2026 A set: 3 of 2 custodian 2, 3 custodian 3, 4 custodian 4; backup',
      `2028 A set: 3 of ${four}; vault`,
    ]);
    expect(later[0]?.since).toBe(after.receipt?.body.at);
    const opens = couldOpen(later, people(1, 2, 3)).map((one) => one.opens);
    expect(opens).toEqual([false, true]);
  });

  test('not a set that came to nothing; one that waits with the half in its bundle', async () => {
    const set = await makeShareSet({ mode: 'rehearsal' });
    const made = async (until: 'void' | 'bundle') =>
      openWays(fold((await makeSplitLog(set, { until })).log)).map(({ besides }) => besides);
    expect(await made('void')).toEqual([]);
    expect(await made('bundle')).toEqual(['bundle']);
  });

  test('legacy shares of an adopted key, and those that the adoption wrote, each by itself', () => {
    const log = parseLog(goldenFile('production', 'log-new-legacy.jsonl'));
    const all = openWays(fold(log));
    expect(all.map(({ what, besides }) => [what, besides])).toEqual([
      ['set', 'vault'],
      ['legacy', 'vault'],
      ['new-legacy', 'vault'],
    ]);
    const unknown = couldOpen(all, new Set(holdersOf(all)));
    expect(unknown[1]?.unknown).toBe(all[1]?.pieces.filter(({ by }) => by === null).length);
  });

  test('also the shares of an adoption that came to nothing: they are of the key in use', () => {
    const log = parseLog(goldenFile('production', 'log-adopt.jsonl'));
    const restored = log.items.findIndex(
      (item) => 'document' in item && /bundle/.test(item.document.payloadType),
    );
    const cut = { ...log, items: log.items.slice(0, restored) };
    const [shares, legacy] = openWays(fold(cut));
    expect(shares).toMatchObject({ what: 'set', besides: 'vault' });
    expect(legacy).toMatchObject({ what: 'legacy', besides: 'vault' });
  });
});
