/** The log of refreshed shares, elsewhere: who is believed, and what the next laptop knows by it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { LogWriter, makeSplitLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeChain } from '../../test/support/receipts.ts';
import { makeRefreshLog, type RefreshLogOptions } from '../../test/support/refresh-log.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { parseChain } from './chain.ts';
import { foldLedger } from '../ledger/fold.ts';
import { MODES } from '../mode.ts';
import { Refusal } from '../refusal.ts';
import { parseManifest } from '../sharing/manifest.ts';
import { requireCarried, requireHandedOn, type Trusted } from './handed-on.ts';
import { head, parseLog, type CeremonyLog } from './log.ts';
import { verifyLog } from './verify.ts';

const random = seededRandom('refresh log');
const now = '2028-06-01T00:00:00Z';
let set: TestShareSet;

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal', random, threshold: 2, count: 4 });
});

const made = (options: RefreshLogOptions = {}) => makeRefreshLog(set, { random, ...options });

/** What sync trusts and has trusted, where it committed a refresh that brought `next`. */
const trustedWith = (next: TestShareSet, committed: readonly string[] = []): Trusted => ({
  descriptor: set.sync.descriptor,
  manifests: [set.manifest, next.manifest],
  rosters: [set.roster, next.roster],
  committed: new Set(committed),
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

const codeOf = (log: CeremonyLog, next: TestShareSet, by: Partial<Trusted> = {}) =>
  refusalOf(() => requireHandedOn(log, { ...trustedWith(next), ...by }));

describe('the log of refreshed shares', () => {
  test('is believed by operator and witness, where sync committed its bundle', async () => {
    const { log, next } = await made();
    expect(codeOf(log, next)).toBe('believed');
    expect(codeOf(log, next, { manifests: [set.manifest] })).toBe('transcript-other-set');
    const waiting = await made({ until: 'bundle' });
    expect(codeOf(waiting.log, waiting.next)).toBe('transcript-not-committed');
    const committed = new Set([waiting.bundle?.document.digest ?? '']);
    expect(codeOf(waiting.log, waiting.next, { committed })).toBe('believed');
  });

  test.each(['refused', 'expired', 'objected'] as const)(
    'is not believed where its bundle was %s',
    async (outcome) => {
      const { log, next } = await made({ outcome });
      expect(codeOf(log, next)).toBe('transcript-not-committed');
    },
  );

  test('comes from a stick, too, before its receipt: the eight words are of the set that names the operator', async () => {
    const { log, next } = await made({ until: 'bundle' });
    const { manifest } = next;
    const vouched = { manifest, descriptor: set.sync.descriptor };
    expect(refusalOf(() => requireCarried(log, vouched))).toBe('believed');
    const before = { manifest: set.manifest, descriptor: set.sync.descriptor };
    expect(refusalOf(() => requireCarried(log, before))).toBe('transcript-added-to');
  });

  test('is nothing without a witness, or with one who is the operator or in no roster', async () => {
    const stranger = await makeShareSet({ mode: 'rehearsal', random });
    for (const witness of [null, set.cast.operator, stranger.cast.witness]) {
      const { log, next } = await made({ witness });
      expect(codeOf(log, next)).toBe('transcript-not-signed');
    }
  });

  test('says nothing of a share but what the share signed', async () => {
    for (const told of [{ index: 3 }, { before: 3 }]) {
      const { log, next } = await made({ told });
      expect(codeOf(log, next)).toBe('transcript-not-signed');
    }
    const { log, next } = await made({
      before: (writer, watched) => {
        if (watched) writer.entry('share-read-back', { index: 1, custodian: 'custodian 1' });
      },
    });
    expect(codeOf(log, next)).toBe('transcript-not-signed');
    // A destruction that a witness is named for, who did not sign it.
    const named = await made({
      before: (writer, watched) => {
        if (watched) return;
        const whose = { index: 1, custodian: 'custodian 1' };
        writer.entry('sheets-destroyed', { ...whose, sheets: '1', good: 2, witness: 'Nobody' });
      },
    });
    expect(codeOf(named.log, named.next)).toBe('transcript-not-signed');
  });

  test('is refused with more in it, or less', async () => {
    const { log, next } = await made();
    const stranger = await makeShareSet({ mode: 'rehearsal', random });
    const more = LogWriter.after(log).document(stranger.manifest.envelope);
    expect(codeOf(more.log(), next)).toBe('transcript-added-to');
    const behind = LogWriter.after(log).entry('share-refreshed', { index: 1, before: 1 });
    expect(codeOf(behind.log(), next)).toBe('transcript-added-to');
    const isBefore = (item: CeremonyLog['items'][number]) =>
      'document' in item && item.document === set.manifest.envelope;
    const less = { ...log, items: log.items.filter((item) => !isBefore(item)) };
    expect(codeOf(less, next)).not.toBe('believed');
  });

  test('comes to another laptop in the chain, and tells what became of each share', async () => {
    const split = await makeSplitLog(set, { random });
    const refresh = await made({ comes: [1, 2, 4] });
    const receipts = [split.receipt, refresh.receipt].flatMap((one) => one ?? []);
    const bytes = makeChain(set, receipts, [split.bytes, refresh.bytes], [refresh.next]);
    const { manifests, transcripts } = parseChain(bytes, 'rehearsal');
    expect(transcripts).toHaveLength(2);
    const fold = (logs: readonly CeremonyLog[]) =>
      foldLedger({ logs, receipts, manifests, running: null, now });
    const known = fold([split.log, refresh.log]);
    expect(fold(transcripts)).toEqual(known);
    const [old, fresh] = [...known.sets].sort((one, other) => one.generation - other.generation);
    expect(old).toMatchObject({ generation: 1, status: 'superseded' });
    expect(fresh).toMatchObject({ generation: 2, status: 'live' });
    expect(fresh?.shares.map(({ custodian, provedAt }) => [custodian, provedAt !== null])).toEqual(
      ['custodian 1', 'custodian 2', 'custodian 4'].map((name) => [name, true]),
    );
  });

  test.each(MODES)('of a golden file is judged as it was, %s', (mode) => {
    const file = (name: string) => goldenFile(mode, `log-refresh${name}`);
    const log = parseLog(file('.jsonl'));
    const wanted = goldenJson(mode, 'log-refresh-expected.json') as { head: string };
    expect(head(log)).toBe(wanted.head);
    for (const name of ['-before.json', '-share-set.json']) {
      const manifest = parseManifest(file(name), mode);
      const { standing, missing, facts, withheld } = verifyLog(log, { manifest });
      expect({ standing, missing, withheld }).toEqual({
        standing: 'authenticated',
        missing: [],
        withheld: [],
      });
      const told = facts.join('\n');
      expect(told).toContain('generation 2, key version v1, of which any 2 open it');
      expect(told).toContain('Did not come, and have no share from now on: 3 custodian 3.');
      expect(told).toContain('Share 4, which custodian 4 gave, signed for share 3 of the next');
    }
  });

  test('a flipped byte anywhere of it is refused, or changes nothing told', () => {
    const bytes = goldenFile('production', 'log-refresh.jsonl');
    const anchor = {
      manifest: parseManifest(goldenFile('production', 'log-refresh-share-set.json'), 'production'),
    };
    const told = verifyLog(parseLog(bytes), anchor).facts;
    // A prime, so that every kind of field is met.
    for (let at = 0; at < bytes.length; at += 499) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      try {
        expect(verifyLog(parseLog(flipped), anchor).facts).toEqual(told);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  });
});
