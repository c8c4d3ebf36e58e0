/**
 * Which survey keys open with what the legacy shares give.
 * @module
 */
import {
  storedKeysOf,
  type AdoptFound,
  type ComponentPlace,
  type OrganisationKey,
  type StoredKey,
} from '../../shared/bundle/adopt.ts';
import type { PlacedComponent } from '../../shared/bundle/adopt-package.ts';
import {
  proveByEscrow,
  proveByOrganisation,
  type UnprovedComponent,
} from '../../shared/checktick/index.ts';
import { checkNotZero } from '../../shared/checktick/legacy/combine.ts';
import type { ProvedComponent } from '../../shared/checktick/legacy/proof.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Secret } from '../../shared/secret/secret.ts';
import type { OpenAdoption } from './adoption.ts';
import { refuseWorker } from './refusals.ts';

/** What sync sealed of the version that is adopted. */
export function wantedOf({ secrets, version }: OpenAdoption): OpenAdoption['secrets'][number] {
  const wanted = secrets.find((one) => one.version === version);
  if (wanted === undefined) throw refuseWorker('package-not-open');
  return wanted;
}

/** Of which surveys stored keys of this version came along. */
export function keysOf({ versions }: AdoptFound, version: string): StoredKey[] {
  const found = versions.find((one) => one.version === version);
  return found === undefined ? [] : storedKeysOf(found);
}

/** Which survey keys of organisations came along for this version. */
export function ownersKeysOf({ versions }: AdoptFound, version: string): OrganisationKey[] {
  return versions.find((one) => one.version === version)?.organisationKeys ?? [];
}

/** Something came out, and no vault component is all zeros. */
export function requireCandidates(adoption: OpenAdoption): void {
  if (adoption.candidates.length === 0) {
    throw refuseWorker('worker-out-of-order', 'legacy shares that agree');
  }
  for (const { bytes } of wantedOf(adoption).components) checkNotZero(bytes, 'vault component');
}

/** What opened of what was tried, and with what. */
interface Opened<T> {
  readonly opened: readonly T[];
  readonly unopened: readonly T[];
  readonly place: ComponentPlace;
  readonly wrong: number | null;
  /** The caller wipes it. */
  readonly component: Secret;
}

/**
 * Each component of a version with each thing that the shares could give, on each stored survey key
 * that nothing opened yet; null: nothing opens any.
 * @throws Refusal `adopt-two-keys`
 */
export async function tryOn(
  { secrets, found, candidates }: OpenAdoption,
  version: string,
): Promise<Opened<StoredKey> | null> {
  const sealed = secrets.find((one) => one.version === version);
  const keks = sealed?.encryptedKeks ?? [];
  const keys = keysOf(found, version).map((key, at) => ({ key, encryptedKek: keks[at] ?? '' }));
  return tryAll(sealed?.components ?? [], candidates, keys, (candidate, vaultComponent, one) =>
    proveByEscrow(candidate, { ...one.key, vaultComponent, encryptedKek: one.encryptedKek }),
  );
}

/** The same on what organisations keep, with a passphrase. @throws Refusal `adopt-two-keys` */
export async function tryOnOrganisations(
  adoption: OpenAdoption,
  passphrase: Uint8Array,
): Promise<Opened<OrganisationKey> | null> {
  const { found, version, candidates } = adoption;
  const { components, organisationKeks = [] } = wantedOf(adoption);
  const keys = ownersKeysOf(found, version).map((key, at) => ({
    key,
    encryptedKek: organisationKeks[at] ?? '',
  }));
  return tryAll(components, candidates, keys, (candidate, vaultComponent, { key, encryptedKek }) =>
    proveByOrganisation(candidate, {
      surveyId: key.surveyId,
      organisationId: key.organisationId,
      ...(key.teamId === null ? {} : { teamId: key.teamId }),
      vaultComponent,
      encryptedKek,
      passphrase,
    }),
  );
}

interface Sealed<T> {
  readonly key: T;
  readonly encryptedKek: string;
}

async function tryAll<T>(
  components: readonly PlacedComponent[],
  candidates: OpenAdoption['candidates'],
  keys: readonly Sealed<T>[],
  prove: (
    candidate: UnprovedComponent,
    vaultComponent: Uint8Array,
    one: Sealed<T>,
  ) => Promise<ProvedComponent>,
): Promise<Opened<T> | null> {
  let proved: Opened<T> | null = null;
  let left = keys;
  for (const { place, bytes } of components) {
    for (const { component: candidate, wrong } of candidates) {
      const opened: Sealed<T>[] = [];
      let component: Secret | null = null;
      for (const one of left) {
        const came = await orNothing(() => prove(candidate, bytes, one));
        if (came === null) continue;
        component?.wipe();
        component = came;
        opened.push(one);
      }
      if (component === null) continue;
      if (proved !== null) {
        component.wipe();
        proved.component.wipe();
        throw refuseWorker('adopt-two-keys');
      }
      left = keys.filter((one) => !opened.includes(one));
      proved = {
        opened: opened.map(({ key }) => key),
        unopened: left.map(({ key }) => key),
        place,
        wrong,
        component,
      };
      if (left.length === 0) return proved;
    }
  }
  return proved;
}

/** The component, if it opens; the caller wipes it. */
async function orNothing(prove: () => Promise<ProvedComponent>): Promise<Secret | null> {
  try {
    return (await prove()).component;
  } catch (error) {
    if (!(error instanceof Refusal) || !DOES_NOT_OPEN.has(error.code)) throw error;
    return null;
  }
}

/** The component does not fit, or the stored survey key is none. */
const DOES_NOT_OPEN = new Set([
  'legacy-not-proved',
  'legacy-padding',
  'component-length',
  'hex-text',
  'blob-length',
]);
