/**
 * The secret of a bundle, sealed to its package's one-time key and bound to everything else that it says.
 * @module
 */
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import type { Bundle, SealedBundle } from './bundle.ts';

/** What a bundle carries in secret: the new vault component, or the one KEK. */
export type BundleSecret = Uint8Array;

type Public<B extends SealedBundle> = Omit<B, 'sealed'>;

function sealContext(body: Public<SealedBundle>): SealContext {
  return {
    type: `bundle-${body.kind}`,
    version: 1,
    mode: body.mode,
    audience: body.audience,
    ceremony: body.ceremonyId,
    nonce: body.nonce,
  };
}

const secretSchema = z.tuple([
  z.literal(1),
  z.instanceof(Uint8Array).refine(({ length }) => length >= 16 && length <= 64),
]);

/** Seals the secret (setup, rotation, new version: vault component; recoveries: KEK) and completes the body. */
export async function sealBundle<B extends SealedBundle>(
  body: Public<B>,
  recipient: string,
  secret: BundleSecret,
): Promise<B> {
  const plaintext = encodeCbor([1, secret]);
  try {
    const sealed = await sealTo(recipient, sealContext(body), body, plaintext);
    return { ...body, sealed } as B;
  } finally {
    plaintext.fill(0);
  }
}

/**
 * Opens the secret with the package's one-time key. Refuses `sealed-not-openable`, also where there
 * is none. Wipe it.
 */
export async function openBundle(body: Bundle, privateKey: Uint8Array): Promise<BundleSecret> {
  if (!('sealed' in body) || body.kind === 'migrate-organisation')
    throw refuseSealed('sealed-not-openable', 'bundle');
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(privateKey, sealContext(body), publicPart, sealed);
  const [, secret] = orRefuse(
    () => secretSchema.parse(decodeCbor(plaintext)),
    () => refuseSealed('sealed-not-openable', 'bundle'),
  );
  const copy = secret.slice();
  plaintext.fill(0);
  secret.fill(0);
  return copy;
}
