/** The golden files of a new key version, of another active one and of the end of one still decode. */
import { expect, test } from 'vitest';
import { goldenFile, goldenJson } from '../test/support/golden.ts';
import { bundleType, verifyBundle } from './bundle/bundle.ts';
import { openBundle } from './bundle/bundle-secret.ts';
import { parseDescriptor } from './bundle/descriptor.ts';
import { setBytes, verifyPackagedSet } from './bundle/packaged-set.ts';
import { parsePackage } from './bundle/package.ts';
import { parseReceipt } from './bundle/receipt.ts';
import { assertVersionFollows, openNewSet } from './bundle/rotate.ts';
import { openRotatePackage } from './bundle/rotate-package.ts';
import { parseTicket } from './bundle/ticket.ts';
import { bytesToHex, hexToBytes } from './encoding/bytes.ts';
import { MODES } from './mode.ts';
import { checkValueFits } from './sharing/check-value.ts';

test.each(MODES)('a new key version, %s', async (mode) => {
  const wanted = goldenJson(mode, 'new-version/expected.json') as {
    documents: Record<string, { digest: string; body: unknown }>;
    secrets: Record<
      'ticketPrivateKey' | 'recipientPrivateKey' | 'vaultComponent' | 'newVaultComponent',
      string
    >;
  };
  const file = (name: string) => goldenFile(mode, `new-version/${name}.json`);
  const sync = parseDescriptor(file('descriptor'), mode).body;
  const source = parsePackage(file('package'), mode, sync);
  const bundle = bundleType.parse(file('bundle'), mode);
  const found = {
    ticket: parseTicket(file('ticket'), mode),
    package: source,
    bundle,
    receipt: parseReceipt(file('receipt'), mode, sync),
  };
  for (const [name, { body, digest }] of Object.entries(found)) {
    expect(body).toEqual(wanted.documents[name]?.body);
    expect(digest).toBe(wanted.documents[name]?.digest);
  }
  if (source.body.kind !== 'new-version' || bundle.body.kind !== 'new-version') {
    throw new Error(mode);
  }
  const { manifest, roster, others } = verifyPackagedSet(setBytes(source.body), mode);
  expect(others.map(({ body }) => body.keyVersion)).toEqual(['v0']);
  const next = openNewSet(bundle.body);
  assertVersionFollows(next, manifest, roster, others);
  expect(verifyBundle(bundle, manifest.body, next.roster.body).shares).toHaveLength(3);
  const { secrets } = wanted;
  const old = await openRotatePackage(source.body, hexToBytes(secrets.ticketPrivateKey));
  expect(bytesToHex(old)).toBe(secrets.vaultComponent);
  const fresh = await openBundle(bundle.body, hexToBytes(secrets.recipientPrivateKey));
  expect(bytesToHex(fresh)).toBe(secrets.newVaultComponent);
  const { componentId, checks } = next.manifest.body;
  expect(checkValueFits('vault-component', fresh, componentId, checks.vaultComponent)).toBe(true);
});

test.each(MODES)('another active version, and the end of one, %s', (mode) => {
  const wanted = goldenJson(mode, 'change-version/expected.json') as {
    documents: Record<string, { digest: string; body: unknown }>;
  };
  const file = (name: string) => goldenFile(mode, `change-version/${name}.json`);
  const sync = parseDescriptor(file('descriptor'), mode).body;
  for (const kind of ['activate', 'retire'] as const) {
    const source = parsePackage(file(`${kind}-package`), mode, sync);
    const bundle = bundleType.parse(file(`${kind}-bundle`), mode);
    const receipt = parseReceipt(file(`${kind}-receipt`), mode, sync);
    for (const [what, { body, digest }] of Object.entries({ package: source, bundle, receipt })) {
      expect({ body, digest }).toEqual(wanted.documents[`${kind}-${what}`]);
    }
    if (source.body.kind !== kind || bundle.body.kind !== kind) throw new Error(kind);
    const { manifest, roster } = verifyPackagedSet(setBytes(source.body), mode);
    expect(verifyBundle(bundle, manifest.body, roster.body).shares).toHaveLength(3);
    expect(bundle.body.packageDigest).toBe(source.digest);
  }
});
