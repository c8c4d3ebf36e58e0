/**
 * The secret of a package for new shares, for a new platform key or for survey keys that move: the
 * vault component of the version whose shares are given, sealed to the ticket.
 * @module
 */
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import type { MovePackage, NewVersionPackage, RotatePackage } from './package.ts';
import { component } from './sealed-fields.ts';

/** Packages that bring a vault component, and nothing else. */
type ComponentPackage = RotatePackage | NewVersionPackage | MovePackage;
type Public =
  Omit<RotatePackage, 'sealed'> | Omit<NewVersionPackage, 'sealed'> | Omit<MovePackage, 'sealed'>;

const secretSchema = z.tuple([z.literal(1), component]);

function sealContext(body: Public): SealContext {
  return {
    type: `package-${body.kind}`,
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
export async function sealRotatePackage<Body extends Public>(
  body: Body,
  ticketRecipient: string,
  vaultComponent: Uint8Array,
): Promise<Body & Pick<ComponentPackage, 'sealed'>> {
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
  body: ComponentPackage,
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
