/**
 * Survey keys that move from one key version to the active one: what package and bundle say openly of
 * it, and whether the one answers the other. The keys themselves travel in files of their own
 * (move-batch.ts), which both name by their digests.
 *
 * Source: docs/decisions/0035-survey-keys-move-to-another-version.md.
 * @module
 */
import { digest, keyVersion, z } from '../encoding/schema.ts';
import { STAYS, type Stays } from '../escrow/move.ts';

/** Survey keys in one file at most: with it a file stays below what sync takes in one upload. */
export const BATCH_KEYS = 500;
/** Files of one package at most: half a million survey keys. */
export const MOST_FILES = 1_000;

/** Each file is another one: two of the same digest would be one batch twice. */
const files = z
  .array(digest)
  .min(1)
  .max(MOST_FILES)
  .refine((all) => new Set(all).size === all.length);

const count = z.int().min(0);

/** What the package says openly, beside what all packages say; `keyVersion` is the one that is emptied. */
export const movePackaged = {
  /** The active version. Its manifest is among `others`; its escrow key is what they are sealed to. */
  movesTo: keyVersion,
  /** Survey keys of either kind under the version that is emptied, all of them in the files. */
  stored: z.strictObject({ checktick: count, sealed: count }),
  /** SHA-256 of each file of survey keys, in their order. */
  files,
};
const packaged = z.strictObject({ keyVersion, ...movePackaged });
export type MovePackaged = z.infer<typeof packaged>;

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** Survey keys in all files of a package. */
export function storedKeys({ stored }: Pick<MovePackaged, 'stored'>): number {
  return stored.checktick + stored.sealed;
}

/** Whether the numbers of a package can be true: no file is empty, and none holds more than it may. */
export function fillsItsFiles(body: MovePackaged): boolean {
  const keys = storedKeys(body);
  return (
    body.keyVersion !== body.movesTo &&
    keys >= body.files.length &&
    keys <= body.files.length * BATCH_KEYS
  );
}

/** What the bundle says openly, beside what all bundles say. It carries no secret. */
export const moveBundled = {
  /** As in the package. */
  movesTo: keyVersion,
  /** SHA-256 of each file that comes back, in the order of those that went out. */
  files,
  counts: z.strictObject({
    moved: count,
    /** Of those that moved: CheckTick keeps no hash of the survey's key. */
    notCompared: count,
    stays: z.strictObject(
      Object.fromEntries(STAYS.map((why) => [why, count])) as Record<Stays, typeof count>,
    ),
  }),
};
const bundled = z.strictObject({ keyVersion, ...moveBundled });
export type MoveBundled = z.infer<typeof bundled>;
export type MoveCounts = MoveBundled['counts'];

/** Whether the numbers of a bundle can be true. */
export function countsMove({
  keyVersion: from,
  movesTo,
  counts,
}: Pick<MoveBundled, 'keyVersion' | 'movesTo' | 'counts'>): boolean {
  return from !== movesTo && counts.notCompared <= counts.moved;
}

/** How many stay where they are, for whatever reason. */
export function staying({ stays }: MoveCounts): number {
  return sum(Object.values(stays));
}

/** `1 survey key`, `12 survey keys`, `13,104 survey keys` */
export function keysInWords(keys: number): string {
  return keys === 1 ? '1 survey key' : `${keys.toLocaleString('en')} survey keys`;
}

/** Why a survey key stays where it is; after its number and a colon. */
export const STAYS_IN_WORDS: Readonly<Record<Stays, string>> = {
  'not-opened': 'what is stored does not open',
  'not-the-surveys': 'the key inside is not the survey’s, by CheckTick’s hash',
  'sealed-without-hash':
    'a sealed one, and CheckTick keeps no hash of the survey’s key to compare it with',
};

/** Whether the bundle speaks of exactly the files and as many survey keys as the package brought. */
export function answersMove(asked: MovePackaged, said: MoveBundled): boolean {
  return (
    asked.keyVersion === said.keyVersion &&
    asked.movesTo === said.movesTo &&
    asked.files.length === said.files.length &&
    storedKeys(asked) === said.counts.moved + staying(said.counts)
  );
}
