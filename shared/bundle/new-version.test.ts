/** A new key version, another active one and the end of one on the wire: who signs what, what follows. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeNextSet, makeRotateBundle } from '../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import {
  makeChangeBundle,
  makeChangePackage,
  makeNextVersion,
  makeVersionBundle,
  makeVersionPackage,
} from '../../test/support/version-documents.ts';
import {
  expectBringsItsSet,
  expectNoByteChanges,
  expectSignedByPresent,
  readAsAuditor,
  refused,
} from '../../test/support/wire-checks.ts';
import { xorComponents } from '../checktick/index.ts';
import { envelopeToJson, type Signer } from '../encoding/dsse.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, verifyBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { packagedParts, setBytes, verifyPackagedSet } from './packaged-set.ts';
import { packageType, parsePackage } from './package.ts';
import { openNewRoster } from './roster-bundle.ts';
import { assertSetFollows, assertVersionFollows } from './rotate.ts';
import { openRotatePackage } from './rotate-package.ts';

let set: TestShareSet;
let next: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
  next = await makeNextVersion(set);
});

describe('a package for a new key version', () => {
  test('gives the active component to the ticket’s key, and to no other', async () => {
    const { document, ticket } = await makeVersionPackage(set);
    const { body } = parsePackage(packageType.toBytes(document), set.mode, set.sync);
    if (body.kind !== 'new-version') throw new Error('another kind');
    expect(await openRotatePackage(body, ticket.keys.privateKey)).toEqual(set.vaultComponent);
    const { nextVersion: _, ...open } = body;
    for (const [changed, key] of [
      [body, set.sync.recipient.privateKey],
      [{ ...body, nextVersion: 'v3' }, ticket.keys.privateKey],
      // The same secret under the name of the other kind.
      [
        { ...open, kind: 'rotate-shares' as const, compared: 'same' as const },
        ticket.keys.privateKey,
      ],
    ] as const) {
      await expect(openRotatePackage(changed, key)).rejects.toThrow(refused('sealed-not-openable'));
    }
  });

  test('never names one version twice', async () => {
    await expect(makeVersionPackage(set, { nextVersion: 'v1' })).rejects.toThrow();
  });
});

describe('the set in force in a package, where several versions are trusted', () => {
  test('its roster may be signed by the set of any of them', async () => {
    // After a new version: the roster is that of v2, and the package is about v1.
    const parts = {
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(next.roster.envelope),
      others: [envelopeToJson(next.manifest.envelope)],
    };
    const opened = verifyPackagedSet(setBytes(parts), set.mode);
    expect(opened.manifest.digest).toBe(set.manifest.digest);
    expect(opened.roster.digest).toBe(next.roster.digest);
    expect(opened.others.map(({ digest }) => digest)).toEqual([next.manifest.digest]);
    expect(packagedParts(opened)).toEqual(parts);
    const { others: _, ...alone } = parts;
    expect(() => verifyPackagedSet(setBytes(alone), set.mode)).toThrow(
      refused('signature-unknown'),
    );
    const twice = { ...parts, others: [parts.manifest] };
    expect(() => verifyPackagedSet(setBytes(twice), set.mode)).toThrow(refused('document-damaged'));
    // Too few of the set that signed it.
    const few = { ...next.roster.envelope, signatures: next.roster.envelope.signatures.slice(1) };
    const weak = { ...parts, roster: envelopeToJson(few) };
    expect(() => verifyPackagedSet(setBytes(weak), set.mode)).toThrow(refused('signature-missing'));
  });

  test('whoever holds a share of another version stays, in new shares and in a new roster', async () => {
    const renewed = await makeNextSet(next);
    assertSetFollows(renewed, next.manifest, next.roster, [set.manifest]);
    const people = next.roster.body.people.filter(({ name }) => name !== 'custodian 4');
    const without = await makeNextSet(next, { threshold: 2, count: 3, rosterChange: { people } });
    assertSetFollows(without, next.manifest, next.roster);
    expect(() => assertSetFollows(without, next.manifest, next.roster, [set.manifest])).toThrow(
      refused('roster-holder-missing'),
    );
    const smaller = await makeNextVersion(set, {
      threshold: 2,
      count: 3,
      rosterChange: { people },
    });
    const body = {
      ...(await makeRotateBundle(next, renewed)).document.body,
      kind: 'roster' as const,
      keyVersion: 'v2',
      roster: envelopeToJson(smaller.roster.envelope),
      rosterDigest: smaller.roster.digest,
      admins: null,
    };
    expect(openNewRoster(body, smaller.manifest.body, null).digest).toBe(smaller.roster.digest);
    expect(() => openNewRoster(body, smaller.manifest.body, null, [set.manifest])).toThrow(
      refused('roster-holder-missing'),
    );
  });
});

describe('a bundle of a new key version', () => {
  test('is signed by k shares of the active version and an operator of the new roster', async () => {
    await expectSignedByPresent(set, next, (signers) => makeVersionBundle(set, next, { signers }));
  });

  test('seals the new vault component, with which the new shares give another platform key', async () => {
    const { document } = await makeVersionBundle(set, next);
    const opened = await openBundle(document.body, set.sync.recipient.privateKey);
    expect(opened).toEqual(next.vaultComponent);
    expect(xorComponents(opened, next.component)).toEqual(next.platformKey);
    expect(next.platformKey).not.toEqual(set.platformKey);
    const moved = { ...document.body, nextVersion: 'v3' };
    await expect(openBundle(moved, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('brings a set and a roster that the new set signed, and that it names', async () => {
    const { body } = (await makeVersionBundle(set, next)).document;
    await expectBringsItsSet(body, set, next, [{ nextVersion: 'v3' }]);
  });

  test.each([
    ['the set before it', () => ({ previous: 'ab'.repeat(32) })],
    ['the key version', () => ({ keyVersion: 'v1' })],
    ['the set', () => ({ setId: set.manifest.body.setId })],
    ['the component', () => ({ componentId: set.manifest.body.componentId })],
    ['the length', () => ({ componentBytes: 32 })],
    ['the generation', () => ({ generation: 2 })],
    ['the sync', () => ({ sync: { ...set.manifest.body.sync, audience: 'ab'.repeat(16) } })],
    ['no escrow key', () => ({ escrowKey: undefined })],
    ['the escrow key of before', () => ({ escrowKey: set.manifest.body.escrowKey })],
  ])('follows no set in which %s is wrong', async (_, change) => {
    const { manifest, roster } = next;
    const wrong = { ...manifest, body: { ...manifest.body, ...change() } };
    expect(() =>
      assertVersionFollows({ manifest: wrong, roster }, set.manifest, set.roster),
    ).toThrow(refused('set-not-next'));
  });

  test('follows with other numbers, and a set without an escrow key', async () => {
    const larger = await makeNextVersion(set, { threshold: 2, count: 5 });
    assertVersionFollows(larger, set.manifest, set.roster);
    const old = await makeShareSet({ isOld: true, componentBytes: 32 });
    const after = await makeNextVersion(old);
    expect(after.manifest.body).toMatchObject({ componentBytes: 64, keyVersion: 'v2' });
    assertVersionFollows(after, old.manifest, old.roster);
  });

  test('brings no roster that does not follow, or in which a holder of either set is missing', async () => {
    const people = set.roster.body.people.filter(({ name }) => name !== 'custodian 4');
    for (const [options, code] of [
      [{ rosterChange: { serial: 1 } }, 'roster-not-next'],
      [{ rosterChange: { previous: null } }, 'roster-not-next'],
      [{ rosterChange: { people } }, 'roster-holder-missing'],
      // He holds no share of the new set, and one of the old.
      [{ threshold: 2, count: 3, rosterChange: { people } }, 'roster-holder-missing'],
    ] as const) {
      const made = await makeNextVersion(set, options);
      expect(() => assertVersionFollows(made, set.manifest, set.roster)).toThrow(refused(code));
    }
  });

  test('a third version needs the holders of the first two', async () => {
    const third = await makeNextVersion(next, { keyVersion: 'v3' });
    assertVersionFollows(third, next.manifest, next.roster, [set.manifest]);
    const stranger = await makeShareSet({ count: 5 });
    expect(() =>
      assertVersionFollows(third, next.manifest, next.roster, [stranger.manifest]),
    ).toThrow(refused('roster-holder-missing'));
  });

  test('an auditor reads what it does, and who signed', async () => {
    const { facts, shares } = readAsAuditor(await makeVersionBundle(set, next), set);
    expect(facts).toContain('makes key version v2, a new platform key beside that of v1');
    expect(facts).toContain(next.manifest.digest);
    expect(facts).toContain('sealed to that sync and was not opened here');
    expect(shares).toBe(3);
    const strange = await makeNextVersion(set, { change: { generation: 2 } });
    const made = await makeVersionBundle(set, strange);
    expect(() => readAsAuditor(made, set)).toThrow(refused('set-not-next'));
  });
});

describe.each(['activate', 'retire'] as const)('a bundle to %s a version', (kind) => {
  test('is signed by k shares of the active version and an operator, and holds no secret', async () => {
    const source = await makeChangePackage(set, kind, 'v2');
    const verify = async (signers: Signer[]) => {
      const { document } = await makeChangeBundle(set, source, { signers });
      const parsed = bundleType.parse(bundleType.toBytes(document), 'production');
      await expect(openBundle(parsed.body, set.sync.recipient.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
      return verifyBundle(parsed, set.manifest.body, set.roster.body);
    };
    const operator = set.cast.operator.signer;
    expect((await verify([...set.quorum, operator])).shares).toHaveLength(3);
    await expect(verify([...set.quorum.slice(1), operator])).rejects.toThrow(
      refused('signature-missing'),
    );
    await expect(verify([...next.quorum, operator])).rejects.toThrow(refused('signature-unknown'));
  });

  test('never names the active version', async () => {
    await expect(makeChangePackage(set, kind, 'v1')).rejects.toThrow();
    const source = await makeChangePackage(set, kind, 'v2');
    const change = { keyVersion: 'v2' };
    await expect(makeChangeBundle(set, source, { change })).rejects.toThrow();
  });

  test('an auditor reads what it does, and who signed', async () => {
    const { document } = await makeChangeBundle(set, await makeChangePackage(set, kind, 'v2'));
    const bytes = bundleType.toBytes(document);
    const anchor = { manifest: set.manifest, roster: set.roster };
    const read = verifyBundleFile(bytes, 'production', anchor);
    expect(read.standing).toBe('authenticated');
    expect(read.facts.join('\n')).toContain(
      kind === 'activate'
        ? 'makes key version v2 the active one, in the place of v1'
        : 'retires key version v2: its share sets are trusted no more',
    );
    expect(read.facts).toContain('It carries no secret.');
  });

  test('is refused with any byte changed, as is its package', { timeout: 180_000 }, async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const source = await makeChangePackage(small, kind, 'v2');
    const file = packageType.toBytes(source);
    const asPackage = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
    expect(notRefused(file, asPackage, { sample: 1, step: 3 })).toEqual([]);
    const bundle = bundleType.toBytes((await makeChangeBundle(small, source)).document);
    const accept = (changed: Uint8Array) =>
      verifyBundle(bundleType.parse(changed, 'production'), small.manifest.body, small.roster.body);
    expect(notRefused(bundle, accept, { sample: 1, step: 3 })).toEqual([]);
  });
});

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  test('ticket, package, bundle, receipt of a new key version', async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const after = await makeNextVersion(small);
    const source = await makeVersionPackage(small, { others: [after] });
    const bundle = await makeVersionBundle(small, after, { package: source.document });
    const { ticket, document } = source;
    await expectNoByteChanges(small, after, { ticket: ticket.document, package: document, bundle });
  });
});
