/**
 * The escrow keys that sync trusts: what survey keys are sealed to.
 * @module
 */
import type { Installation } from '../database/settings.ts';
import { readInstallation } from '../database/settings.ts';
import type { FlowContext } from '../trust/context.ts';
import { refuseFlow } from '../trust/refusals.ts';
import { assertEpochsAgree, readTrust, trustedSet } from '../trust/trust.ts';
import { refuseStoring } from './refusals.ts';
import { activeVersion } from './rows.ts';

export interface TrustedKeys {
  readonly installation: Installation;
  /** Under which new survey keys are stored. */
  readonly active: string;
  /**
   * The escrow key of a key version, 1,216 bytes in base64.
   * @throws Refusal `no-trust`, `escrow-key-differs`, `escrow-key-none`
   */
  keyOf(keyVersion: string): Promise<string>;
}

/** @throws Refusal `no-trust`, `trust-epoch-mismatch`, `escrow-no-active-version` */
export async function trustedKeys({
  database,
  kv,
}: Pick<FlowContext, 'database' | 'kv'>): Promise<TrustedKeys> {
  const [installation, { trust }, active] = await Promise.all([
    readInstallation(database),
    readTrust(kv),
    activeVersion(database),
  ]);
  assertEpochsAgree(trust, installation);
  if (trust === null) throw refuseFlow('no-trust');
  if (active === undefined) throw refuseStoring('escrow-no-active-version');
  const found = new Map<string, string>();
  return {
    installation,
    active,
    async keyOf(keyVersion) {
      const known = found.get(keyVersion);
      if (known !== undefined) return known;
      const { manifest } = await trustedSet(database, trust, keyVersion, installation.mode, 'any');
      const { escrowKey } = manifest.body;
      if (escrowKey === undefined) throw refuseStoring('escrow-key-none', keyVersion);
      found.set(keyVersion, escrowKey);
      return escrowKey;
    },
  };
}
