/**
 * The share set and the roster in force, as a package brings them.
 * @module
 */
import { envelopeToJson } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import {
  rosterType,
  setThatSigned,
  verifyRoster,
  type RosterDocument,
} from '../identity/roster.ts';
import type { Mode } from '../mode.ts';
import { parseManifest, type ManifestDocument } from '../sharing/manifest.ts';
import { firstDifference } from '../sharing/same-component.ts';
import type { PackageWithSet } from './package.ts';

export interface PackagedSet {
  readonly manifest: ManifestDocument;
  readonly roster: RosterDocument;
  /** All further sets that are trusted, of this key version and of others; whoever holds a share of one stays in the roster. */
  readonly others: readonly ManifestDocument[];
}

/** The same as documents' bytes. */
export interface SetBytes {
  readonly manifest: Uint8Array;
  readonly roster: Uint8Array;
  readonly others: readonly Uint8Array[];
}

/** As the package brings it. */
export function setBytes({
  manifest,
  roster,
  others = [],
}: Pick<PackageWithSet, 'manifest' | 'roster' | 'others'>): SetBytes {
  return {
    manifest: encodeJson(manifest),
    roster: encodeJson(roster),
    others: others.map(encodeJson),
  };
}

/** The other way round. */
export function packagedParts({ manifest, roster, others }: PackagedSet) {
  return {
    manifest: envelopeToJson(manifest.envelope),
    roster: envelopeToJson(roster.envelope),
    ...(others.length === 0
      ? {}
      : { others: others.map(({ envelope }) => envelopeToJson(envelope)) }),
  };
}

/**
 * Verified, each by itself: the roster by that one of the sets that signed it. Whether they are the
 * trusted ones is the caller's matter.
 * @throws Refusal of the parsers; `document-damaged` where two sets of one key version are not different
 *   splits of the same component
 */
export function verifyPackagedSet(bytes: SetBytes, mode: Mode): PackagedSet {
  const own = parseManifest(bytes.manifest, mode);
  const others = bytes.others.map((one) => parseManifest(one, mode));
  const all = [own, ...others];
  if (!all.every(isBeside)) throw refuseDocument('document-damaged', 'package');
  const document = rosterType.parse(bytes.roster, mode);
  const { body } = setThatSigned(document, all) ?? own;
  return { manifest: own, roster: verifyRoster(document, body), others };
}

/** Whether it fits beside those before it: a set of its own, and of the same component within a version. */
function isBeside({ body }: ManifestDocument, at: number, all: readonly ManifestDocument[]) {
  return all
    .slice(0, at)
    .every(
      ({ body: other }) =>
        other.setId !== body.setId &&
        (other.keyVersion !== body.keyVersion || firstDifference(body, other) === undefined),
    );
}
