/**
 * Any valid body of the documents of a new key version, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import type { ActivateBundle, NewVersionBundle, RetireBundle } from '../../shared/bundle/bundle.ts';
import type {
  ActivatePackage,
  NewVersionPackage,
  RetirePackage,
} from '../../shared/bundle/package.ts';
import {
  base64Of,
  bundleCommon,
  digest,
  embedded,
  id16,
  keyVersion,
  packageCommon,
  sealed,
} from './arbitraries.ts';

const isOther = (body: { readonly keyVersion: string; readonly nextVersion: string }): boolean =>
  body.keyVersion !== body.nextVersion;

const own: fc.Arbitrary<NewVersionPackage> = fc
  .record({
    ...packageCommon,
    kind: fc.constant('new-version' as const),
    recipient: base64Of(1216),
    keyVersion,
    nextVersion: keyVersion,
    ticketId: id16,
    ticketDigest: digest,
    manifest: embedded,
    roster: embedded,
    sealed,
  })
  .filter(isOther);

/** With and without sets of other versions. */
export const versionPackage: fc.Arbitrary<NewVersionPackage> = fc.oneof(
  own,
  fc
    .tuple(own, fc.array(embedded, { minLength: 1, maxLength: 3 }))
    .map(([body, others]) => ({ ...body, others })),
);

export const versionBundle: fc.Arbitrary<NewVersionBundle> = fc
  .record({
    ...bundleCommon,
    kind: fc.constant('new-version' as const),
    keyVersion,
    nextVersion: keyVersion,
    manifest: embedded,
    newManifestDigest: digest,
    roster: embedded,
    sealed,
  })
  .filter(isOther);

/** With and without a count of survey keys; of a version that ends there is none under it. */
const counted = (other: fc.Arbitrary<number>) => ({
  stored: fc.option(fc.record({ active: fc.nat(), other }), { nil: undefined }),
});

const decided = { ...packageCommon, keyVersion, manifest: embedded, roster: embedded };

export const activatePackage: fc.Arbitrary<ActivatePackage> = fc
  .record({
    ...decided,
    kind: fc.constant('activate' as const),
    activates: keyVersion,
    ...counted(fc.nat()),
  })
  .filter((body) => body.keyVersion !== body.activates);

export const retirePackage: fc.Arbitrary<RetirePackage> = fc
  .record({
    ...decided,
    kind: fc.constant('retire' as const),
    retires: keyVersion,
    ...counted(fc.constant(0)),
  })
  .filter((body) => body.keyVersion !== body.retires);

export const activateBundle: fc.Arbitrary<ActivateBundle> = fc
  .record({
    ...bundleCommon,
    kind: fc.constant('activate' as const),
    keyVersion,
    activates: keyVersion,
  })
  .filter((body) => body.keyVersion !== body.activates);

export const retireBundle: fc.Arbitrary<RetireBundle> = fc
  .record({
    ...bundleCommon,
    kind: fc.constant('retire' as const),
    keyVersion,
    retires: keyVersion,
  })
  .filter((body) => body.keyVersion !== body.retires);
