/**
 * What a share set says of its escrow key, for people.
 * @module
 */
import { escrowKeyDigest } from '../../shared/sharing/escrow-key.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';

/** Label and value: its SHA-256. */
export function escrowKeyFact({ escrowKey }: Pick<Manifest, 'escrowKey'>): [string, string] {
  return [
    'escrow key',
    escrowKey === undefined
      ? 'none: it was made before there were any'
      : escrowKeyDigest(escrowKey),
  ];
}
