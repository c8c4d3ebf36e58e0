/** Logs from elsewhere: what somebody who held the stick for a minute could add to one, or take away. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeAdoptLog } from '../../test/support/adopt-log.ts';
import { LogWriter, makeSplitLog, type TestLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeReceipt } from '../../test/support/receipts.ts';
import { makeNextSet } from '../../test/support/rotate-documents.ts';
import { makeRotateLog, makeVersionLog } from '../../test/support/rotate-log.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import type { Envelope } from '../encoding/dsse.ts';
import { Refusal } from '../refusal.ts';
import { withholdLeaf } from './entry.ts';
import { requireCarried } from './handed-on.ts';
import { ENTRY_KINDS } from './kinds.ts';
import { encodeLog, parseLog, type CeremonyLog } from './log.ts';

const random = seededRandom('foreign logs');

type Made = Pick<TestLog, 'log' | 'receipt'>;

interface Case {
  readonly made: Made;
  /** Whose eight words were typed. */
  readonly set: TestShareSet;
  /** Another ceremony of the same sync. */
  readonly other: Made;
  readonly refused: Envelope;
  readonly stranger: TestShareSet;
}

const cases = new Map<string, Case>();

beforeAll(async () => {
  const set = await makeShareSet({ mode: 'rehearsal', random });
  const next = await makeNextSet(set, { random, threshold: 2 });
  const again = await makeNextSet(set, { random });
  const beside = await makeNextVersion(set, { random, threshold: 2 });
  const stranger = await makeShareSet({ mode: 'rehearsal', random });
  const split = await makeSplitLog(set, { random });
  const rotate = await makeRotateLog(set, next, random);
  const other = await makeRotateLog(set, again, random);
  if (other.bundle === null) throw new Error('It has a bundle.');
  const refused = (await makeReceipt(set, other.bundle, { outcome: 'refused' })).envelope;
  const shared = { other, refused, stranger };
  cases.set('split', { made: split, set, ...shared });
  cases.set('rotate', { made: rotate, set: next, ...shared });
  const version = await makeVersionLog(set, beside, random);
  cases.set('new-version', { made: version, set: beside, ...shared });
  cases.set('adopt', { made: await makeAdoptLog(set, random, true), set, ...shared });
}, 60_000);

const caseOf = (kind: string): Case => {
  const found = cases.get(kind);
  if (found === undefined) throw new Error('No such case.');
  return found;
};

function codeOf(log: CeremonyLog, { manifest, sync: { descriptor } }: TestShareSet): string {
  try {
    requireCarried(parseLog(encodeLog(log)), { manifest, descriptor });
    return 'believed';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const digestOf = (value: string) => ({ type: 'digest', value }) as const;

/** Behind the last line. */
const ADDITIONS: Readonly<Record<string, (writer: LogWriter, of: Case) => LogWriter>> = {
  'the true receipt of another bundle of this sync': (writer, { refused }) =>
    writer.document(refused),
  'the same, with an entry that says it is this one’s': (writer, { refused, other }) =>
    writer.document(refused).entry('receipt-imported', {
      digest: digestOf(other.receipt?.digest ?? ''),
      outcome: 'refused',
      statement: 'Destroy the new media.',
    }),
  'a share set of their own': (writer, { stranger }) => writer.document(stranger.manifest.envelope),
  'a roster of their own': (writer, { stranger }) => writer.document(stranger.roster.envelope),
  'a comparison that nobody made': (writer) =>
    writer.entry('ceremony-closed', { outcome: 'compared' }),
  'another end': (writer) => writer.entry('ceremony-closed', { outcome: 'objected' }),
  'another share set of this sync': (writer, { other }) => {
    const sets = other.log.items.flatMap((item) => ('document' in item ? [item.document] : []));
    for (const envelope of sets) {
      if (envelope.payloadType.includes('share-set')) writer.document(envelope);
    }
    return writer;
  },
};

const TAKEN: readonly string[] = [
  'share-set',
  'roster',
  'package',
  'bundle',
  'descriptor',
  'receipt',
];

describe.each(['split', 'adopt', 'rotate', 'new-version'])('the log of a %s', (kind) => {
  test('is believed by the words of the set that it made', () => {
    const { made, set, stranger } = caseOf(kind);
    expect(codeOf(made.log, set)).toBe('believed');
    expect(codeOf(made.log, stranger)).not.toBe('believed');
  });

  test.each(Object.keys(ADDITIONS))('with %s is refused', (what) => {
    const of = caseOf(kind);
    const added = ADDITIONS[what]?.(LogWriter.after(of.made.log), of);
    if (added === undefined) throw new Error('No such addition.');
    expect(codeOf(added.log(), of.set)).not.toBe('believed');
    expect(added.log().items.length).toBeGreaterThan(of.made.log.items.length);
  });

  test.each(TAKEN)('without each %s is refused', (what) => {
    const { made, set } = caseOf(kind);
    const { header, items } = made.log;
    const places = items.flatMap((item, at) =>
      'document' in item && item.document.payloadType.includes(`.${what}.`) ? [at] : [],
    );
    expect(places.length).toBeGreaterThan(0);
    for (const place of places) {
      const log = { header, items: items.filter((_, at) => at !== place) };
      expect(codeOf(log, set)).not.toBe('believed');
    }
  });

  test('with any leaf withheld is refused, although its chain is whole', () => {
    const { made, set } = caseOf(kind);
    const { header, items } = made.log;
    const leaves = items.flatMap((item, at) =>
      'entry' in item ? item.entry.leaves.map(({ path }) => ({ at, path })) : [],
    );
    fc.assert(
      fc.property(fc.constantFrom(...leaves), ({ at: place, path }) => {
        const hidden = items.map((item, at) =>
          at === place && 'entry' in item ? { entry: withholdLeaf(item.entry, path) } : item,
        );
        expect(codeOf({ header, items: hidden }, set)).not.toBe('believed');
      }),
      { numRuns: 12 },
    );
  });

  test('that calls itself something else is refused', () => {
    const { made, set } = caseOf(kind);
    const header = { ...made.log.header, kind: kind === 'split' ? 'adopt' : 'split' } as const;
    expect(codeOf({ ...made.log, header }, set)).toBe('document-contradicts-log');
  });
});

describe.each(['rotate', 'new-version'] as const)('in the log of a %s two sets belong', (kind) => {
  test.each(Object.keys(ENTRY_KINDS))('one more %s says nothing new', (more) => {
    const { made, set } = caseOf(kind);
    const writer = LogWriter.after(made.log).entry(more, { index: 1, custodian: 'custodian 1' });
    const harmless = ['witness-page-printed', 'exception', 'paused', 'resumed'].includes(more);
    expect(codeOf(writer.log(), set)).toBe(harmless ? 'believed' : 'transcript-added-to');
  });

  test('it is not believed by the words of the set whose shares were given alone', () => {
    const { made, set } = caseOf(kind);
    const { made: split, set: before } = caseOf('split');
    expect(codeOf(split.log, before)).toBe('believed');
    expect(set.manifest.body.previous).toBe(before.manifest.digest);
    expect(codeOf(made.log, before)).toBe('transcript-added-to');
  });

  test('no third one does, of whichever version', () => {
    const { made, set } = caseOf(kind);
    const { set: third } = caseOf(kind === 'rotate' ? 'new-version' : 'rotate');
    expect(third.manifest.body.previous).toBe(set.manifest.body.previous);
    const writer = LogWriter.after(made.log).document(third.manifest.envelope);
    expect(codeOf(writer.log(), set)).toBe('transcript-added-to');
  });

  test('and it says which of the two ceremonies it was', () => {
    const { made, set } = caseOf(kind);
    const header = {
      ...made.log.header,
      kind: kind === 'rotate' ? 'new-version' : 'rotate',
    } as const;
    expect(codeOf({ ...made.log, header }, set)).toBe('document-contradicts-log');
  });
});
