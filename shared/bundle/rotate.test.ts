/** New shares of the same platform key on the wire: who signs what, and which set may follow. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeNextSet,
  makeRotateBundle,
  makeRotatePackage,
} from '../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import {
  expectBringsItsSet,
  expectNoByteChanges,
  expectSignedByPresent,
  readAsAuditor,
  refused,
} from '../../test/support/wire-checks.ts';
import { xorComponents } from '../checktick/index.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { packageType, parsePackage } from './package.ts';
import { assertSetFollows } from './rotate.ts';
import { openRotatePackage } from './rotate-package.ts';

let set: TestShareSet;
let next: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
  next = await makeNextSet(set);
});

describe('a package for new shares', () => {
  test('gives the vault component to the ticket’s key, and to no other', async () => {
    const { document, ticket } = await makeRotatePackage(set);
    const { body } = parsePackage(packageType.toBytes(document), set.mode, set.sync);
    if (body.kind !== 'rotate-shares') throw new Error('another kind');
    expect(await openRotatePackage(body, ticket.keys.privateKey)).toEqual(set.vaultComponent);
    for (const [changed, key] of [
      [body, set.sync.recipient.privateKey],
      [{ ...body, compared: 'other-version' as const }, ticket.keys.privateKey],
      [{ ...body, nonce: 'ab'.repeat(16) }, ticket.keys.privateKey],
    ] as const) {
      await expect(openRotatePackage(changed, key)).rejects.toThrow(refused('sealed-not-openable'));
    }
  });
});

describe('a bundle of new shares', () => {
  test('is signed by k shares of before and an operator of the new roster, by no new share', async () => {
    await expectSignedByPresent(set, next, (signers) => makeRotateBundle(set, next, { signers }));
  });

  test('seals the new vault component, with which the new shares give the same platform key', async () => {
    const { document } = await makeRotateBundle(set, next);
    const opened = await openBundle(document.body, set.sync.recipient.privateKey);
    expect(opened).toEqual(next.vaultComponent);
    expect(opened).not.toEqual(set.vaultComponent);
    expect(xorComponents(opened, next.component)).toEqual(set.platformKey);
    const moved = { ...document.body, newManifestDigest: 'ab'.repeat(32) };
    await expect(openBundle(moved, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('brings a set and a roster that the new set signed, and that it names', async () => {
    const { body } = (await makeRotateBundle(set, next)).document;
    await expectBringsItsSet(body, set, next, [{ keyVersion: 'v2' }]);
  });

  test.each([
    ['the set before it', () => ({ previous: 'ab'.repeat(32) })],
    ['the key version', () => ({ keyVersion: 'v2' })],
    ['the set', () => ({ setId: set.manifest.body.setId })],
    ['the component', () => ({ componentId: set.manifest.body.componentId })],
    ['the length', () => ({ componentBytes: 32 })],
    ['the generation', () => ({ generation: 2 })],
    ['the sync', () => ({ sync: { ...set.manifest.body.sync, audience: 'ab'.repeat(16) } })],
    ['no escrow key', () => ({ escrowKey: undefined })],
    ['another escrow key', () => ({ escrowKey: other.manifest.body.escrowKey })],
  ])('follows no set in which %s is wrong', async (_, change) => {
    const { manifest, roster } = next;
    const wrong = { ...manifest, body: { ...manifest.body, ...change() } };
    expect(() => assertSetFollows({ manifest: wrong, roster }, set.manifest, set.roster)).toThrow(
      refused('set-not-next'),
    );
  });
  let other: TestShareSet;
  beforeAll(async () => {
    other = await makeShareSet();
  });

  test('follows with other numbers, and gives an escrow key to a set that has none', async () => {
    const larger = await makeNextSet(set, { threshold: 2, count: 5 });
    assertSetFollows(larger, set.manifest, set.roster);
    const old = await makeShareSet({ isOld: true });
    const { manifest, roster } = await makeNextSet(old);
    expect(manifest.body).not.toHaveProperty('escrowKey');
    assertSetFollows({ manifest, roster }, old.manifest, old.roster);
    const { escrowKey } = other.manifest.body;
    const keyed = { ...manifest, body: { ...manifest.body, escrowKey } };
    assertSetFollows({ manifest: keyed, roster }, old.manifest, old.roster);
  });

  test('brings no roster that does not follow, or in which a new holder is missing', async () => {
    for (const [rosterChange, code] of [
      [{ serial: 1 }, 'roster-not-next'],
      [{ previous: null }, 'roster-not-next'],
      [{ people: set.roster.body.people.slice(1) }, 'roster-holder-missing'],
    ] as const) {
      const made = await makeNextSet(set, { rosterChange });
      expect(() => assertSetFollows(made, set.manifest, set.roster)).toThrow(refused(code));
    }
  });

  test('an auditor reads what it does, and who signed', async () => {
    const made = await makeRotateBundle(set, next);
    const { facts, shares } = readAsAuditor(made, set);
    expect(facts).toContain('renews the shares of key version v1: the platform key stays');
    expect(facts).toContain(next.manifest.digest);
    expect(facts).toContain('sealed to that sync and was not opened here');
    expect(shares).toBe(3);
    const bytes = bundleType.toBytes(made.document);
    expect(() => verifyBundleFile(bytes, 'production', { manifest: other.manifest })).toThrow(
      refused('anchor-does-not-fit'),
    );
    const strange = await makeNextSet(set, { change: { generation: 2 } });
    const wrong = await makeRotateBundle(set, strange);
    expect(() => readAsAuditor(wrong, set)).toThrow(refused('set-not-next'));
  });
});

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  test('ticket, package, bundle, receipt of new shares', async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const after = await makeNextSet(small);
    const source = await makeRotatePackage(small);
    const bundle = await makeRotateBundle(small, after, { package: source.document });
    const { ticket, document } = source;
    await expectNoByteChanges(small, after, { ticket: ticket.document, package: document, bundle });
  });
});
