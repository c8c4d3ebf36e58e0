/**
 * Any valid body of the documents of a refresh, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import type { RefreshBundle } from '../../shared/bundle/bundle.ts';
import type { RefreshPackage } from '../../shared/bundle/package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import {
  bundleCommon,
  bytes,
  digest,
  embedded,
  id16,
  key,
  keyVersion,
  manifest,
  packageCommon,
} from './arbitraries.ts';

export const refreshPackage: fc.Arbitrary<RefreshPackage> = fc.record({
  ...packageCommon,
  kind: fc.constant('refresh' as const),
  keyVersion,
  manifest: embedded,
  roster: embedded,
});

export const refreshBundle: fc.Arbitrary<RefreshBundle> = fc.record({
  ...bundleCommon,
  kind: fc.constant('refresh' as const),
  keyVersion,
  manifest: embedded,
  newManifestDigest: digest,
  roster: embedded,
});

const signature = bytes(64).map(bytesToHex);

/** With some places of before that have ended, as far as there is room for them. */
export const refreshedManifest: fc.Arbitrary<Manifest> = fc
  .record({
    set: manifest,
    nonce: id16,
    operator: key,
    previous: digest,
    ended: fc.nat({ max: 15 }),
    before: fc.array(signature, { minLength: 16, maxLength: 16 }),
    after: fc.array(signature, { minLength: 16, maxLength: 16 }),
  })
  .map(({ set, nonce, operator, previous, ended, before, after }) => ({
    ...set,
    generation: Math.max(set.generation, 2),
    previous,
    refreshed: {
      nonce,
      operator,
      statements: set.shares.map(({ index }, at) => ({
        // The places before the first that lives on have ended.
        index: index + Math.min(ended, 16 - set.count),
        before: before[at] ?? '',
        after: after[at] ?? '',
      })),
    },
  }));
