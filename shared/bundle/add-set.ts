/**
 * A further share set of a key version: whether it may stand beside those in force. The same rules at the
 * ceremony, at sync and for the auditor ([38](../../docs/decisions/0038-several-sets-of-a-version.md)).
 * @module
 */
import { assertFollows, assertHoldersStay } from '../identity/roster-change.ts';
import type { RosterDocument } from '../identity/roster.ts';
import { refusals } from '../refusal.ts';
import { shareKeys, type Manifest, type ManifestDocument } from '../sharing/manifest.ts';
import { firstDifference } from '../sharing/same-component.ts';
import type { PackagedSet } from './packaged-set.ts';

/** So many sets a key version has at most: the weakest of them is how strong it is. */
export const VERSION_SETS = 4;

const refuseFurtherSet = refusals({
  'set-not-beside': (why: string) => ({
    happened: `The new share set does not fit beside those in force: ${why}.`,
    means:
      'It was made from other sets, or it was changed. The shares of before stay valid, and nothing is lost.',
    next: 'Do not commit it. Ask sync for a new package, and make the set from there.',
  }),
});

/**
 * Whether the set may stand beside the others of its key version: a split of the same component, with
 * another name and other shares, vouched for by one of them.
 * @param next verified by itself: see `openNewSet`
 * @param present the set that gave its shares and vouches
 * @param roster the roster in force; null: not known here, so that only the sets are compared
 * @param others all further sets that are trusted, of whatever version: their shares stay in use
 * @throws Refusal `set-not-beside`; of `assertFollows` and `assertHoldersStay`
 */
export function assertSetJoins(
  next: Pick<PackagedSet, 'manifest' | 'roster'>,
  present: ManifestDocument,
  roster: RosterDocument | null,
  others: readonly ManifestDocument[] = [],
): void {
  const why = whyNotBeside(next.manifest.body, present, others);
  if (why !== undefined) throw refuseFurtherSet('set-not-beside', why);
  if (roster !== null) assertFollows(next.roster.body, roster, next.manifest.body);
  assertHoldersStay(next.roster.body, [present, ...others]);
}

/**
 * Whether a key version may have one more.
 * @param sets that it has
 * @throws Refusal `set-not-beside`
 */
export function assertRoomForSet(sets: number): void {
  const why = whyFull(sets);
  if (why !== undefined) throw refuseFurtherSet('set-not-beside', why);
}

const whyFull = (sets: number): string | undefined =>
  sets < VERSION_SETS ? undefined : `the key version has ${sets} sets already`;

/** As people tell names apart. */
const asName = (label: string) => label.trim().toLowerCase();

function whyNotBeside(
  next: Manifest,
  present: ManifestDocument,
  others: readonly ManifestDocument[],
): string | undefined {
  const { body: vouching, digest } = present;
  if (next.previous !== digest) return 'it names another set as the one that vouches for it';
  if (next.generation !== 1) return 'it is not the first generation of a set';
  if (next.refreshed !== undefined) return 'a refresh made it';
  const differs = firstDifference(next, vouching);
  if (differs !== undefined) return differs;
  const version = [present, ...others]
    .map(({ body }) => body)
    .filter(({ keyVersion }) => keyVersion === next.keyVersion);
  const full = whyFull(version.length);
  if (full !== undefined) return full;
  const keys = shareKeys(next);
  for (const { setId, label, shares } of version) {
    if (next.setId === setId) return 'it is a set that is in force';
    if (asName(next.label) === asName(label)) return 'another set has its name';
    if (shares.some(({ publicKey }) => keys.has(publicKey))) {
      return 'one of its shares is that of another set';
    }
  }
  return undefined;
}
