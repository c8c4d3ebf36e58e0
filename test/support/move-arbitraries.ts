/**
 * Any valid body of package and bundle of survey keys that move, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import type { MoveBundle } from '../../shared/bundle/bundle.ts';
import type { MovePackage } from '../../shared/bundle/package.ts';
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
import { sealedHalf } from './organisation-arbitraries.ts';

/** Each another one. */
const files = fc.uniqueArray(digest, { minLength: 1, maxLength: 12 });

/** Nothing but organisations hangs on the version, or they do besides, or not at all. */
const handedOver = fc.constantFrom('alone', 'besides', 'not' as const);

const isOther = (body: { readonly keyVersion: string; readonly movesTo: string }): boolean =>
  body.keyVersion !== body.movesTo;

/** As many survey keys as the files can hold, of both kinds. */
const filled = fc
  .tuple(
    files,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([all, full, kind]) => {
    const keys = all.length + Math.floor(full * all.length * 499);
    const checktick = Math.floor(kind * keys);
    return { files: all, stored: { checktick, sealed: keys - checktick } };
  });

export const movePackage: fc.Arbitrary<MovePackage> = fc
  .tuple(
    fc.record({
      ...packageCommon,
      kind: fc.constant('migrate-escrows' as const),
      recipient: base64Of(1216),
      keyVersion,
      movesTo: keyVersion,
      ticketId: id16,
      ticketDigest: digest,
      manifest: embedded,
      roster: embedded,
      others: fc.array(embedded, { minLength: 1, maxLength: 3 }),
      sealed,
    }),
    filled,
    handedOver,
  )
  .map(([body, own, half]): MovePackage => {
    if (half === 'not') return { ...body, ...own };
    const nothing = { files: [], stored: { checktick: 0, sealed: 0 } };
    return { ...body, ...(half === 'alone' ? nothing : own), handsOver: true };
  })
  .filter(isOther);

const counts = fc
  .record({
    moved: fc.nat(),
    notCompared: fc.nat(),
    stays: fc.record({
      'not-opened': fc.nat(),
      'not-the-surveys': fc.nat(),
      'sealed-without-hash': fc.nat(),
    }),
  })
  .map((all) => ({ ...all, notCompared: Math.min(all.notCompared, all.moved) }));

export const moveBundle: fc.Arbitrary<MoveBundle> = fc
  .tuple(
    fc.record({
      ...bundleCommon,
      kind: fc.constant('migrate-escrows' as const),
      keyVersion,
      movesTo: keyVersion,
      files,
      counts,
    }),
    sealedHalf,
    handedOver,
  )
  .map(([body, organisationHalf, half]): MoveBundle => {
    if (half === 'not') return body;
    return { ...body, ...(half === 'alone' ? { files: [] } : {}), organisationHalf };
  })
  .filter(isOther);
