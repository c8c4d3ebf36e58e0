/**
 * Signatures of the same bytes do not change: what was verified once in this process is remembered
 * by a digest of every byte that decided it. Whether the result is still *trusted* is asked anew
 * each time, by the caller.
 * @module
 */
import { createHash } from 'node:crypto';

/** Remembers the newest results of `verify`; what it refuses is not remembered. */
export function verifiedOnce<T>(atMost = 16) {
  const before = new Map<string, T>();
  /** @param decidedBy everything that `verify` looks at, in a fixed order */
  return (decidedBy: readonly (Uint8Array | string)[], verify: () => T): T => {
    const hash = createHash('sha256');
    for (const part of decidedBy) hash.update(`${part.length}:`).update(part);
    const key = hash.digest('hex');
    const known = before.get(key);
    if (known !== undefined) return known;
    const verified = verify();
    if (before.size >= atMost) before.clear();
    before.set(key, verified);
    return verified;
  };
}
