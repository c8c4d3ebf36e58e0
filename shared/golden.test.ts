/**
 * Files that an earlier Conclave wrote must be read for ever. `test/golden/v1` was made once by
 * `test/golden/make.ts` and is never made again; `expected.json` says what is in the files. The
 * keys in it guard nothing.
 */
import { describe, expect, test } from 'vitest';
import { goldenFile, goldenJson, type Expected } from '../test/support/golden.ts';
import { answersFound, decidedByRoster } from './bundle/adopt.ts';
import { openAdoptPackage } from './bundle/adopt-package.ts';
import { approvalType, statementSignedBy, type Approval } from './bundle/approval.ts';
import { bundleType, verifyBundle, type RecoverBundle } from './bundle/bundle.ts';
import { openBundle } from './bundle/bundle-secret.ts';
import { parseChain } from './transcript/chain.ts';
import { descriptorType, parseDescriptor } from './bundle/descriptor.ts';
import { packageType, parsePackage, type RecoverPackage } from './bundle/package.ts';
import { openRecoverPackage, type PackageEmails } from './bundle/recover-package.ts';
import { parseReceipt, receiptType } from './bundle/receipt.ts';
import { openNewRoster } from './bundle/roster-bundle.ts';
import { assertSetFollows, openNewSet } from './bundle/rotate.ts';
import { openRotatePackage } from './bundle/rotate-package.ts';
import { parseTicket, ticketType } from './bundle/ticket.ts';
import { fitsKeyHash, openEscrowEmail } from './checktick/index.ts';
import { answersEscrow } from './bundle/sealed-escrow.ts';
import { bytesToHex, hexToBytes } from './encoding/bytes.ts';
import { encodeJson } from './encoding/json.ts';
import { keyIdentities, parseRoster, rosterType } from './identity/roster.ts';
import { answersFullDrill, openTestEscrow } from './bundle/full-drill.ts';
import { openFullDrillPackage } from './bundle/full-drill-package.ts';
import { openEscrow } from './escrow/escrow.ts';
import { MODES } from './mode.ts';
import { checkValueFits } from './sharing/check-value.ts';
import { escrowKeyDigest, escrowPrivateKey, escrowPublicKey } from './sharing/escrow-key.ts';
import { manifestType, parseManifest } from './sharing/manifest.ts';
import { wordsOf } from './transcript/anchor.ts';
import { sealType } from './transcript/seal.ts';
import { head } from './transcript/log.ts';

describe.each(MODES)('golden files, %s', (mode) => {
  const read = (name: string) => goldenFile(mode, name);
  const expected = goldenJson(mode, 'expected.json') as Expected;
  const other = mode === 'production' ? 'rehearsal' : 'production';
  const manifest = parseManifest(read('share-set.json'), mode);
  const roster = parseRoster(read('roster.json'), mode, manifest.body);
  const descriptor = parseDescriptor(read('descriptor.json'), mode);
  const secret = (name: keyof Expected['secrets']) => hexToBytes(expected.secrets[name]);

  test.each([
    ['roster', rosterType],
    ['share-set', manifestType],
    ['descriptor', descriptorType],
    ['ticket', ticketType],
    ['package-setup', packageType],
    ['package-recover', packageType],
    ['bundle-setup', bundleType],
    ['bundle-recover', bundleType],
    ['receipt', receiptType],
    ['transcript-seal', sealType],
  ] as const)('%s', (name, type) => {
    const bytes = read(`${name}.json`);
    const parsed = type.parse(bytes, mode);
    const wanted = expected.documents[name];
    expect(parsed.body).toEqual(wanted?.body);
    expect(parsed.digest).toBe(wanted?.digest);
    expect(wordsOf(parsed.digest)).toBe(wanted?.words);
    expect(parsed.envelope.payloadType).toBe(wanted?.type);
    expect(parsed.envelope.signatures.map(({ keyid }) => keyid)).toEqual(wanted?.signedBy);
    expect(() => type.parse(bytes, other)).toThrow(
      expect.objectContaining({ code: 'document-other-mode' }) as Error,
    );
  });

  test('signatures and roles still verify', () => {
    expect(parseTicket(read('ticket.json'), mode).body.audience).toBe(descriptor.body.audience);
    for (const name of ['package-setup', 'package-recover']) {
      expect(parsePackage(read(`${name}.json`), mode, descriptor.body).body.mode).toBe(mode);
    }
    expect(parseReceipt(read('receipt.json'), mode, descriptor.body).body.outcome).toBe(
      'committed',
    );
    for (const name of ['bundle-setup', 'bundle-recover']) {
      const bundle = bundleType.parse(read(`${name}.json`), mode);
      expect(verifyBundle(bundle, manifest.body, roster.body).shares).toHaveLength(3);
    }
    const chain = parseChain(read('chain.json'), mode);
    expect(chain.manifests.map(({ digest }) => digest)).toEqual([manifest.digest]);
    expect(chain.transcripts).toEqual([]);
  });

  test('a chain that brings ceremony logs', () => {
    const wanted = goldenJson(mode, 'chain-logs-expected.json') as { heads: string[] };
    const { transcripts } = parseChain(read('chain-logs.json'), mode);
    expect(transcripts.map(head)).toEqual(wanted.heads);
    expect(transcripts.map(({ header }) => header.kind)).toEqual(['adopt', 'destroy']);
  });

  test('a roster with addresses', () => {
    const wanted = goldenJson(mode, 'roster-mail-expected.json') as {
      digest: string;
      body: unknown;
    };
    const parsed = parseRoster(read('roster-mail.json'), mode, manifest.body);
    expect(parsed.body).toEqual(wanted.body);
    expect(parsed.digest).toBe(wanted.digest);
    expect(parsed.body.people.map(({ mail }) => mail !== undefined)).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test('a roster with identities on YubiKeys', () => {
    const wanted = goldenJson(mode, 'roster-key-identity-expected.json') as {
      digest: string;
      body: unknown;
    };
    const parsed = parseRoster(read('roster-key-identity.json'), mode, manifest.body);
    expect(parsed.body).toEqual(wanted.body);
    expect(parsed.digest).toBe(wanted.digest);
    expect(keyIdentities(parsed.body).map(({ credential }) => credential.serial)).toEqual([
      12_345_678,
      null,
    ]);
  });

  test('a share set with a rule for its media', () => {
    const wanted = goldenJson(mode, 'media-policy-expected.json') as {
      digest: string;
      body: { policy: unknown };
    };
    const parsed = parseManifest(read('media-policy.json'), mode);
    expect(parsed.body).toEqual(wanted.body);
    expect(parsed.body.policy).toEqual(wanted.body.policy);
    expect(parsed.body.policy).toBeDefined();
    expect(parsed.digest).toBe(wanted.digest);
    expect(manifest.body).not.toHaveProperty('policy');
  });

  test('a share set with an escrow key', async () => {
    const wanted = goldenJson(mode, 'escrow-key-expected.json') as Record<
      'digest' | 'platformKey' | 'privateKey' | 'escrowKeyDigest',
      string
    > & { body: unknown };
    const parsed = parseManifest(read('escrow-key.json'), mode);
    expect(parsed.body).toEqual(wanted.body);
    expect(parsed.digest).toBe(wanted.digest);
    const of = { mode, keyVersion: parsed.body.keyVersion };
    const platformKey = hexToBytes(wanted.platformKey);
    expect(bytesToHex(escrowPrivateKey(platformKey, of))).toBe(wanted.privateKey);
    expect(parsed.body.escrowKey).toBe(await escrowPublicKey(platformKey, of));
    expect(escrowKeyDigest(parsed.body.escrowKey ?? '')).toBe(wanted.escrowKeyDigest);
    expect(manifest.body).not.toHaveProperty('escrowKey');
  });

  test('sealed parts still open', async () => {
    for (const kind of ['setup', 'recover'] as const) {
      const { body } = bundleType.parse(read(`bundle-${kind}.json`), mode);
      expect(await openBundle(body, secret('recipientPrivateKey'))).toEqual(secret(kind));
    }
    const { body } = packageType.parse(read('package-recover.json'), mode);
    if (body.kind !== 'recover') throw new Error('a recovery package');
    const opened = await openRecoverPackage(body, secret('ticketPrivateKey'));
    expect(opened.vaultComponent).toEqual(secret('vaultComponent'));
  });

  test('a recovery whose escrow keeps an address still opens, and says how it compared', async () => {
    const wanted = goldenJson(mode, 'recover-email/expected.json') as {
      package: RecoverPackage;
      bundle: RecoverBundle;
      emails: PackageEmails;
      sync: { audience: string; publicKey: string };
      secrets: Record<'platformKey' | 'ticketPrivateKey' | 'recipientPrivateKey' | 'kek', string>;
    };
    const { body } = parsePackage(read('recover-email/package.json'), mode, wanted.sync);
    expect(body).toEqual(wanted.package);
    const { secrets } = wanted;
    const opened = await openRecoverPackage(wanted.package, hexToBytes(secrets.ticketPrivateKey));
    expect(opened.emails).toEqual(wanted.emails);
    const email = await openEscrowEmail(
      hexToBytes(secrets.platformKey),
      wanted.package.facts.userId,
      opened.emails?.escrowed ?? '',
    );
    expect(new TextDecoder().decode(email)).toBe('user.seven@example.org');
    const bundle = bundleType.parse(read('recover-email/bundle.json'), mode);
    expect(bundle.body).toEqual(wanted.bundle);
    const set = parseManifest(encodeJson(wanted.package.manifest), mode);
    const people = parseRoster(encodeJson(wanted.package.roster), mode, set.body);
    expect(verifyBundle(bundle, set.body, people.body).shares).toHaveLength(3);
    expect(bytesToHex(await openBundle(bundle.body, hexToBytes(secrets.recipientPrivateKey)))).toBe(
      secrets.kek,
    );
  });

  test('a recovery of a sealed escrow still opens, and its bundle answers it', async () => {
    const wanted = goldenJson(mode, 'recover-sealed/expected.json') as {
      package: RecoverPackage;
      bundle: RecoverBundle;
      sync: { audience: string; publicKey: string };
      secrets: Record<
        | 'platformKey'
        | 'ticketPrivateKey'
        | 'recipientPrivateKey'
        | 'kek'
        | 'escrow'
        | 'keySalt'
        | 'keyHash',
        string
      >;
    };
    const { body } = parsePackage(read('recover-sealed/package.json'), mode, wanted.sync);
    expect(body).toEqual(wanted.package);
    const { secrets } = wanted;
    const opened = await openRecoverPackage(wanted.package, hexToBytes(secrets.ticketPrivateKey));
    const { bytes, keyHash } = opened.sealedEscrow ?? { bytes: new Uint8Array(), keyHash: null };
    expect(bytesToHex(bytes)).toBe(secrets.escrow);
    const kept = { salt: hexToBytes(secrets.keySalt), hash: hexToBytes(secrets.keyHash) };
    expect(keyHash).toEqual(kept);
    const { audience, facts } = wanted.package;
    const { keyVersion, userId, surveyId } = facts;
    const kek = await openEscrow(
      escrowPrivateKey(hexToBytes(secrets.platformKey), { mode, keyVersion }),
      { mode, audience, keyVersion, userId, surveyId },
      bytes,
    );
    expect(bytesToHex(kek)).toBe(secrets.kek);
    expect(await fitsKeyHash(kek, kept)).toBe(true);
    const bundle = bundleType.parse(read('recover-sealed/bundle.json'), mode);
    expect(bundle.body).toEqual(wanted.bundle);
    expect(answersEscrow(wanted.package.escrow, wanted.bundle.escrow)).toBe(true);
    const set = parseManifest(encodeJson(wanted.package.manifest), mode);
    const people = parseRoster(encodeJson(wanted.package.roster), mode, set.body);
    expect(verifyBundle(bundle, set.body, people.body).shares).toHaveLength(3);
    expect(bytesToHex(await openBundle(bundle.body, hexToBytes(secrets.recipientPrivateKey)))).toBe(
      secrets.kek,
    );
  });

  test('an approval is still what was shown and signed', () => {
    const wanted = goldenJson(mode, 'approval-expected.json') as {
      digest: string;
      publicKey: string;
      body: Approval;
    };
    const { body, digest, envelope } = approvalType.parse(read('approval.json'), mode);
    expect(body).toEqual(wanted.body);
    expect(digest).toBe(wanted.digest);
    expect(approvalType.encodeBody(wanted.body)).toEqual(envelope.payload);
    const [signature] = envelope.signatures;
    const sig = signature?.sig ?? new Uint8Array();
    expect(statementSignedBy(envelope.payload, mode, sig, wanted.publicKey)).toBe(true);
    expect(statementSignedBy(envelope.payload, other, sig, wanted.publicKey)).toBe(false);
  });

  test('a change of the roster is still signed by its quorum and follows the roster before it', () => {
    const wanted = goldenJson(mode, 'roster-change-expected.json') as Record<
      string,
      { digest: string; body: unknown }
    >;
    const file = (name: string) => read(`roster-change-${name}.json`);
    const changeSync = parseDescriptor(file('descriptor'), mode).body;
    const set = parseManifest(file('share-set'), mode);
    const source = parsePackage(file('package'), mode, changeSync);
    const bundle = bundleType.parse(file('bundle'), mode);
    const receipt = parseReceipt(file('receipt'), mode, changeSync);
    for (const [name, found] of Object.entries({ package: source, bundle, receipt })) {
      expect(found.body).toEqual(wanted[name]?.body);
      expect(found.digest).toBe(wanted[name]?.digest);
    }
    if (source.body.kind !== 'roster' || bundle.body.kind !== 'roster') throw new Error(mode);
    const present = parseRoster(encodeJson(source.body.roster), mode, set.body);
    const next = openNewRoster(bundle.body, set.body, present);
    expect(verifyBundle(bundle, set.body, next.body).shares).toHaveLength(3);
    expect(bundle.body.admins?.map(({ name }) => name)).toEqual(['admin 1', 'admin 2']);
    expect(receipt.body.kind).toBe('roster');
  });

  test('an adoption is still signed by its own set, and its package opens place by place', async () => {
    const wanted = goldenJson(mode, 'adopt-expected.json') as {
      documents: Record<string, { digest: string; body: unknown }>;
      secrets: Record<'ticketPrivateKey' | 'vaultComponent' | 'otherVersion', string>;
    };
    const file = (name: string) => read(`adopt-${name}.json`);
    const adoptSync = parseDescriptor(file('descriptor'), mode).body;
    const source = parsePackage(file('package'), mode, adoptSync);
    const bundle = bundleType.parse(file('bundle'), mode);
    const found = {
      ticket: parseTicket(file('ticket'), mode),
      package: source,
      bundle,
      receipt: parseReceipt(file('receipt'), mode, adoptSync),
    };
    for (const [name, { body, digest }] of Object.entries(found)) {
      expect(body).toEqual(wanted.documents[name]?.body);
      expect(digest).toBe(wanted.documents[name]?.digest);
    }
    if (source.body.kind !== 'adopt' || bundle.body.kind !== 'adopt') throw new Error(mode);
    expect(source.body.ticketDigest).toBe(found.ticket.digest);
    expect(answersFound(source.body.found, bundle.body.keyVersion, bundle.body)).toBe(true);
    const set = parseManifest(encodeJson(bundle.body.manifest), mode);
    const people = parseRoster(encodeJson(bundle.body.roster), mode, set.body);
    expect(verifyBundle(bundle, set.body, people.body).shares).toHaveLength(3);
    expect(decidedByRoster(bundle.body, people.body)).toBe(true);
    const key = hexToBytes(wanted.secrets.ticketPrivateKey);
    const opened = await openAdoptPackage(source.body, key);
    const hex = opened.map(({ components }) =>
      components.map(({ place, bytes }) => [place, bytesToHex(bytes)]),
    );
    expect(hex[0]).toEqual([['row', wanted.secrets.otherVersion]]);
    expect(hex[1]?.[1]).toEqual(['vault', wanted.secrets.vaultComponent]);
    const { componentId, checks } = set.body;
    const right = hexToBytes(wanted.secrets.vaultComponent);
    expect(checkValueFits('vault-component', right, componentId, checks.vaultComponent)).toBe(true);
  });

  test('a drill is still proved by each share that signed', () => {
    const wanted = goldenJson(mode, 'drill/expected.json') as {
      documents: Record<string, { digest: string; body: unknown }>;
    };
    const file = (name: string) => read(`drill/${name}.json`);
    const drillSync = parseDescriptor(file('descriptor'), mode).body;
    const source = parsePackage(file('package'), mode, drillSync);
    const bundle = bundleType.parse(file('bundle'), mode);
    const receipt = parseReceipt(file('receipt'), mode, drillSync);
    for (const [name, { body, digest }] of Object.entries({ package: source, bundle, receipt })) {
      expect(body).toEqual(wanted.documents[name]?.body);
      expect(digest).toBe(wanted.documents[name]?.digest);
    }
    if (source.body.kind !== 'drill') throw new Error(mode);
    const inForce = parseManifest(encodeJson(source.body.manifest), mode);
    const people = parseRoster(encodeJson(source.body.roster), mode, inForce.body);
    const keys = inForce.body.shares.map(({ publicKey }) => publicKey);
    const signed = verifyBundle(bundle, inForce.body, people.body);
    expect(signed.shares).toEqual([keys[0], keys[2]]);
  });

  test('a full drill: its ticket, its test escrow and its proof still open and hold', async () => {
    const { documents, secrets } = goldenJson(mode, 'full-drill/expected.json') as {
      documents: Record<string, { digest: string; body: unknown }>;
      secrets: Record<'ticketPrivateKey' | 'vaultComponent' | 'platformKey' | 'testKey', string>;
    };
    const file = (name: string) => read(`full-drill/${name}.json`);
    const drillSync = parseDescriptor(file('descriptor'), mode).body;
    const source = parsePackage(file('package'), mode, drillSync);
    const bundle = bundleType.parse(file('bundle'), mode);
    const receipt = parseReceipt(file('receipt'), mode, drillSync);
    for (const [name, { body, digest }] of Object.entries({ package: source, bundle, receipt })) {
      expect(body).toEqual(documents[name]?.body);
      expect(digest).toBe(documents[name]?.digest);
    }
    const { body } = source;
    if (body.kind !== 'drill' || body.full === undefined) throw new Error(mode);
    const inForce = parseManifest(encodeJson(body.manifest), mode);
    const half = await openFullDrillPackage(
      { ...body, full: body.full },
      hexToBytes(secrets.ticketPrivateKey),
    );
    expect(bytesToHex(half)).toBe(secrets.vaultComponent);
    const { audience, nonce, keyVersion, full } = body;
    const { ticketId, proofKey, escrow } = full;
    const key = escrowPrivateKey(hexToBytes(secrets.platformKey), { mode, keyVersion });
    const of = { mode, audience, nonce, keyVersion, ticketId, proofKey };
    expect(bytesToHex(await openTestEscrow(key, of, escrow))).toBe(secrets.testKey);
    if (bundle.body.kind !== 'drill') throw new Error(mode);
    expect(answersFullDrill(bundle.body, body, inForce.body)).toBe(true);
  });

  test('new shares are still signed by the set of before, and follow it', async () => {
    const wanted = goldenJson(mode, 'rotate-shares/expected.json') as {
      documents: Record<string, { digest: string; body: unknown }>;
      secrets: Record<
        'ticketPrivateKey' | 'recipientPrivateKey' | 'vaultComponent' | 'newVaultComponent',
        string
      >;
    };
    const file = (name: string) => read(`rotate-shares/${name}.json`);
    const rotateSync = parseDescriptor(file('descriptor'), mode).body;
    const source = parsePackage(file('package'), mode, rotateSync);
    const bundle = bundleType.parse(file('bundle'), mode);
    const found = {
      ticket: parseTicket(file('ticket'), mode),
      package: source,
      bundle,
      receipt: parseReceipt(file('receipt'), mode, rotateSync),
    };
    for (const [name, { body, digest }] of Object.entries(found)) {
      expect(body).toEqual(wanted.documents[name]?.body);
      expect(digest).toBe(wanted.documents[name]?.digest);
    }
    if (source.body.kind !== 'rotate-shares' || bundle.body.kind !== 'rotate-shares') {
      throw new Error(mode);
    }
    const before = parseManifest(encodeJson(source.body.manifest), mode);
    const people = parseRoster(encodeJson(source.body.roster), mode, before.body);
    const next = openNewSet(bundle.body);
    assertSetFollows(next, before, people);
    expect(verifyBundle(bundle, before.body, next.roster.body).shares).toHaveLength(3);
    const { secrets } = wanted;
    const old = await openRotatePackage(source.body, hexToBytes(secrets.ticketPrivateKey));
    expect(bytesToHex(old)).toBe(secrets.vaultComponent);
    const fresh = await openBundle(bundle.body, hexToBytes(secrets.recipientPrivateKey));
    expect(bytesToHex(fresh)).toBe(secrets.newVaultComponent);
    const { componentId, checks } = next.manifest.body;
    expect(checkValueFits('vault-component', fresh, componentId, checks.vaultComponent)).toBe(true);
  });
});
