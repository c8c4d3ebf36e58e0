/** A further set of a key version on the wire: who signs what, and which set may stand beside others. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeAddSetBundle,
  makeAddSetPackage,
  makeFurtherSet,
  type TestAddSetPackage,
} from '../../test/support/add-set-documents.ts';
import { makeRefreshed } from '../../test/support/refresh-documents.ts';
import { makeNextSet, makeRotateBundle } from '../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { makeNextVersion } from '../../test/support/version-documents.ts';
import {
  expectBringsItsSet,
  expectNoByteChanges,
  expectSignedByPresent,
  readAsAuditor,
  refused,
} from '../../test/support/wire-checks.ts';
import { envelopeToJson } from '../encoding/dsse.ts';
import { assertSetJoins, VERSION_SETS } from './add-set.ts';
import { CHANGES_TRUST } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { packagedParts, setBytes, verifyPackagedSet } from './packaged-set.ts';
import { assertNext, assertSetFollows, openNewSet } from './rotate.ts';

let set: TestShareSet;
let further: TestShareSet;
let strange: TestShareSet;
let source: TestAddSetPackage;
beforeAll(async () => {
  set = await makeShareSet();
  further = await makeFurtherSet(set);
  strange = await makeShareSet();
  source = await makeAddSetPackage(set);
});

describe('the sets that a package brings', () => {
  const parts = (...others: readonly Pick<TestShareSet, 'manifest'>[]) => ({
    manifest: envelopeToJson(set.manifest.envelope),
    roster: envelopeToJson(further.roster.envelope),
    others: others.map(({ manifest }) => envelopeToJson(manifest.envelope)),
  });

  test('may be several of one version, and any of them has signed the roster', async () => {
    const second = await makeNextVersion(further);
    const opened = verifyPackagedSet(setBytes(parts(further, second)), set.mode);
    expect(opened.others.map(({ digest }) => digest)).toEqual([
      further.manifest.digest,
      second.manifest.digest,
    ]);
    expect(opened.roster.digest).toBe(further.roster.digest);
    expect(packagedParts(opened)).toEqual(parts(further, second));
  });

  test('are of one component within a version, and none is there twice', async () => {
    const renewed = await makeNextSet(set);
    const generation = await makeRefreshed(set, source.body.nonce);
    const second = await makeNextVersion(further);
    const secondRenewed = await makeNextSet(second);
    for (const others of [[renewed], [strange], [set], [generation], [further, further]]) {
      const wrong = setBytes({ ...parts(...others), roster: envelopeToJson(set.roster.envelope) });
      expect(() => verifyPackagedSet(wrong, set.mode)).toThrow(refused('document-damaged'));
    }
    // Nor within another version.
    expect(() =>
      verifyPackagedSet(setBytes(parts(further, second, secondRenewed)), set.mode),
    ).toThrow(refused('document-damaged'));
  });
});

describe('a further set', () => {
  test('is another split of the same component, for other people', async () => {
    assertSetJoins(further, set.manifest, set.roster);
    expect(assertNext['add-set']).toBe(assertSetJoins);
    expect(further.component).toEqual(set.component);
    const { componentId, checks, escrowKey } = set.manifest.body;
    expect(further.manifest.body).toMatchObject({ componentId, checks, escrowKey, generation: 1 });
    // A third one, vouched for by the second.
    const third = await makeFurtherSet(further, { label: 'Abroad' });
    assertSetJoins(third, further.manifest, further.roster, [set.manifest]);
    // One of before there were escrow keys has none beside it either.
    const old = await makeShareSet({ isOld: true });
    assertSetJoins(await makeFurtherSet(old), old.manifest, old.roster);
  });

  test.each([
    ['the set that vouches', () => ({ previous: 'ab'.repeat(32) })],
    ['no set that vouches', () => ({ previous: null })],
    ['the set', () => ({ setId: set.manifest.body.setId })],
    ['the name', () => ({ label: ' 2026 a' })],
    ['the key version', () => ({ keyVersion: 'v2' })],
    ['the component', () => ({ componentId: 'ab'.repeat(16) })],
    ['the length', () => ({ componentBytes: 32 })],
    ['the check values', () => ({ checks: strange.manifest.body.checks })],
    ['the generation', () => ({ generation: 2 })],
    ['the sync', () => ({ sync: { ...set.manifest.body.sync, audience: 'ab'.repeat(16) } })],
    ['no escrow key', () => ({ escrowKey: undefined })],
    ['another escrow key', () => ({ escrowKey: strange.manifest.body.escrowKey })],
    ['a share of before', () => ({ shares: set.manifest.body.shares })],
  ])('joins no set in which %s is wrong', async (_, change) => {
    const { manifest, roster } = further;
    const wrong = { ...manifest, body: { ...manifest.body, ...change() } };
    expect(() => assertSetJoins({ manifest: wrong, roster }, set.manifest, set.roster)).toThrow(
      refused('set-not-beside'),
    );
  });

  test('has neither id nor name of any other set of the version; another version may have its name', async () => {
    const third = await makeFurtherSet(further, { label: 'Abroad', change: { label: 'ON-CALL' } });
    expect(() => assertSetJoins(third, further.manifest, further.roster, [set.manifest])).toThrow(
      refused('set-not-beside'),
    );
    const like = await makeFurtherSet(further, { label: '2026 A' });
    expect(() => assertSetJoins(like, further.manifest, further.roster, [set.manifest])).toThrow(
      refused('set-not-beside'),
    );
    assertSetJoins(like, further.manifest, further.roster);
    const next = await makeNextVersion(set);
    const beside = await makeFurtherSet(next, { label: '2026 A' });
    assertSetJoins(beside, next.manifest, next.roster, [set.manifest]);
  });

  test('is the fourth of its version at most', async () => {
    const all = [set];
    while (all.length <= VERSION_SETS) {
      const last = all[all.length - 1] ?? set;
      const before = all.slice(0, -1).map(({ manifest }) => manifest);
      const one = await makeFurtherSet(last, { label: `set ${all.length + 1}` });
      const joins = () => assertSetJoins(one, last.manifest, last.roster, before);
      if (all.length < VERSION_SETS) joins();
      else expect(joins).toThrow(refused('set-not-beside'));
      all.push(one);
    }
  });

  test('brings no roster that does not follow, or in which a holder of any set is missing', async () => {
    const { people } = further.roster.body;
    const without = (name: string) => ({ people: people.filter((one) => one.name !== name) });
    for (const [rosterChange, code] of [
      [{ serial: 1 }, 'roster-not-next'],
      [{ previous: null }, 'roster-not-next'],
      [without('On-call 3'), 'roster-holder-missing'],
      [without('custodian 4'), 'roster-holder-missing'],
    ] as const) {
      const { cast } = further;
      const made = await makeFurtherSet(set, { rosterChange: { ...rosterChange }, cast });
      expect(() => assertSetJoins(made, set.manifest, set.roster)).toThrow(refused(code));
    }
    // Of a further set that gave no share.
    const third = await makeFurtherSet(set, { label: 'Abroad' });
    expect(() => assertSetJoins(third, set.manifest, set.roster, [further.manifest])).toThrow(
      refused('roster-holder-missing'),
    );
  });

  test('new shares end it with all others of its version: its holders may leave', async () => {
    const renewed = await makeNextSet(set, {
      rosterChange: { serial: 3, previous: further.roster.digest },
    });
    assertSetFollows(renewed, set.manifest, further.roster, [further.manifest]);
    const other = await makeNextVersion(further);
    expect(() =>
      assertSetFollows(renewed, set.manifest, further.roster, [further.manifest, other.manifest]),
    ).toThrow(refused('roster-holder-missing'));
  });

  test('is neither new shares nor the first of another version', async () => {
    for (const kind of ['rotate-shares', 'new-version', 'refresh'] as const) {
      expect(() => assertNext[kind](further, set.manifest, set.roster)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/-not-next$/) as string }) as Error,
      );
    }
    const renewed = await makeNextSet(set);
    expect(() => assertSetJoins(renewed, set.manifest, set.roster)).toThrow(
      refused('set-not-beside'),
    );
    const { body } = (await makeRotateBundle(set, further)).document;
    expect(() => assertNext[body.kind](openNewSet(body), set.manifest, set.roster)).toThrow(
      refused('set-not-next'),
    );
  });
});

describe('a bundle of a further set', () => {
  test('is signed by k shares of the set that vouches and an operator of the new roster', async () => {
    await expectSignedByPresent(set, further, (signers) =>
      makeAddSetBundle(set, further, source, { signers }),
    );
    expect(CHANGES_TRUST).toContain('add-set');
  });

  test('brings a set and a roster that the new set signed, that it names, and no secret', async () => {
    const { body } = (await makeAddSetBundle(set, further, source)).document;
    await expectBringsItsSet(body, set, further, [{ keyVersion: 'v2' }]);
    await expect(openBundle(body, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('an auditor reads what it does, and who signed', async () => {
    const { facts, shares } = readAsAuditor(await makeAddSetBundle(set, further, source), set);
    expect(facts).toContain('It adds a share set to key version v1: On-call, 4 shares');
    expect(facts).toContain(further.manifest.digest);
    expect(facts).toContain('It carries no secret.');
    expect(shares).toBe(3);
    const wrong = await makeFurtherSet(set, { change: { generation: 2 } });
    const made = await makeAddSetBundle(set, wrong, source);
    expect(() => readAsAuditor(made, set)).toThrow(refused('set-not-beside'));
  });
});

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  test('package, bundle, receipt of a further set', async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const before = await makeFurtherSet(small);
    const { roster } = before;
    const from = await makeAddSetPackage(small, { others: [before], roster });
    const after = await makeFurtherSet({ ...before, ...small, roster }, { label: 'Abroad' });
    const bundle = await makeAddSetBundle(small, after, from);
    await expectNoByteChanges(small, after, { package: from, bundle });
  });
});
