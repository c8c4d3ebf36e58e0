/** Several sets of one key version: what each opens, and what new shares, a refresh and a ceremony that came to nothing leave of them. */
import { beforeAll, expect, test } from 'vitest';
import { makeFurtherSet } from '../../test/support/add-set-documents.ts';
import { makeRefreshed } from '../../test/support/refresh-documents.ts';
import { makeAddSetLog, makeRotateLog } from '../../test/support/rotate-log.ts';
import { makeNextSet } from '../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { ledgerInWords } from './export.ts';
import { foldLedger } from './fold.ts';
import type { Ledger } from './ledger.ts';
import { mayBeNeeded } from './live-slots.ts';
import { homeSets, knownSetsData } from '../ceremony/ledger-views.ts';
import { couldOpen, openWays } from './who-opens.ts';

const NOW = '2026-06-01T00:00:00Z';
let board: TestShareSet;
let onCall: TestShareSet;
let abroad: TestShareSet;
beforeAll(async () => {
  board = await makeShareSet();
  onCall = await makeFurtherSet(board);
  abroad = await makeFurtherSet(
    {
      ...board,
      roster: onCall.roster,
      cast: { ...onCall.cast, custodians: board.cast.custodians },
    },
    { label: 'Abroad' },
  );
});

const fold = (
  sets: readonly Pick<TestShareSet, 'manifest'>[],
  logs: readonly CeremonyLog[] = [],
): Ledger =>
  foldLedger({
    logs,
    receipts: [],
    manifests: sets.map(({ manifest }) => manifest),
    running: null,
    now: NOW,
  });
const setOf = ({ sets }: Ledger, label: string, generation = 1) => {
  const found = sets.find((set) => set.label === label && set.generation === generation);
  if (found === undefined) throw new Error('there is such a set');
  return found;
};
const standings = ({ sets }: Ledger) =>
  Object.fromEntries(sets.map((set) => [`${set.label} ${set.generation}`, set.status]));

test('sets that joined stand beside each other, and each card names those that open the same key', () => {
  const ledger = fold([board, onCall, abroad]);
  expect(standings(ledger)).toEqual({
    '2026 A 1': 'live',
    'On-call 1': 'live',
    'Abroad 1': 'live',
  });
  const others = homeSets(ledger).map(({ label, opensAsWell }) => [label, opensAsWell]);
  expect(others).toEqual([
    ['2026 A', ['On-call', 'Abroad']],
    ['On-call', ['2026 A', 'Abroad']],
    ['Abroad', ['2026 A', 'On-call']],
  ]);
  expect(ledger.keyVersions).toMatchObject([{ keyVersion: 'v1', liveSets: { length: 3 } }]);
  expect(ledgerInWords(ledger, 'production', NOW)).toContain(
    '\n  opens without it what these shares open: On-call, Abroad\n',
  );
});

test('people open by one of the sets; pieces of two sets do not add up', () => {
  const ways = openWays(fold([board, onCall]));
  const opens = (...people: readonly string[]) =>
    couldOpen(ways, new Set(people)).map(({ way, held, opens: can }) => [way.label, held, can]);
  expect(opens('custodian 1', 'On-call 1')).toEqual([
    ['2026 A', 1, false],
    ['On-call', 2, true],
  ]);
  expect(opens('custodian 1', 'custodian 2', 'On-call 3')).toEqual([
    ['2026 A', 2, false],
    ['On-call', 2, true],
  ]);
  expect(opens('custodian 2', 'custodian 3', 'On-call 3')).toEqual([
    ['2026 A', 2, false],
    ['On-call', 1, false],
  ]);
});

test('new shares end every set of the component, whichever gave the shares', async () => {
  // Held with the second set: its manifest alone is named.
  const next = await makeNextSet(onCall, { change: { label: '2028 B' } });
  const ledger = fold([board, onCall, abroad, next]);
  expect(standings(ledger)).toEqual({
    '2026 A 1': 'superseded',
    'On-call 1': 'superseded',
    'Abroad 1': 'superseded',
    '2028 B 1': 'live',
  });
  const ended = ['2026 A', 'On-call', 'Abroad'].map((label) => setOf(ledger, label));
  for (const set of ended) {
    expect(set.supersededBy).toBe('2028 B');
    // The old half is what they need, until a package has shown the new one here.
    expect(mayBeNeeded(set, ledger.sets)).toBe(true);
  }
  expect(openWays(ledger).map(({ label, besides }) => [label, besides])).toEqual([
    ['2026 A', 'backup'],
    ['On-call', 'backup'],
    ['Abroad', 'backup'],
    ['2028 B', 'vault'],
  ]);
  const named = knownSetsData(ledger, 'production').superseded.map(([, { label, by }]) => [
    label,
    by,
  ]);
  expect(named).toEqual(ended.map(({ label }) => [label, '2028 B']));
  expect(homeSets(ledger).map(({ opensAsWell }) => opensAsWell)).toEqual([[], [], [], []]);
});

test('a day of the change for all of them, by the receipt of the new shares', async () => {
  const next = await makeNextSet(board, { change: { label: '2028 B' } });
  const { log } = await makeRotateLog(board, next);
  const ledger = fold([board, onCall], [log]);
  const days = ['2026 A', 'On-call'].map((label) => setOf(ledger, label).replacedAt);
  expect(days[0]).not.toBeNull();
  expect(days[1]).toBe(days[0]);
});

test('a refresh of one set leaves the other, and new shares afterwards end both', async () => {
  const refreshed = await makeRefreshed(board, '12'.repeat(16));
  const ledger = fold([board, onCall, refreshed]);
  expect(standings(ledger)).toEqual({
    '2026 A 1': 'superseded',
    '2026 A 2': 'live',
    'On-call 1': 'live',
  });
  // Sync's half did not change: what a refresh replaced opens as before.
  expect(openWays(ledger).map(({ besides }) => besides)).toEqual(['vault', 'vault', 'vault']);
  const ofOnCall = homeSets(ledger).find(({ label }) => label === 'On-call');
  expect(ofOnCall?.opensAsWell).toEqual(['2026 A, generation 2']);
  const next = await makeNextSet(refreshed, { change: { label: '2028 B' } });
  const after = fold([board, onCall, refreshed, next]);
  expect(Object.values(standings(after)).filter((status) => status === 'live')).toHaveLength(1);
  expect(openWays(after).map(({ besides }) => besides)).toEqual([
    'backup',
    'backup',
    'backup',
    'vault',
  ]);
});

test('what was written of a set that came to nothing opens the key in use, and is guarded', async () => {
  const { log } = await makeAddSetLog(board, onCall, undefined, { outcome: 'refused' });
  const ledger = fold([board], [log]);
  expect(setOf(ledger, 'On-call').status).toBe('void');
  expect(openWays(ledger)).toMatchObject([
    { label: '2026 A', status: 'live', besides: 'vault' },
    { label: 'On-call', status: 'void', besides: 'vault' },
  ]);
  const ofVoid = homeSets(ledger).find(({ label }) => label === 'On-call');
  expect(ofVoid).toMatchObject({ standing: 'void', fitsToday: true });
  // Shares of a void set are refused, and the set in use is alone.
  expect(homeSets(ledger).find(({ label }) => label === '2026 A')?.opensAsWell).toEqual([]);
  // New shares of the key end what it opens as well.
  const next = await makeNextSet(board, { change: { label: '2028 B' } });
  expect(openWays(fold([board, next], [log]))).toMatchObject([
    { label: '2026 A', besides: 'backup' },
    { label: '2028 B', besides: 'vault' },
    { label: 'On-call', besides: 'backup' },
  ]);
});

test('cut off before the manifest it is the same, by the component that its log names', async () => {
  const { log } = await makeAddSetLog(board, onCall, undefined, { until: 'void' });
  const items = log.items.filter(
    (item) => !('document' in item) || !item.document.payloadType.includes('share-set'),
  );
  const ledger = fold([board], [{ ...log, items }]);
  expect(setOf(ledger, 'On-call')).toMatchObject({ status: 'void', manifestDigest: null });
  expect(openWays(ledger).map(({ label, besides }) => [label, besides])).toContainEqual([
    'On-call',
    'vault',
  ]);
});

test('while it waits for its receipt its shares open the key already', async () => {
  const { log } = await makeAddSetLog(board, onCall, undefined, { until: 'bundle' });
  const ledger = fold([board], [log]);
  expect(openWays(ledger)).toContainEqual(
    expect.objectContaining({ label: 'On-call', status: 'waiting-for-receipt', besides: 'vault' }),
  );
  expect(ledgerInWords(ledger, 'production', NOW)).toContain('Set On-call, generation 1');
});

test('its own log proves its shares; shares that were given prove the set they are of', async () => {
  const { log } = await makeAddSetLog(board, onCall);
  const ledger = fold([board], [log]);
  expect(standings(ledger)).toEqual({ '2026 A 1': 'live', 'On-call 1': 'live' });
  const proved = (label: string) =>
    setOf(ledger, label).shares.filter(({ provedAt }) => provedAt !== null).length;
  expect([proved('2026 A'), proved('On-call')]).toEqual([3, 4]);
});
