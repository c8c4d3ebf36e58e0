/**
 * An adoption in which no stored survey key opened: the owner of an organisation types its passphrase,
 * and what the organisation keeps opens with the right platform key.
 * @module
 */
import { organisationKeyInWords } from '../../../shared/bundle/adopt.ts';
import type { LegacyProof } from '../../../shared/ceremony/types.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { askPassphrase } from '../asking.ts';
import { keysOf, ownersKeysOf, requireCandidates, tryOnOrganisations } from '../legacy-proof.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from '../context.ts';

export const proveByOwner: Handler<'prove-by-owner'> = async ({ owner }, context) => {
  const adoption = context.state.needAdoption();
  const { found, version, proved } = adoption;
  const keys = ownersKeysOf(found, version);
  if (keys.length === 0) throw refuseWorker('worker-out-of-order', 'what an organisation keeps');
  requireCandidates(adoption);
  // SECURITY: what is said of stored survey keys is what they did: they are tried before this.
  const unopened = keysOf(found, version).length === 0 ? [] : adoption.unopened;
  if (unopened === null || proved?.by === 'escrow') {
    throw refuseWorker('worker-out-of-order', 'stored survey keys of which none opened');
  }
  proved?.component.wipe();
  adoption.proved = null;
  const opens = `the stored key of ${keys.map(organisationKeyInWords).join(', or of ')}`;
  const asked = { person: owner, opens, organisation: true } as const;
  const { value, passphrase } = await askPassphrase(context.entry(), asked, async (typed) => {
    const opened = await tryOnOrganisations(adoption, typed).catch((error: unknown) => {
      // SECURITY: two keys opened something, so nobody's word is enough for one of them.
      if (error instanceof Refusal && error.code === 'adopt-two-keys') adoption.contradicts = true;
      throw error;
    });
    if (opened === null) throw refuseWorker('owner-opens-nothing');
    return opened;
  });
  passphrase.wipe();
  const { component, place, wrong, opened } = value;
  adoption.proved = { by: 'organisation', place, component };
  const organisation: LegacyProof['organisation'] = { owner, opened };
  return { opened: [], unopened, organisation, place, wrong };
};
