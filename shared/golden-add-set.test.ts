/** The golden files of a further set still decode, and it still joins those in force. */
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../test/support/golden.ts';
import { assertSetJoins } from './bundle/add-set.ts';
import { bundleType, verifyBundle } from './bundle/bundle.ts';
import { parseDescriptor } from './bundle/descriptor.ts';
import { setBytes, verifyPackagedSet } from './bundle/packaged-set.ts';
import { parsePackage } from './bundle/package.ts';
import { parseReceipt } from './bundle/receipt.ts';
import { openNewSet } from './bundle/rotate.ts';
import { MODES } from './mode.ts';
import { parseManifest } from './sharing/manifest.ts';

test.each(MODES)('a further set, %s', (mode) => {
  const wanted = goldenJson(mode, 'add-set/expected.json') as {
    documents: Record<string, { digest: string; body: unknown }>;
  };
  const file = (name: string) => goldenFile(mode, `add-set/${name}.json`);
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
  if (source.body.kind !== 'add-set' || bundle.body.kind !== 'add-set') throw new Error(mode);
  const { manifest, roster, others } = verifyPackagedSet(setBytes(source.body), mode);
  expect(others.map(({ body }) => [body.keyVersion, body.label])).toEqual([['v1', 'On-call']]);
  const next = openNewSet(bundle.body);
  assertSetJoins(next, manifest, roster, others);
  expect(next.manifest.digest).toBe(found['share-set'].digest);
  expect(next.manifest.body.label).toBe('Abroad');
  expect(verifyBundle(bundle, manifest.body, next.roster.body).shares).toHaveLength(2);
});
