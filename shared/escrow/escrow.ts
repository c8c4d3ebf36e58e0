/**
 * A sealed escrow: one survey key, sealed to the escrow key of a key version. Sealing takes what
 * everybody may know; opening takes the private half, which only the platform key gives.
 *
 * HPKE (RFC 9180), base mode, X-Wing (0x647a), HKDF-SHA256, AES-256-GCM, as in
 * `shared/sealing/hpke.ts`, but with the randomness of the encapsulation derived from the survey key
 * and what it is bound to. The same key in the same place gives the same bytes: who has the survey
 * key proves an escrow by sealing it again. docs/formats.md has the bytes,
 * docs/decisions/0026-escrow-key.md says why that is safe for 32 uniform bytes and for nothing less.
 * @module
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { XWing } from '@hpke/hybridkem-x-wing';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64 } from '@scure/base';
import { ENCAPSULATED_BYTES } from '../sealing/hpke.ts';
import {
  bytesToHex,
  equalBytes,
  hexToBytes,
  lengthPrefixed,
  plainBytes,
} from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { keyVersion, rowId, z } from '../encoding/schema.ts';
import { type Mode, modeByte, MODES } from '../mode.ts';
import { orRefuse, type Refusal } from '../refusal.ts';
import { refuseEscrow } from './refusals.ts';

/** A survey key is so many bytes. */
export const SURVEY_KEY_BYTES = 32;
/** Around 1,215 bytes; never more. */
export const ESCROW_LIMIT = 1_280;

const VERSION = 1;
const TAG_BYTES = 16;
const EKM_BYTES = 64;

/** Whose survey key it is, and where it was sealed. In the seal and in clear beside it. */
export interface EscrowBinding {
  readonly mode: Mode;
  /** The installation of sync, 16 bytes in hex. */
  readonly audience: string;
  readonly keyVersion: string;
  /** CheckTick's numbers. */
  readonly userId: number;
  readonly surveyId: number;
}

const bytes = (length: number) =>
  z.instanceof(Uint8Array).refine((value) => value.length === length);

const fields = z.tuple([
  z.literal(VERSION),
  z.union([z.literal(0x50), z.literal(0x52)]),
  bytes(16),
  keyVersion,
  rowId,
  rowId,
  bytes(ENCAPSULATED_BYTES),
  bytes(SURVEY_KEY_BYTES + TAG_BYTES),
]);

/** Runs wherever the platform has WebCrypto. */
const suite = () =>
  new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

function bound(label: string, binding: EscrowBinding, ...more: Uint8Array[]) {
  const { mode, audience, keyVersion: version, userId, surveyId } = binding;
  const numbers = [String(userId), String(surveyId)];
  return plainBytes(
    lengthPrefixed(label, mode, hexToBytes(audience), version, ...numbers, ...more),
  );
}

/**
 * Seals a survey key. The same arguments give the same bytes.
 *
 * @param publicKey 1,216 bytes in base64, as in the manifest and in sync's trust
 * @param kek 32 uniformly random bytes; stays the caller's to wipe
 * @param cipher the same HPKE on primitives of one platform: faster, and the same bytes
 * @returns about 1,215 bytes, no secret
 * @throws Refusal `survey-key-length`
 */
export async function sealEscrow(
  publicKey: string,
  binding: EscrowBinding,
  kek: Uint8Array,
  cipher: CipherSuite = suite(),
): Promise<Uint8Array> {
  if (kek.length !== SURVEY_KEY_BYTES) throw refuseEscrow('survey-key-length', kek.length);
  const recipient = plainBytes(base64.decode(publicKey));
  const info = bound('conclave/v1/escrow', binding);
  // SECURITY: the digest of the recipient, so that no two encapsulations ever share their randomness.
  const randomness = bound('conclave/v1/escrow-randomness', binding, sha256(recipient));
  const ekm = plainBytes(hkdf(sha256, kek, undefined, randomness, EKM_BYTES));
  const key = plainBytes(kek);
  try {
    const recipientPublicKey = await cipher.kem.deserializePublicKey(recipient);
    const { enc, ct } = await cipher.seal({ recipientPublicKey, info, ekm }, key);
    const { mode, audience, keyVersion: version, userId, surveyId } = binding;
    return encodeCbor([
      VERSION,
      modeByte(mode),
      hexToBytes(audience),
      version,
      userId,
      surveyId,
      new Uint8Array(enc),
      new Uint8Array(ct),
    ]);
  } finally {
    ekm.fill(0);
    key.fill(0);
  }
}

interface SealedParts {
  readonly binding: EscrowBinding;
  readonly enc: Uint8Array;
  readonly ct: Uint8Array;
}

/** @throws Refusal `escrow-damaged`, `escrow-other-version` */
function decodeEscrow(sealed: Uint8Array): SealedParts {
  const damaged = (): Refusal => refuseEscrow('escrow-damaged');
  if (sealed.length === 0 || sealed.length > ESCROW_LIMIT) throw damaged();
  const value = orRefuse(() => decodeCbor(sealed), damaged);
  const version: unknown = Array.isArray(value) ? value[0] : undefined;
  if (typeof version === 'number' && Number.isInteger(version) && version > VERSION) {
    throw refuseEscrow('escrow-other-version', version);
  }
  const parsed = fields.safeParse(value);
  if (!parsed.success) throw damaged();
  const [, modeCode, audience, keyVersionOf, userId, surveyId, enc, ct] = parsed.data;
  const mode = MODES.find((known) => modeByte(known) === modeCode);
  if (mode === undefined) throw damaged();
  const binding = { mode, audience: bytesToHex(audience), keyVersion: keyVersionOf };
  return { binding: { ...binding, userId, surveyId }, enc, ct };
}

/**
 * What a sealed escrow says of itself, in clear: whether it is true, only opening or
 * {@link sealsThisKey} tells.
 * @throws Refusal `escrow-damaged`, `escrow-other-version`
 */
export function escrowBinding(sealed: Uint8Array): EscrowBinding {
  return decodeEscrow(sealed).binding;
}

/**
 * Refuses an escrow that lies in another's place.
 * @throws Refusal `escrow-damaged`, `escrow-other-version`, `escrow-other-mode`, `escrow-other-place`
 */
export function checkEscrowPlace(binding: EscrowBinding, sealed: Uint8Array): void {
  const found = escrowBinding(sealed);
  if (found.mode !== binding.mode) throw refuseEscrow('escrow-other-mode', found.mode);
  for (const [field, what] of PLACE) {
    if (found[field] !== binding[field]) {
      throw refuseEscrow('escrow-other-place', what, String(found[field]), String(binding[field]));
    }
  }
}

const PLACE = [
  ['surveyId', 'survey'],
  ['userId', 'user'],
  ['keyVersion', 'key version'],
  ['audience', 'sync installation'],
] as const satisfies readonly (readonly [keyof EscrowBinding, string])[];

/**
 * Opens what {@link sealEscrow} sealed.
 *
 * @param privateKey 32 bytes, of `escrowPrivateKey`; stays the caller's to wipe
 * @returns the survey key, 32 bytes. SECURITY: the caller wipes it
 * @throws Refusal `escrow-damaged`, `escrow-other-version`, `escrow-other-mode`,
 *   `escrow-other-place`, `escrow-not-openable`
 */
export async function openEscrow(
  privateKey: Uint8Array,
  binding: EscrowBinding,
  sealed: Uint8Array,
): Promise<Uint8Array> {
  checkEscrowPlace(binding, sealed);
  const { enc, ct } = decodeEscrow(sealed);
  const seed = plainBytes(privateKey);
  try {
    const cipher = suite();
    const recipientKey = await cipher.kem.deserializePrivateKey(seed);
    const info = bound('conclave/v1/escrow', binding);
    const opened = await cipher.open({ recipientKey, enc: plainBytes(enc), info }, plainBytes(ct));
    return new Uint8Array(opened);
  } catch {
    throw refuseEscrow('escrow-not-openable');
  } finally {
    seed.fill(0);
  }
}

/**
 * Whether `sealed` is this very key, sealed to this very escrow key and place: without opening it,
 * by sealing again. False of everything else, damaged bytes too.
 * @throws Refusal `survey-key-length`
 */
export async function sealsThisKey(
  publicKey: string,
  binding: EscrowBinding,
  kek: Uint8Array,
  sealed: Uint8Array,
): Promise<boolean> {
  return equalBytes(await sealEscrow(publicKey, binding, kek), sealed);
}
