/** The golden files of refreshed shares still decode, and the next generation still follows. */
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../test/support/golden.ts';
import { bundleType, verifyBundle } from './bundle/bundle.ts';
import { parseDescriptor } from './bundle/descriptor.ts';
import { setBytes, verifyPackagedSet } from './bundle/packaged-set.ts';
import { parsePackage } from './bundle/package.ts';
import { parseReceipt } from './bundle/receipt.ts';
import { assertRefreshFollows, endedPlaces } from './bundle/refresh.ts';
import { openNewSet } from './bundle/rotate.ts';
import { MODES } from './mode.ts';
import { parseManifest } from './sharing/manifest.ts';

test.each(MODES)('refreshed shares, %s', (mode) => {
  const wanted = goldenJson(mode, 'refresh/expected.json') as {
    documents: Record<string, { digest: string; body: unknown }>;
  };
  const file = (name: string) => goldenFile(mode, `refresh/${name}.json`);
  const descriptor = parseDescriptor(file('descriptor'), mode);
  const source = parsePackage(file('package'), mode, descriptor.body);
  const bundle = bundleType.parse(file('bundle'), mode);
  const found = {
    descriptor,
    package: source,
    'share-set': parseManifest(file('share-set'), mode),
    bundle,
    receipt: parseReceipt(file('receipt'), mode, descriptor.body),
  };
  expect(Object.keys(wanted.documents).sort()).toEqual(Object.keys(found).sort());
  for (const [name, { body, digest }] of Object.entries(found)) {
    expect({ body, digest }).toEqual(wanted.documents[name]);
  }
  if (source.body.kind !== 'refresh' || bundle.body.kind !== 'refresh') throw new Error(mode);
  const { manifest, roster } = verifyPackagedSet(setBytes(source.body), mode);
  const next = openNewSet(bundle.body);
  assertRefreshFollows(next, manifest, roster);
  expect(next.manifest.digest).toBe(found['share-set'].digest);
  expect(endedPlaces(next.manifest.body, manifest.body).map(({ index }) => index)).toEqual([3]);
  expect(verifyBundle(bundle, manifest.body, next.roster.body).shares).toHaveLength(3);
});
