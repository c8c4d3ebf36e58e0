/**
 * The platform key of a ceremony that opens something with it: restored from the shares that were
 * given and the package's vault component, checked, lent for one piece of work, and wiped.
 * @module
 */
import { xorComponents } from '../../shared/checktick/index.ts';
import { wipingAfter, type Secret } from '../../shared/secret/secret.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { refuseWorker } from './refusals.ts';
import { withShares } from './shares.ts';
import type { WorkerState } from './state.ts';

/** Lends the platform key, restored and checked, and wipes it afterwards. */
export type Restored = <T>(work: (platformKey: Uint8Array) => Promise<T> | T) => Promise<T>;

/**
 * What the shares give that were accepted, proved by its check value. The caller wipes it.
 * @throws Refusal `too-few-shares`, `shares-do-not-fit`
 */
export function restoreCustodianComponent(
  state: WorkerState,
  { componentId, checks }: Manifest,
): Promise<Uint8Array> {
  return withShares([...state.accepted.values()], (shares) =>
    combineShares(shares, {
      what: 'custodian-component',
      componentId,
      checkValue: checks.custodianComponent,
    }),
  );
}

/**
 * @throws Refusal `too-few-shares`, `shares-do-not-fit`, `platform-key-wrong`, `escrow-key-differs`, and
 *   those of `work`
 */
export async function withPlatformKey<T>(
  state: WorkerState,
  opened: { readonly vaultComponent: Secret },
  manifest: Manifest,
  work: (platformKey: Uint8Array) => Promise<T> | T,
): Promise<T> {
  const { componentId, checks } = manifest;
  const custodianComponent = await restoreCustodianComponent(state, manifest);
  const platformKey = await wipingAfter([custodianComponent], () =>
    opened.vaultComponent.use((half) => xorComponents(half, custodianComponent)),
  );
  return wipingAfter([platformKey], async () => {
    if (!checkValueFits('platform-key', platformKey, componentId, checks.platformKey)) {
      throw refuseWorker('platform-key-wrong');
    }
    await requireEscrowKey(platformKey, manifest);
    return work(platformKey);
  });
}

/**
 * What survey keys are sealed to is what this platform key opens. A manifest from before there were
 * escrow keys names none.
 * @throws Refusal `escrow-key-differs`
 */
async function requireEscrowKey(
  platformKey: Uint8Array,
  { mode, keyVersion, escrowKey }: Manifest,
): Promise<void> {
  if (escrowKey === undefined) return;
  if ((await escrowPublicKey(platformKey, { mode, keyVersion })) !== escrowKey) {
    throw refuseWorker('escrow-key-differs', keyVersion);
  }
}

/**
 * Refuses a vault component that is not the one of this set, before the first share is asked for.
 * Wipes it then.
 * @throws Refusal `package-component-wrong`
 */
export function requireComponent(
  vaultComponent: Uint8Array,
  { componentBytes, componentId, checks }: Manifest,
): void {
  const fits =
    vaultComponent.length === componentBytes &&
    checkValueFits('vault-component', vaultComponent, componentId, checks.vaultComponent);
  if (fits) return;
  vaultComponent.fill(0);
  throw refuseWorker('package-component-wrong');
}
