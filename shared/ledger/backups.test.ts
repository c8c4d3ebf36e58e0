/** Replaced shares that nobody destroyed, once two people signed that the backups are gone. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeDestroyLog, type DestroyLogOptions } from '../../test/support/destroy-log.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeNextSet } from '../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { verifyLog } from '../transcript/verify.ts';
import { narrateLog } from '../transcript/narrate.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { ledgerInWords } from './export.ts';
import { foldLedger } from './fold.ts';
import { replacedInWords } from './remnants.ts';
import { homeSets } from '../ceremony/ledger-views.ts';
import { openWays } from './who-opens.ts';

const random = seededRandom('backups gone');
let oldest: TestShareSet;
let old: TestShareSet;
let live: TestShareSet;
beforeAll(async () => {
  oldest = await makeShareSet();
  old = await makeNextSet(oldest, { change: { label: '2027 B' } });
  live = await makeNextSet(old, { change: { label: '2028 C' } });
});

const fold = (...logs: CeremonyLog[]) =>
  foldLedger({
    logs,
    receipts: [],
    manifests: [oldest, old, live].map(({ manifest }) => manifest),
    running: null,
    now: '2026-06-01T00:00:00Z',
  });
const opens = (ledger: ReturnType<typeof fold>) =>
  openWays(ledger).map(({ label, besides }) => [label, besides]);
const destroyed = async (set: TestShareSet, more: Partial<DestroyLogOptions> = {}) => {
  const { setId, generation, label } = set.manifest.body;
  const of = { setId, generation, label };
  return (await makeDestroyLog(set, of, { random, media: [], ...more })).log;
};

describe('no backup with the old half is left', () => {
  test('then its shares open nothing: ways, home and export say so', async () => {
    expect(opens(fold())).toEqual([
      ['2026 A', 'backup'],
      ['2027 B', 'backup'],
      ['2028 C', 'vault'],
    ]);
    const log = await destroyed(old, { backupsGone: '2026-05-20' });
    const ledger = fold(log);
    // No receipt here tells when the half of the oldest one changed: it stays on the list.
    expect(opens(ledger)).toEqual([
      ['2026 A', 'backup'],
      ['2028 C', 'vault'],
    ]);
    const gone = { on: '2026-05-20', by: ['operator', 'witness'] };
    const home = homeSets(ledger);
    expect(home.map(({ label, backupsGone }) => [label, backupsGone])).toEqual([
      ['2026 A', null],
      ['2027 B', gone],
      ['2028 C', null],
    ]);
    expect(ledgerInWords(ledger, 'production', '2026-06-01T00:00:00Z')).toContain(
      'no backup with the old other half is left since 2026-05-20, by the word of operator and witness',
    );
  });

  test('counts when the witness has signed, too, and not where the ceremony broke off', async () => {
    const unwitnessed = await destroyed(old, { backupsGone: '2026-05-20', unwitnessed: true });
    expect(opens(fold(unwitnessed))).toContainEqual(['2027 B', 'backup']);
    const stopped = await destroyed(old, { backupsGone: '2026-05-20', stopped: true });
    expect(opens(fold(stopped))).toContainEqual(['2027 B', 'backup']);
  });

  test('changes nothing of a set in use', async () => {
    const log = await destroyed(live, { backupsGone: '2026-05-20' });
    expect(opens(fold(log))).toContainEqual(['2028 C', 'vault']);
  });

  test('an auditor reads who said it, and misses no signature', async () => {
    const log = await destroyed(old, { backupsGone: '2026-05-20' });
    expect(narrateLog(log).join('\n')).toContain(
      'operator and witness say that since 2026-05-20 no backup is left that holds the other half of the shares of the set 2027 B',
    );
    expect(verifyLog(log).missing.join(' ')).not.toContain('signature');
  });
});

test('the sentence of a set card', () => {
  const gone = { on: '2026-05-20', by: ['operator', 'witness'] } as const;
  expect(replacedInWords(3, 3, { since: '2026-04-20T10:00:00Z', gone })).toBe(
    '3 shares are not destroyed, and nothing is left that they fit: operator and witness signed that since 20 May 2026 there is no backup with the old other half.',
  );
  expect(replacedInWords(3, 3, { since: null })).toContain('with a backup of Vault');
});
