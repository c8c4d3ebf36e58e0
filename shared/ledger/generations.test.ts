import { beforeAll, expect, test } from 'vitest';
import { makeReceipt } from '../../test/support/receipts.ts';
import {
  makeRefreshBundle,
  makeRefreshed,
  makeRefreshPackage,
} from '../../test/support/refresh-documents.ts';
import { makeNextSet } from '../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { foldLedger } from './fold.ts';
import { isRefreshed } from './generations.ts';
import { ledgerInWords } from './export.ts';
import type { Ledger } from './ledger.ts';
import { mayBeNeeded } from './live-slots.ts';
import { homeDue, homeSets, knownSetsData } from '../ceremony/ledger-views.ts';
import { openWays } from './who-opens.ts';

const NOW = '2026-06-01T00:00:00Z';
let first: TestShareSet;
let second: TestShareSet;
let third: TestShareSet;
beforeAll(async () => {
  first = await makeShareSet();
  second = await makeRefreshed(first, '12'.repeat(16));
  third = await makeRefreshed(second, '13'.repeat(16));
});

/** As a laptop knows it that has sync's chain alone. */
const fold = (...sets: readonly Pick<TestShareSet, 'manifest'>[]): Ledger =>
  foldLedger({
    logs: [],
    receipts: [],
    manifests: sets.map(({ manifest }) => manifest),
    running: null,
    now: NOW,
  });
const setOf = ({ sets }: Ledger, generation: number, label = '2026 A') => {
  const found = sets.find((set) => set.label === label && set.generation === generation);
  if (found === undefined) throw new Error('there is such a set');
  return found;
};

test('the newest generation is in use; every one before it is replaced, and opens what it opened', () => {
  const ledger = fold(first, second, third);
  expect(ledger.sets.map(({ generation, status }) => [generation, status])).toEqual([
    [1, 'superseded'],
    [2, 'superseded'],
    [3, 'live'],
  ]);
  expect(setOf(ledger, 1).supersededBy).toBe('2026 A, generation 2');
  for (const generation of [1, 2]) {
    const set = setOf(ledger, generation);
    expect(isRefreshed(set, ledger.sets)).toBe(true);
    // Sync's half did not change, so that no package has to show first that it fits.
    expect(mayBeNeeded(set, ledger.sets)).toBe(false);
  }
  expect(isRefreshed(setOf(ledger, 3), ledger.sets)).toBe(false);
  expect(openWays(ledger).map(({ label, status, besides }) => [label, status, besides])).toEqual([
    ['2026 A', 'superseded', 'vault'],
    ['2026 A, generation 2', 'superseded', 'vault'],
    ['2026 A, generation 3', 'live', 'vault'],
  ]);
  expect(homeSets(ledger).map(({ fitsToday }) => fitsToday)).toEqual([true, true, false]);
  expect(ledgerInWords(ledger, 'production', NOW)).toContain(
    '4 shares are not destroyed: any 3 still open the key with sync’s half of today, as those do that took their place.',
  );
});

test('a refresh proves its shares by the nonce that they signed, and names their generation when due', () => {
  const ledger = fold(first, second);
  const { createdAt, count } = second.manifest.body;
  expect(homeSets(ledger)).toMatchObject([
    { generation: 1, proved: 0, provedAt: null, provedByNonce: false },
    { generation: 2, proved: count, provedAt: createdAt, provedByNonce: true },
  ]);
  expect(homeDue(ledger).map(({ label, index }) => [label, index])).toEqual(
    second.manifest.body.shares.map(({ index }) => ['2026 A, generation 2', index]),
  );
});

test('a stray share of either is named by its generation', () => {
  const { superseded } = knownSetsData(fold(first, second), 'production');
  const { setId } = first.manifest.body;
  expect(superseded).toEqual([[`${setId}/1`, { label: '2026 A', by: '2026 A, generation 2' }]]);
});

test('after new shares with another half all generations open the old half alone, from backups', async () => {
  const rotated = await makeNextSet(second, { change: { label: '2028 B' } });
  const ledger = fold(first, second, rotated);
  const over = ['2026 A', '2026 A, generation 2'];
  expect(
    openWays(ledger)
      .filter(({ label }) => over.includes(label))
      .map(({ besides }) => besides),
  ).toEqual(['backup', 'backup']);
  // The newest generation is kept until sync's new half was seen; the one before it has that one.
  expect(mayBeNeeded(setOf(ledger, 2), ledger.sets)).toBe(true);
  expect(mayBeNeeded(setOf(ledger, 1), ledger.sets)).toBe(false);
  expect(homeSets(ledger).map(({ fitsToday }) => fitsToday)).toEqual([false, false, false]);
});

test('a refresh that sync refused is void, and its shares are of the key in use', async () => {
  const source = await makeRefreshPackage(first);
  const bundle = await makeRefreshBundle(first, second, source);
  const refused = await makeReceipt(first, bundle, { outcome: 'refused' });
  const ledger = foldLedger({
    logs: [],
    receipts: [refused],
    manifests: [first.manifest, second.manifest],
    running: null,
    now: NOW,
  });
  expect(ledger.sets.map(({ status }) => status)).toEqual(['live', 'void']);
  expect(openWays(ledger).map(({ label, besides }) => [label, besides])).toEqual([
    ['2026 A', 'vault'],
    ['2026 A, generation 2', 'vault'],
  ]);
  expect(homeSets(ledger).find(({ standing }) => standing === 'void')?.fitsToday).toBe(true);
});
