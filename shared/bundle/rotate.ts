/**
 * The new share set in a bundle that renews or refreshes the shares of a key version, brings the next
 * version, or a further set of one: opening it, and whether it may follow the set in force. The same rules at the ceremony, at sync and
 * for the auditor.
 * @module
 */
import { decodeEnvelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { assertFollows, assertHoldersStay } from '../identity/roster-change.ts';
import { rosterType, verifyRoster, type RosterDocument } from '../identity/roster.ts';
import { refusals } from '../refusal.ts';
import { parseManifest, type Manifest, type ManifestDocument } from '../sharing/manifest.ts';
import type { FollowingSetBundle } from './bundle.ts';
import { assertSetJoins } from './add-set.ts';
import { assertRefreshFollows } from './refresh.ts';

export const refuseRotation = refusals({
  'set-not-next': (why: string) => ({
    happened: `The new share set does not follow the one in force: ${why}.`,
    means:
      'It was made from another set, or it was changed. The shares of before stay valid, and nothing is lost.',
    next: 'Do not commit it. Ask sync for a new package, and make the new shares from there.',
  }),
});

/** Bytes of a component of a platform key that Conclave makes. */
export const NEW_KEY_BYTES = 64;

/** A share set and the roster that it signed. */
export interface NewSet {
  readonly manifest: ManifestDocument;
  readonly roster: RosterDocument;
}

/**
 * The set that the bundle brings: signed by k of its own share keys, as is the roster with it, and
 * both named by their digests; of a refresh, with a statement of each. Whether it follows the set in
 * force, {@link assertNext} tells.
 * @throws Refusal `document-damaged` where the bundle names something else; of the parsers
 */
export function openNewSet(body: FollowingSetBundle): NewSet {
  const manifest = parseManifest(encodeJson(body.manifest), body.mode);
  const envelope = decodeEnvelope(encodeJson(body.roster), 'roster');
  const roster = verifyRoster(rosterType.parseEnvelope(envelope, body.mode), manifest.body);
  const fits =
    manifest.digest === body.newManifestDigest &&
    roster.digest === body.rosterDigest &&
    manifest.body.roster === roster.digest &&
    manifest.body.keyVersion === versionOf(body) &&
    manifest.body.ceremonyId === body.ceremonyId &&
    manifest.body.previous === body.manifestDigest &&
    isRefreshOf(body, manifest.body);
  if (!fits) throw refuseDocument('document-damaged', 'bundle');
  return { manifest, roster };
}

/** Whether the set comes from a refresh exactly where the bundle does, and from that one. */
function isRefreshOf(body: FollowingSetBundle, { refreshed }: Manifest): boolean {
  return body.kind === 'refresh'
    ? refreshed?.nonce === body.nonce && refreshed.operator === body.operator
    : refreshed === undefined;
}

/** Of the set that the bundle brings. */
function versionOf(body: FollowingSetBundle): string {
  return body.kind === 'new-version' ? body.nextVersion : body.keyVersion;
}

/**
 * Whether the set may take the place of the one in force, and of all other sets of its version.
 * @param present the set in force
 * @param roster the roster in force; null: not known here, so that only the sets are compared
 * @param others all further sets that are trusted: the shares of those of other versions stay in use
 * @throws Refusal `set-not-next`; of {@link assertFollows} and {@link assertHoldersStay}
 */
export function assertSetFollows(
  next: NewSet,
  present: ManifestDocument,
  roster: RosterDocument | null,
  others: readonly ManifestDocument[] = [],
): void {
  const why = whyNotNext(next.manifest.body, present);
  if (why !== undefined) throw refuseRotation('set-not-next', why);
  if (roster !== null) assertFollows(next.roster.body, roster, next.manifest.body);
  // Another component: no share of whatever set of this version opens anything afterwards.
  const { keyVersion } = next.manifest.body;
  assertHoldersStay(
    next.roster.body,
    others.filter(({ body }) => body.keyVersion !== keyVersion),
  );
}

/**
 * Whether the set may be the first of the next version, beside the one of the active version.
 * @param present the set of the active version
 * @param roster the roster in force; null: not known here, so that only the sets are compared
 * @param others all further sets that are trusted: their shares stay in use, too
 * @throws Refusal `set-not-next`; of {@link assertFollows} and {@link assertHoldersStay}
 */
export function assertVersionFollows(
  next: NewSet,
  present: ManifestDocument,
  roster: RosterDocument | null,
  others: readonly ManifestDocument[] = [],
): void {
  const why = whyNotNextVersion(next.manifest.body, present);
  if (why !== undefined) throw refuseRotation('set-not-next', why);
  if (roster !== null) assertFollows(next.roster.body, roster, next.manifest.body);
  assertHoldersStay(next.roster.body, [present, ...others]);
}

/** The rule for each kind of bundle that brings a set. */
export const assertNext = {
  'rotate-shares': assertSetFollows,
  'new-version': assertVersionFollows,
  refresh: assertRefreshFollows,
  'add-set': assertSetJoins,
} as const;

type Rule = readonly [holds: boolean, otherwise: string];

/** What makes a set another one, made after the one in force and for the same sync. */
function isNewSet(next: Manifest, { body: present, digest }: ManifestDocument): Rule[] {
  return [
    [next.previous === digest, 'it names another set before it'],
    [next.setId !== present.setId, 'it is the same set'],
    // The old shares would go on opening the platform key.
    [next.componentId !== present.componentId, 'its component is the same'],
    [next.generation === 1, 'it is not the first generation of a set'],
    [
      next.sync.audience === present.sync.audience &&
        next.sync.publicKey === present.sync.publicKey,
      'it answers to another sync',
    ],
  ];
}

const firstFault = (rules: readonly Rule[]) => rules.find(([holds]) => !holds)?.[1];

function whyNotNext(next: Manifest, before: ManifestDocument): string | undefined {
  const { body: present } = before;
  return firstFault([
    ...isNewSet(next, before),
    [next.keyVersion === present.keyVersion, 'it is for another key version'],
    [next.componentBytes === present.componentBytes, 'its components have another length'],
    // What was sealed to the key in force must go on opening.
    [
      present.escrowKey === undefined || next.escrowKey === present.escrowKey,
      'its escrow key is another one',
    ],
  ]);
}

function whyNotNextVersion(next: Manifest, before: ManifestDocument): string | undefined {
  const { body: present } = before;
  return firstFault([
    ...isNewSet(next, before),
    [next.keyVersion !== present.keyVersion, 'it is for the same key version'],
    [next.componentBytes === NEW_KEY_BYTES, 'its components have another length'],
    // A platform key of its own has one, and it is never that of another.
    [next.escrowKey !== undefined, 'it has no escrow key'],
    [next.escrowKey !== present.escrowKey, 'its escrow key is that of the version before'],
  ]);
}
