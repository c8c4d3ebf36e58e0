/** An adoption on the wire: what a package says and holds, what a bundle may answer. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  foundSame,
  makeAdoptBundle,
  makeAdoptPackage,
  secretsSame,
} from '../../test/support/adopt-documents.ts';
import { ENCRYPTED_KEK } from '../../test/support/documents.ts';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { expectNoByteChanges } from '../../test/support/wire-checks.ts';
import { hexToBytes } from '../encoding/bytes.ts';
import { encodeEnvelope, signEnvelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { MODES } from '../mode.ts';
import { shareSigner } from '../sharing/share-key.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import {
  adoptFound,
  answersFound,
  decidedByRoster,
  type Adoption,
  type AdoptFound,
  type Comparison,
  type FoundVersion,
} from './adopt.ts';
import {
  openAdoptPackage,
  sealAdoptPackage,
  wipeAdoptSecrets,
  type AdoptSecrets,
} from './adopt-package.ts';
import { bundleType, verifyBundle, type AdoptBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { packageType, parsePackage, type AdoptPackage } from './package.ts';
import { parseReceipt } from './receipt.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
let set: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
});

const one: FoundVersion = {
  version: 'v1',
  state: 'active',
  compared: 'same',
  escrows: 3,
  proof: { userId: 7, surveyId: 31 },
};
/** Signed by sync's key although its form is wrong. */
async function signedAnyway(what: 'package' | 'bundle', body: unknown): Promise<Uint8Array> {
  const type = `application/vnd.conclave.${what}.v1.production+json`;
  return encodeEnvelope(await signEnvelope(type, encodeJson(body), [set.sync.signer]));
}
const bytes = (fill: number, length = 64) => new Uint8Array(length).fill(fill);

describe('an adoption package', () => {
  test('gives its secrets to the ticket’s key, place by place, and to no other', async () => {
    const found: AdoptFound = {
      vault: 'there',
      forms: ['upper-case', 'spaces'],
      versions: [
        { ...one, compared: 'differs', more: [{ userId: 8, surveyId: 31 }] },
        { ...one, version: 'v2', compared: 'other-version', escrows: 0, proof: null },
        { version: 'v3', state: 'missing', compared: 'vault-only', escrows: 0, proof: null },
      ],
    };
    const secrets: AdoptSecrets = [
      {
        version: 'v1',
        components: [
          { place: 'row', bytes: bytes(1) },
          { place: 'vault', bytes: bytes(2, 32) },
        ],
        encryptedKeks: [ENCRYPTED_KEK, 'cd'.repeat(60)],
      },
      { version: 'v2', components: [{ place: 'row', bytes: bytes(3, 32) }], encryptedKeks: [] },
      { version: 'v3', components: [{ place: 'vault', bytes: bytes(4) }], encryptedKeks: [] },
    ];
    const { document, ticket } = await makeAdoptPackage(set, { found, secrets });
    const read = parsePackage(packageType.toBytes(document), set.mode, set.sync);
    if (read.body.kind !== 'adopt') throw new Error('another kind');
    const opened = await openAdoptPackage(read.body, ticket.keys.privateKey);
    expect(opened).toEqual(secrets);
    wipeAdoptSecrets(opened);
    expect(
      opened.flatMap(({ components }) => components.map(({ bytes: all }) => [...all])),
    ).toEqual([64, 32, 32, 64].map((length) => Array(length).fill(0)));
    const { privateKey } = set.sync.recipient;
    await expect(openAdoptPackage(read.body, privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
    const said = { ...read.body, found: { ...found, forms: [] } };
    await expect(openAdoptPackage(said, ticket.keys.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('is not sealed with other secrets than it openly says', async () => {
    const { document, ticket } = await makeAdoptPackage(set);
    const { sealed, ...open } = document.body;
    expect(sealed.ct).not.toBe('');
    const [right] = secretsSame(set);
    if (right === undefined) throw new Error('there is one');
    const seal = (secrets: AdoptSecrets, found = open.found) =>
      sealAdoptPackage({ ...open, found }, ticket.keys.publicKey, secrets);
    const both = { place: 'row' as const, bytes: bytes(5) };
    for (const wrong of [
      [],
      [right, right],
      [{ ...right, version: 'v2' }],
      [{ ...right, encryptedKeks: [] }],
      [{ ...right, encryptedKeks: [ENCRYPTED_KEK, ENCRYPTED_KEK] }],
      [{ ...right, components: [] }],
      [{ ...right, components: [both] }],
    ]) {
      await expect(seal(wrong)).rejects.toThrow('not what the package says');
    }
    const organisationKeys = [{ surveyId: 33, organisationId: 4, teamId: null }];
    const kept = { ...open.found, versions: [{ ...one, organisationKeys }] };
    const organisationKeks = [ENCRYPTED_KEK];
    await expect(seal([right], kept)).rejects.toThrow('not what the package says');
    await expect(seal([{ ...right, organisationKeks }])).rejects.toThrow('not what the package');
    expect((await seal([{ ...right, organisationKeks }], kept)).kind).toBe('adopt');
    const differs = { ...open.found, versions: [{ ...one, compared: 'differs' as const }] };
    const components = [both, { place: 'vault' as const, bytes: bytes(5) }];
    await expect(seal([{ ...right, components }], differs)).rejects.toThrow('not what');
    components[1] = { place: 'vault', bytes: bytes(6) };
    expect((await seal([{ ...right, components }], differs)).kind).toBe('adopt');
  });

  test('names the version that is adopted among those found', async () => {
    const { document } = await makeAdoptPackage(set);
    const file = await signedAnyway('package', { ...document.body, keyVersion: 'v9' });
    expect(() => parsePackage(file, set.mode, set.sync)).toThrow(refused('document-damaged'));
    const same = await signedAnyway('package', document.body);
    expect(parsePackage(same, set.mode, set.sync).digest).toBe(document.digest);
  });
});

describe('what sync found', () => {
  const found = (change: Partial<AdoptFound>, version: Partial<FoundVersion> = {}) =>
    adoptFound.safeParse({ ...foundSame('v1'), versions: [{ ...one, ...version }], ...change })
      .success;

  test('holds together', () => {
    expect(found({})).toBe(true);
    expect(found({ versions: [] })).toBe(false);
    expect(found({ versions: [one, one] })).toBe(false);
    expect(found({ forms: ['spaces', 'spaces'] })).toBe(false);
    expect(found({ sample: 'there' })).toBe(true);
    // Nothing is written in an unusual way where nothing can be read.
    expect(found({ vault: 'missing' }, { compared: 'row-only' })).toBe(false);
    expect(found({ vault: 'missing', forms: [] }, { compared: 'row-only' })).toBe(true);
    expect(found({ vault: 'unreadable', forms: [] }, { compared: 'row-only' })).toBe(true);
    expect(found({ vault: 'missing', forms: [] })).toBe(false);
    expect(found({}, { compared: 'row-only' })).toBe(false);
    expect(found({}, { state: 'missing' })).toBe(false);
    expect(found({}, { compared: 'vault-only' })).toBe(false);
    expect(found({}, { state: 'missing', compared: 'vault-only' })).toBe(true);
    expect(found({}, { escrows: 0 })).toBe(false);
    expect(found({}, { escrows: 0, proof: null })).toBe(true);
    const more = [2, 3, 4, 5, 6].map((surveyId) => ({ userId: 7, surveyId }));
    expect(found({}, { escrows: 5, more: more.slice(1) })).toBe(true);
    expect(found({}, { escrows: 4, more: more.slice(1) })).toBe(false);
    expect(found({}, { escrows: 9, more })).toBe(false);
    expect(found({}, { more: [] })).toBe(false);
    expect(found({}, { more: [{ userId: 7, surveyId: 31 }] })).toBe(false);
    expect(found({}, { proof: null, more: more.slice(3) })).toBe(false);
    const kept = [1, 2, 3, 4, 5, 6].map((surveyId) => ({
      surveyId,
      organisationId: 4,
      teamId: surveyId === 1 ? 9 : null,
    }));
    const along = (organisationKeys: typeof kept) => found({}, { organisationKeys });
    expect(along(kept.slice(1))).toBe(true);
    expect(along(kept)).toBe(false);
    expect(along([])).toBe(false);
    // One survey has one stored key.
    expect(along(kept.slice(0, 1).flatMap((key) => [key, { ...key, teamId: null }]))).toBe(false);
  });
});

describe('what a ceremony may answer', () => {
  const two: Adoption['decided'] = ['ab'.repeat(32), 'cd'.repeat(32)];
  const said = (change: Partial<Adoption>): Adoption => ({
    compared: 'same',
    component: 'both',
    proof: 'escrow',
    decided: null,
    legacy: null,
    ...change,
  });
  const answers = (compared: Comparison, isProvable: boolean, change: Partial<Adoption>) => {
    const version = { ...one, compared, proof: isProvable ? one.proof : null };
    return answersFound(
      { ...foundSame('v1'), versions: [version] },
      'v1',
      said({ compared, ...change }),
    );
  };

  test('where both places agree: both, and two people exactly where nothing proves it', () => {
    expect(answers('same', true, {})).toBe(true);
    expect(answers('same', true, { component: 'row' })).toBe(false);
    expect(answers('same', true, { compared: 'row-only', component: 'row' })).toBe(false);
    expect(answers('same', true, { decided: two })).toBe(false);
    expect(answers('same', true, { proof: 'none', decided: two })).toBe(false);
    expect(answers('same', false, { proof: 'none', decided: two })).toBe(true);
    expect(answers('same', false, { proof: 'none' })).toBe(false);
    expect(answers('same', false, {})).toBe(false);
  });

  test('of several stored keys: any that did not open, of those that came, but not all', () => {
    const keys = [31, 32, 33].map((surveyId) => ({ userId: 7, surveyId }));
    const [proof = null, ...more] = keys;
    const several = { ...foundSame('v1'), versions: [{ ...one, proof, more }] };
    const may = (unopened: Adoption['unopened']) => answersFound(several, 'v1', said({ unopened }));
    expect(may(undefined)).toBe(true);
    expect(may(keys.slice(0, 2))).toBe(true);
    expect(may(keys)).toBe(false);
    expect(may([{ userId: 8, surveyId: 31 }])).toBe(false);
    expect(answers('same', true, { unopened: keys.slice(0, 1) })).toBe(false);
    const nothing = { proof: 'none', decided: two, unopened: keys.slice(0, 1) } as const;
    expect(answers('same', false, { ...nothing, unopened: keys.slice(0, 1) })).toBe(false);
  });

  test('what an organisation keeps: where no stored key opened, of what came, else people', () => {
    const organisationKeys = [33, 34].map((surveyId) => ({
      surveyId,
      organisationId: 4,
      teamId: surveyId === 33 ? 9 : null,
    }));
    const [first = { surveyId: 0, organisationId: 0, teamId: null }] = organisationKeys;
    const keys = [one.proof ?? { userId: 0, surveyId: 0 }];
    const proof = 'organisation' as const;
    const may = (stored: boolean, change: Partial<Adoption>, compared: Comparison = 'same') => {
      const version = { ...one, compared, organisationKeys, proof: stored ? one.proof : null };
      const found = { ...foundSame('v1'), versions: [version] };
      return answersFound(found, 'v1', said({ compared, ...change }));
    };
    expect(may(false, { proof, organisationKeys })).toBe(true);
    expect(may(false, { proof, organisationKeys: [first] })).toBe(true);
    expect(may(false, { proof })).toBe(false);
    expect(may(false, { proof, organisationKeys: [{ ...first, teamId: null }] })).toBe(false);
    expect(may(false, { proof, organisationKeys, decided: two })).toBe(false);
    expect(may(false, { organisationKeys })).toBe(false);
    // A passphrase that opened nothing says nothing.
    expect(may(false, { proof: 'none', decided: two })).toBe(true);
    expect(may(false, { proof: 'none', decided: two, organisationKeys })).toBe(false);
    // Where stored keys came along, none of them opened.
    expect(may(true, { proof, organisationKeys })).toBe(false);
    expect(may(true, { proof, organisationKeys, unopened: keys })).toBe(true);
    expect(may(true, { proof: 'none', decided: two, unopened: keys })).toBe(false);
    expect(may(true, { organisationKeys })).toBe(false);
    expect(may(true, {})).toBe(true);
    const row = { component: 'row', proof, organisationKeys } as const;
    expect(may(false, { ...row, decided: two }, 'differs')).toBe(true);
    expect(may(false, row, 'differs')).toBe(false);
    expect(answers('same', false, { proof, organisationKeys })).toBe(false);
  });

  test('where they differ: one of them, and two people in every case', () => {
    for (const component of ['row', 'vault'] as const) {
      expect(answers('differs', true, { component, decided: two })).toBe(true);
      expect(answers('differs', true, { component })).toBe(false);
      expect(answers('differs', false, { component, proof: 'none', decided: two })).toBe(true);
    }
    expect(answers('differs', true, { decided: two })).toBe(false);
  });

  test('where there is one place: that one', () => {
    for (const [compared, right, wrong] of [
      ['other-version', 'row', 'vault'],
      ['row-only', 'row', 'both'],
      ['vault-only', 'vault', 'row'],
    ] as const) {
      expect(answers(compared, true, { component: right })).toBe(true);
      expect(answers(compared, true, { component: wrong })).toBe(false);
    }
    expect(answersFound(foundSame('v1'), 'v2', said({}))).toBe(false);
  });

  test('those who decide are two, and take part', () => {
    const [first, second] = set.cast.all.map(({ signer }) => signer.keyid);
    if (first === undefined || second === undefined) throw new Error('there are more');
    const by = (decided: Adoption['decided']) =>
      decidedByRoster(said({ decided }), set.roster.body);
    expect(by(null)).toBe(true);
    expect(by([first, second])).toBe(true);
    expect(by([first, 'ab'.repeat(32)])).toBe(false);
  });
});

describe('an adoption bundle', () => {
  test('needs k share keys of the set that it brings and an operator of its roster', async () => {
    const keys = set.shares.map(shareSigner);
    const { operator } = set.cast;
    const verify = async (signers: (typeof operator.signer)[]) => {
      const { document } = await makeAdoptBundle(set, { signers });
      const bytesOf = bundleType.toBytes(document);
      return verifyBundle(
        bundleType.parse(bytesOf, 'production'),
        set.manifest.body,
        set.roster.body,
      );
    };
    expect((await verify([...keys.slice(1), operator.signer])).shares).toHaveLength(3);
    await expect(verify([...keys.slice(2), operator.signer])).rejects.toThrow(
      refused('signature-missing'),
    );
    await expect(verify(keys)).rejects.toThrow(refused('signature-missing'));
  });

  test('carries no secret, and one person is not two', async () => {
    const { document } = await makeAdoptBundle(set);
    await expect(openBundle(document.body, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
    const key = 'ab'.repeat(32);
    const alone = await signedAnyway('bundle', { ...document.body, decided: [key, key] });
    expect(() => bundleType.parse(alone, 'production')).toThrow(refused('document-damaged'));
  });

  test('an auditor reads what it does', async () => {
    const [first, second] = set.cast.all.map(({ signer }) => signer.keyid);
    if (first === undefined || second === undefined) throw new Error('there are more');
    const { document } = await makeAdoptBundle(set, {
      said: { compared: 'differs', component: 'row', proof: 'none', decided: [first, second] },
    });
    const read = verifyBundleFile(bundleType.toBytes(document), 'production', {
      manifest: set.manifest,
    });
    expect(read.standing).toBe('authenticated');
    const some = await makeAdoptBundle(set, { said: { unopened: [{ userId: 7, surveyId: 31 }] } });
    expect(
      verifyBundleFile(bundleType.toBytes(some.document), 'production', {
        manifest: set.manifest,
      }).facts,
    ).toContain('It did not open the stored survey keys of survey 31 (user 7).');
    const organisationKeys = [{ surveyId: 33, organisationId: 4, teamId: 9 }];
    const kept = await makeAdoptBundle(set, { said: { proof: 'organisation', organisationKeys } });
    expect(
      verifyBundleFile(bundleType.toBytes(kept.document), 'production', {
        manifest: set.manifest,
      }).facts,
    ).toContain('It opened the survey keys of survey 33 of team 9 of organisation 4.');
    const facts = read.facts.join('\n');
    expect(facts).toContain('adopts key version v1, which exists, and changes no component');
    expect(facts).toContain('hold different vault components, and the one in the row is right');
    expect(facts).toContain('Nothing existed that could prove the platform key.');
    expect(facts).toContain(`${first} and ${second}`);
    expect(facts).toContain('3 of 4, stay valid');
    expect(read.facts.at(-1)).toBe('It carries no secret.');
    const strangers = await makeShareSet();
    expect(() =>
      verifyBundleFile(bundleType.toBytes(document), 'production', {
        manifest: strangers.manifest,
      }),
    ).toThrow(refused('anchor-does-not-fit'));
  });
});

test.each(MODES)(
  '%s: the golden package opens key by key, and its bundle names what did not',
  async (mode) => {
    const wanted = goldenJson(mode, 'adopt-keys/expected.json') as {
      package: AdoptPackage;
      bundle: AdoptBundle;
      sync: { audience: string; publicKey: string };
      encryptedKeks: string[];
      ticketPrivateKey: string;
    };
    const source = parsePackage(goldenFile(mode, 'adopt-keys/package.json'), mode, wanted.sync);
    expect(source.body).toEqual(wanted.package);
    const bundle = bundleType.parse(goldenFile(mode, 'adopt-keys/bundle.json'), mode);
    expect(bundle.body).toEqual(wanted.bundle);
    const [secrets] = await openAdoptPackage(wanted.package, hexToBytes(wanted.ticketPrivateKey));
    expect(secrets?.encryptedKeks).toEqual(wanted.encryptedKeks);
    expect(wanted.bundle.unopened).toEqual([{ userId: 9, surveyId: 32 }]);
    expect(answersFound(wanted.package.found, 'v1', wanted.bundle)).toBe(true);
  },
);

test.each(MODES)(
  '%s: the golden package of an organisation opens, and its bundle says what proved the key',
  async (mode) => {
    const wanted = goldenJson(mode, 'adopt-organisation/expected.json') as {
      package: AdoptPackage;
      bundle: AdoptBundle;
      receipt: unknown;
      sync: { audience: string; publicKey: string };
      encryptedKeks: string[];
      organisationKeks: string[];
      ticketPrivateKey: string;
    };
    const file = (name: string) => goldenFile(mode, `adopt-organisation/${name}.json`);
    const source = parsePackage(file('package'), mode, wanted.sync);
    expect(source.body).toEqual(wanted.package);
    const bundle = bundleType.parse(file('bundle'), mode);
    expect(bundle.body).toEqual(wanted.bundle);
    expect(parseReceipt(file('receipt'), mode, wanted.sync).body).toEqual(wanted.receipt);
    const [secrets] = await openAdoptPackage(wanted.package, hexToBytes(wanted.ticketPrivateKey));
    const { encryptedKeks, organisationKeks } = wanted;
    expect(secrets).toMatchObject({ encryptedKeks, organisationKeks });
    expect(wanted.package.found.sample).toBe('there');
    expect(wanted.bundle).toMatchObject({
      proof: 'organisation',
      unopened: [{ userId: 7, surveyId: 31 }],
      organisationKeys: [{ surveyId: 33, organisationId: 4, teamId: 9 }],
    });
    expect(answersFound(wanted.package.found, 'v1', wanted.bundle)).toBe(true);
  },
);

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  test('ticket, package, bundle, receipt of an adoption', async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const [found] = foundSame('v1').versions;
    const [secrets] = secretsSame(small);
    if (found === undefined || secrets === undefined) throw new Error('there is one');
    const organisationKeys = [{ surveyId: 33, organisationId: 4, teamId: 9 }];
    const source = await makeAdoptPackage(small, {
      found: { ...foundSame('v1'), sample: 'other', versions: [{ ...found, organisationKeys }] },
      secrets: [{ ...secrets, organisationKeks: [ENCRYPTED_KEK] }],
    });
    const bundle = await makeAdoptBundle(small, {
      package: source.document,
      said: { proof: 'organisation', organisationKeys, unopened: [{ userId: 7, surveyId: 31 }] },
    });
    const { ticket, document } = source;
    const files = { ticket: ticket.document, package: document, bundle };
    await expectNoByteChanges(small, small, files, 1);
  });
});
