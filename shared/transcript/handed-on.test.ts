/** What another laptop is told of sets and destructions, and whom it believes. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeAdoptLog } from '../../test/support/adopt-log.ts';
import { makeDestroyLog, type DestroyLogOptions } from '../../test/support/destroy-log.ts';
import { makeDrillBundle } from '../../test/support/drill-documents.ts';
import { makeDrillLog, type DrillLogOptions } from '../../test/support/drill-log.ts';
import {
  LogWriter,
  makeRecoverLog,
  makeSplitLog,
  type LogOptions,
  type TestLog,
} from '../../test/support/logs.ts';
import { at, seededRandom } from '../../test/support/people.ts';
import { makeChain } from '../../test/support/receipts.ts';
import { makeRosterLog } from '../../test/support/roster-log.ts';
import { makeNextSet } from '../../test/support/rotate-documents.ts';
import { makeRotateLog } from '../../test/support/rotate-log.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { parseChain } from './chain.ts';
import { ed25519Signer } from '../encoding/dsse.ts';
import { foldLedger } from '../ledger/fold.ts';
import { Refusal } from '../refusal.ts';
import { NO_ANCHOR } from './anchor.ts';
import { requireHandedOn, type Trusted } from './handed-on.ts';
import { ENTRY_KINDS } from './kinds.ts';
import { openLogDocuments } from './log-documents.ts';
import { encodeLog, entries, parseLog, type CeremonyLog } from './log.ts';
import { verifyLog } from './verify.ts';

const random = seededRandom('handed on');
let set: TestShareSet;
let trusted: Trusted;
let drill: ReturnType<typeof makeDrillLog>;
let adopted: Awaited<ReturnType<typeof makeAdoptLog>>;

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal', random });
  const { descriptor } = set.sync;
  trusted = {
    descriptor,
    manifests: [set.manifest],
    rosters: [set.roster],
    committed: new Set(),
  };
  adopted = await makeAdoptLog(set, random, true);
  drill = makeDrillLog(set, { random });
});

function codeOf(log: CeremonyLog, by: Trusted = trusted): string {
  try {
    requireHandedOn(log, by);
    return 'believed';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const destroyed = async (
  options: Partial<DestroyLogOptions> = {},
  of: { readonly setId: string; readonly generation: number } = set.manifest.body,
) => {
  const { setId, generation } = of;
  const { label } = set.manifest.body;
  const legacy = [1, 3];
  return makeDestroyLog(
    set,
    { setId, generation, label },
    { random, media: [], legacy, ...options },
  );
};

describe('the log of a destruction', () => {
  test('is believed where the witness of the roster signed it, and then nothing lists what is gone', async () => {
    const { log, bytes } = await destroyed();
    expect(codeOf(log)).toBe('believed');
    const receipts = adopted.receipt === null ? [] : [adopted.receipt];
    const chain = parseChain(makeChain(set, receipts, [adopted.bytes, bytes]), 'rehearsal');
    expect(chain.transcripts.map(encodeLog)).toEqual([adopted.bytes, bytes]);
    const logs = [...chain.transcripts];
    const { manifests } = chain;
    const now = '2028-06-01T00:00:00Z';
    const [known] = foldLedger({ logs, receipts, manifests, running: null, now }).sets;
    expect(known?.legacyKept).toMatchObject({
      pieces: [
        { number: 1, by: 'custodian 1', gone: true },
        { number: 2, gone: false },
        { number: 3, gone: true },
        { number: 4, by: 'a former custodian', gone: false },
      ],
      made: { threshold: 2, pieces: [{ by: 'custodian 1' }, { by: 'a doctor' }] },
    });
  });

  test('is not believed without that witness, for another set, or with anything behind the signature', async () => {
    expect(codeOf((await destroyed({ unwitnessed: true })).log)).toBe('transcript-not-signed');
    const of = { setId: 'ee'.repeat(16), generation: 1 };
    expect(codeOf((await destroyed({}, of)).log)).toBe('transcript-other-set');
    const { log } = await destroyed();
    expect(codeOf(log, { ...trusted, rosters: [] })).toBe('transcript-not-signed');
    // A roster of another set names its own witness.
    const other = await makeShareSet({ mode: 'rehearsal', random });
    const theirs = { ...trusted, rosters: [other.roster] };
    expect(codeOf(log, theirs)).toBe('transcript-not-signed');
    const more = LogWriter.after(log).entry('legacy-destroyed', {
      number: 2,
      custodian: 'custodian 2',
      description: 'legacy share 2',
    });
    expect(codeOf(more.log())).toBe('transcript-added-to');
    const document = LogWriter.after(log).document(set.manifest.envelope);
    expect(codeOf(document.log())).toBe('transcript-added-to');
  });

  test('a key that only the log itself calls the witness is nobody’s', async () => {
    const signer = ed25519Signer(random(32));
    const impostor = { ...set.cast, witness: { ...set.cast.witness, signer } };
    const { setId, generation, label } = set.manifest.body;
    const { log } = await makeDestroyLog(
      { mode: 'rehearsal', cast: impostor },
      { setId, generation, label },
      { random, media: [], legacy: [1] },
    );
    expect(codeOf(log)).toBe('transcript-not-signed');
  });
});

describe('other logs', () => {
  test('of an adoption are believed by the quorum of a set that is trusted, and nothing behind it', () => {
    expect(codeOf(adopted.log)).toBe('believed');
    expect(codeOf(adopted.log, { ...trusted, manifests: [] })).toBe('transcript-other-set');
    const written = { number: 3, custodian: 'nobody', description: 'stick X' };
    const more = LogWriter.after(adopted.log).entry('new-legacy-written', written);
    expect(codeOf(more.log())).toBe('transcript-added-to');
  });
});

type Made = Pick<TestLog, 'log' | 'receipt'>;

/** Ceremonies that a quorum signs. */
const SIGNED: Readonly<Record<string, (options: LogOptions) => Promise<Made>>> = {
  Split: (options) => makeSplitLog(set, options),
  recovery: (options) => makeRecoverLog(set, { sheets: true, ...options }),
  'change of the roster': (options) => makeRosterLog(set, options),
};

describe.each(Object.entries(SIGNED))('the log of a %s', (_, make) => {
  test('is believed where sync committed its bundle, by the receipt in it or otherwise', async () => {
    expect(codeOf((await make({ random })).log)).toBe('believed');
    const { log } = await make({ random, until: 'bundle' });
    expect(codeOf(log)).toBe('transcript-not-committed');
    const committed = new Set(openLogDocuments(log, NO_ANCHOR).bundles.map(({ digest }) => digest));
    expect(codeOf(log, { ...trusted, committed })).toBe('believed');
  });

  // The shares of a set that was replaced long ago still sign.
  test.each(['refused', 'expired', 'objected'] as const)(
    'is not believed where its bundle was %s, though a quorum signed it',
    async (outcome) => {
      const { log } = await make({ random, outcome });
      expect(verifyLog(log, { manifest: set.manifest }).standing).toBe('authenticated');
      expect(codeOf(log)).toBe('transcript-not-committed');
    },
  );

  test('is not believed of a set that sync does not trust, nor with more behind it', async () => {
    const { log } = await make({ random });
    expect(codeOf(log, { ...trusted, manifests: [] })).toBe('transcript-other-set');
    const renewed = LogWriter.after(log).entry('sheets-destroyed', {
      index: 2,
      custodian: 'custodian 2',
      sheets: '1, 2',
      good: 3,
      witness: 'witness',
    });
    expect(codeOf(renewed.log())).toBe('transcript-added-to');
  });
});

test('the log of new shares is believed with both sets, and tells what became of the old one', async () => {
  const next = await makeNextSet(set, { random, threshold: 2 });
  const { log, bytes } = await makeRotateLog(set, next, random);
  const both = { ...trusted, manifests: [set.manifest, next.manifest] };
  expect(codeOf(log)).toBe('transcript-other-set');
  expect(codeOf(log, both)).toBe('believed');
  const split = await makeSplitLog(set, { random });
  const logs = [split.log, parseLog(bytes)];
  const now = '2028-06-01T00:00:00Z';
  const { sets } = foldLedger({ logs, receipts: [], manifests: [], running: null, now });
  const standing = sets.map(({ label, status, replacedBy }) => [label, status, replacedBy]);
  expect(standing).toContainEqual([set.manifest.body.label, 'superseded', next.manifest.digest]);
  expect(standing).toContainEqual([next.manifest.body.label, 'live', null]);
});

describe('the log of a drill', () => {
  const made = (options: DrillLogOptions = {}) => makeDrillLog(set, { random, ...options });
  const standIn = () => {
    const signer = ed25519Signer(random(32));
    return { ...set.cast.witness, signer };
  };

  test('is believed by operator and witness of the roster, where sync committed its bundle', async () => {
    const { log, bundle } = await made({ begin: 86_400 });
    expect(codeOf(log)).toBe('believed');
    const waiting = await made({ until: 'bundle' });
    expect(codeOf(waiting.log)).toBe('transcript-not-committed');
    expect(bundle?.document.body.proofs).toHaveLength(2);
    expect(codeOf((await made({ outcome: 'refused' })).log)).toBe('transcript-not-committed');
    expect(codeOf(log, { ...trusted, manifests: [] })).toBe('transcript-other-set');
    const [known] = foldLedger({
      logs: [(await makeSplitLog(set, { random })).log, log],
      receipts: [],
      manifests: [],
      running: null,
      now: at(100_000),
    }).sets;
    expect(known?.shares.map(({ provedByNonce }) => provedByNonce).slice(0, 3)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each<readonly [string, () => DrillLogOptions]>([
    ['without a witness', () => ({ witness: null })],
    ['with a witness whom no roster lists', () => ({ witness: standIn() })],
    ['where the operator is the witness', () => ({ witness: set.cast.operator })],
    ['where a custodian is the witness', () => ({ witness: set.cast.custodians[0] ?? null })],
    ['that names another witness of the sheets', () => ({ named: 'custodian 2' })],
    ['with a share that signed nothing', () => ({ proves: [2] })],
    ['whose bundle has one more share than it says', () => ({ proves: [1, 2, 4] })],
    [
      'with sheets of a share that was not there',
      () => ({
        before: (writer, watched) => {
          const gone = { index: 4, custodian: 'custodian 4', sheets: '1', good: 2 };
          if (!watched) writer.entry('sheets-destroyed', { ...gone, witness: 'witness' });
        },
      }),
    ],
    [
      'with more than the operator’s sitting behind the witness',
      () => ({
        before: (writer, watched) => {
          const read = { index: 2, custodian: 'custodian 2', medium: 'usb' };
          if (watched) writer.entry('share-proved', read);
        },
      }),
    ],
  ])('is not believed %s', async (_, options) => {
    expect(codeOf((await made(options())).log)).toBe('transcript-not-signed');
  });

  test.each(Object.keys(ENTRY_KINDS))('with one more %s says nothing new', async (kind) => {
    const { log } = await drill;
    const writer = LogWriter.after(log).entry(kind, { index: 1, custodian: 'custodian 1' });
    const harmless = ['witness-page-printed', 'exception', 'paused', 'resumed'].includes(kind);
    expect(codeOf(writer.log())).toBe(harmless ? 'believed' : 'transcript-added-to');
  });

  test('in that of a recovery its bundle is one too many', async () => {
    const { log } = await makeRecoverLog(set, { random, until: 'bundle' });
    const { ceremonyId } = log.header;
    const transcript = { entries: 1, head: entries(log)[0]?.hash ?? '' };
    const bundle = await makeDrillBundle(set, { random, ceremonyId, change: { transcript } });
    const { header, items } = log;
    const instead = items.filter(
      (item) => !('document' in item && item.document.payloadType.includes('bundle')),
    );
    const kept = instead.slice(0, -3);
    const forged = { header, items: [...kept, { document: bundle.document.envelope }] };
    expect(codeOf(forged)).not.toBe('believed');
  });
});

// Each byte of a log: log.test.ts; each of a chain: bundle/documents.test.ts.
test('a byte of a log that is changed in the chain is seen', async () => {
  const { bytes } = await destroyed();
  const chain = makeChain(set, [], [bytes]);
  const parse = (changed: Uint8Array) => parseChain(changed, 'rehearsal');
  expect(parse(chain).transcripts).toHaveLength(1);
  expect(notRefused(chain, parse, { sample: 1, step: 401 })).toEqual([]);
});
