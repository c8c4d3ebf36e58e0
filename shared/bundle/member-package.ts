/**
 * The secrets of a package for an organisation's survey, sealed to the ticket: the vault component,
 * and the stored survey key of the organisation or of its team.
 * @module
 */
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from './hpke.ts';
import { component, kekText, type MemberPackage } from './package.ts';

/** What a package for an organisation's survey carries in secret. */
export interface MemberSecrets {
  /** 16 to 64 bytes. SECURITY: wipe it. */
  readonly vaultComponent: Uint8Array;
  /** As Vault holds it at `surveys/{id}/kek`: hex text. */
  readonly encryptedKek: string;
}

const secretsSchema = z.tuple([z.literal(1), component, kekText]);

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
  { vaultComponent, encryptedKek }: MemberSecrets,
): Promise<MemberPackage> {
  const plaintext = encodeCbor([1, vaultComponent, encryptedKek]);
  try {
    return { ...body, sealed: await sealTo(ticketRecipient, sealContext(body), body, plaintext) };
  } finally {
    plaintext.fill(0);
  }
}

/**
 * Opens the secrets with the ticket's private key.
 * @throws Refusal `sealed-not-openable`
 */
export async function openMemberPackage(
  body: MemberPackage,
  ticketPrivateKey: Uint8Array,
): Promise<MemberSecrets> {
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(ticketPrivateKey, sealContext(body), publicPart, sealed);
  try {
    const [, vaultComponent, encryptedKek] = orRefuse(
      () => secretsSchema.parse(decodeCbor(plaintext)),
      () => refuseSealed('sealed-not-openable', 'package'),
    );
    const copy = vaultComponent.slice();
    vaultComponent.fill(0);
    return { vaultComponent: copy, encryptedKek };
  } finally {
    plaintext.fill(0);
  }
}
