import { fact } from '../transcript/entry.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeManifest, makeShareSet } from '../../test/support/share-sets.ts';
import { NO_LOGS } from '../../test/support/no-logs.ts';
import { makeReceipt } from '../../test/support/receipts.ts';
import type { TestShareSet } from '../../test/support/share-sets.ts';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../../test/support/logs.ts';
import { at } from '../../test/support/people.ts';
import { makeNextSet } from '../../test/support/rotate-documents.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import { knownSets } from '../ceremony/known-sets.ts';
import { acceptShare, setKey } from '../sharing/accept.ts';
import { foldLedger, type LedgerSources } from './fold.ts';
import { daysAfter } from './proofs.ts';
import { homeCeremonies, homeDue, homeSets, knownSetsData } from '../ceremony/ledger-views.ts';

let set: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal' });
});

function fold(change: Partial<LedgerSources>) {
  const now = '2026-06-01T00:00:00Z';
  return foldLedger({ logs: [], receipts: [], manifests: [], running: null, now, ...change });
}

test('an empty laptop', () => {
  expect(fold({})).toEqual({
    keyVersions: [],
    sets: [],
    ceremonies: [],
    due: [],
    envelopes: NO_LOGS,
  });
});

describe('one ceremony', () => {
  test('committed: live, every share proved on its medium, due 730 days after', async () => {
    const { log } = await makeSplitLog(set);
    const ledger = fold({ logs: [log] });
    const { body } = set.manifest;
    expect(ledger.keyVersions).toEqual([
      {
        mode: 'rehearsal',
        keyVersion: 'v1',
        use: null,
        emptied: null,
        liveSets: [body.setId],
        safe: true,
      },
    ]);
    const [only] = ledger.sets;
    expect(only).toMatchObject({
      status: 'live',
      label: '2026 A',
      threshold: 3,
      count: 4,
      manifestDigest: set.manifest.digest,
    });
    expect(
      only?.shares.map(({ index, custodian, media }) => ({ index, custodian, media })),
    ).toEqual(
      body.shares.map(({ index, custodian, media }) => ({
        index,
        custodian: custodian.name,
        media,
      })),
    );
    expect(only?.shares.every(({ provedIn }) => provedIn === set.ceremonyId)).toBe(true);
    const first = only?.shares[0]?.provedAt ?? '';
    expect(only?.dueAt).toBe(daysAfter(first, 730));
    expect(homeSets(ledger)).toEqual([
      expect.objectContaining({ standing: 'live', proved: 4, provedAt: only?.shares[3]?.provedAt }),
    ]);
    expect(homeCeremonies(ledger)).toEqual([
      expect.objectContaining({
        standing: 'closed',
        title: 'New platform key v1, set 2026 A',
        destroy: [],
      }),
    ]);
  });

  test('a bundle without a receipt waits; a receipt from elsewhere answers it', async () => {
    const { log, bundle } = await makeSplitLog(set, { until: 'bundle' });
    const waiting = fold({ logs: [log] });
    expect(waiting.sets[0]?.status).toBe('waiting-for-receipt');
    expect(waiting.keyVersions[0]?.safe).toBe(false);
    expect(waiting.sets[0]?.dueAt).toBeNull();
    expect(homeCeremonies(waiting)[0]?.standing).toBe('waiting-for-receipt');
    if (bundle === null) throw new Error('no bundle');
    for (const [outcome, status] of [
      ['committed', 'live'],
      ['refused', 'void'],
      ['expired', 'void'],
      ['objected', 'void'],
    ] as const) {
      const answered = fold({
        logs: [log],
        receipts: [await makeReceipt(set, bundle, { outcome })],
      });
      expect(answered.sets[0]?.status).toBe(status);
      expect(homeCeremonies(answered)[0]?.destroy).toHaveLength(outcome === 'committed' ? 0 : 4);
    }
  });

  test('a receipt of another ceremony answers nothing', async () => {
    const { log } = await makeSplitLog(set, { until: 'bundle' });
    const other = await makeShareSet({ mode: 'rehearsal' });
    const { receipt } = await makeSplitLog(other);
    if (receipt === null) throw new Error('no receipt');
    expect(fold({ logs: [log], receipts: [receipt] }).sets[0]?.status).toBe('waiting-for-receipt');
  });

  test('declared void: its media are listed and its shares are refused for ever', async () => {
    const { log } = await makeSplitLog(set, { until: 'void' });
    const ledger = fold({ logs: [log] });
    expect(ledger.sets[0]).toMatchObject({ status: 'void', manifestDigest: null });
    expect(homeCeremonies(ledger)[0]).toMatchObject({
      standing: 'void',
      destroy: ['share 1 of 4, custodian 1, A4 sheet', 'share 2 of 4, custodian 2, stick 2, 16 GB'],
    });
    const known = knownSets(knownSetsData(ledger, 'rehearsal'));
    const wire = set.wires[0] ?? new Uint8Array();
    const other = await makeShareSet({ mode: 'rehearsal' });
    const wanted = {
      mode: 'rehearsal' as const,
      manifest: other.manifest.body,
      accepted: new Set<number>(),
      only: null,
    };
    expect(() => acceptShare(wire, { ...wanted, known })).toThrow(
      expect.objectContaining({ code: 'share-void' }) as Error,
    );
    expect(knownSetsData(ledger, 'production').void).toEqual([]);
  });

  test('stopped in the middle of a write: the medium is listed although nobody reported it', async () => {
    const { log } = await makeSplitLog(set, { until: 'bundle' });
    const writingAt = log.items.findIndex(
      (item) => 'entry' in item && fact(item.entry, 'kind') === 'share-writing',
    );
    const cut = { ...log, items: log.items.slice(0, writingAt + 1) };
    expect(homeCeremonies(fold({ logs: [cut] }))[0]).toMatchObject({
      standing: 'interrupted',
      destroy: ['share 1 of 4, custodian 1, a sheet, not finished: look for it'],
    });
  });

  test('stopped at any entry before the bundle: interrupted, or running, never live', async () => {
    const { log } = await makeSplitLog(set, { until: 'bundle' });
    const bundleAt = log.items.findIndex(
      (item) => 'document' in item && item.document.payloadType.includes('.bundle.'),
    );
    for (let keep = 1; keep < bundleAt; keep += 4) {
      const cut = { ...log, items: log.items.slice(0, keep) };
      const stopped = fold({ logs: [cut] });
      expect(stopped.ceremonies[0]?.standing).toBe('interrupted');
      expect(stopped.sets.every(({ status }) => status === 'void')).toBe(true);
      const running = fold({ logs: [cut], running: log.header.ceremonyId });
      expect(running.sets.every(({ status }) => status === 'in-progress')).toBe(true);
      expect(knownSetsData(running, 'rehearsal').void).toEqual([]);
      expect(homeSets(running)).toEqual([]);
    }
  });
});

describe('several', () => {
  test('a recovery proves the shares that it used', async () => {
    const split = await makeSplitLog(set);
    const recover = await makeRecoverLog(set, { begin: 86_400 });
    const ledger = fold({ logs: [split.log, recover.log] });
    expect(ledger.sets).toHaveLength(1);
    expect(ledger.ceremonies.map(({ kind, title }) => [kind, title])).toEqual([
      ['recover', 'Recovery of survey 31 for user 7'],
      ['split', 'New platform key v1, set 2026 A'],
    ]);
    const used = recover.log.header.ceremonyId;
    expect(ledger.sets[0]?.shares.map(({ provedIn }) => provedIn)).toEqual([
      used,
      used,
      used,
      set.ceremonyId,
    ]);
    // The fourth was read back when it was made.
    expect(homeSets(ledger)[0]).toMatchObject({ proved: 4, provedByNonce: false, notProved: 0 });
    const longestAgo = ledger.sets[0]?.shares[3]?.provedAt ?? '';
    expect(ledger.sets[0]?.dueAt).toBe(daysAfter(longestAgo, 730));
  });

  test('a set whose manifest names another as the one before replaces it, when committed', async () => {
    const next = await makeShareSet({
      mode: 'rehearsal',
      label: '2028 A',
      cast: set.cast,
      sync: set.sync,
    });
    const manifest = await makeManifest(
      next,
      { label: '2028 A' },
      { previous: set.manifest.digest },
    );
    const first = await makeSplitLog(set);
    const pending = await makeSplitLog({ ...next, manifest }, { until: 'bundle' });
    expect(fold({ logs: [first.log, pending.log] }).sets.map(({ status }) => status)).toEqual([
      'live',
      'waiting-for-receipt',
    ]);
    const second = await makeSplitLog({ ...next, manifest });
    const ledger = fold({ logs: [first.log, second.log] });
    expect(ledger.sets.map(({ status }) => status)).toEqual(['superseded', 'live']);
    expect(ledger.sets.map(({ replacedAt }) => replacedAt)).toEqual([
      second.receipt?.body.at,
      null,
    ]);
    expect(homeDue(ledger).map(({ label }) => label)).toEqual(Array(4).fill('2028 A'));
    expect(knownSetsData(ledger, 'rehearsal').superseded).toEqual([
      [setKey(set.manifest.body.setId, 1), { label: '2026 A', by: '2028 A' }],
    ]);
  });

  test('the first set of a new key version stands beside the one that it names: both stay in use', async () => {
    const next = await makeNextVersion(set);
    const renewed = await makeNextSet(next);
    const manifests = [set.manifest, next.manifest];
    const both = fold({ manifests });
    expect(both.sets.map(({ status }) => status)).toEqual(['live', 'live']);
    expect(both.keyVersions.map(({ keyVersion, liveSets }) => [keyVersion, liveSets])).toEqual([
      ['v1', [set.manifest.body.setId]],
      ['v2', [next.manifest.body.setId]],
    ]);
    // New shares of the new version end its own set, and not that of the version before.
    const after = fold({ manifests: [...manifests, renewed.manifest] });
    expect(after.sets.map(({ status }) => status)).toEqual(['live', 'superseded', 'live']);
  });

  test('manifests of sync alone: live, nothing proved on this laptop’s word', () => {
    const ledger = fold({ manifests: [set.manifest] });
    // As at sync: its shares were read back when it was made.
    const dueAt = daysAfter(set.manifest.body.createdAt, 730);
    expect(ledger.sets[0]).toMatchObject({ status: 'live', dueAt });
    expect(homeDue(ledger).map((one) => one.dueAt)).toEqual([dueAt, dueAt, dueAt, dueAt]);
    expect(ledger.keyVersions[0]?.safe).toBe(false);
    expect(homeSets(ledger)[0]).toMatchObject({ proved: 0, provedAt: null });
  });

  test('a share that failed in a drill is due from then on, before all others, until it is read', async () => {
    const { log } = await makeSplitLog(set);
    const drill = (begin: number, kind: string) =>
      new LogWriter(
        { mode: 'rehearsal', kind: 'drill', ceremonyId: `${begin}`.padStart(32, '0') },
        undefined,
        begin,
      )
        .document(set.manifest.envelope)
        .entry(kind, { index: 2, custodian: 'custodian 2', medium: 'usb', why: 'unreadable' })
        .log();
    const failed = homeDue(fold({ logs: [log, drill(86_400, 'share-not-proved')] }));
    expect(failed.map(({ index, failed: is }) => [index, is])).toEqual([
      [2, true],
      [1, false],
      [3, false],
      [4, false],
    ]);
    expect(failed[0]).toMatchObject({ dueAt: at(86_400), custodian: 'custodian 2', count: 4 });
    const logs = [log, drill(86_400, 'share-not-proved'), drill(90_000, 'share-proved')];
    const mended = homeDue(fold({ logs }));
    expect(mended.at(-1)).toMatchObject({ index: 2, failed: false });
    expect(mended.at(-1)?.dueAt).toBe(daysAfter(at(90_000), 730));
  });

  test('due on the day, not before', async () => {
    const { log } = await makeSplitLog(set);
    const { dueAt } = fold({ logs: [log] }).sets[0] ?? { dueAt: null };
    if (dueAt === null) throw new Error('no date');
    expect(fold({ logs: [log], now: dueAt }).due).toHaveLength(1);
    expect(fold({ logs: [log], now: dueAt }).keyVersions[0]?.safe).toBe(true);
    expect(fold({ logs: [log], now: daysAfter(dueAt, -1) }).due).toHaveLength(0);
    expect(fold({ logs: [log], now: daysAfter(dueAt, 1) }).keyVersions[0]?.safe).toBe(false);
  });
});
