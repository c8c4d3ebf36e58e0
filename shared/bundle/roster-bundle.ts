/**
 * Making and opening the roster in a roster bundle.
 * @module
 */
import { decodeEnvelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { assertFollows, assertHoldersStay } from '../identity/roster-change.ts';
import { rosterType, verifyRoster, type RosterDocument } from '../identity/roster.ts';
import type { Manifest, ManifestDocument } from '../sharing/manifest.ts';
import type { RosterBundle } from './bundle.ts';

/**
 * The new roster: signed by k share keys of the set, named by its digest, following the present
 * one. Refuses `document-damaged` where the bundle names another one, and what
 * {@link assertFollows} refuses.
 * @param present the roster in force; null: not known here, so that only the signatures are judged
 * @param others all further sets that are trusted: whoever holds a share of one stays
 */
export function openNewRoster(
  body: RosterBundle,
  manifest: Manifest,
  present: RosterDocument | null,
  others: readonly ManifestDocument[] = [],
): RosterDocument {
  const envelope = decodeEnvelope(encodeJson(body.roster), 'roster');
  const roster = verifyRoster(rosterType.parseEnvelope(envelope, body.mode), manifest);
  if (roster.digest !== body.rosterDigest || manifest.keyVersion !== body.keyVersion) {
    throw refuseDocument('document-damaged', 'bundle');
  }
  if (present !== null) assertFollows(roster.body, present, manifest);
  assertHoldersStay(roster.body, others);
  return roster;
}
