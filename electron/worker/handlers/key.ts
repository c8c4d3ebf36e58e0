/**
 * A new platform key: made, split, proved from the media, and its Vault half sealed.
 * @module
 */
import type { SetupBundle } from '../../../shared/bundle/bundle.ts';
import { sealBundle } from '../../../shared/bundle/bundle-secret.ts';
import { xorComponents } from '../../../shared/checktick/index.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { randomChoice } from '../../../shared/secret/random.ts';
import { wipingAfter, type Secret } from '../../../shared/secret/secret.ts';
import type { Mode } from '../../../shared/mode.ts';
import { checkValueFits } from '../../../shared/sharing/check-value.ts';
import { encodeShare } from '../../../shared/sharing/envelope.ts';
import { escrowPublicKey } from '../../../shared/sharing/escrow-key.ts';
import { sharePublicKey } from '../../../shared/sharing/share-key.ts';
import { combineShares, splitComponent } from '../../../shared/sharing/split.ts';
import { keepHalves } from '../new-halves.ts';
import { refuseWorker } from '../refusals.ts';
import { keepShare, withShares } from '../shares.ts';
import type { NewKey } from '../state.ts';
import type { Handler } from '../context.ts';

export const makeKey: Handler<'make-key'> = async (
  { componentBytes, keyVersion },
  { state, random },
) => {
  if (state.key !== null) throw refuseWorker('worker-out-of-order', 'a ceremony without a key');
  const componentId = bytesToHex(random(16));
  const platformKey = random(componentBytes);
  const vaultComponent = random(componentBytes);
  // From here on only the halves exist, and soon only one of them.
  return wipingAfter([platformKey], () =>
    keepHalves(state, { componentId, keyVersion }, platformKey, vaultComponent),
  );
};

export const split: Handler<'split'> = async (plan, { state }) => {
  const { custodianComponent } = state;
  if (custodianComponent === null) throw refuseWorker('worker-out-of-order', 'a new platform key');
  const shares = await custodianComponent.use((component) =>
    splitComponent(component, { ...plan, mode: state.mode }),
  );
  try {
    const facts = shares.map((share) => {
      const wire = encodeShare(share);
      keepShare(state.generated, share.index, wire);
      wire.fill(0);
      return { index: share.index, x: share.x, publicKey: sharePublicKey(share) };
    });
    state.set = { ...plan, componentBytes: custodianComponent.length, shares: facts };
    return { shares: facts };
  } finally {
    for (const { y } of shares) y.fill(0);
    custodianComponent.wipe();
    state.custodianComponent = null;
  }
};

export const proveQuorum: Handler<'prove-quorum'> = async ({ threshold }, { state, random }) => {
  const { key, readBack } = state;
  const set = state.needSet();
  if (key === null || threshold !== set.threshold) {
    throw refuseWorker('worker-out-of-order', `a quorum of ${set.threshold} shares`);
  }
  if (!state.quorumProved) {
    const missing = set.shares.map(({ index }) => index).filter((index) => !readBack.has(index));
    if (missing.length > 0) throw refuseWorker('not-all-read-back', missing, set.count);
  }
  const chosen = randomChoice([...readBack.keys()], threshold, random).sort((a, b) => a - b);
  const wires = [...readBack].filter(([index]) => chosen.includes(index)).map(([, wire]) => wire);
  const component = await withShares(wires, (shares) =>
    combineShares(shares, {
      what: 'custodian-component',
      componentId: key.componentId,
      checkValue: key.checks.custodianComponent,
    }),
  );
  try {
    // Together with the Vault half it is the platform key that the checks were made of.
    if (state.vaultComponent !== null) {
      await requirePlatformKey(component, state.vaultComponent, key, state.mode);
    }
  } finally {
    component.fill(0);
  }
  for (const [index, wire] of readBack) {
    if (chosen.includes(index)) continue;
    wire.wipe();
    readBack.delete(index);
  }
  state.quorumProved = true;
  return { indexes: chosen };
};

/** Of the media alone: the platform key, and the escrow key that survey keys will be sealed to. */
async function requirePlatformKey(
  component: Uint8Array,
  vaultComponent: Secret,
  { componentId, checks, keyVersion, escrowKey }: NewKey,
  mode: Mode,
): Promise<void> {
  const platformKey = vaultComponent.use((half) => xorComponents(component, half));
  try {
    if (!checkValueFits('platform-key', platformKey, componentId, checks.platformKey)) {
      throw refuseWorker('platform-key-wrong');
    }
    if ((await escrowPublicKey(platformKey, { mode, keyVersion })) !== escrowKey) {
      throw refuseWorker('escrow-key-wrong');
    }
  } finally {
    platformKey.fill(0);
  }
}

export const sealSetup: Handler<'seal-setup'> = async ({ body, recipient }, { state }) => {
  const { vaultComponent } = state;
  if (vaultComponent === null || !state.quorumProved) {
    throw refuseWorker('worker-out-of-order', 'a proved quorum and the new Vault component');
  }
  const sealed = await vaultComponent.use((half) => sealBundle<SetupBundle>(body, recipient, half));
  vaultComponent.wipe();
  state.vaultComponent = null;
  return { body: sealed };
};
