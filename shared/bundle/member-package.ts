/**
 * The secrets of a package for an organisation's survey, sealed to the ticket: the vault component,
 * the stored survey key of the organisation or of its team, and CheckTick's hash of the key in it.
 * @module
 */
import type { KeyHash } from '../checktick/index.ts';
import { hexToBytes } from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import type { MemberPackage } from './package.ts';
import { component, kekText, keyHash } from './sealed-fields.ts';
import { sealedDigest } from './sealed-escrow.ts';

/** What a package for an organisation's survey carries in secret. */
export interface MemberSecrets {
  /** 16 to 64 bytes. SECURITY: wipe it. */
  readonly vaultComponent: Uint8Array;
  /** As Vault holds it at `surveys/{id}/kek`: hex text. */
  readonly encryptedKek: string;
  /**
   * CheckTick's hash of the survey's key; null: it keeps none. Undefined exactly where the package says
   * nothing of it: in packages of before.
   */
  readonly keyHash?: KeyHash | null | undefined;
}

const secretsSchema = z.union([
  z.tuple([z.literal(1), component, kekText]),
  z.tuple([z.literal(2), component, kekText, keyHash.nullable()]),
]);

/** SHA-256 of the bytes of a stored key, in hex. */
export function entryTextDigest(encryptedKek: string): string {
  return sealedDigest(hexToBytes(encryptedKek.toLowerCase()));
}

/** Whether what was in the sealed part is what the package says openly. */
function fitsOpenly(
  { escrow }: MemberPublic,
  { encryptedKek, keyHash: kept }: MemberSecrets,
): boolean {
  if (escrow === undefined || kept === undefined) return escrow === kept;
  const isThat = encryptedKek.length % 2 === 0 && entryTextDigest(encryptedKek) === escrow.digest;
  return isThat && (kept !== null) === (escrow.keyHash === 'sealed');
}

type MemberPublic = Omit<MemberPackage, 'sealed'>;

function sealContext(body: MemberPublic): SealContext {
  return {
    type: 'package-recover-member',
    version: 1,
    mode: body.mode,
    audience: body.audience,
    ceremony: body.ticketId,
    nonce: body.nonce,
  };
}

/** Seals the secrets to the ticket's key and completes the body. */
export async function sealMemberPackage(
  body: MemberPublic,
  ticketRecipient: string,
  { vaultComponent, encryptedKek, keyHash: kept }: MemberSecrets,
): Promise<MemberPackage> {
  const hash = kept == null ? null : [kept.salt, kept.hash];
  const plaintext = encodeCbor(
    kept === undefined
      ? [1, vaultComponent, encryptedKek]
      : [2, vaultComponent, encryptedKek, hash],
  );
  try {
    return { ...body, sealed: await sealTo(ticketRecipient, sealContext(body), body, plaintext) };
  } finally {
    plaintext.fill(0);
  }
}

/**
 * Opens the secrets with the ticket's private key.
 * @throws Refusal `sealed-not-openable`, also when they do not hold what the package openly says
 */
export async function openMemberPackage(
  body: MemberPackage,
  ticketPrivateKey: Uint8Array,
): Promise<MemberSecrets> {
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(ticketPrivateKey, sealContext(body), publicPart, sealed);
  const refuse = () => refuseSealed('sealed-not-openable', 'package');
  try {
    const parsed = orRefuse(() => secretsSchema.parse(decodeCbor(plaintext)), refuse);
    const [, vaultComponent, encryptedKek] = parsed;
    const hash = parsed[0] === 1 ? undefined : parsed[3];
    const kept = hash == null ? hash : { salt: hash[0].slice(), hash: hash[1].slice() };
    const copy = vaultComponent.slice();
    vaultComponent.fill(0);
    const secrets = { vaultComponent: copy, encryptedKek, keyHash: kept };
    if (fitsOpenly(body, secrets)) return secrets;
    copy.fill(0);
    throw refuse();
  } finally {
    plaintext.fill(0);
  }
}
