/** New shares of the same platform key on the wire: who signs what, and which set may follow. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeReceipt } from '../../test/support/receipts.ts';
import {
  makeNextSet,
  makeRotateBundle,
  makeRotatePackage,
} from '../../test/support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { xorComponents } from '../checktick/index.ts';
import { envelopeToJson, type Signer } from '../encoding/dsse.ts';
import { manifestType } from '../sharing/manifest.ts';
import { shareSigner } from '../sharing/share-key.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, openBundle, verifyBundle } from './bundle.ts';
import { packageType, parsePackage } from './package.ts';
import { parseReceipt, receiptType } from './receipt.ts';
import { assertSetFollows, openNewSet } from './rotate.ts';
import { openRotatePackage } from './rotate-package.ts';
import { parseTicket, ticketType } from './ticket.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
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
    const before = set.shares.map(shareSigner);
    const { operator } = set.cast;
    const verify = async (signers: Signer[]) => {
      const { document } = await makeRotateBundle(set, next, { signers });
      const parsed = bundleType.parse(bundleType.toBytes(document), 'production');
      return verifyBundle(parsed, set.manifest.body, next.roster.body);
    };
    expect((await verify([...before.slice(1), operator.signer])).shares).toHaveLength(3);
    await expect(verify([...before.slice(2), operator.signer])).rejects.toThrow(
      refused('signature-missing'),
    );
    await expect(verify([...next.quorum, operator.signer])).rejects.toThrow(
      refused('signature-unknown'),
    );
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
    const { document } = await makeRotateBundle(set, next);
    const { body } = document;
    const opened = openNewSet(body);
    expect(opened.manifest.digest).toBe(next.manifest.digest);
    expect(opened.roster.digest).toBe(next.roster.digest);
    for (const change of [
      { newManifestDigest: set.manifest.digest },
      { rosterDigest: set.roster.digest },
      { keyVersion: 'v2' },
      { ceremonyId: 'ab'.repeat(16) },
      { manifestDigest: 'ab'.repeat(32) },
    ]) {
      expect(() => openNewSet({ ...body, ...change })).toThrow(refused('document-damaged'));
    }
    // A roster that the set of before signed, and a manifest that too few signed.
    const roster = envelopeToJson(set.roster.envelope);
    expect(() => openNewSet({ ...body, roster })).toThrow(refused('signature-unknown'));
    const few = await manifestType.sign(next.manifest.body, next.quorum.slice(1));
    const manifest = envelopeToJson(few.envelope);
    expect(() => openNewSet({ ...body, manifest })).toThrow(refused('signature-missing'));
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
    const { document } = await makeRotateBundle(set, next);
    const bytes = bundleType.toBytes(document);
    const anchor = { manifest: set.manifest, roster: set.roster };
    const read = verifyBundleFile(bytes, 'production', anchor);
    expect(read.standing).toBe('authenticated');
    const facts = read.facts.join('\n');
    expect(facts).toContain('renews the shares of key version v1: the platform key stays');
    expect(facts).toContain(next.manifest.digest);
    expect(facts).toContain('sealed to that sync and was not opened here');
    expect(read.signers.filter(({ kind }) => kind === 'share-key')).toHaveLength(3);
    expect(verifyBundleFile(bytes, 'production').standing).toBe('self-consistent');
    expect(() => verifyBundleFile(bytes, 'production', { manifest: other.manifest })).toThrow(
      refused('anchor-does-not-fit'),
    );
    const strange = await makeNextSet(set, { change: { generation: 2 } });
    const made = await makeRotateBundle(set, strange);
    expect(() => verifyBundleFile(bundleType.toBytes(made.document), 'production', anchor)).toThrow(
      refused('set-not-next'),
    );
  });
});

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  test('ticket, package, bundle, receipt of new shares', async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const after = await makeNextSet(small);
    const source = await makeRotatePackage(small);
    const ticket = ticketType.toBytes(source.ticket.document);
    const asTicket = (changed: Uint8Array) => parseTicket(changed, 'production');
    expect(notRefused(ticket, asTicket, { sample: 1, step: 3 })).toEqual([]);
    const file = packageType.toBytes(source.document);
    const asPackage = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
    expect(notRefused(file, asPackage, { sample: 1, step: 3 })).toEqual([]);
    const bundle = await makeRotateBundle(small, after, { package: source.document });
    const accept = (changed: Uint8Array) =>
      verifyBundle(bundleType.parse(changed, 'production'), small.manifest.body, after.roster.body);
    expect(notRefused(bundleType.toBytes(bundle.document), accept, { sample: 1, step: 3 })).toEqual(
      [],
    );
    const receipt = receiptType.toBytes(await makeReceipt(small, bundle));
    const asReceipt = (changed: Uint8Array) => parseReceipt(changed, 'production', small.sync);
    expect(notRefused(receipt, asReceipt, { sample: 1, step: 3 })).toEqual([]);
  });
});
