/**
 * The package: what sync hands to the laptop before a ceremony. Signed by sync. Nonce, epoch,
 * expiry, the one-time key to which the bundle is sealed, the public chain (manifests, roster),
 * and for a recovery the vault component and the stored KEK, sealed to one ticket.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { digest, id16, keyVersion, mode, rowId, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { orRefuse } from '../refusal.ts';
import {
  openSealed,
  recipientKey,
  refuseSealed,
  sealedSchema,
  sealTo,
  type SealContext,
} from './hpke.ts';

/** A DSSE envelope inside another document, as JSON; its own parser validates it. */
export const embedded = z.strictObject({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })),
});

const common = {
  mode,
  audience: id16,
  nonce: id16,
  /** The trust epoch when it was made; the bundle must meet the same one. */
  epoch: z.int().min(0),
  issuedAt: time,
  /** Judged by sync's database clock; the laptop only warns. */
  expiresAt: time,
  /** One-time X-Wing key, base64: the bundle's secret is sealed to it. */
  recipient: recipientKey,
  /** Digest of the newest receipt, or null: a laptop that never saw it is behind. */
  receiptHead: digest.nullable(),
};

const setup = z.strictObject({
  ...common,
  kind: z.literal('setup'),
  /** The version that will be created. */
  keyVersion,
});

export const recoverFacts = z.strictObject({
  requestCode: z.string().regex(/^[A-Z]{3}-[0-9]{3}-[A-Z]{3}$/),
  requestId: z.uuid(),
  userId: rowId,
  /** For people: the account's name as CheckTick shows it. */
  userName: z.string().max(150),
  surveyId: rowId,
  surveyName: z.string().max(255),
  keyVersion,
});
export type RecoverFacts = z.infer<typeof recoverFacts>;

const recover = z.strictObject({
  ...common,
  kind: z.literal('recover'),
  ticketId: id16,
  ticketDigest: digest,
  facts: recoverFacts,
  /** The live manifest of the version, the roster: so that any laptop can go on. */
  manifest: embedded,
  roster: embedded,
  sealed: sealedSchema,
});

const schema = z.discriminatedUnion('kind', [setup, recover]);

export type Package = z.infer<typeof schema>;
export type SetupPackage = z.infer<typeof setup>;
export type RecoverPackage = z.infer<typeof recover>;
export type PackageDocument = Parsed<Package>;
export const packageType = defineDocument<Package>('package', schema);

/** Verifies sync's signature by the key of a trusted descriptor, and the audience. */
export function parsePackage(
  bytes: Uint8Array,
  expected: Mode,
  sync: { readonly audience: string; readonly publicKey: string },
): PackageDocument {
  const document = packageType.parse(bytes, expected);
  const signed = verifySignatures(document.envelope, 'package', new Set([sync.publicKey]));
  if (signed.length !== 1 || document.body.audience !== sync.audience) {
    throw refuseDocument('signature-missing', 'package', "this sync's signature");
  }
  return document;
}

/** What a recovery package carries in secret. */
export interface PackageSecrets {
  /** 16 to 64 bytes. SECURITY: wipe it. */
  readonly vaultComponent: Uint8Array;
  /** The stored KEK as Vault holds it: hex text. */
  readonly encryptedKek: string;
}

const secretsSchema = z.tuple([
  z.literal(1),
  z.instanceof(Uint8Array).refine(({ length }) => length >= 16 && length <= 64),
  z.string().regex(/^[0-9a-fA-F]{64,400}$/),
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

/** Seals the secrets to the ticket's key and completes the body. */
export async function sealRecoverPackage(
  body: RecoverPublic,
  ticketRecipient: string,
  secrets: PackageSecrets,
): Promise<RecoverPackage> {
  const plaintext = encodeCbor([1, secrets.vaultComponent, secrets.encryptedKek]);
  try {
    return { ...body, sealed: await sealTo(ticketRecipient, sealContext(body), body, plaintext) };
  } finally {
    plaintext.fill(0);
  }
}

/** Opens the secrets with the ticket's private key. Refuses `sealed-not-openable`. */
export async function openRecoverPackage(
  body: RecoverPackage,
  ticketPrivateKey: Uint8Array,
): Promise<PackageSecrets> {
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(ticketPrivateKey, sealContext(body), publicPart, sealed);
  const [, vaultComponent, encryptedKek] = orRefuse(
    () => secretsSchema.parse(decodeCbor(plaintext)),
    () => refuseSealed('sealed-not-openable', 'package'),
  );
  const copy = vaultComponent.slice();
  plaintext.fill(0);
  vaultComponent.fill(0);
  return { vaultComponent: copy, encryptedKek };
}
