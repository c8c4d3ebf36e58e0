/** A recovery of an organisation's survey on the wire: what its package holds, what its bundle says. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  makeMemberBundle,
  makeMemberPackage,
  TEAM,
  type TestMemberPackage,
} from '../../test/support/member-documents.ts';
import { ENCRYPTED_KEK, makeRecoverPackage } from '../../test/support/documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { encodeEnvelope, signEnvelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, isRecovery, verifyBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { openMemberPackage, sealMemberPackage } from './member-package.ts';
import { wayInWords } from './organisation-way.ts';
import { packageType, parsePackage, type RecoverPackage } from './package.ts';
import { openRecoverPackage } from './recover-package.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
let set: TestShareSet;
let source: TestMemberPackage;
beforeAll(async () => {
  set = await makeShareSet();
  source = await makeMemberPackage(set);
});

async function signedAnyway(what: 'package' | 'bundle', body: unknown): Promise<Uint8Array> {
  const type = `application/vnd.conclave.${what}.v1.production+json`;
  return encodeEnvelope(await signEnvelope(type, encodeJson(body), [set.sync.signer]));
}

describe('the package', () => {
  test('gives its secrets to the ticket’s key and to no other, and never as another kind', async () => {
    const { document, ticket } = source;
    const opened = await openMemberPackage(document.body, ticket.keys.privateKey);
    expect(opened).toEqual({ vaultComponent: set.vaultComponent, encryptedKek: ENCRYPTED_KEK });
    const other = await makeMemberPackage(set);
    await expect(openMemberPackage(document.body, other.ticket.keys.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
    const { organisation: _, escrow: __, ...plain } = document.body;
    const asRecover: RecoverPackage = { ...plain, kind: 'recover' };
    await expect(openRecoverPackage(asRecover, ticket.keys.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test.each([null, { salt: new Uint8Array(16).fill(3), hash: new Uint8Array(32).fill(5) }])(
    'brings CheckTick’s hash (%s), or says that there is none, and no other than it says',
    async (keyHash) => {
      const { document, ticket } = await makeMemberPackage(set, { keyHash });
      const { body } = document;
      const { privateKey } = ticket.keys;
      expect(await openMemberPackage(body, privateKey)).toEqual({
        vaultComponent: set.vaultComponent,
        encryptedKek: ENCRYPTED_KEK,
        keyHash,
      });
      const { sealed: _, escrow: said, ...open } = body;
      if (said === undefined) throw new Error('It says which key it brings.');
      const secrets = { vaultComponent: set.vaultComponent, encryptedKek: ENCRYPTED_KEK, keyHash };
      for (const escrow of [
        undefined,
        { ...said, digest: 'ab'.repeat(32) },
        { ...said, keyHash: keyHash === null ? ('sealed' as const) : ('none' as const) },
      ]) {
        const other = { ...open, ...(escrow === undefined ? {} : { escrow }) };
        const wrong = await sealMemberPackage(other, ticket.keys.publicKey, secrets);
        await expect(openMemberPackage(wrong, privateKey)).rejects.toThrow(
          refused('sealed-not-openable'),
        );
      }
    },
  );

  test('opens only with the organisation and team that it openly names', async () => {
    const { document, ticket } = source;
    for (const organisation of [
      { ...TEAM, organisationId: 5 },
      { ...TEAM, teamId: null },
    ]) {
      const moved = { ...document.body, organisation };
      await expect(openMemberPackage(moved, ticket.keys.privateKey)).rejects.toThrow(
        refused('sealed-not-openable'),
      );
    }
  });

  test('names an organisation by a number that CheckTick can have given', async () => {
    for (const organisation of [
      { organisationId: 0, teamId: null },
      { organisationId: 4, teamId: 0 },
      { organisationId: 4 },
      { organisationId: '4', teamId: null },
      { ...TEAM, more: 1 },
      null,
    ]) {
      const bytes = await signedAnyway('package', { ...source.document.body, organisation });
      expect(() => parsePackage(bytes, 'production', set.sync)).toThrow(
        refused('document-damaged'),
      );
    }
    expect([wayInWords(TEAM), wayInWords({ organisationId: 4, teamId: null })]).toEqual([
      'team 9 of organisation 4',
      'organisation 4',
    ]);
  });
});

describe('the bundle', () => {
  test('brings the one key to sync, and only as what it is', async () => {
    const { document, kek } = await makeMemberBundle(set, source.document);
    const { body } = document;
    expect(isRecovery(body)).toBe(true);
    expect(await openBundle(body, set.sync.recipient.privateKey)).toEqual(kek);
    const { organisation: _, escrow: __, ...plain } = body;
    await expect(
      openBundle({ ...plain, kind: 'recover' }, set.sync.recipient.privateKey),
    ).rejects.toThrow(refused('sealed-not-openable'));
    const moved = { ...body, organisation: { ...TEAM, teamId: 10 } };
    await expect(openBundle(moved, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('an auditor reads whose passphrase opened it', async () => {
    const { document } = await makeMemberBundle(set, source.document);
    const anchor = { manifest: set.manifest, roster: set.roster };
    const read = verifyBundleFile(bundleType.toBytes(document), 'production', anchor);
    expect(read.standing).toBe('authenticated');
    expect(read.facts.join('\n')).toContain('with the passphrase of team 9 of organisation 4');
  });

  test('has no place for an escrowed address', async () => {
    const { document } = await makeMemberBundle(set, source.document);
    const escrowedEmail = { outcome: 'none', account: 'none', stated: 'none', reason: null };
    const bytes = await signedAnyway('bundle', { ...document.body, escrowedEmail });
    expect(() => bundleType.parse(bytes, 'production')).toThrow(refused('document-damaged'));
    const { body } = (await makeRecoverPackage(set)).document;
    const mixed = await signedAnyway('package', { ...body, organisation: TEAM });
    expect(() => parsePackage(mixed, 'production', set.sync)).toThrow(refused('document-damaged'));
  });
});

// The envelope is that of every other kind, of which each byte is tried in documents.test.ts.
test('a single-byte change of package or bundle is refused', { timeout: 180_000 }, async () => {
  const small = await makeShareSet({ threshold: 2, count: 2 });
  const made = await makeMemberPackage(small);
  const read = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
  expect(notRefused(packageType.toBytes(made.document), read, { sample: 1, step: 4 })).toEqual([]);
  const { document } = await makeMemberBundle(small, made.document);
  const accept = (changed: Uint8Array) =>
    verifyBundle(bundleType.parse(changed, 'production'), small.manifest.body, small.roster.body);
  expect(notRefused(bundleType.toBytes(document), accept, { sample: 1, step: 4 })).toEqual([]);
});
