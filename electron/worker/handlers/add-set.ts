/**
 * Another share set of the platform key in use: the custodian component is put together from the shares
 * that were given, proved by its check value, and kept to be split once more. The platform key is never
 * restored: nothing of Vault is here.
 * @module
 */
import { Secret } from '../../../shared/secret/secret.ts';
import { restoreCustodianComponent } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from '../context.ts';

export const restoreComponent: Handler<'restore-component'> = async (
  { nonce, manifest },
  { state },
) => {
  // Asked again: main could not write down what came out.
  if (state.renewed?.nonce === nonce) return state.renewed.answer;
  if (state.key !== null) throw refuseWorker('worker-out-of-order', 'a ceremony without a key');
  const component = await restoreCustodianComponent(state, manifest);
  const { componentId, checks, keyVersion, escrowKey = null } = manifest;
  state.key = { componentId, checks, keyVersion, escrowKey };
  state.custodianComponent = new Secret(component);
  const indexes = [...state.accepted.keys()].sort((a, b) => a - b);
  const componentBytes = component.length;
  const answer = { indexes, componentId, componentBytes, checks, escrowKey };
  state.renewed = { nonce, answer };
  return answer;
};
