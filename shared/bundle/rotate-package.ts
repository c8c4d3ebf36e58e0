/**
 * The secret of a package for new shares: the vault component in force, sealed to the ticket.
 * @module
 */
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from './hpke.ts';
import { component, type RotatePackage } from './package.ts';

type RotatePublic = Omit<RotatePackage, 'sealed'>;

const secretSchema = z.tuple([z.literal(1), component]);

function sealContext(body: RotatePublic): SealContext {
  return {
    type: 'package-rotate-shares',
    version: 1,
    mode: body.mode,
    audience: body.audience,
    ceremony: body.ticketId,
    nonce: body.nonce,
  };
}

/**
 * Seals the vault component to the ticket's key and completes the body.
 * @param vaultComponent 16 to 64 bytes
 */
export async function sealRotatePackage(
  body: RotatePublic,
  ticketRecipient: string,
  vaultComponent: Uint8Array,
): Promise<RotatePackage> {
  const plaintext = encodeCbor([1, vaultComponent]);
  try {
    return { ...body, sealed: await sealTo(ticketRecipient, sealContext(body), body, plaintext) };
  } finally {
    plaintext.fill(0);
  }
}

/**
 * Opens the vault component with the ticket's private key. Wipe it.
 * @throws Refusal `sealed-not-openable`
 */
export async function openRotatePackage(
  body: RotatePackage,
  ticketPrivateKey: Uint8Array,
): Promise<Uint8Array> {
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(ticketPrivateKey, sealContext(body), publicPart, sealed);
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
