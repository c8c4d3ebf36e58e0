/**
 * The half for organisations of a platform key, as the custodians of its version hand it over to those
 * of the active one: sealed to the escrow key of the active version, so that a quorum of that version
 * opens it and nobody else. In the bundle of the survey keys that move, and in every package for an
 * organisation that moves.
 *
 * Source: docs/decisions/0039-organisations-move-to-another-version.md.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { HALF_BYTES } from '../checktick/organisation-half.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { encodeJson } from '../encoding/json.ts';
import { id16, keyVersion, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealedUpTo, sealTo, type Sealed } from '../sealing/hpke.ts';

/** The sealed half: 32 bytes and what is around them. */
export const sealedHalf = sealedUpTo(64);

/** A half that was handed over, with what its seal is bound to. */
export const handedOver = z.strictObject({
  /** The version whose half it is. */
  from: keyVersion,
  /** Of the ceremony in which it was sealed, and of that one's package. */
  ceremonyId: id16,
  nonce: id16,
  sealed: sealedHalf,
});
export type HandedOver = z.infer<typeof handedOver>;

/** By what the transcript knows it: SHA-256 of its canonical JSON, hex. */
export const sealedDigest = (sealed: Sealed): string => bytesToHex(sha256(encodeJson(sealed)));

/** Between which versions of which sync, and in which ceremony it is sealed. */
export interface HalfPlace {
  readonly mode: Mode;
  /** The installation of sync, 16 bytes in hex. */
  readonly audience: string;
  readonly from: string;
  readonly to: string;
  readonly ceremonyId: string;
  readonly nonce: string;
}

const halfSchema = z.tuple([
  z.literal(1),
  z.instanceof(Uint8Array).refine(({ length }) => length === HALF_BYTES),
]);

const contextOf = ({ mode, audience, ceremonyId, nonce }: HalfPlace) => ({
  type: 'organisation-half',
  version: 1,
  mode,
  audience,
  ceremony: ceremonyId,
  nonce,
});

const openly = ({ from, to }: HalfPlace) => ({ from, to });

/**
 * @param escrowKey of the version it is handed over to; X-Wing, base64
 * @param half 32 bytes; stays the caller's to wipe
 */
export async function sealHalf(
  place: HalfPlace,
  escrowKey: string,
  half: Uint8Array,
): Promise<Sealed> {
  const plaintext = encodeCbor([1, half]);
  try {
    return await sealTo(escrowKey, contextOf(place), openly(place), plaintext);
  } finally {
    plaintext.fill(0);
  }
}

/**
 * @param privateKey of the version's escrow key, 32 bytes
 * @returns 32 bytes. SECURITY: the caller wipes them
 * @throws Refusal `sealed-not-openable`
 */
export async function openHalf(
  place: HalfPlace,
  privateKey: Uint8Array,
  sealed: Sealed,
): Promise<Uint8Array> {
  const plaintext = await openSealed(privateKey, contextOf(place), openly(place), sealed);
  try {
    const [, bytes] = orRefuse(
      () => halfSchema.parse(decodeCbor(plaintext)),
      () => refuseSealed('sealed-not-openable', 'half for organisations'),
    );
    const copy = bytes.slice();
    bytes.fill(0);
    return copy;
  } finally {
    plaintext.fill(0);
  }
}
