/**
 * New halves for the platform key in use, or a new platform key beside it: the package's vault component
 * is compared, the key in use is restored from the shares that were given, and proved. Then it is split
 * between a new random vault component and what completes it; or it is wiped, and another one is made.
 * The new half is sealed to sync.
 * @module
 */
import type { NewSetBundle } from '../../../shared/bundle/bundle.ts';
import { sealBundle } from '../../../shared/bundle/bundle-secret.ts';
import { openRotatePackage } from '../../../shared/bundle/rotate-package.ts';
import type { RenewedKey } from '../../../shared/ceremony/types.ts';
import { bytesToHex, equalBytes } from '../../../shared/encoding/bytes.ts';
import { Secret, wipingAfter } from '../../../shared/secret/secret.ts';
import { checkValueFits } from '../../../shared/sharing/check-value.ts';
import { keepHalves } from '../new-halves.ts';
import { requireComponent, withPlatformKey } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import type { OpenRotation } from '../opened.ts';
import type { WorkerState } from '../state.ts';
import type { Handler } from '../context.ts';
import { askTicketKey } from './ticket.ts';

export const openRotationPackage: Handler<'open-rotate-package'> = async (input, context) => {
  const { body, manifest } = input;
  const { state } = context;
  const privateKey = await askTicketKey(body.ticketId, input, context);
  const vaultComponent = await wipingAfter([privateKey], () => openRotatePackage(body, privateKey));
  requireComponent(vaultComponent, manifest);
  state.rotation?.vaultComponent.wipe();
  state.rotation = { nonce: body.nonce, vaultComponent: new Secret(vaultComponent) };
  return { fits: true };
};

export const renewKey: Handler<'renew-key'> = ({ nonce, manifest }, { state, random }) =>
  once(state, nonce, async (rotation) => {
    const { keyVersion, componentBytes } = manifest;
    return withPlatformKey(state, rotation, manifest, async (platformKey) => {
      const componentId = bytesToHex(random(16));
      const vaultComponent = random(componentBytes);
      // With the half in use the old shares would go on opening the key.
      const isOld = rotation.vaultComponent.use((half) => equalBytes(half, vaultComponent));
      if (isOld) throw refuseWorker('component-repeated');
      const of = { componentId, keyVersion };
      return { componentBytes, ...(await keepHalves(state, of, platformKey, vaultComponent)) };
    });
  });

/** The two platform keys are never here together: the one in use is proved and wiped first. */
export const makeNextKey: Handler<'make-next-key'> = (
  { nonce, manifest, keyVersion, componentBytes },
  { state, random },
) =>
  once(state, nonce, async (rotation) => {
    await withPlatformKey(state, rotation, manifest, () => undefined);
    rotation.vaultComponent.wipe();
    state.rotation = null;
    const componentId = bytesToHex(random(16));
    const platformKey = random(componentBytes);
    const vaultComponent = random(componentBytes);
    return wipingAfter([platformKey], async () => {
      const { checks } = manifest;
      const isOld =
        checkValueFits('platform-key', platformKey, manifest.componentId, checks.platformKey) ||
        checkValueFits(
          'vault-component',
          vaultComponent,
          manifest.componentId,
          checks.vaultComponent,
        );
      if (isOld) throw refuseWorker('component-repeated');
      const of = { componentId, keyVersion };
      return { componentBytes, ...(await keepHalves(state, of, platformKey, vaultComponent)) };
    });
  });

/** Main may ask again for what it could not write down; the package's secret is gone by then. */
async function once(
  state: WorkerState,
  nonce: string,
  make: (rotation: OpenRotation) => Promise<Omit<RenewedKey, 'indexes'>>,
): Promise<RenewedKey> {
  if (state.renewed?.nonce === nonce) return state.renewed.answer;
  const { rotation, key } = state;
  if (rotation === null || rotation.nonce !== nonce) throw refuseWorker('package-not-open');
  if (key !== null) throw refuseWorker('worker-out-of-order', 'a ceremony without a key');
  const made = await make(rotation);
  const indexes = [...state.accepted.keys()].sort((a, b) => a - b);
  const answer = { indexes, ...made };
  rotation.vaultComponent.wipe();
  state.rotation = null;
  state.renewed = { nonce, answer };
  return answer;
}

export const sealRotation: Handler<'seal-rotate'> = async ({ body, recipient }, { state }) => {
  const { vaultComponent } = state;
  if (vaultComponent === null || !state.quorumProved) {
    throw refuseWorker('worker-out-of-order', 'a proved quorum and the new Vault component');
  }
  const sealed = await vaultComponent.use((half) =>
    sealBundle<NewSetBundle>(body, recipient, half),
  );
  vaultComponent.wipe();
  state.vaultComponent = null;
  return { body: sealed };
};
