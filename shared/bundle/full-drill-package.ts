/**
 * The secret of a package for a full drill: the vault component in force, sealed to the ticket.
 * @module
 */
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import type { FullDrillPackaged } from './full-drill.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import type { DrillPackage, FullDrillPackage } from './package.ts';
import { component } from './sealed-fields.ts';

/** The package without its secret. */
type Public = Omit<DrillPackage, 'full'> & { readonly full: Omit<FullDrillPackaged, 'sealed'> };

const secretSchema = z.tuple([z.literal(1), component]);

function sealContext({ mode, audience, nonce, full: { ticketId } }: Public): SealContext {
  return { type: 'package-drill', version: 1, mode, audience, ceremony: ticketId, nonce };
}

/**
 * Seals the vault component to the ticket's key and completes the body.
 * @param vaultComponent 16 to 64 bytes
 */
export async function sealFullDrillPackage(
  body: Public,
  ticketRecipient: string,
  vaultComponent: Uint8Array,
): Promise<FullDrillPackage> {
  const plaintext = encodeCbor([1, vaultComponent]);
  try {
    const sealed = await sealTo(ticketRecipient, sealContext(body), body, plaintext);
    return { ...body, full: { ...body.full, sealed } };
  } finally {
    plaintext.fill(0);
  }
}

/**
 * Opens the vault component with the ticket's private key. Wipe it.
 * @throws Refusal `sealed-not-openable`
 */
export async function openFullDrillPackage(
  body: FullDrillPackage,
  ticketPrivateKey: Uint8Array,
): Promise<Uint8Array> {
  const { sealed, ...full } = body.full;
  const open = { ...body, full };
  const plaintext = await openSealed(ticketPrivateKey, sealContext(open), open, sealed);
  try {
    const [, bytes] = orRefuse(
      () => secretSchema.parse(decodeCbor(plaintext)),
      () => refuseSealed('sealed-not-openable', 'package'),
    );
    const copy = bytes.slice();
    bytes.fill(0);
    return copy;
  } finally {
    plaintext.fill(0);
  }
}
