/** Refreshed shares on the wire: what either key of a share says, and which generation may follow. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeRefreshBundle,
  makeRefreshed,
  makeRefreshPackage,
  type RefreshedOptions,
  type TestRefreshPackage,
} from '../../test/support/refresh-documents.ts';
import { makeRotateBundle } from '../../test/support/rotate-documents.ts';
import { makeRoster, makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import {
  expectNamesItsSet,
  expectNoByteChanges,
  readAsAuditor,
  refused,
} from '../../test/support/wire-checks.ts';
import { checkValue } from '../sharing/check-value.ts';
import {
  manifestType,
  parseManifest,
  type Manifest,
  type ManifestDocument,
} from '../sharing/manifest.ts';
import { refreshMessage, verifyBefore } from '../sharing/refresh-statement.ts';
import { combineShares } from '../sharing/split.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, verifyBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { assertRefreshFollows, endedPlaces } from './refresh.ts';
import { assertSetFollows, openNewSet } from './rotate.ts';

let set: TestShareSet;
let other: TestShareSet;
let source: TestRefreshPackage;
let next: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
  other = await makeShareSet();
  source = await makeRefreshPackage(set);
  next = await makeRefreshed(set, source.body.nonce);
}, 60_000);

/** By what the component is recognised. */
const expected = ({ component, componentId }: TestShareSet) => ({
  what: 'custodian-component' as const,
  componentId,
  checkValue: checkValue('custodian-component', component, componentId),
});
const refreshedBy = (options: RefreshedOptions) => makeRefreshed(set, source.body.nonce, options);
const parse = (manifest: ManifestDocument) =>
  parseManifest(manifestType.toBytes(manifest), 'production');

describe('the manifest of a refresh', () => {
  test('is of shares that fit each other, and give what those of before gave', async () => {
    expect(await combineShares(next.shares.slice(1), expected(set))).toEqual(set.component);
    const mixed = [...set.shares.slice(0, 1), ...next.shares.slice(1, 3)];
    await expect(combineShares(mixed, expected(set))).rejects.toThrow(
      refused('share-of-another-set'),
    );
    // Nor where somebody writes the old generation over the new one.
    const [old] = set.shares;
    if (old === undefined) throw new Error('there are shares');
    const forged = [{ ...old, generation: 2 }, ...next.shares.slice(1, 3)];
    await expect(combineShares(forged, expected(set))).rejects.toThrow(
      refused('shares-do-not-fit'),
    );
  });

  test('is signed by the operator whom its statements name, and by no share key', async () => {
    const { body } = next.manifest;
    const { operator, witness } = set.cast;
    const signed = async (...signers: Parameters<typeof manifestType.sign>[1]) =>
      parse(await manifestType.sign(body, signers));
    expect((await signed(operator.signer)).body).toEqual(body);
    await expect(signed()).rejects.toThrow(refused('signature-missing'));
    await expect(signed(witness.signer)).rejects.toThrow(refused('signature-unknown'));
    await expect(signed(operator.signer, ...next.quorum)).rejects.toThrow(
      refused('signature-unknown'),
    );
    // Another operator would have to be named in statements that nobody signed.
    const refreshed = { ...mustHave(body), operator: witness.signer.keyid };
    const moved = await manifestType.sign({ ...body, refreshed }, [witness.signer]);
    expect(() => parse(moved)).toThrow(refused('signature-wrong'));
  });

  test('holds a statement of every share’s new key, about everything that is known then', async () => {
    const { body } = next.manifest;
    const changes: Partial<Manifest>[] = [
      { setId: other.manifest.body.setId },
      { generation: 3 },
      { previous: other.manifest.digest },
      { roster: set.roster.digest },
      { ceremonyId: other.ceremonyId },
      { sync: { ...body.sync, audience: other.sync.audience } },
      { refreshed: { ...mustHave(body), nonce: other.ceremonyId } },
    ];
    for (const change of changes) {
      const changed = await manifestType.sign({ ...body, ...change }, [set.cast.operator.signer]);
      expect(() => parse(changed)).toThrow(refused('signature-wrong'));
    }
    // A share left out afterwards: the others said how many live on.
    const [first, ...rest] = body.shares;
    const [, ...statements] = mustHave(body).statements;
    const fewer = {
      ...body,
      count: 3,
      shares: rest.map((share, at) => ({ ...share, index: at + 1 })),
      refreshed: { ...mustHave(body), statements },
    };
    expect(first?.index).toBe(1);
    const left = await manifestType.sign(fewer, [set.cast.operator.signer]);
    expect(() => parse(left)).toThrow(refused('signature-wrong'));
  });

  test('no two statements have the same bytes, and each field counts', () => {
    const { body } = next.manifest;
    const said = {
      mode: body.mode,
      audience: body.sync.audience,
      ceremonyId: body.ceremonyId,
      nonce: source.body.nonce,
      setId: body.setId,
      generation: 2,
      previous: set.manifest.digest,
      roster: body.roster,
      operator: set.cast.operator.signer.keyid,
      before: 1,
      index: 1,
      count: 4,
      publicKey: body.shares[0]?.publicKey ?? '',
    };
    const changes = [
      {},
      { mode: 'rehearsal' as const },
      { audience: 'ab'.repeat(16) },
      { ceremonyId: 'ab'.repeat(16) },
      { nonce: 'ab'.repeat(16) },
      { setId: 'ab'.repeat(16) },
      { generation: 3 },
      { previous: 'ab'.repeat(32) },
      { roster: 'ab'.repeat(32) },
      { operator: 'ab'.repeat(32) },
      { before: 2 },
      { index: 2 },
      { count: 3 },
      { publicKey: 'ab'.repeat(32) },
    ];
    const all = changes.map((change) => String(refreshMessage({ ...said, ...change })));
    expect(new Set(all).size).toBe(changes.length);
  });

  test('is never made with statements out of order, too few of them, or in a first generation', async () => {
    const { body } = next.manifest;
    const refreshed = mustHave(body);
    for (const change of [
      { refreshed: { ...refreshed, statements: [...refreshed.statements].reverse() } },
      { refreshed: { ...refreshed, statements: refreshed.statements.slice(1) } },
      { generation: 1 },
      { previous: null },
    ]) {
      await expect(manifestType.sign({ ...body, ...change }, [])).rejects.toThrow();
    }
  });
});

function mustHave({ refreshed }: Manifest): NonNullable<Manifest['refreshed']> {
  if (refreshed === undefined) throw new Error('no refresh made it');
  return refreshed;
}

describe('a refreshed set follows the one in force', () => {
  test('with a statement of every share’s old key', async () => {
    assertRefreshFollows(next, set.manifest, set.roster);
    const keys = set.manifest.body.shares.map(({ publicKey }) => publicKey);
    expect(verifyBefore(next.manifest.body, set.manifest.body)).toEqual(keys);
    expect(endedPlaces(next.manifest.body, set.manifest.body)).toEqual([]);
    // Whoever has other shares makes a consistent manifest, and it follows nothing.
    const strange = await refreshedBy({ speakers: other.shares });
    expect(parse(strange.manifest).digest).toBe(strange.manifest.digest);
    expect(() => assertRefreshFollows(strange, set.manifest, set.roster)).toThrow(
      refused('signature-wrong'),
    );
    // One share that did not agree is enough, even where a quorum did.
    const [stolen, ...rest] = set.shares;
    const speakers = [other.shares[0] ?? stolen, ...rest].flatMap((share) => share ?? []);
    const without = await refreshedBy({ speakers });
    expect(() => assertRefreshFollows(without, set.manifest, set.roster)).toThrow(
      refused('signature-wrong'),
    );
  });

  test('without a place whose share did not come, whom it names, down to one more than the threshold', async () => {
    const wide = await makeShareSet({ threshold: 2, count: 4 });
    const from = await makeRefreshPackage(wide);
    const fewer = await makeRefreshed(wide, from.body.nonce, { comes: [1, 3, 4] });
    assertRefreshFollows(fewer, wide.manifest, wide.roster);
    const { body } = fewer.manifest;
    expect(body.shares.map(({ index, custodian }) => [index, custodian.name])).toEqual(
      [1, 3, 4].map((was, at) => [at + 1, wide.manifest.body.shares[was - 1]?.custodian.name]),
    );
    expect(endedPlaces(body, wide.manifest.body).map(({ index }) => index)).toEqual([2]);
    expect(await combineShares(fewer.shares.slice(1, 3), expected(wide))).toEqual(wide.component);
    const few = await makeRefreshed(wide, from.body.nonce, { comes: [1, 3] });
    expect(() => assertRefreshFollows(few, wide.manifest, wide.roster)).toThrow(
      refused('refresh-not-next'),
    );
    // Where all of them are needed to open the key, all of them can be refreshed.
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const same = await makeRefreshed(small, from.body.nonce);
    assertRefreshFollows(same, small.manifest, small.roster);
  });

  test('again and again, each time by the generation before it alone', async () => {
    const third = await makeRefreshed(next, source.body.nonce);
    assertRefreshFollows(third, next.manifest, next.roster);
    expect(third.manifest.body.generation).toBe(3);
    expect(() => assertRefreshFollows(third, set.manifest, set.roster)).toThrow(
      refused('refresh-not-next'),
    );
    expect(() => assertRefreshFollows(next, next.manifest, null)).toThrow(
      refused('refresh-not-next'),
    );
  });

  test('with a later number where an interrupted refresh used the next one, never with an older one', async () => {
    const later = await refreshedBy({ change: { generation: 4 } });
    assertRefreshFollows(later, set.manifest, set.roster);
    const same = await makeRefreshed(next, source.body.nonce, { change: { generation: 2 } });
    expect(() => assertRefreshFollows(same, next.manifest, next.roster)).toThrow(
      refused('refresh-not-next'),
    );
  });

  test.each<[string, () => Partial<Manifest>]>([
    ['the set before it', () => ({ previous: 'ab'.repeat(32) })],
    ['the set', () => ({ setId: 'ab'.repeat(16) })],
    ['the name', () => ({ label: '2028 B' })],
    ['the component', () => ({ componentId: 'ab'.repeat(16) })],
    ['the length', () => ({ componentBytes: 32 })],
    ['the key version', () => ({ keyVersion: 'v2' })],
    ['the threshold', () => ({ threshold: 2 })],
    ['a check value', () => ({ checks: other.manifest.body.checks })],
    ['the sync', () => ({ sync: { ...set.manifest.body.sync, publicKey: 'ab'.repeat(32) } })],
    ['the escrow key', () => ({ escrowKey: other.manifest.body.escrowKey })],
    [
      'the rule for media',
      () => ({ policy: { allowed: ['paper', 'usb'], kinds: 1, apart: false } }),
    ],
    ['a coordinate', () => sharesWith((share) => ({ ...share, x: 255 - share.x || 1 }))],
    [
      'a custodian',
      () =>
        sharesWith((share) => ({ ...share, custodian: { ...share.custodian, name: 'Nobody' } })),
    ],
    [
      'a personal key',
      () =>
        sharesWith((share) => ({
          ...share,
          custodian: { ...share.custodian, publicKey: 'ab'.repeat(32) },
        })),
    ],
  ])('and not where %s is wrong', async (_, change) => {
    const made = await refreshedBy({ change: change() });
    expect(() => assertRefreshFollows(made, set.manifest, set.roster)).toThrow(
      refused('refresh-not-next'),
    );
  });

  /** The first share changed, as the operator could: no statement is about it. */
  function sharesWith(change: (share: Manifest['shares'][number]) => Manifest['shares'][number]) {
    return {
      shares: next.manifest.body.shares.map((share, at) => ({
        ...(at === 0 ? change(share) : share),
      })),
    };
  }

  test('with the same people, whose list goes on', async () => {
    const { people } = set.roster.body;
    for (const [rosterChange, code] of [
      [{ serial: 1 }, 'roster-not-next'],
      [{ previous: null }, 'roster-not-next'],
      [{ people: people.slice(1) }, 'roster-holder-missing'],
      [
        {
          people: people.map((one) =>
            one.roles.includes('witness') ? { ...one, mail: 'elsewhere@example.org' } : one,
          ),
        },
        'refresh-not-next',
      ],
    ] as const) {
      const made = await refreshedBy({ rosterChange });
      expect(() => assertRefreshFollows(made, set.manifest, set.roster)).toThrow(refused(code));
    }
    const [holder, ...rest] = other.manifest.body.shares.map((share) => ({
      ...share,
      custodian: { ...share.custodian, name: 'Somebody else' },
    }));
    if (holder === undefined) throw new Error('there are shares');
    const shares = [holder, ...rest];
    const beside = { ...other.manifest, body: { ...other.manifest.body, shares } };
    expect(() => assertRefreshFollows(next, set.manifest, set.roster, [beside])).toThrow(
      refused('roster-holder-missing'),
    );
  });

  test('and with the personal key that a custodian has by now', async () => {
    const publicKey = other.cast.witness.signer.keyid;
    const people = set.roster.body.people.map((person) =>
      person.name === 'custodian 1' ? { ...person, publicKey } : person,
    );
    const change = { serial: 2, previous: set.roster.digest, people };
    const today = { ...set, roster: await makeRoster(set, change) };
    const made = await makeRefreshed(today, source.body.nonce);
    assertRefreshFollows(made, today.manifest, today.roster);
    expect(made.manifest.body.shares[0]?.custodian).toEqual({ name: 'custodian 1', publicKey });
    expect(() => assertRefreshFollows(made, set.manifest, set.roster)).toThrow(
      refused('roster-not-next'),
    );
  });

  test('and is none of new shares, nor are new shares a refresh', async () => {
    expect(() => assertSetFollows(next, set.manifest, set.roster)).toThrow(refused('set-not-next'));
    expect(() => assertRefreshFollows(other, set.manifest, null)).toThrow(
      refused('refresh-not-next'),
    );
    const { document } = await makeRotateBundle(set, next);
    expect(() => openNewSet(document.body)).toThrow(refused('document-damaged'));
  });
});

describe('a bundle of refreshed shares', () => {
  test('is signed by the operator alone, and speaks for the shares with a statement', async () => {
    const { operator } = set.cast;
    const made = async (signers = [operator.signer]) => {
      const { document } = await makeRefreshBundle(set, next, source, { signers });
      const parsed = bundleType.parse(bundleType.toBytes(document), 'production');
      return verifyBundle(parsed, set.manifest.body, next.roster.body);
    };
    expect(await made()).toEqual({
      shares: set.manifest.body.shares.map(({ publicKey }) => publicKey),
      operator: operator.signer.keyid,
    });
    await expect(made([])).rejects.toThrow(refused('signature-missing'));
    await expect(made([operator.signer, ...set.quorum])).rejects.toThrow(
      refused('signature-unknown'),
    );
    const strange = await refreshedBy({ speakers: other.shares });
    const { document } = await makeRefreshBundle(set, strange, source);
    expect(() => verifyBundle(document, set.manifest.body, strange.roster.body)).toThrow(
      refused('signature-wrong'),
    );
  });

  test('brings a set and a roster that it names, from this refresh, and no secret', async () => {
    const { body } = (await makeRefreshBundle(set, next, source)).document;
    expectNamesItsSet(body, set, next, [
      { keyVersion: 'v2' },
      { nonce: 'ab'.repeat(16) },
      { operator: set.cast.witness.signer.keyid },
    ]);
    await expect(openBundle(body, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('an auditor reads what it does, and whose shares signed', async () => {
    const made = await makeRefreshBundle(set, next, source);
    const { facts, shares } = readAsAuditor(made, set);
    expect(facts).toContain('refreshes the shares of key version v1');
    expect(facts).toContain('Of generation 2 there are 4, and any 3 of them give the component.');
    expect(facts).toContain(next.manifest.digest);
    expect(facts).toContain('It carries no secret.');
    expect(shares).toBe(4);
    const bytes = bundleType.toBytes(made.document);
    expect(() => verifyBundleFile(bytes, 'production', { manifest: other.manifest })).toThrow(
      refused('anchor-does-not-fit'),
    );
    const strange = await refreshedBy({ speakers: other.shares });
    const wrong = await makeRefreshBundle(set, strange, source);
    expect(() => readAsAuditor(wrong, set)).toThrow(refused('signature-wrong'));
  });
});

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  test('package, manifest, bundle, receipt of refreshed shares', async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const from = await makeRefreshPackage(small);
    const after = await makeRefreshed(small, from.body.nonce);
    const manifest = manifestType.toBytes(after.manifest);
    const asManifest = (changed: Uint8Array) => parseManifest(changed, 'production');
    expect(notRefused(manifest, asManifest, { sample: 1 })).toEqual([]);
    const bundle = await makeRefreshBundle(small, after, from);
    await expectNoByteChanges(small, after, { package: from, bundle });
  });
});
