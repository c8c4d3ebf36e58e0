/** What a log tells of files of survey keys: what an auditor misses, and what need not be done again. */
import { beforeAll, describe, expect, test } from 'vitest';
import { LogWriter, type TestLog } from '../../test/support/logs.ts';
import {
  makeMovePackage,
  type TestMoveBundle,
  type TestMovePackage,
} from '../../test/support/move-documents.ts';
import { makeMoveLog, type MoveLogOptions } from '../../test/support/move-log.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import type { MovedFile } from '../bundle/moved-file.ts';
import type { MovedSurveyKey } from '../bundle/move-batch.ts';
import { ledgerInWords } from '../ledger/export.ts';
import { foldLedger } from '../ledger/fold.ts';
import { randomBytes } from '../secret/random.ts';
import { withholdLeaf } from './entry.ts';
import { movedFileOf, sealedFiles } from './moved-files.ts';
import { entries } from './log.ts';
import { verifyLog } from './verify.ts';

let set: TestShareSet;
let next: TestShareSet;
let source: TestMovePackage;
let whole: TestLog<TestMoveBundle> & { readonly files: readonly MovedFile[] };

const moved = (surveyId: number, surveyKey: 'fits' | 'not-compared'): MovedSurveyKey => ({
  userId: 7,
  surveyId,
  sealed: randomBytes(1_215),
  surveyKey,
});
const RESULTS: MovedSurveyKey[][] = [
  [moved(31, 'fits'), { userId: 8, surveyId: 32, stays: 'not-opened' }],
  [moved(41, 'not-compared')],
  [{ userId: 9, surveyId: 51, stays: 'sealed-without-hash' }],
];

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal' });
  next = await makeNextVersion(set);
  const stored = RESULTS.map((file) =>
    file.map(({ userId, surveyId }) => ({
      userId,
      surveyId,
      kind: 'checktick' as const,
      bytes: randomBytes(60),
      keyHash: null,
    })),
  );
  source = await makeMovePackage(set, next, stored);
  whole = await logOf();
}, 60_000);

const logOf = (options: MoveLogOptions = {}) => makeMoveLog(set, next, source, RESULTS, options);
/** But for what every log has behind its bundle. */
const missingIn = (log: TestLog<TestMoveBundle>['log']) =>
  verifyLog(log, { manifest: set.manifest }).missing.filter(
    (line) => !line.endsWith('signed by people only, not by a quorum.'),
  );

describe('a whole log', () => {
  test('is authenticated, misses nothing and tells each file', () => {
    const { standing, facts } = verifyLog(whole.log, { manifest: set.manifest });
    expect(standing).toBe('authenticated');
    expect(missingIn(whole.log)).toEqual([]);
    const story = facts.join('\n');
    expect(story).toContain('move to v2, whose set is');
    expect(story).toContain(
      '1 moved, of these 0 compared with nothing; 1 did not open, 0 held another key than the survey’s, 0 were sealed with nothing to compare them with',
    );
  });

  test('says at home that the version was emptied, and how many stayed', () => {
    const now = '2026-06-01T00:00:00Z';
    const ledger = foldLedger({
      logs: [whole.log],
      receipts: [],
      manifests: [],
      running: null,
      now,
    });
    const { keyVersions, ceremonies } = ledger;
    expect(ledgerInWords(ledger, 'rehearsal', now)).toMatch(
      /what was stored under v1 moved to v2 on \d+ May 2026; by the bundle 2 survey keys stayed/,
    );
    expect(keyVersions).toMatchObject([
      { keyVersion: 'v1', use: null, emptied: { to: 'v2', stay: 2 } },
    ]);
    expect(ceremonies).toMatchObject([{ title: 'Survey keys of v1 moved to v2' }]);
  });

  test('with files that an earlier ceremony moved misses nothing, too', async () => {
    const [kept] = whole.files;
    if (kept === undefined) throw new Error('a file');
    const { log } = await logOf({ kept: [kept] });
    expect(missingIn(log)).toEqual([]);
  });
});

describe('a log misses something', () => {
  test('where the file of the bundle is not the one that it tells', async () => {
    const { log } = await logOf({
      told: (file) => (file.at === 1 ? { ...file, digest: 'ee'.repeat(32) } : file),
    });
    expect(missingIn(log)).toContain(
      'No entry says that file 2 was written as the bundle names it.',
    );
  });

  test('where its files add up to other numbers', async () => {
    const { log } = await logOf({
      told: (file) =>
        file.at === 0 ? { ...file, counts: { ...file.counts, notCompared: 1 } } : file,
    });
    expect(missingIn(log)).toContain(
      'The entries about the files add up to other numbers than the bundle has.',
    );
  });

  test('where an entry says that it opened another file than the package names', async () => {
    const swapped = await makeMoveLog(
      set,
      next,
      {
        ...source,
        document: {
          ...source.document,
          body: { ...source.document.body, files: [...source.document.body.files].reverse() },
        },
      },
      RESULTS,
    );
    expect(missingIn(swapped.log)).toContain(
      'The entry about file 1 names another file than the package.',
    );
  });
});

describe('what need not be done again', () => {
  const before = (log: TestLog<TestMoveBundle>['log'], manifest = set.manifest) =>
    sealedFiles(log, manifest, source.document.digest);

  test('are the files that the shares sealed, and not the one behind their last seal', async () => {
    const { log, files } = await logOf({ cutAfter: 3 });
    expect(before(log)).toEqual(files.slice(0, 2));
    const { log: early } = await logOf({ cutAfter: 1 });
    expect(before(early)).toEqual([]);
  });

  test('is nothing that anybody wrote behind them, whoever sealed it', async () => {
    const { log, files } = await logOf({ cutAfter: 2 });
    const writer = LogWriter.after(log);
    writer.entry('file-moved', {
      file: 3,
      files: 3,
      from: { type: 'digest', value: source.document.body.files[2] ?? '' },
      digest: { type: 'digest', value: 'ad'.repeat(32) },
      moved: 1,
      notCompared: 0,
      notOpened: 0,
      notTheSurveys: 0,
      sealedWithoutHash: 0,
    });
    // One person, and fewer shares than are needed.
    await writer.seal(set.cast.operator.signer);
    expect(before(writer.log())).toEqual(files.slice(0, 1));
    await writer.seal(...set.quorum.slice(1));
    expect(before(writer.log())).toEqual(files.slice(0, 1));
    await writer.seal(...set.quorum);
    expect(before(writer.log())).toHaveLength(3);
  });

  test('is nothing of another package, another set, another ceremony', async () => {
    const { log } = await logOf({ cutAfter: 3 });
    expect(sealedFiles(log, set.manifest, 'aa'.repeat(32))).toEqual([]);
    expect(() => before(log, next.manifest)).not.toThrow();
    expect(before(log, next.manifest)).toEqual([]);
    const renamed = { ...log, header: { ...log.header, kind: 'recover' as const } };
    expect(before(renamed)).toEqual([]);
  });

  test('an entry that is not whole tells of no file', () => {
    const [entry] = entries(whole.log).filter((one) => movedFileOf(one) !== null);
    if (entry === undefined) throw new Error('an entry');
    for (const leaf of ['file', 'digest', 'moved', 'notOpened']) {
      expect(movedFileOf(withholdLeaf(entry, leaf))).toBeNull();
    }
    expect(movedFileOf(entries(whole.log)[0] ?? entry)).toBeNull();
  });
});
