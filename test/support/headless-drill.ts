/**
 * The package of a full drill, onto the travelling stick of a laptop without a window.
 * @module
 */
import type { Participant } from '../../scripts/rehearse/people.ts';
import { sealFullDrillPackage } from '../../shared/bundle/full-drill-package.ts';
import { makeTestEscrow } from '../../shared/bundle/full-drill.ts';
import { packageType, type FullDrillPackage } from '../../shared/bundle/package.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { makeTicket, packageFacts, type Laptop } from './headless-platform.ts';
import type { InForce } from './headless-rotate.ts';

/**
 * As sync makes it, sealed to a new ticket.
 * @param escrowKey another than the set's
 */
export async function carryFullDrill(
  laptop: Laptop,
  { manifest, roster, half }: InForce,
  escrowKey = manifest.body.escrowKey ?? '',
): Promise<{
  readonly body: FullDrillPackage;
  readonly pocket: Participant;
  /** Part of the package's name. */
  readonly name: string;
}> {
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'drill' });
  const { recipient: _, ...facts } = packageFacts(laptop, 1);
  const { ticketId, recipient } = ticket.body;
  const { mode, audience, nonce } = facts;
  const seed = randomBytes(32);
  const bound = { mode, audience, nonce, keyVersion: 'v1', ticketId };
  const body = await sealFullDrillPackage(
    {
      ...facts,
      kind: 'drill',
      keyVersion: 'v1',
      manifest: envelopeToJson(manifest.envelope),
      roster: envelopeToJson(roster.envelope),
      full: {
        ticketId,
        ticketDigest: ticket.digest,
        ...(await makeTestEscrow(bound, escrowKey, seed)),
      },
    },
    recipient,
    half,
  );
  const document = await packageType.sign(body, [laptop.sync.signer]);
  const name = await laptop.carry('package', document.digest, packageType.toBytes(document));
  return { body, pocket, name };
}
