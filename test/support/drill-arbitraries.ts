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
import { FULL_DRILL_FAILURES } from '../../shared/bundle/full-drill.ts';
import { base64 } from '@scure/base';
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

const text = (length: number) => bytes(length).map((one) => base64.encode(one));
const sealed = (length: number) => fc.record({ enc: text(1_120), ct: text(length) });
const fullPackaged = fc.record({
  ticketId: bytes(16).map(bytesToHex),
  ticketDigest: bytes(32).map(bytesToHex),
  escrow: sealed(48),
  proofKey: bytes(32).map(bytesToHex),
  sealed: sealed(84),
});
const wholeMs = fc.integer({ min: 0, max: 20 * 3_600_000 });
const fullSaid = fc.oneof(
  fc.record({
    opened: fc.constant(true as const),
    signature: bytes(64).map(bytesToHex),
    restoreMs: wholeMs,
    wholeMs,
  }),
  fc.record({
    opened: fc.constant(false as const),
    why: fc.constantFrom(...FULL_DRILL_FAILURES),
    wholeMs,
  }),
);
/** As an optional field. */
const maybe = <T>(one: fc.Arbitrary<T>) =>
  fc.option(one, { nil: undefined }).map((full) => (full === undefined ? {} : { full }));

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
    maybe(fullPackaged),
  )
  .map(([body, times, full]) => ({ ...body, ...times, ...full }));

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
    maybe(fullSaid),
  )
  .map(([body, results, full]) => {
    const inOrder = [...results].sort(([a], [b]) => a - b);
    return {
      ...body,
      proofs: inOrder.flatMap(([index, one]) => ('signature' in one ? [{ index, ...one }] : [])),
      failed: inOrder.flatMap(([index, one]) => ('why' in one ? [{ index, ...one }] : [])),
      ...full,
    };
  });
