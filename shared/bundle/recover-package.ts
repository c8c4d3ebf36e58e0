/**
 * The secrets of a recovery's package, sealed to the ticket: the vault component, one stored survey key
 * of either kind, and the addresses that the laptop compares.
 * @module
 */
import type { KeyHash } from '../checktick/index.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { ESCROW_LIMIT } from '../escrow/escrow.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import type { RecoverPackage } from './package.ts';
import { sealedDigest } from './sealed-escrow.ts';
import { bytesUpTo, component, kekText, keyHash } from './sealed-fields.ts';

/** Addresses for the comparison on the laptop. Personal data: in the sealed part, never open. */
export interface PackageEmails {
  /** The field `encrypted_email` as Vault holds it; null: it holds none. */
  readonly escrowed: string | null;
  /** The account's address when the package was made; empty: it has none. */
  readonly account: string;
  /** The address that the person gave at the identity check; null: none was recorded. */
  readonly stated: string | null;
}

/** An escrow of Conclave's own kind, and what shows whose key it holds. */
export interface SealedEscrow {
  /** As Vault holds it: no secret to whoever lacks the platform key. */
  readonly bytes: Uint8Array;
  /** CheckTick's hash of the survey's key; null: it keeps none. */
  readonly keyHash: KeyHash | null;
}

/** Of either kind, and never of both. */
export type StoredKey =
  /** CheckTick's: hex text as Vault holds it. */
  | { readonly encryptedKek: string; readonly sealedEscrow?: undefined }
  | { readonly sealedEscrow: SealedEscrow; readonly encryptedKek?: undefined };

/** Beside the vault component: nothing that opens without the platform key. */
export type StoredSecrets = StoredKey & {
  /** Null exactly where the package says nothing of an escrowed address: in packages of before. */
  readonly emails: PackageEmails | null;
};

/** What a recovery package carries in secret. */
export type PackageSecrets = StoredSecrets & {
  /** 16 to 64 bytes. SECURITY: wipe it. */
  readonly vaultComponent: Uint8Array;
};

/** Characters of `encrypted_email` that a package carries at most; a longer one is cut. */
const EMAIL_TEXT_LIMIT = 4_096;
/** The same beside a sealed escrow, which is longer than a stored KEK. */
const SHORTER_EMAIL_LIMIT = 3_072;
/** 254 characters in CheckTick's tables; outside the first plane each counts twice here. */
const address = z.string().max(508);
const secretsSchema = z.union([
  z.tuple([z.literal(1), component, kekText]),
  z.tuple([
    z.literal(2),
    component,
    kekText,
    z.string().min(1).max(EMAIL_TEXT_LIMIT).nullable(),
    address,
    address.nullable(),
  ]),
  z.tuple([
    z.literal(3),
    component,
    bytesUpTo(ESCROW_LIMIT),
    keyHash.nullable(),
    z.string().min(1).max(SHORTER_EMAIL_LIMIT).nullable(),
    address,
    address.nullable(),
  ]),
]);

type RecoverPublic = Omit<RecoverPackage, 'sealed'>;

function sealContext(body: RecoverPublic): SealContext {
  return {
    type: 'package',
    version: 1,
    mode: body.mode,
    audience: body.audience,
    ceremony: body.ticketId,
    nonce: body.nonce,
  };
}

/** CBOR. SECURITY: holds the vault component; the caller wipes it. */
function encodeSecrets({ vaultComponent, emails, ...stored }: PackageSecrets): Uint8Array {
  // Cut, it does not open any more than it would have whole: no address is that long.
  const addresses = (most: number) =>
    emails === null
      ? [null, '', null]
      : [emails.escrowed?.slice(0, most) ?? null, emails.account, emails.stated];
  const { sealedEscrow } = stored;
  if (sealedEscrow !== undefined) {
    const { bytes, keyHash: kept } = sealedEscrow;
    const hash = kept === null ? null : [kept.salt, kept.hash];
    return encodeCbor([3, vaultComponent, bytes, hash, ...addresses(SHORTER_EMAIL_LIMIT)]);
  }
  return encodeCbor(
    emails === null
      ? [1, vaultComponent, stored.encryptedKek]
      : [2, vaultComponent, stored.encryptedKek, ...addresses(EMAIL_TEXT_LIMIT)],
  );
}

function secretsOf(parsed: z.infer<typeof secretsSchema>): PackageSecrets {
  switch (parsed[0]) {
    case 1: {
      const [, vaultComponent, encryptedKek] = parsed;
      return { vaultComponent, encryptedKek, emails: null };
    }
    case 2: {
      const [, vaultComponent, encryptedKek, escrowed, account, stated] = parsed;
      return { vaultComponent, encryptedKek, emails: { escrowed, account, stated } };
    }
    case 3: {
      const [, vaultComponent, bytes, hash, escrowed, account, stated] = parsed;
      const kept = hash === null ? null : { salt: hash[0].slice(), hash: hash[1].slice() };
      const sealedEscrow = { bytes: bytes.slice(), keyHash: kept };
      return { vaultComponent, sealedEscrow, emails: { escrowed, account, stated } };
    }
  }
}

/** Whether what was in the sealed part is what the package says openly. */
function fitsOpenly(
  { escrowedEmail: said, escrow }: RecoverPublic,
  { emails, sealedEscrow }: PackageSecrets,
): boolean {
  const emailFits =
    emails === null
      ? said === undefined
      : said !== undefined && (emails.escrowed !== null) === (said === 'sealed');
  if (sealedEscrow === undefined || escrow === undefined) {
    return emailFits && sealedEscrow === escrow;
  }
  const { bytes, keyHash: kept } = sealedEscrow;
  const isThat = sealedDigest(bytes) === escrow.digest;
  return emailFits && isThat && (kept !== null) === (escrow.keyHash === 'sealed');
}

/** Seals the secrets to the ticket's key and completes the body. */
export async function sealRecoverPackage(
  body: RecoverPublic,
  ticketRecipient: string,
  secrets: PackageSecrets,
): Promise<RecoverPackage> {
  const plaintext = encodeSecrets(secrets);
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
export async function openRecoverPackage(
  body: RecoverPackage,
  ticketPrivateKey: Uint8Array,
): Promise<PackageSecrets> {
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(ticketPrivateKey, sealContext(body), publicPart, sealed);
  const refuse = () => refuseSealed('sealed-not-openable', 'package');
  const parsed = orRefuse(() => secretsSchema.parse(decodeCbor(plaintext)), refuse);
  const opened = secretsOf(parsed);
  const secrets = { ...opened, vaultComponent: opened.vaultComponent.slice() };
  plaintext.fill(0);
  opened.vaultComponent.fill(0);
  if (!fitsOpenly(body, secrets)) {
    secrets.vaultComponent.fill(0);
    throw refuse();
  }
  return secrets;
}
