/**
 * What a bundle brings to an organisation whose owner forgot the passphrase, sealed to the package's
 * one-time key: the newly wrapped survey keys. Each is ciphertext under the new team key, and named in
 * the open part by its digest, so that an auditor can tell what was written.
 * @module
 */
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import type { Bundle, OrganisationBundle } from './bundle.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import { ENTRY_BYTES, entryDigest, ORGANISATION_SURVEYS } from './organisation.ts';

type OrganisationPublic = Omit<OrganisationBundle, 'sealed'>;

const entriesSchema = z.tuple([
  z.literal(1),
  z
    .array(z.instanceof(Uint8Array).refine(({ length }) => length === ENTRY_BYTES))
    .max(ORGANISATION_SURVEYS),
]);

function sealContext(body: OrganisationPublic): SealContext {
  return {
    type: 'bundle-migrate-organisation',
    version: 1,
    mode: body.mode,
    audience: body.audience,
    ceremony: body.ceremonyId,
    nonce: body.nonce,
  };
}

/** @param entries of `moved`, in its order; 60 bytes each */
export async function sealOrganisationBundle(
  body: OrganisationPublic,
  recipient: string,
  entries: readonly Uint8Array[],
): Promise<OrganisationBundle> {
  const plaintext = encodeCbor([1, [...entries]]);
  return { ...body, sealed: await sealTo(recipient, sealContext(body), body, plaintext) };
}

/**
 * Opens the entries with the package's one-time key, in the order of `moved`.
 * @throws Refusal `sealed-not-openable`, also where an entry is not the one that the bundle names
 */
export async function openOrganisationBundle(
  body: Bundle,
  privateKey: Uint8Array,
): Promise<readonly Uint8Array[]> {
  const refuse = () => refuseSealed('sealed-not-openable', 'bundle');
  if (body.kind !== 'migrate-organisation') throw refuse();
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(privateKey, sealContext(body), publicPart, sealed);
  const [, entries] = orRefuse(() => entriesSchema.parse(decodeCbor(plaintext)), refuse);
  const isNamed = (entry: Uint8Array, at: number) => body.moved[at]?.entry === entryDigest(entry);
  if (entries.length !== body.moved.length || !entries.every(isNamed)) throw refuse();
  return entries.map((entry) => entry.slice());
}
