/**
 * Any valid body of the documents of a rotation, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import { ROTATABLE } from '../../shared/bundle/adopt.ts';
import type { RotateBundle } from '../../shared/bundle/bundle.ts';
import type { RotatePackage } from '../../shared/bundle/package.ts';
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

const compared = fc.constantFrom(...ROTATABLE);

export const rotatePackage: fc.Arbitrary<RotatePackage> = fc.record({
  ...packageCommon,
  kind: fc.constant('rotate-shares' as const),
  recipient: base64Of(1216),
  keyVersion,
  ticketId: id16,
  ticketDigest: digest,
  compared,
  manifest: embedded,
  roster: embedded,
  sealed,
});

export const rotateBundle: fc.Arbitrary<RotateBundle> = fc.record({
  ...bundleCommon,
  kind: fc.constant('rotate-shares' as const),
  keyVersion,
  compared,
  manifest: embedded,
  newManifestDigest: digest,
  roster: embedded,
  sealed,
});
