/** Who must have signed package, ticket, descriptor, receipt, bundle and manifest; every changed byte. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeBundle, makePackage, makeTicket } from '../../test/support/documents.ts';
import { makeChain, makeReceipt } from '../../test/support/receipts.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { decodeEnvelope, type Envelope, envelopeToJson, type Signer } from '../encoding/dsse.ts';
import { Refusal } from '../refusal.ts';
import { manifestType, parseManifest } from '../sharing/manifest.ts';
import { parseRoster, rosterType } from '../identity/roster.ts';
import { shareSigner } from '../sharing/share-key.ts';
import { bundleType, verifyBundle, type Bundle } from './bundle.ts';
import { encodeChain, parseChain } from '../transcript/chain.ts';
import { descriptorType, parseDescriptor } from './descriptor.ts';
import { packageType, parsePackage } from './package.ts';
import { parseReceipt, receiptType } from './receipt.ts';
import { parseTicket, ticketType } from './ticket.ts';

/** Payload type, payload and signatures, without the spelling of the envelope. */
const saidBy = ({ payloadType, payload, signatures }: Envelope): string =>
  [
    payloadType,
    bytesToHex(payload),
    ...signatures.map(({ keyid, sig }) => `${keyid} ${bytesToHex(sig)}`),
  ].join('\n');

class SaysSomethingElse extends Refusal {
  constructor() {
    super('test-other', { happened: 'It says something else.', means: '', next: '' });
  }
}

const refused = (code: string) => expect.objectContaining({ code }) as Error;
let set: TestShareSet;
let other: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
  other = await makeShareSet();
});

describe('who must have signed', () => {
  test('a manifest: k of its own share keys', async () => {
    const keys = set.shares.map(shareSigner);
    const parse = async (signers: Signer[]) =>
      parseManifest(
        manifestType.toBytes(await manifestType.sign(set.manifest.body, signers)),
        'production',
      );
    expect((await parse(keys)).body).toEqual(set.manifest.body);
    expect((await parse(keys.slice(1))).body).toEqual(set.manifest.body);
    await expect(parse(keys.slice(2))).rejects.toThrow(refused('signature-missing'));
    await expect(parse([...keys, set.cast.operator.signer])).rejects.toThrow(
      refused('signature-unknown'),
    );
  });

  test.each([
    ['two shares with one x', (shares: Shares) => shares.map((s) => ({ ...s, x: 7 }))],
    [
      'two shares with one key',
      (shares: Shares) => shares.map((s) => ({ ...s, publicKey: 'ab'.repeat(32) })),
    ],
    ['numbers out of order', (shares: Shares) => [...shares].reverse()],
    ['a share too few', (shares: Shares) => shares.slice(1)],
  ])('a manifest with %s is never made', async (_, change) => {
    const body = { ...set.manifest.body, shares: change(set.manifest.body.shares) };
    await expect(manifestType.sign(body, set.quorum)).rejects.toThrow();
  });

  test('a descriptor: the key that it names, alone', async () => {
    const { body } = set.sync.descriptor;
    const parse = async (...signers: Signer[]) =>
      parseDescriptor(
        descriptorType.toBytes(await descriptorType.sign(body, signers)),
        'production',
      );
    expect((await parse(set.sync.signer)).body).toEqual(body);
    await expect(parse()).rejects.toThrow(refused('signature-missing'));
    await expect(parse(other.sync.signer)).rejects.toThrow(refused('signature-unknown'));
    await expect(parse(set.sync.signer, other.sync.signer)).rejects.toThrow(
      refused('signature-unknown'),
    );
  });

  test('a ticket: its operator', async () => {
    const { document } = await makeTicket(set);
    expect(parseTicket(ticketType.toBytes(document), 'production').body).toEqual(document.body);
    const signed = await ticketType.sign(document.body, [set.cast.witness.signer]);
    expect(() => parseTicket(ticketType.toBytes(signed), 'production')).toThrow(
      refused('signature-unknown'),
    );
    const bare = ticketType.toBytes(await ticketType.sign(document.body, []));
    expect(() => parseTicket(bare, 'production')).toThrow(refused('signature-missing'));
  });

  test('a package and a receipt: the sync that is trusted, with its audience', async () => {
    const { document } = await makePackage(set, 'setup');
    const bytes = packageType.toBytes(document);
    const receipt = receiptType.toBytes(await makeReceipt(set, await makeBundle(set)));
    for (const parse of [
      (sync: TestShareSet['sync']) => parsePackage(bytes, 'production', sync),
      (sync: TestShareSet['sync']) => parseReceipt(receipt, 'production', sync),
    ]) {
      expect(parse(set.sync).body.audience).toBe(set.sync.audience);
      expect(() => parse(other.sync)).toThrow(refused('signature-unknown'));
      const moved = { ...set.sync, audience: other.sync.audience };
      expect(() => parse(moved)).toThrow(refused('signature-missing'));
    }
    const bare = packageType.toBytes(await packageType.sign(document.body, []));
    expect(() => parsePackage(bare, 'production', set.sync)).toThrow(refused('signature-missing'));
  });

  test('a bundle: k share keys and the operator that it names, who must be one', async () => {
    const { body } = (await makeBundle(set, { kind: 'recover' })).document;
    const { operator, witness } = set.cast;
    const keys = set.shares.map(shareSigner);
    const verify = async (signers: Signer[], value: Bundle = body) =>
      verifyBundle(
        bundleType.parse(bundleType.toBytes(await bundleType.sign(value, signers)), 'production'),
        set.manifest.body,
        set.roster.body,
      );
    expect(await verify([...keys, operator.signer])).toEqual({
      shares: keys.map(({ keyid }) => keyid).sort(),
      operator: operator.signer.keyid,
    });
    await expect(verify(keys)).rejects.toThrow(refused('signature-missing'));
    await expect(verify([...keys.slice(2), operator.signer])).rejects.toThrow(
      refused('signature-missing'),
    );
    await expect(verify([operator.signer])).rejects.toThrow(refused('signature-missing'));
    await expect(verify([...keys, operator.signer, witness.signer])).rejects.toThrow(
      refused('signature-unknown'),
    );
    await expect(verify([...other.quorum, operator.signer])).rejects.toThrow(
      refused('signature-unknown'),
    );
    const byWitness = { ...body, operator: witness.signer.keyid };
    await expect(verify([...keys, witness.signer], byWitness)).rejects.toThrow(
      refused('signature-unknown'),
    );
    // A share key named as operator must not stand for a person.
    const [share] = keys;
    if (share === undefined) throw new Error('no share');
    await expect(verify(keys, { ...body, operator: share.keyid })).rejects.toThrow(
      refused('signature-unknown'),
    );
  });
});

type Shares = TestShareSet['manifest']['body']['shares'];

// A small set keeps the files short. One file of each type and kind is changed at every position,
// to one other value that differs from place to place and from run to run.
describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  let small: TestShareSet;
  beforeAll(async () => {
    small = await makeShareSet({ threshold: 2, count: 2 });
  });

  test('roster, manifest, descriptor, ticket', async () => {
    const manifest = manifestType.toBytes(small.manifest);
    const parse = (bytes: Uint8Array) => parseManifest(bytes, 'production');
    expect(notRefused(manifest, parse, { sample: 1 })).toEqual([]);
    const roster = rosterType.toBytes(small.roster);
    const open = (bytes: Uint8Array) => parseRoster(bytes, 'production', small.manifest.body);
    expect(notRefused(roster, open, { sample: 1 })).toEqual([]);
    const descriptor = descriptorType.toBytes(small.sync.descriptor);
    const read = (bytes: Uint8Array) => parseDescriptor(bytes, 'production');
    expect(notRefused(descriptor, read, { sample: 2 })).toEqual([]);
    const ticket = ticketType.toBytes((await makeTicket(small)).document);
    const take = (bytes: Uint8Array) => parseTicket(bytes, 'production');
    expect(notRefused(ticket, take, { sample: 1 })).toEqual([]);
  });

  test.each(['setup', 'recover'] as const)('%s package', async (kind) => {
    const bytes = packageType.toBytes((await makePackage(small, kind)).document);
    const parse = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
    expect(notRefused(bytes, parse, { sample: 1 })).toEqual([]);
  });

  test.each(['setup', 'recover'] as const)('%s bundle and its receipt', async (kind) => {
    const bundle = await makeBundle(small, { kind });
    const accept = (changed: Uint8Array) =>
      verifyBundle(bundleType.parse(changed, 'production'), small.manifest.body, small.roster.body);
    expect(notRefused(bundleType.toBytes(bundle.document), accept, { sample: 1 })).toEqual([]);
    const receipt = receiptType.toBytes(await makeReceipt(small, bundle));
    const parse = (changed: Uint8Array) => parseReceipt(changed, 'production', small.sync);
    expect(notRefused(receipt, parse, { sample: 1 })).toEqual([]);
  });

  /**
   * All 255 other values everywhere take too long with a verification each. A signature covers what
   * the envelope says; so what is left to see is that no other bytes say the same.
   */
  test('every other value at every position is refused, or says something else', async () => {
    const bundle = await makeBundle(small);
    const documents: Record<string, Uint8Array> = {
      descriptor: descriptorType.toBytes(small.sync.descriptor),
      receipt: receiptType.toBytes(await makeReceipt(small, bundle)),
      roster: rosterType.toBytes(small.roster),
      'share-set': manifestType.toBytes(small.manifest),
      ticket: ticketType.toBytes((await makeTicket(small)).document),
      package: packageType.toBytes((await makePackage(small, 'setup')).document),
    };
    for (const [what, bytes] of Object.entries(documents)) {
      const said = saidBy(decodeEnvelope(bytes, what));
      const says = (changed: Uint8Array) => {
        if (saidBy(decodeEnvelope(changed, what)) !== said) throw new SaysSomethingElse();
      };
      // One of them whole; the envelope is the same for all.
      const step = what === 'descriptor' ? 1 : 32;
      expect(notRefused(bytes, says, { step }), what).toEqual([]);
    }
  }, 180_000);

  test('chain', async () => {
    const { envelope } = small.sync.descriptor;
    const none = { manifests: [], rosters: [], receipts: [] };
    const first = encodeChain({
      mode: 'production',
      descriptor: envelopeToJson(envelope),
      ...none,
    });
    const receipt = await makeReceipt(small, await makeBundle(small));
    const bytes = makeChain(small, [receipt]);
    const parse = (changed: Uint8Array) => parseChain(changed, 'production');
    expect(parse(bytes).receipts).toHaveLength(1);
    expect(notRefused(first, parse, { sample: 1 })).toEqual([]);
    expect(notRefused(bytes, parse, { sample: 1 })).toEqual([]);
  });
});

describe('the chain', () => {
  test('comes back with every document', async () => {
    const receipt = await makeReceipt(set, await makeBundle(set));
    const chain = parseChain(makeChain(set, [receipt]), 'production');
    expect(chain.descriptor.digest).toBe(set.sync.descriptor.digest);
    expect(chain.manifests.map(({ digest }) => digest)).toEqual([set.manifest.digest]);
    expect(chain.rosters.map(({ digest }) => digest)).toEqual([set.roster.digest]);
    expect(chain.receipts.map(({ body }) => body)).toEqual([receipt.body]);
  });

  test('is refused when it is empty, of the other mode, or holds a stranger’s document', async () => {
    const bytes = makeChain(set);
    expect(() => parseChain(new Uint8Array(), 'production')).toThrow(refused('document-empty'));
    expect(() => parseChain(bytes, 'rehearsal')).toThrow(refused('document-other-mode'));
    expect(() => parseChain(bytes.slice(1), 'production')).toThrow(refused('document-damaged'));
    const foreign = await makeReceipt(other, await makeBundle(other));
    expect(() => parseChain(makeChain(set, [foreign]), 'production')).toThrow(
      refused('signature-unknown'),
    );
    expect(() => parseChain(makeChain({ ...set, roster: other.roster }), 'production')).toThrow(
      refused('signature-missing'),
    );
  });
});
