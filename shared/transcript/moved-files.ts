/**
 * Files of survey keys that a ceremony moved, as its log tells them: for what an auditor misses, and for
 * a later ceremony that need not do them again.
 * @module
 */
import type { MoveCounts } from '../bundle/move.ts';
import type { MovedFile } from '../bundle/moved-file.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import { quorumCoverage, sealCoverage } from './coverage.ts';
import { fact, type Entry } from './entry.ts';
import { openLogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';

/** By an entry `file-moved` or `moved-file-kept`; null: it is neither, or not whole. */
export function movedFileOf(entry: Entry): MovedFile | null {
  const kind = fact(entry, 'kind');
  if (kind !== 'file-moved' && kind !== 'moved-file-kept') return null;
  const digest = fact(entry, 'digest');
  const number = (path: string): number => {
    const value = fact(entry, path);
    return typeof value === 'number' ? value : NaN;
  };
  const at = number('file') - 1;
  const counts: MoveCounts = countsOf(number);
  const isWhole = [at, counts.moved, counts.notCompared, ...Object.values(counts.stays)].every(
    (one) => Number.isSafeInteger(one) && one >= 0,
  );
  return typeof digest === 'string' && isWhole ? { at, digest, counts } : null;
}

/** As `countLeaves` of the ceremony writes them. */
const countsOf = (number: (path: string) => number): MoveCounts => ({
  moved: number('moved'),
  notCompared: number('notCompared'),
  stays: {
    'not-opened': number('notOpened'),
    'not-the-surveys': number('notTheSurveys'),
    'sealed-without-hash': number('sealedWithoutHash'),
  },
});

/**
 * The files that a ceremony of before moved, with this package and by the shares of this set.
 *
 * SECURITY: only as far as those shares sealed its log. What stands behind their last seal, anybody with
 * this laptop's disk could have written there, and laid a file of his own beside it: sync would take
 * survey keys that only he has.
 * @param source digest of the package
 * @returns none where the log is of another package, or nothing in it can be believed
 */
export function sealedFiles(
  log: CeremonyLog,
  manifest: ManifestDocument,
  source: string,
): MovedFile[] {
  if (log.header.kind !== 'migrate-escrows' || log.header.mode !== manifest.body.mode) return [];
  const all = entries(log);
  const from = all.find((entry) => fact(entry, 'kind') === 'package-imported');
  if (from === undefined || fact(from, 'digest') !== source) return [];
  const coverage = sealCoverage(log, openLogDocuments(log, { manifest }));
  const sealed = all.slice(0, quorumCoverage(coverage, manifest));
  return sealed
    .filter((entry) => fact(entry, 'kind') === 'file-moved')
    .flatMap((entry) => movedFileOf(entry) ?? []);
}
