/**
 * New halves for the platform key in use: the package's vault component is compared, the key is
 * restored from the shares that were given and proved, and split between a new random vault component
 * and what completes it. The new half is sealed to sync.
 * @module
 */
import { sealBundle, type RotateBundle } from '../../../shared/bundle/bundle.ts';
import { openRotatePackage } from '../../../shared/bundle/rotate-package.ts';
import { xorComponents } from '../../../shared/checktick/index.ts';
import { bytesToHex, equalBytes } from '../../../shared/encoding/bytes.ts';
import { Secret, wipingAfter } from '../../../shared/secret/secret.ts';
import { checkValue } from '../../../shared/sharing/check-value.ts';
import { escrowPublicKey } from '../../../shared/sharing/escrow-key.ts';
import { requireComponent, withPlatformKey } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from './context.ts';
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

export const renewKey: Handler<'renew-key'> = async ({ nonce, manifest }, { state, random }) => {
  if (state.renewed?.nonce === nonce) return state.renewed.answer;
  const { rotation, key } = state;
  if (rotation === null || rotation.nonce !== nonce) throw refuseWorker('package-not-open');
  if (key !== null) throw refuseWorker('worker-out-of-order', 'a ceremony without a key');
  const { mode, keyVersion, componentBytes } = manifest;
  const answer = await withPlatformKey(state, rotation, manifest, async (platformKey) => {
    const componentId = bytesToHex(random(16));
    const vaultComponent = random(componentBytes);
    // With the half in use the old shares would go on opening the key.
    const isOld = rotation.vaultComponent.use((half) => equalBytes(half, vaultComponent));
    if (isOld) throw refuseWorker('component-repeated');
    const custodianComponent = xorComponents(platformKey, vaultComponent);
    const checks = {
      custodianComponent: checkValue('custodian-component', custodianComponent, componentId),
      vaultComponent: checkValue('vault-component', vaultComponent, componentId),
      platformKey: checkValue('platform-key', platformKey, componentId),
    };
    const escrowKey = await escrowPublicKey(platformKey, { mode, keyVersion });
    state.key = { componentId, checks, keyVersion, escrowKey };
    state.vaultComponent = new Secret(vaultComponent);
    state.custodianComponent = new Secret(custodianComponent);
    const indexes = [...state.accepted.keys()].sort((a, b) => a - b);
    return { indexes, componentId, componentBytes, checks, escrowKey };
  });
  rotation.vaultComponent.wipe();
  state.rotation = null;
  state.renewed = { nonce, answer };
  return answer;
};

export const sealRotation: Handler<'seal-rotate'> = async ({ body, recipient }, { state }) => {
  const { vaultComponent } = state;
  if (vaultComponent === null || !state.quorumProved) {
    throw refuseWorker('worker-out-of-order', 'a proved quorum and the new Vault component');
  }
  const sealed = await vaultComponent.use((half) =>
    sealBundle<RotateBundle>(body, recipient, half),
  );
  vaultComponent.wipe();
  state.vaultComponent = null;
  return { body: sealed };
};
