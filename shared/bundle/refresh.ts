/**
 * The refreshed shares of a set: whether they may take the place of those in force. The same rules at
 * the ceremony, at sync and for the auditor ([36](../../docs/decisions/0036-refresh.md)).
 * @module
 */
import {
  assertFollows,
  assertHoldersStay,
  isNamed,
  rosterChanges,
} from '../identity/roster-change.ts';
import type { RosterDocument } from '../identity/roster.ts';
import { refusals } from '../refusal.ts';
import type { Manifest, ManifestDocument } from '../sharing/manifest.ts';
import { verifyBefore } from '../sharing/refresh-statement.ts';
import { firstDifference, OF_THE_COMPONENT, type Kept } from '../sharing/same-component.ts';
import type { PackagedSet } from './packaged-set.ts';

export const refuseRefresh = refusals({
  'refresh-not-next': (why: string) => ({
    happened: `The refreshed shares do not follow those in force: ${why}.`,
    means:
      'They were made from another set, or they were changed. The shares of before stay valid, and nothing is lost.',
    next: 'Do not commit them. Ask sync for a new package, and refresh the shares from there.',
  }),
});

type Refreshed = Pick<PackagedSet, 'manifest' | 'roster'>;

/**
 * Whether the refreshed set may take the place of the one in force: the same set, one generation later,
 * with a statement of each share's old and new key, and the same people.
 * @param next verified by itself: see `openNewSet`
 * @param present the set in force
 * @param roster the roster in force; null: not known here, so that only the sets are compared
 * @param others all further sets that are trusted: their shares stay in use
 * @throws Refusal `refresh-not-next`; `signature-unknown`, `signature-wrong` of a statement; of
 *   `assertFollows` and `assertHoldersStay`
 */
export function assertRefreshFollows(
  next: Refreshed,
  present: ManifestDocument,
  roster: RosterDocument | null,
  others: readonly ManifestDocument[] = [],
): void {
  const why = whyNotNext(next, present);
  if (why !== undefined) throw refuseRefresh('refresh-not-next', why);
  // SECURITY: without these anybody could make a set of this name; k of them are a quorum's word.
  verifyBefore(next.manifest.body, present.body);
  if (roster !== null) {
    assertFollows(next.roster.body, roster, next.manifest.body);
    if (rosterChanges(roster.body.people, next.roster.body.people).length > 0) {
      throw refuseRefresh('refresh-not-next', 'its roster changes who takes part');
    }
  }
  assertHoldersStay(next.roster.body, [next.manifest, ...others]);
}

/** The places of the set before that end with it, because their share did not come. */
export function endedPlaces(next: Manifest, present: Manifest): Manifest['shares'] {
  const live = new Set(next.refreshed?.statements.map(({ index }) => index));
  return present.shares.filter(({ index }) => !live.has(index));
}

/** What a refresh leaves as it is. */
const KEPT: readonly Kept[] = [
  ['setId', 'it is another set'],
  ['label', 'it has another name'],
  ...OF_THE_COMPONENT,
  ['threshold', 'its threshold is another one'],
  ['policy', 'its rule for the media is another one'],
];

function whyNotNext({ manifest, roster }: Refreshed, before: ManifestDocument): string | undefined {
  const { body: next } = manifest;
  const { body: present, digest } = before;
  if (next.refreshed === undefined) return 'no refresh made it';
  if (next.previous !== digest) return 'it names another set before it';
  // Not simply the next number: one that an interrupted refresh used is never used again.
  if (next.generation <= present.generation) return 'it is no later generation';
  const changed = firstDifference(next, present, KEPT);
  if (changed !== undefined) return changed;
  // With k left, one more share that is lost would be the end of the key.
  if (next.count < present.count && next.count <= next.threshold) return 'too few shares live on';
  const known = new Set(present.shares.map(({ publicKey }) => publicKey));
  for (const [at, { x, publicKey, custodian }] of next.shares.entries()) {
    const was = present.shares[(next.refreshed.statements[at]?.index ?? 0) - 1];
    if (was?.x !== x) return 'a share has another coordinate';
    if (was.custodian.name !== custodian.name) return 'a share has another custodian';
    const person = roster.body.people.find(isNamed(custodian.name));
    if (person !== undefined && person.publicKey !== custodian.publicKey) {
      return 'a custodian has another personal key';
    }
    if (known.has(publicKey)) return 'a share is still the one of before';
  }
  return undefined;
}
