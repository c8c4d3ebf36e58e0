/**
 * The two halves of a platform key, made anew: the worker's key from here on.
 * @module
 */
import { xorComponents } from '../../shared/checktick/index.ts';
import { Secret } from '../../shared/secret/secret.ts';
import { checkValue } from '../../shared/sharing/check-value.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import type { MadeKey, WorkerState } from './state.ts';

/**
 * Keeps this vault component and what completes it, and says openly what may be known of all three.
 * @param platformKey 16 to 64 bytes; the caller wipes it
 * @param vaultComponent as long, and random; taken over
 */
export async function keepHalves(
  state: WorkerState,
  { componentId, keyVersion }: Pick<MadeKey, 'componentId' | 'keyVersion'>,
  platformKey: Uint8Array,
  vaultComponent: Uint8Array,
): Promise<Omit<MadeKey, 'keyVersion'>> {
  const custodianComponent = xorComponents(platformKey, vaultComponent);
  const checks = {
    custodianComponent: checkValue('custodian-component', custodianComponent, componentId),
    vaultComponent: checkValue('vault-component', vaultComponent, componentId),
    platformKey: checkValue('platform-key', platformKey, componentId),
  };
  const escrowKey = await escrowPublicKey(platformKey, { mode: state.mode, keyVersion });
  state.key = { componentId, checks, keyVersion, escrowKey };
  state.vaultComponent = new Secret(vaultComponent);
  state.custodianComponent = new Secret(custodianComponent);
  return { componentId, checks, escrowKey };
}
