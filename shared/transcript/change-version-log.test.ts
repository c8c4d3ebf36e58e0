/** The logs of another active key version and of the end of one: believed, told, folded. */
import { describe, expect, test } from 'vitest';
import { makeChangeLog } from '../../test/support/change-version-log.ts';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { LogWriter, makeSplitLog } from '../../test/support/logs.ts';
import { makeVersionLog } from '../../test/support/rotate-log.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import { openWays } from '../ledger/who-opens.ts';
import { homeSets } from '../ceremony/ledger-views.ts';
import { foldLedger } from '../ledger/fold.ts';
import { MODES } from '../mode.ts';
import { Refusal } from '../refusal.ts';
import { randomBytes as random } from '../secret/random.ts';
import { parseManifest } from '../sharing/manifest.ts';
import { requireHandedOn } from './handed-on.ts';
import { encodeLog, head, parseLog, type CeremonyLog } from './log.ts';
import { verifyLog } from './verify.ts';

const KINDS = ['activate', 'retire'] as const;
const now = '2028-06-01T00:00:00Z';
const fold = (...logs: readonly CeremonyLog[]) =>
  foldLedger({ logs, receipts: [], manifests: [], running: null, now });

describe.each(MODES)('golden, %s', (mode) => {
  const set = parseManifest(goldenFile(mode, 'log-change-version-share-set.json'), mode);

  test.each(KINDS)('the log of %s is still authenticated, and tells what was agreed', (kind) => {
    const wanted = goldenJson(mode, 'log-change-version-expected.json') as {
      heads: Record<string, string>;
    };
    const bytes = goldenFile(mode, `log-change-version-${kind}.jsonl`);
    const log = parseLog(bytes);
    expect(encodeLog(log)).toEqual(bytes);
    expect(head(log)).toBe(wanted.heads[kind]);
    const { standing, missing, facts } = verifyLog(log, { manifest: set });
    expect(standing).toBe('authenticated');
    expect(missing).toEqual([expect.stringMatching(/signed by people only, not by a quorum\.$/)]);
    const told = facts.join('\n');
    expect(told).toContain(
      kind === 'activate'
        ? 'Everybody agreed that key version v2, whose set is 2028 B'
        : 'is retired; shares of the set 2026 A, of version v1, sign it.',
    );
    expect(told).toContain('Survey keys as sync counted them: 3 under v1, 0 under v2.');
    expect(fold(log).ceremonies[0]?.title).toBe(
      kind === 'activate' ? 'Key version v2 put to use' : 'End of key version v2',
    );
  });

  test.each(KINDS)(
    'a flipped byte anywhere in that of %s is refused, or changes nothing told',
    (kind) => {
      const bytes = goldenFile(mode, `log-change-version-${kind}.jsonl`);
      const told = verifyLog(parseLog(bytes), { manifest: set }).facts;
      // A prime, so that every kind of field is met.
      for (let at = 0; at < bytes.length; at += 499) {
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        try {
          expect(verifyLog(parseLog(flipped), { manifest: set }).facts).toEqual(told);
        } catch (cause) {
          if (!(cause instanceof Refusal)) throw cause;
        }
      }
    },
  );
});

describe.each(KINDS)('the log of %s, elsewhere', (kind) => {
  const made = (async () => {
    const set = await makeShareSet({ mode: 'rehearsal', random });
    return { set, other: await makeNextVersion(set, { random, threshold: 2 }) };
  })();
  const codeOf = (log: CeremonyLog, set: TestShareSet, manifests = [set.manifest]) => {
    const { sync, roster } = set;
    const trusted = {
      manifests,
      rosters: [roster],
      descriptor: sync.descriptor,
      committed: new Set<string>(),
    };
    try {
      requireHandedOn(log, trusted);
      return 'believed';
    } catch (cause) {
      if (cause instanceof Refusal) return cause.code;
      throw cause;
    }
  };

  test('is believed by the quorum of the active set, where sync committed its bundle', async () => {
    const { set, other } = await made;
    const { log } = await makeChangeLog(kind, set, other, { random });
    expect(codeOf(log, set)).toBe('believed');
    expect(codeOf(log, set, [other.manifest])).toBe('transcript-other-set');
    const waiting = await makeChangeLog(kind, set, other, { random, until: 'bundle' });
    expect(codeOf(waiting.log, set)).toBe('transcript-not-committed');
    const more = LogWriter.after(log).entry('roster-signed', {
      rosterDigest: { type: 'digest', value: set.roster.digest },
    });
    expect(codeOf(more.log(), set)).toBe('transcript-added-to');
  });
});

describe('what the ledger knows of it', () => {
  const later = { begin: 86_400, answered: 93_600 };
  async function world() {
    const set = await makeShareSet({ mode: 'rehearsal', random });
    const other = await makeNextVersion(set, { random, threshold: 2 });
    const split = await makeSplitLog(set, { random });
    const version = await makeVersionLog(set, other, random);
    return { set, other, logs: [split.log, parseLog(version.bytes)] };
  }
  const usesIn = (logs: readonly CeremonyLog[]) =>
    Object.fromEntries(fold(...logs).keyVersions.map(({ keyVersion, use }) => [keyVersion, use]));

  test('before another one was made nothing is said; then the one of before is active', async () => {
    const { logs } = await world();
    expect(usesIn(logs.slice(0, 1))).toEqual({ v1: null });
    expect(usesIn(logs)).toEqual({ v1: 'active', v2: 'beside' });
  });

  test('once sync committed it another one is, and back again; before, and refused, nothing changes', async () => {
    const { set, other, logs } = await world();
    for (const options of [{ until: 'bundle' }, { outcome: 'refused' }] as const) {
      const { log } = await makeChangeLog('activate', set, other, { random, ...later, ...options });
      expect(usesIn([...logs, log])).toEqual({ v1: 'active', v2: 'beside' });
    }
    const { log } = await makeChangeLog('activate', set, other, { random, ...later });
    expect(usesIn([...logs, log])).toEqual({ v1: 'beside', v2: 'active' });
    expect(homeSets(fold(...logs, log)).map(({ keyVersion, use }) => [keyVersion, use])).toEqual(
      expect.arrayContaining([
        ['v1', 'beside'],
        ['v2', 'active'],
      ]),
    );
    const back = await makeChangeLog('activate', other, set, {
      random,
      begin: 172_800,
      answered: 180_000,
    });
    expect(usesIn([...logs, back.log, log])).toEqual({ v1: 'active', v2: 'beside' });
  });

  test('the sets of a retired one are retired, not due, and still open their key', async () => {
    const { set, other, logs } = await world();
    const { log } = await makeChangeLog('retire', set, other, { random, ...later });
    const ledger = fold(...logs, log);
    const ended = ledger.sets.find(({ keyVersion }) => keyVersion === 'v2');
    expect(ended).toMatchObject({ status: 'retired', dueAt: null });
    expect(ledger.keyVersions.find(({ keyVersion }) => keyVersion === 'v2')).toMatchObject({
      use: 'retired',
      liveSets: [],
    });
    expect(openWays(ledger).find(({ keyVersion }) => keyVersion === 'v2')).toMatchObject({
      besides: 'vault',
    });
  });
});
