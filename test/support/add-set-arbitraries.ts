/**
 * Any valid body of the documents of a further set, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import type { AddSetBundle } from '../../shared/bundle/bundle.ts';
import type { AddSetPackage } from '../../shared/bundle/package.ts';
import { bundleCommon, digest, embedded, keyVersion, packageCommon } from './arbitraries.ts';

export const addSetPackage: fc.Arbitrary<AddSetPackage> = fc
  .tuple(
    fc.record({
      ...packageCommon,
      kind: fc.constant('add-set' as const),
      keyVersion,
      manifest: embedded,
      roster: embedded,
    }),
    fc.array(embedded, { maxLength: 4 }),
  )
  .map(([body, others]) => ({ ...body, ...(others.length === 0 ? {} : { others }) }));

export const addSetBundle: fc.Arbitrary<AddSetBundle> = fc.record({
  ...bundleCommon,
  kind: fc.constant('add-set' as const),
  keyVersion,
  manifest: embedded,
  newManifestDigest: digest,
  roster: embedded,
});
