/**
 * Any valid body of the documents of an adoption, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import {
  ADOPT_VERSIONS,
  COMPARISONS,
  COMPONENT_PLACES,
  PROOFS,
  SAMPLES,
  STORED_KEYS,
  storedKeyInWords,
  VAULT_FORMS,
  type AdoptFound,
  type FoundVersion,
  type OrganisationKey,
} from '../../shared/bundle/adopt.ts';
import type { AdoptBundle } from '../../shared/bundle/bundle.ts';
import type { AdoptPackage } from '../../shared/bundle/package.ts';
import {
  bundleCommon,
  digest,
  embedded,
  id16,
  key,
  keyVersion,
  natural,
  orNull,
  packageCommon,
  sealed,
} from './arbitraries.ts';

const storedKeys = (maxLength: number, minLength = 0) =>
  fc.uniqueArray(fc.record({ userId: natural, surveyId: natural }), {
    minLength,
    maxLength,
    selector: storedKeyInWords,
  });

const organisationKeys = fc.uniqueArray(
  fc.record({ surveyId: natural, organisationId: natural, teamId: orNull(natural) }),
  { minLength: 1, maxLength: STORED_KEYS, selector: ({ surveyId }) => surveyId },
);

/** One version, where Vault's entry can be read or not. */
const foundVersion = (inVault: boolean): fc.Arbitrary<FoundVersion> =>
  fc
    .record({
      version: keyVersion,
      state: fc.constantFrom('active' as const, 'waiting' as const, 'retired' as const),
      compared: fc.constantFrom(...COMPARISONS.filter((one) => (one === 'row-only') !== inVault)),
      escrows: fc.nat(),
      keys: storedKeys(STORED_KEYS),
    })
    .map(({ state, escrows, keys: [proof = null, ...more], ...rest }) => ({
      ...rest,
      state: rest.compared === 'vault-only' ? ('missing' as const) : state,
      escrows: escrows + STORED_KEYS,
      proof,
      ...(more.length === 0 ? {} : { more }),
    }));
const adoptFound: fc.Arbitrary<AdoptFound> = fc
  .constantFrom('there' as const, 'missing' as const, 'unreadable' as const)
  .chain((vault) =>
    fc.record(
      {
        vault: fc.constant(vault),
        forms: vault === 'there' ? fc.subarray([...VAULT_FORMS]) : fc.constant([]),
        sample: fc.constantFrom(...SAMPLES),
        versions: fc.uniqueArray(foundVersion(vault === 'there'), {
          minLength: 1,
          maxLength: ADOPT_VERSIONS,
          selector: ({ version }) => version,
        }),
      },
      { requiredKeys: ['vault', 'forms', 'versions'] },
    ),
  );
export const adoptPackage: fc.Arbitrary<AdoptPackage> = adoptFound
  .chain((found) =>
    fc.tuple(
      fc.record({
        ...packageCommon,
        kind: fc.constant('adopt' as const),
        keyVersion: fc.constantFrom(...found.versions.map(({ version }) => version)),
        ticketId: id16,
        ticketDigest: digest,
        found: fc.constant(found),
        sealed,
      }),
      orNull(organisationKeys),
    ),
  )
  .map(([body, kept]) => (kept === null ? body : withOrganisationKeys(body, kept)));

/** They go along for the version that is adopted. */
function withOrganisationKeys(body: AdoptPackage, kept: OrganisationKey[]): AdoptPackage {
  const versions = body.found.versions.map((one) =>
    one.version === body.keyVersion ? { ...one, organisationKeys: kept } : one,
  );
  return { ...body, found: { ...body.found, versions } };
}

const deciders = fc
  .uniqueArray(key, { minLength: 2, maxLength: 2 })
  .map(([one = '', two = '']): [string, string] => [one, two]);
export const adoptBundle: fc.Arbitrary<AdoptBundle> = fc
  .tuple(
    fc.record({
      ...bundleCommon,
      kind: fc.constant('adopt' as const),
      keyVersion,
      manifest: embedded,
      roster: embedded,
      compared: fc.constantFrom(...COMPARISONS),
      component: fc.constantFrom(...COMPONENT_PLACES),
      proof: fc.constantFrom(...PROOFS),
      decided: orNull(deciders),
      legacy: orNull(
        fc
          .tuple(fc.integer({ min: 2, max: 255 }), fc.integer({ min: 2, max: 255 }))
          .map(([one, two]) => ({ threshold: Math.min(one, two), count: Math.max(one, two) })),
      ),
    }),
    storedKeys(STORED_KEYS),
    orNull(organisationKeys),
  )
  .map(([body, unopened, kept]) => ({
    ...body,
    ...(unopened.length === 0 ? {} : { unopened }),
    ...(kept === null ? {} : { organisationKeys: kept }),
  }));
