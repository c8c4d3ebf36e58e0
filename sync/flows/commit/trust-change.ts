/**
 * What commits that a set in force decides have in common: that set is trusted still, and of two that
 * change trust one waits for the other.
 * @module
 */
import { z } from 'zod';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { Ended } from '../bundles/commit-kind.ts';
import type { Situation } from '../../trust/context.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { type Trust, trustedSet } from '../../trust/trust.ts';

/**
 * The set that the bundle names is in force; whoever signed it speaks for the key version.
 * @throws Ended `no-trust`, `set-not-trusted`
 */
export function assertSetTrusted(
  trust: Trust | null,
  { keyVersion, manifestDigest }: { readonly keyVersion: string; readonly manifestDigest: string },
): asserts trust is Trust {
  if (trust === null) throw new Ended('refused', refuseFlow('no-trust'));
  if (trust.versions[keyVersion]?.includes(manifestDigest) !== true) {
    throw new Ended('refused', refuseFlow('set-not-trusted'));
  }
}

/**
 * The same set, and the roster beside it, are in force: of a commit that changes neither.
 * @throws Ended `no-trust`, `set-not-trusted`, `roster-not-trusted`
 */
export async function assertStillInForce(
  on: Queryable,
  { trust, installation }: Pick<Situation, 'trust' | 'installation'>,
  keyVersion: string,
  { manifestDigest, rosterDigest }: Pick<Bundle, 'manifestDigest' | 'rosterDigest'>,
): Promise<void> {
  assertSetTrusted(trust, { keyVersion, manifestDigest });
  const which = { manifest: manifestDigest };
  const { roster } = await trustedSet(on, trust, keyVersion, installation.mode, which);
  if (roster.digest !== rosterDigest) {
    throw new Ended('refused', refuseFlow('roster-not-trusted'));
  }
}

const epochRow = z.object({ epoch: columns.integer });

/** Of two commits that change trust, the second waits here and then finds the first one's value. */
export async function lockTrust(tx: Queryable): Promise<void> {
  await tx.one(epochRow, 'SELECT epoch FROM conclave.settings FOR UPDATE');
}
