/**
 * Checking a share that was just written, before any manifest exists: against the split's own list
 * of public keys.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';
import { decodeShare } from '../../../shared/sharing/envelope.ts';
import { refuseShare } from '../../../shared/sharing/refusals.ts';
import { sharePublicKey } from '../../../shared/sharing/share-key.ts';
import type { SplitSet } from '../state.ts';

/**
 * Untrusted wire bytes to the public key of the share that was asked for.
 * @param wanted index of the share that is read back
 * @throws Refusal of shared/sharing/refusals.ts, naming the share that was shown instead
 */
export function checkReadBack(
  wire: Uint8Array,
  { mode, set, wanted }: { readonly mode: Mode; readonly set: SplitSet; readonly wanted: number },
): string {
  const share = decodeShare(wire);
  try {
    const { index, count } = share;
    if (share.mode !== mode) throw refuseShare('share-other-mode', share.mode, index, count);
    if (share.setId !== set.setId || share.generation !== set.generation) {
      throw refuseShare('share-of-another-set', index, count, share.setId, 'that is being made');
    }
    // Of a refresh there are only those whose custodians came.
    const facts = set.shares.find((one) => one.index === index);
    const publicKey = sharePublicKey(share);
    if (
      share.threshold !== set.threshold ||
      count !== set.count ||
      share.y.length !== set.componentBytes ||
      facts?.x !== share.x ||
      facts.publicKey !== publicKey
    ) {
      throw refuseShare('share-not-genuine', index, count);
    }
    if (index !== wanted) throw refuseShare('share-wrong-custodian', index, count, wanted);
    return publicKey;
  } finally {
    share.y.fill(0);
  }
}
