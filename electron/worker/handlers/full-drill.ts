/**
 * A full drill: the package's vault component is compared; once enough shares were accepted they give
 * the platform key, which opens the test escrow. Its key signs the nonce. Then all of it is wiped.
 * @module
 */
import { openFullDrillPackage } from '../../../shared/bundle/full-drill-package.ts';
import { openTestEscrow, signFullDrill } from '../../../shared/bundle/full-drill.ts';
import { Secret, wipingAfter } from '../../../shared/secret/secret.ts';
import { escrowPrivateKey } from '../../../shared/sharing/escrow-key.ts';
import { requireComponent, withPlatformKey } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from '../context.ts';
import { askTicketKey } from './ticket.ts';

export const openDrillPackage: Handler<'open-drill-package'> = async (input, context) => {
  const { body, manifest } = input;
  const { state } = context;
  const privateKey = await askTicketKey(body.full.ticketId, input, context);
  const vaultComponent = await wipingAfter([privateKey], () =>
    openFullDrillPackage(body, privateKey),
  );
  requireComponent(vaultComponent, manifest);
  state.drill?.vaultComponent.wipe();
  state.drill = { nonce: body.nonce, vaultComponent: new Secret(vaultComponent) };
  return { fits: true };
};

export const openTestEscrowOf: Handler<'open-test-escrow'> = async (
  { body, manifest, ceremonyId },
  { state },
) => {
  const { nonce, mode, audience, keyVersion } = body;
  if (state.testOpened?.nonce === nonce) return state.testOpened.answer;
  const { drill } = state;
  if (drill === null || drill.nonce !== nonce) throw refuseWorker('package-not-open');
  const indexes = [...state.accepted.keys()].sort((a, b) => a - b);
  const signature = await withPlatformKey(state, drill, manifest, async (platformKey) => {
    const privateKey = escrowPrivateKey(platformKey, { mode, keyVersion });
    const { ticketId, proofKey, escrow } = body.full;
    const of = { mode, audience, nonce, keyVersion, ticketId, proofKey };
    const seed = await wipingAfter([privateKey], () => openTestEscrow(privateKey, of, escrow));
    const { setId, generation } = manifest;
    const said = { mode, audience, ceremonyId, nonce, setId, generation };
    return wipingAfter([seed], () => signFullDrill(seed, said));
  });
  state.endDrill();
  state.testOpened = { nonce, answer: { indexes, signature } };
  return state.testOpened.answer;
};
