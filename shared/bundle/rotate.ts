/**
 * The new share set in a bundle that renews the shares of a key version: opening it, and whether it
 * may take the place of the set in force. The same rules at the ceremony, at sync and for the auditor.
 * @module
 */
import { decodeEnvelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { assertFollows } from '../identity/roster-change.ts';
import { rosterType, verifyRoster, type RosterDocument } from '../identity/roster.ts';
import { refusals } from '../refusal.ts';
import { parseManifest, type Manifest, type ManifestDocument } from '../sharing/manifest.ts';
import type { RotateBundle } from './bundle.ts';

export const refuseRotation = refusals({
  'set-not-next': (why: string) => ({
    happened: `The new share set does not follow the one in force: ${why}.`,
    means:
      'It was made from another set, or it was changed. The shares of before stay valid, and nothing is lost.',
    next: 'Do not commit it. Ask sync for a new package, and make the new shares from there.',
  }),
});

/** A share set and the roster that it signed. */
export interface NewSet {
  readonly manifest: ManifestDocument;
  readonly roster: RosterDocument;
}

/**
 * The set that the bundle brings: signed by k of its own share keys, as is the roster with it, and
 * both named by their digests. Whether it follows the set in force, {@link assertSetFollows} tells.
 * @throws Refusal `document-damaged` where the bundle names something else; of the parsers
 */
export function openNewSet(body: RotateBundle): NewSet {
  const manifest = parseManifest(encodeJson(body.manifest), body.mode);
  const envelope = decodeEnvelope(encodeJson(body.roster), 'roster');
  const roster = verifyRoster(rosterType.parseEnvelope(envelope, body.mode), manifest.body);
  const fits =
    manifest.digest === body.newManifestDigest &&
    roster.digest === body.rosterDigest &&
    manifest.body.roster === roster.digest &&
    manifest.body.keyVersion === body.keyVersion &&
    manifest.body.ceremonyId === body.ceremonyId &&
    manifest.body.previous === body.manifestDigest;
  if (!fits) throw refuseDocument('document-damaged', 'bundle');
  return { manifest, roster };
}

/**
 * @param present the set in force
 * @param roster the roster in force; null: not known here, so that only the sets are compared
 * @throws Refusal `set-not-next`; of {@link assertFollows}
 */
export function assertSetFollows(
  next: NewSet,
  present: ManifestDocument,
  roster: RosterDocument | null,
): void {
  const why = whyNotNext(next.manifest.body, present);
  if (why !== undefined) throw refuseRotation('set-not-next', why);
  if (roster !== null) assertFollows(next.roster.body, roster, next.manifest.body);
}

function whyNotNext(next: Manifest, { body: present, digest }: ManifestDocument) {
  const holds: readonly (readonly [boolean, string])[] = [
    [next.previous === digest, 'it names another set before it'],
    [next.keyVersion === present.keyVersion, 'it is for another key version'],
    [next.setId !== present.setId, 'it is the same set'],
    // The old shares would go on opening the platform key.
    [next.componentId !== present.componentId, 'its component is the same'],
    [next.componentBytes === present.componentBytes, 'its components have another length'],
    [next.generation === 1, 'it is not the first generation of a set'],
    [
      next.sync.audience === present.sync.audience &&
        next.sync.publicKey === present.sync.publicKey,
      'it answers to another sync',
    ],
    // What was sealed to the key in force must go on opening.
    [
      present.escrowKey === undefined || next.escrowKey === present.escrowKey,
      'its escrow key is another one',
    ],
  ];
  return holds.find(([isSo]) => !isSo)?.[1];
}
