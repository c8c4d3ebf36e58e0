/**
 * The secrets of a package for an organisation whose owner forgot the passphrase, sealed to the
 * ticket: the vault component, and what opens without the platform key for nobody: the users' escrows,
 * CheckTick's hashes, and where an earlier ceremony is continued one entry of it.
 * @module
 */
import type { KeyHash } from '../checktick/index.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { ESCROW_LIMIT } from '../escrow/escrow.ts';
import { orRefuse } from '../refusal.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import { ENTRY_BYTES, entryDigest, ORGANISATION_SURVEYS } from './organisation.ts';
import type { OrganisationPackage } from './package.ts';
import { component, keyHash } from './sealed-fields.ts';

/** A user's escrow of a survey's key or the organisation's own entry, and what shows whose key it holds. */
export interface SurveyEscrow {
  /** CheckTick's kind and an entry: the blob of 60 bytes. Conclave's: the sealed bytes. */
  readonly bytes: Uint8Array;
  /** CheckTick's hash of the survey's key; null: it keeps none. */
  readonly keyHash: KeyHash | null;
}

export interface OrganisationSecrets {
  /** 16 to 64 bytes. SECURITY: wipe it. */
  readonly vaultComponent: Uint8Array;
  /** In the order of `surveys`. */
  readonly escrows: readonly SurveyEscrow[];
  /** Of `continues`: the blob of 60 bytes at `surveys/{id}/kek`; else null. */
  readonly entry: Uint8Array | null;
}

const bytesOf = (least: number, most: number) =>
  z.instanceof(Uint8Array).refine(({ length }) => length >= least && length <= most);
const secretsSchema = z.tuple([
  z.literal(1),
  component,
  z.array(z.tuple([bytesOf(1, ESCROW_LIMIT), keyHash.nullable()])).max(ORGANISATION_SURVEYS),
  bytesOf(ENTRY_BYTES, ENTRY_BYTES).nullable(),
]);

type OrganisationPublic = Omit<OrganisationPackage, 'sealed'>;

function sealContext(body: OrganisationPublic): SealContext {
  return {
    type: 'package-migrate-organisation',
    version: 1,
    mode: body.mode,
    audience: body.audience,
    ceremony: body.ticketId,
    nonce: body.nonce,
  };
}

/** Whether what was in the sealed part is what the package says openly. */
function fitsOpenly(
  { surveys, continues }: OrganisationPublic,
  { escrows, entry }: OrganisationSecrets,
): boolean {
  return (
    escrows.length === surveys.length &&
    (entry === null) === (continues === null) &&
    surveys.every(({ escrow, keyHash: said }, at) => {
      const one = escrows[at];
      return (
        one !== undefined &&
        entryDigest(one.bytes) === escrow.digest &&
        (escrow.kind === 'sealed' || one.bytes.length === ENTRY_BYTES) &&
        (one.keyHash === null) === (said === 'none')
      );
    })
  );
}

/** Seals the secrets to the ticket's key and completes the body. */
export async function sealOrganisationPackage(
  body: OrganisationPublic,
  ticketRecipient: string,
  { vaultComponent, escrows, entry }: OrganisationSecrets,
): Promise<OrganisationPackage> {
  const plaintext = encodeCbor([
    1,
    vaultComponent,
    escrows.map(({ bytes, keyHash: kept }) => [
      bytes,
      kept === null ? null : [kept.salt, kept.hash],
    ]),
    entry,
  ]);
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
export async function openOrganisationPackage(
  body: OrganisationPackage,
  ticketPrivateKey: Uint8Array,
): Promise<OrganisationSecrets> {
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(ticketPrivateKey, sealContext(body), publicPart, sealed);
  const refuse = () => refuseSealed('sealed-not-openable', 'package');
  try {
    const parsed = orRefuse(() => secretsSchema.parse(decodeCbor(plaintext)), refuse);
    const [, found, escrows, entry] = parsed;
    const secrets: OrganisationSecrets = {
      vaultComponent: found.slice(),
      escrows: escrows.map(([bytes, kept]) => ({
        bytes: bytes.slice(),
        keyHash: kept === null ? null : { salt: kept[0].slice(), hash: kept[1].slice() },
      })),
      entry: entry?.slice() ?? null,
    };
    found.fill(0);
    if (fitsOpenly(body, secrets)) return secrets;
    secrets.vaultComponent.fill(0);
    throw refuse();
  } finally {
    plaintext.fill(0);
  }
}
