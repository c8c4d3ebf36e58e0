/**
 * Any valid body of the documents of a drill, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import type { DrillBundle } from '../../shared/bundle/bundle.ts';
import { DRILL_NONCE_DAYS, SHARE_FAILURES } from '../../shared/bundle/drill.ts';
import type { DrillPackage } from '../../shared/bundle/package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { MEDIA_KINDS } from '../../shared/sharing/media-kinds.ts';
import { bundleCommon, bytes, embedded, keyVersion, packageCommon } from './arbitraries.ts';

const lifetime = fc
  .record({
    from: fc.date({
      min: new Date('2000-01-01'),
      max: new Date('2199-12-31'),
      noInvalidDate: true,
    }),
    seconds: fc.integer({ min: 1, max: DRILL_NONCE_DAYS * 86_400 }),
  })
  .map(({ from, seconds }) => {
    const issuedAt = formatTime(from);
    return { issuedAt, expiresAt: formatTime(new Date(Date.parse(issuedAt) + seconds * 1_000)) };
  });

export const drillPackage: fc.Arbitrary<DrillPackage> = fc
  .tuple(
    fc.record({
      ...packageCommon,
      kind: fc.constant('drill' as const),
      keyVersion,
      manifest: embedded,
      roster: embedded,
    }),
    lifetime,
  )
  .map(([body, times]) => ({ ...body, ...times }));

const result = fc.oneof(
  fc.record({
    medium: fc.constantFrom(...MEDIA_KINDS),
    signature: bytes(64).map(bytesToHex),
  }),
  fc.record({ why: fc.constantFrom(...SHARE_FAILURES) }),
);

export const drillBundle: fc.Arbitrary<DrillBundle> = fc
  .tuple(
    fc.record({ ...bundleCommon, kind: fc.constant('drill' as const), keyVersion }),
    fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 16 }), result), {
      minLength: 1,
      maxLength: 16,
      selector: ([index]) => index,
    }),
  )
  .map(([body, results]) => {
    const inOrder = [...results].sort(([a], [b]) => a - b);
    return {
      ...body,
      proofs: inOrder.flatMap(([index, one]) => ('signature' in one ? [{ index, ...one }] : [])),
      failed: inOrder.flatMap(([index, one]) => ('why' in one ? [{ index, ...one }] : [])),
    };
  });
