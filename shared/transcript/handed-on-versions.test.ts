/** What another laptop is told where there are several key versions, each with a set of its own. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeDrillLog } from '../../test/support/drill-log.ts';
import { LogWriter, makeSplitLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeChain } from '../../test/support/receipts.ts';
import { makeVersionLog } from '../../test/support/rotate-log.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion, makeVersionPackage } from '../../test/support/version-documents.ts';
import { parseChain } from './chain.ts';
import { foldLedger } from '../ledger/fold.ts';
import { Refusal } from '../refusal.ts';
import { requireCarried, requireHandedOn, type Trusted } from './handed-on.ts';
import type { CeremonyLog } from './log.ts';
import { verifyLog } from './verify.ts';

const random = seededRandom('handed on, versions');
const now = '2028-06-01T00:00:00Z';
/** Of version v1, and of v2, which came beside it. */
let set: TestShareSet;
let next: TestShareSet;
let trusted: Trusted;

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal', random });
  next = await makeNextVersion(set, { random, threshold: 2 });
  trusted = {
    descriptor: set.sync.descriptor,
    manifests: [set.manifest, next.manifest],
    rosters: [set.roster, next.roster],
    committed: new Set(),
  };
});

function refusalOf(judge: () => unknown): string {
  try {
    judge();
    return 'believed';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const codeOf = (log: CeremonyLog, by: Trusted = trusted) =>
  refusalOf(() => requireHandedOn(log, by));

describe('the log of a new platform key', () => {
  test('is believed with both sets, where sync committed its bundle', async () => {
    const { log } = await makeVersionLog(set, next, random);
    expect(codeOf(log)).toBe('believed');
    expect(codeOf(log, { ...trusted, manifests: [set.manifest] })).toBe('transcript-other-set');
    const waiting = await makeVersionLog(set, next, random, { until: 'bundle' });
    expect(codeOf(waiting.log)).toBe('transcript-not-committed');
    const committed = new Set([waiting.bundle?.document.digest ?? '']);
    expect(codeOf(waiting.log, { ...trusted, committed })).toBe('believed');
  });

  test.each(['refused', 'expired', 'objected'] as const)(
    'is not believed where its bundle was %s, though two quorums signed it',
    async (outcome) => {
      const { log } = await makeVersionLog(set, next, random, { outcome });
      for (const { manifest } of [set, next]) {
        expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
      }
      expect(codeOf(log)).toBe('transcript-not-committed');
    },
  );

  test('comes to another laptop in the chain, and tells who has which new share, read back when', async () => {
    const split = await makeSplitLog(set, { random });
    const version = await makeVersionLog(set, next, random);
    const receipts = [split.receipt, version.receipt].flatMap((one) => one ?? []);
    const bytes = makeChain(set, receipts, [split.bytes, version.bytes], [next]);
    const { manifests, transcripts } = parseChain(bytes, 'rehearsal');
    const fold = (logs: readonly CeremonyLog[]) =>
      foldLedger({ logs, receipts, manifests, running: null, now });
    const known = fold([split.log, version.log]);
    expect(fold(transcripts)).toEqual(known);
    const made = known.sets.find(({ keyVersion }) => keyVersion === 'v2');
    expect(made?.shares.map(({ custodian, provedAt }) => [custodian, provedAt !== null])).toEqual(
      next.cast.custodians.map(({ name }) => [name, true]),
    );
    const uses = known.keyVersions.map(({ keyVersion, use }) => [keyVersion, use]);
    expect(Object.fromEntries(uses)).toEqual({ v1: 'active', v2: 'beside' });
    // The manifests alone do not tell.
    expect(fold([]).keyVersions.map(({ use }) => use)).toEqual([null, null]);
  });

  test('is believed, too, where the set of a further version signed the roster of before', async () => {
    const present = { ...set, roster: next.roster };
    const third = await makeNextVersion(present, { random, keyVersion: 'v3' });
    const manifests = [...trusted.manifests, third.manifest];
    const { log } = await makeVersionLog(present, third, random, { others: [next] });
    expect(codeOf(log, { ...trusted, manifests })).toBe('believed');
    // The package names that set; its manifest does not belong in the log.
    const more = LogWriter.after(log).document(next.manifest.envelope);
    expect(codeOf(more.log(), { ...trusted, manifests })).toBe('transcript-added-to');
  });
});

describe('the log of a drill of one version, with the roster that the set of another signed', () => {
  const drilled = (others: readonly TestShareSet[]) =>
    makeDrillLog({ ...set, roster: next.roster }, { random, others });

  test('is believed by operator and witness of that roster, from sync and from a stick', async () => {
    const { log } = await drilled([next]);
    expect(codeOf(log)).toBe('believed');
    const { manifest, sync } = set;
    const vouched = { manifest, descriptor: sync.descriptor };
    expect(refusalOf(() => requireCarried(log, vouched))).toBe('believed');
    expect(verifyLog(log, { manifest }).missing).toEqual([]);
  });

  test('is nothing without a package of the set’s own sync that names the other set', async () => {
    expect(codeOf((await drilled([])).log)).toBe('signature-missing');
    // Another package of this sync names it, but not the one that the bundle answers.
    const { document } = await makeVersionPackage(set, { random, others: [next] });
    const beside = LogWriter.after((await drilled([])).log).document(document.envelope);
    expect(codeOf(beside.log())).toBe('transcript-not-signed');
    // A stranger's roster, in a package of a sync of their own, which the bundle answers.
    const stranger = await makeShareSet({ mode: 'rehearsal', random });
    const theirs = { ...set, roster: stranger.roster, cast: stranger.cast };
    const { log } = await makeDrillLog(
      { ...theirs, sync: stranger.sync },
      { random, others: [stranger] },
    );
    expect(codeOf(log)).toBe('transcript-not-signed');
    expect(verifyLog(log, { manifest: set.manifest }).missing).toContainEqual(
      expect.stringMatching(/signed only by keys that no roster names\.$/),
    );
  });
});
