/**
 * To what the survey keys of a package are sealed: the escrow key of the version they move to, from
 * the manifest that the package brings.
 * @module
 */
import { refuseDocument } from '../encoding/refusals-documents.ts';
import type { Move } from '../escrow/move.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import type { MovePackage } from './package.ts';
import type { PackagedSet } from './packaged-set.ts';

export interface MoveTarget {
  readonly move: Move;
  /** The set of the version they move to: whose eight words people compare. */
  readonly manifest: ManifestDocument;
}

/**
 * @param body a package whose signature was verified
 * @param set its manifests and roster, verified
 * @throws Refusal `document-damaged` where none of them has an escrow key of the version they move to
 */
export function moveTarget(
  { mode, audience, keyVersion: from, movesTo: to }: MovePackage,
  { manifest: own, others }: PackagedSet,
): MoveTarget {
  const manifest = others.find(({ body }) => body.keyVersion === to);
  const escrowKey = manifest?.body.escrowKey;
  if (manifest === undefined || escrowKey === undefined || own.body.keyVersion !== from) {
    throw refuseDocument('document-damaged', 'package');
  }
  return { move: { mode, audience, from, to, escrowKey }, manifest };
}
