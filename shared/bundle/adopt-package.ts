/**
 * The secrets of an adoption package, sealed to the ticket: the vault components of each version,
 * and stored survey keys to open as proof.
 * @module
 */
import { equalBytes } from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { keyVersion, z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import {
  ADOPT_VERSIONS,
  PLACES,
  STORED_KEYS,
  storedKeysOf,
  type AdoptFound,
  type ComponentPlace,
} from './adopt.ts';
import { openSealed, refuseSealed, sealTo, type SealContext } from '../sealing/hpke.ts';
import type { AdoptPackage } from './package.ts';
import { component, kekText } from './sealed-fields.ts';

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
  /** As Vault holds them: hex text. One for each that the package names, in that order. */
  readonly encryptedKeks: readonly string[];
  /** The same of organisations. Absent: none goes along. */
  readonly organisationKeks?: readonly string[];
}

/** In the order of the versions that the package names. */
export type AdoptSecrets = readonly AdoptVersionSecrets[];

const components = z.array(component).min(1).max(2);
const versionsOf = <T extends z.ZodType>(version: T) => z.array(version).min(1).max(ADOPT_VERSIONS);
const keks = z.array(kekText).max(STORED_KEYS);

/** Form 1 had one stored survey key of a version, or null; form 2 none of organisations. */
const secretsSchema = z.union([
  z.tuple([z.literal(1), versionsOf(z.tuple([keyVersion, components, kekText.nullable()]))]),
  z.tuple([z.literal(2), versionsOf(z.tuple([keyVersion, components, keks]))]),
  z.tuple([z.literal(3), versionsOf(z.tuple([keyVersion, components, keks, keks]))]),
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
  for (const { components: placed } of secrets) for (const { bytes } of placed) bytes.fill(0);
}

/** Two places of one version that hold the same would be no choice. */
function fits(found: AdoptFound, secrets: AdoptSecrets): boolean {
  return (
    found.versions.length === secrets.length &&
    found.versions.every((version, at) => {
      const one = secrets[at];
      const places = PLACES[version.compared];
      if (one === undefined || one.version !== version.version) return false;
      const [first, second] = one.components;
      return (
        one.components.length === places.length &&
        one.components.every(({ place }, which) => place === places[which]) &&
        !(first !== undefined && second !== undefined && equalBytes(first.bytes, second.bytes)) &&
        one.encryptedKeks.length === storedKeysOf(version).length &&
        (one.organisationKeks ?? []).length === (version.organisationKeys ?? []).length
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
  // A laptop from before reads what brings nothing of an organisation.
  const form = secrets.some(({ organisationKeks }) => organisationKeks !== undefined) ? 3 : 2;
  const plaintext = encodeCbor([
    form,
    secrets.map(({ version, components: placed, encryptedKeks, organisationKeks = [] }) => [
      version,
      placed.map(({ bytes }) => bytes),
      [...encryptedKeks],
      ...(form === 2 ? [] : [[...organisationKeks]]),
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
    const secrets = all.map(([version, bytes, stored, kept = []], at): AdoptVersionSecrets => {
      const found = body.found.versions[at];
      const places = found === undefined ? [] : PLACES[found.compared];
      const placed = bytes.map((one, which): PlacedComponent => {
        const copy = one.slice();
        one.fill(0);
        return { place: places[which] ?? 'both', bytes: copy };
      });
      return {
        version,
        components: placed,
        encryptedKeks: stored === null ? [] : [stored].flat(),
        ...(kept.length === 0 ? {} : { organisationKeks: kept }),
      };
    });
    if (fits(body.found, secrets)) return secrets;
    wipeAdoptSecrets(secrets);
    throw refuse();
  } finally {
    plaintext.fill(0);
  }
}
