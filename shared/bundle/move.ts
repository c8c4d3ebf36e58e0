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
import { sealedHalf } from './organisation-half.ts';

/** Survey keys in one file at most: with it a file stays below what sync takes in one upload. */
export const BATCH_KEYS = 500;
/** Files of one package at most: half a million survey keys. */
export const MOST_FILES = 1_000;

/**
 * Each file is another one: two of the same digest would be one batch twice. None where nothing but the
 * half for organisations is handed over.
 */
const files = z
  .array(digest)
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
  /**
   * Organisations hang on the version that is emptied: the bundle must bring its half for organisations.
   * Absent: none does, or it was made before there was such a half.
   */
  handsOver: z.literal(true).optional(),
};
const packaged = z.strictObject({ keyVersion, ...movePackaged });
export type MovePackaged = z.infer<typeof packaged>;

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** Survey keys in all files of a package. */
export function storedKeys({ stored }: Pick<MovePackaged, 'stored'>): number {
  return stored.checktick + stored.sealed;
}

/**
 * Whether the numbers of a package can be true: no file is empty, none holds more than it may, and
 * there is something to do.
 */
export function fillsItsFiles(body: MovePackaged): boolean {
  const keys = storedKeys(body);
  return (
    body.keyVersion !== body.movesTo &&
    (body.files.length > 0 || body.handsOver === true) &&
    keys >= body.files.length &&
    keys <= body.files.length * BATCH_KEYS
  );
}

/**
 * What the bundle says openly, beside what all bundles say. It carries nothing that is sealed to sync:
 * the half for organisations is for the custodians of the version it moves to.
 */
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
  /** Where the package asked for it. */
  organisationHalf: sealedHalf.optional(),
};
const bundled = z.strictObject({ keyVersion, ...moveBundled });
export type MoveBundled = z.infer<typeof bundled>;
export type MoveCounts = MoveBundled['counts'];

/** Whether what a bundle says can be true. */
export function countsMove({
  keyVersion: from,
  movesTo,
  counts,
  files: back,
  organisationHalf,
}: MoveBundled): boolean {
  const does = back.length > 0 || organisationHalf !== undefined;
  return from !== movesTo && counts.notCompared <= counts.moved && does;
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

/**
 * Whether the bundle speaks of exactly the files and as many survey keys as the package brought, and
 * brings the half for organisations where it was asked for.
 */
export function answersMove(asked: MovePackaged, said: MoveBundled): boolean {
  return (
    asked.keyVersion === said.keyVersion &&
    asked.movesTo === said.movesTo &&
    asked.files.length === said.files.length &&
    (asked.handsOver === true) === (said.organisationHalf !== undefined) &&
    storedKeys(asked) === said.counts.moved + staying(said.counts)
  );
}
