/**
 * The secrets of an adoption package, sealed to the ticket: the vault components of each version,
 * and one stored survey key to open as proof.
 * @module
 */
import { equalBytes } from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { keyVersion, z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import { ADOPT_VERSIONS, PLACES, type AdoptFound, type ComponentPlace } from './adopt.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from './hpke.ts';
import { component, kekText, type AdoptPackage } from './package.ts';

/** A vault component, and where it lies. */
export interface PlacedComponent {
  readonly place: ComponentPlace;
  /** 16 to 64 bytes. SECURITY: wipe it. */
  readonly bytes: Uint8Array;
}

export interface AdoptVersionSecrets {
  readonly version: string;
  /** One for each place that the comparison leaves open, in that order. */
  readonly components: readonly PlacedComponent[];
  /** As Vault holds it: hex text. Null exactly where the package names no proof. */
  readonly encryptedKek: string | null;
}

/** In the order of the versions that the package names. */
export type AdoptSecrets = readonly AdoptVersionSecrets[];

const secretsSchema = z.tuple([
  z.literal(1),
  z
    .array(z.tuple([keyVersion, z.array(component).min(1).max(2), kekText.nullable()]))
    .min(1)
    .max(ADOPT_VERSIONS),
]);

type AdoptPublic = Omit<AdoptPackage, 'sealed'>;

function sealContext(body: AdoptPublic): SealContext {
  return {
    type: 'package-adopt',
    version: 1,
    mode: body.mode,
    audience: body.audience,
    ceremony: body.ticketId,
    nonce: body.nonce,
  };
}

export function wipeAdoptSecrets(secrets: AdoptSecrets): void {
  for (const { components } of secrets) for (const { bytes } of components) bytes.fill(0);
}

/** Two places of one version that hold the same would be no choice. */
function fits(found: AdoptFound, secrets: AdoptSecrets): boolean {
  return (
    found.versions.length === secrets.length &&
    found.versions.every(({ version, compared, proof }, at) => {
      const one = secrets[at];
      const places = PLACES[compared];
      if (one === undefined || one.version !== version) return false;
      const [first, second] = one.components;
      return (
        one.components.length === places.length &&
        one.components.every(({ place }, which) => place === places[which]) &&
        !(first !== undefined && second !== undefined && equalBytes(first.bytes, second.bytes)) &&
        (one.encryptedKek === null) === (proof === null)
      );
    })
  );
}

/**
 * Seals the secrets to the ticket's key and completes the body.
 * @throws Error when they are not what the body openly says
 */
export async function sealAdoptPackage(
  body: AdoptPublic,
  ticketRecipient: string,
  secrets: AdoptSecrets,
): Promise<AdoptPackage> {
  if (!fits(body.found, secrets)) throw new Error('these secrets are not what the package says');
  const plaintext = encodeCbor([
    1,
    secrets.map(({ version, components, encryptedKek }) => [
      version,
      components.map(({ bytes }) => bytes),
      encryptedKek,
    ]),
  ]);
  try {
    return { ...body, sealed: await sealTo(ticketRecipient, sealContext(body), body, plaintext) };
  } finally {
    plaintext.fill(0);
  }
}

/**
 * Opens the secrets with the ticket's private key. Wipe them ({@link wipeAdoptSecrets}).
 * @throws Refusal `sealed-not-openable`, also when they do not hold what the package openly says
 */
export async function openAdoptPackage(
  body: AdoptPackage,
  ticketPrivateKey: Uint8Array,
): Promise<AdoptSecrets> {
  const { sealed, ...publicPart } = body;
  const plaintext = await openSealed(ticketPrivateKey, sealContext(body), publicPart, sealed);
  const refuse = () => refuseSealed('sealed-not-openable', 'package');
  try {
    const [, all] = orRefuse(() => secretsSchema.parse(decodeCbor(plaintext)), refuse);
    const secrets = all.map(([version, bytes, encryptedKek], at): AdoptVersionSecrets => {
      const found = body.found.versions[at];
      const places = found === undefined ? [] : PLACES[found.compared];
      const components = bytes.map((one, which): PlacedComponent => {
        const copy = one.slice();
        one.fill(0);
        return { place: places[which] ?? 'both', bytes: copy };
      });
      return { version, components, encryptedKek };
    });
    if (fits(body.found, secrets)) return secrets;
    wipeAdoptSecrets(secrets);
    throw refuse();
  } finally {
    plaintext.fill(0);
  }
}
