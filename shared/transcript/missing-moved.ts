/**
 * What one would expect in the log of survey keys that moved and does not find: the files that the
 * bundle names are those that the log says were written and read back.
 * @module
 */
import { answersMove } from '../bundle/move.ts';
import { sealedDigest } from '../bundle/organisation-half.ts';
import { sumCounts } from '../bundle/moved-file.ts';
import { fact, type Entry } from './entry.ts';
import type { LogDocuments } from './log-documents.ts';
import { movedFileOf } from './moved-files.ts';

/** Each a sentence. */
export function movedMissing(all: readonly Entry[], documents: LogDocuments): string[] {
  return documents.bundles.flatMap(({ body }) => {
    if (body.kind !== 'migrate-escrows') return [];
    const found: string[] = [];
    const from = documents.packages.find(({ digest }) => digest === body.packageDigest)?.body;
    if (from !== undefined && (from.kind !== body.kind || !answersMove(from, body))) {
      found.push('The bundle does not speak of the survey keys that its package brought.');
    }
    const signed = all.filter(({ n }) => n < body.transcript.entries);
    const { organisationHalf: half } = body;
    if (half !== undefined && !signed.some((entry) => isAboutHalf(entry, sealedDigest(half)))) {
      found.push(
        'No entry says that the half for organisations was sealed as the bundle brings it.',
      );
    }
    const told = signed.flatMap((entry) => {
      const file = movedFileOf(entry);
      return file === null ? [] : [{ ...file, out: fact(entry, 'from') }];
    });
    // A file that was not recorded the first time was done again: the last word counts.
    const newest = [...told].reverse();
    const ofEach = body.files.map((digest, at) =>
      newest.find((one) => one.at === at && one.digest === digest),
    );
    for (const [at, one] of ofEach.entries()) {
      if (one === undefined) {
        found.push(`No entry says that file ${at + 1} was written as the bundle names it.`);
        continue;
      }
      const wasKept = one.out === undefined;
      if (!wasKept && from?.kind === body.kind && one.out !== from.files[at]) {
        found.push(`The entry about file ${at + 1} names another file than the package.`);
      }
    }
    const sum = sumCounts(ofEach.flatMap((one) => one ?? []));
    if (ofEach.every((one) => one !== undefined) && !isSame(sum, body.counts)) {
      found.push('The entries about the files add up to other numbers than the bundle has.');
    }
    return found;
  });
}

const isAboutHalf = (entry: Entry, digest: string): boolean =>
  fact(entry, 'kind') === 'organisation-half-sealed' && fact(entry, 'digest') === digest;

const isSame = (one: object, other: object): boolean =>
  Object.entries(one).every(([name, value]) => {
    const second: unknown = Object.entries(other).find(([key]) => key === name)?.[1];
    return typeof value === 'object' &&
      value !== null &&
      typeof second === 'object' &&
      second !== null
      ? isSame(value as object, second)
      : value === second;
  });
