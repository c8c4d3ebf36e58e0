import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { makeSplitLog } from '../../test/support/logs.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { foldLedger } from '../ledger/fold.ts';
import { homeSets } from '../ceremony/ledger-views.ts';
import { manifestType, parseManifest } from './manifest.ts';
import { MEDIA_KINDS } from './media-kinds.ts';
import type { MediaPolicy } from './media-policy.ts';

/** Its shares lie on paper and on sticks, in turn. */
let set: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal', threshold: 2, count: 4 });
});

const POLICY: MediaPolicy = { allowed: ['paper', 'usb'], kinds: 2, apart: false };
const signed = (policy: MediaPolicy) => makeManifest(set, {}, { policy });

test('every rule that the media keep comes back; without one there is no such field', async () => {
  const kept = fc.record({
    allowed: fc
      .uniqueArray(fc.constantFrom(...MEDIA_KINDS))
      .map((more) => [...new Set([...more, ...POLICY.allowed])]),
    kinds: fc.integer({ min: 1, max: 2 }),
    apart: fc.constant(false),
  });
  await fc.assert(
    fc.asyncProperty(kept, async (policy) => {
      const bytes = manifestType.toBytes(await signed(policy));
      expect(parseManifest(bytes, 'rehearsal').body.policy).toEqual(policy);
    }),
    { numRuns: 20 },
  );
  expect(new TextDecoder().decode(set.manifest.envelope.payload)).not.toContain('policy');
});

test.each<[string, MediaPolicy]>([
  ['a medium that it does not allow', { ...POLICY, allowed: ['paper'], kinds: 1 }],
  ['too few kinds', { ...POLICY, allowed: MEDIA_KINDS, kinds: 3 }],
  ['two custodians on paper', { ...POLICY, apart: true }],
  ['more kinds than it allows', { ...POLICY, kinds: 3 }],
  ['a medium named twice', { ...POLICY, allowed: ['paper', 'usb', 'usb'] }],
  ['no medium at all', { ...POLICY, allowed: [] }],
  ['half a kind', { ...POLICY, kinds: 1.5 }],
])('a set that breaks its own rule is never signed: %s', async (_, policy) => {
  await expect(signed(policy)).rejects.toThrow();
});

test('every changed byte of its file is refused', async () => {
  const bytes = manifestType.toBytes(await signed(POLICY));
  const open = (changed: Uint8Array) => parseManifest(changed, 'rehearsal');
  expect(notRefused(bytes, open, { sample: 1, step: 3 })).toEqual([]);
}, 180_000);

test('home shows the rule, from the manifest and from a log that never came to one', async () => {
  const manifest = await signed(POLICY);
  const sources = { logs: [], receipts: [], manifests: [manifest], running: null };
  const now = '2026-06-01T00:00:00Z';
  expect(homeSets(foldLedger({ ...sources, now }))).toMatchObject([{ policy: POLICY }]);
  const { log } = await makeSplitLog({ ...set, manifest }, { until: 'void' });
  const bare = homeSets(foldLedger({ ...sources, now, manifests: [], logs: [log] }));
  expect(bare).toMatchObject([{ standing: 'void', policy: POLICY }]);
  const without = await makeSplitLog(set, { until: 'void' });
  const none = homeSets(foldLedger({ ...sources, now, manifests: [], logs: [without.log] }));
  expect(none).toMatchObject([{ policy: null }]);
});
