/** A drill on the wire: what proves a share, what does not, and what an auditor reads of it. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type DrillBundleOptions,
  makeDrillBundle,
  makeDrillPackage,
} from '../../test/support/drill-documents.ts';
import { makeReceipt } from '../../test/support/receipts.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { shareSigner } from '../sharing/share-key.ts';
import { verifyBundleFile } from '../transcript/verify-files.ts';
import { bundleType, verifyBundle } from './bundle.ts';
import { openBundle } from './bundle-secret.ts';
import { DRILL_NONCE_DAYS, drillMessage } from './drill.ts';
import { packageType, parsePackage } from './package.ts';
import { parseReceipt, receiptType } from './receipt.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
let set: TestShareSet;
let other: TestShareSet;
beforeAll(async () => {
  set = await makeShareSet();
  other = await makeShareSet();
});

const made = async (options: DrillBundleOptions = {}) => {
  const { document } = await makeDrillBundle(set, options);
  return bundleType.parse(bundleType.toBytes(document), 'production');
};
const verify = async (options: DrillBundleOptions) =>
  verifyBundle(await made(options), set.manifest.body, set.roster.body);

describe('a bundle of a drill', () => {
  test('proves each share that signed, fewer than a quorum too, and names its operator', async () => {
    const keys = set.manifest.body.shares.map(({ publicKey }) => publicKey);
    const { operator } = set.cast;
    expect(await verify({ proves: [3] })).toEqual({
      shares: [keys[2]],
      operator: operator.signer.keyid,
    });
    expect((await verify({ proves: [1, 2, 3, 4] })).shares).toEqual(keys);
    const failed = [{ index: 2, why: 'unreadable' as const }];
    expect((await verify({ proves: [], failed })).shares).toEqual([]);
    await expect(verify({ signers: [] })).rejects.toThrow(refused('signature-missing'));
    // A share key proves a share by its own statement, and answers for nothing else.
    const signers = [operator.signer, ...set.quorum];
    await expect(verify({ signers })).rejects.toThrow(refused('signature-unknown'));
    const custodian = set.cast.custodians[0]?.signer;
    if (custodian === undefined) throw new Error('there are custodians');
    const change = { operator: custodian.keyid };
    await expect(verify({ change, signers: [custodian] })).rejects.toThrow(
      refused('signature-unknown'),
    );
  });

  test('a proof of another share, nonce, ceremony, sync, mode, set or generation is none', async () => {
    const { document } = await makeDrillBundle(set, { proves: [1] });
    const { nonce, ceremonyId } = document.body;
    const [share] = set.shares;
    if (share === undefined) throw new Error('there are shares');
    const { setId } = set.manifest.body;
    const { mode, sync } = set;
    const right = { mode, audience: sync.audience, ceremonyId, nonce, setId, generation: 1 };
    const proofOf = async (said: Partial<typeof right> & { index?: number }, who = share) => {
      const message = drillMessage({ ...right, index: 1, ...said });
      const signature = bytesToHex(await shareSigner(who).sign(message));
      const proofs = [{ index: 1, medium: 'usb' as const, signature }];
      const body = { ...document.body, proofs };
      const signed = await bundleType.sign(body, [set.cast.operator.signer]);
      return verifyBundle(signed, set.manifest.body, set.roster.body);
    };
    expect((await proofOf({})).shares).toHaveLength(1);
    const strange = 'ab'.repeat(16);
    for (const said of [
      { nonce: strange },
      { ceremonyId: strange },
      { audience: strange },
      { setId: strange },
      { mode: 'rehearsal' as const },
      { generation: 2 },
      { index: 2 },
    ]) {
      await expect(proofOf(said)).rejects.toThrow(refused('signature-wrong'));
    }
    for (const who of [set.shares[1], other.shares[0]]) {
      await expect(proofOf({}, who)).rejects.toThrow(refused('signature-wrong'));
    }
  });

  test('a share that the set does not have, and another key version, are refused', async () => {
    const { document } = await makeDrillBundle(set, { proves: [1] });
    const [proof] = document.body.proofs;
    if (proof === undefined) throw new Error('there is a proof');
    const proofs = [{ ...proof, index: 5 }];
    await expect(verify({ change: { proofs } })).rejects.toThrow(refused('signature-unknown'));
    const failed = [{ index: 5, why: 'absent' as const }];
    await expect(verify({ failed })).rejects.toThrow(refused('signature-unknown'));
    await expect(verify({ change: { keyVersion: 'v2' } })).rejects.toThrow(
      refused('document-damaged'),
    );
  });

  test.each([
    ['nothing at all', { proves: [], failed: [] }],
    ['a share in both lists', { proves: [1, 2], failed: [{ index: 2, why: 'wrong' as const }] }],
    ['shares out of order', { proves: [2, 1] }],
    ['a share twice', { proves: [1, 1] }],
  ])('one that says %s is never made', async (_, options) => {
    await expect(makeDrillBundle(set, options)).rejects.toThrow();
  });

  test('carries no secret', async () => {
    const { body } = await made();
    expect(body).not.toHaveProperty('sealed');
    await expect(openBundle(body, set.sync.recipient.privateKey)).rejects.toThrow(
      refused('sealed-not-openable'),
    );
  });

  test('an auditor reads which shares signed, and whose word the rest is', async () => {
    const failed = [{ index: 4, why: 'unreadable' as const }];
    const bytes = bundleType.toBytes(await made({ proves: [1, 3], failed }));
    const anchor = { manifest: set.manifest, roster: set.roster };
    const read = verifyBundleFile(bytes, 'production', anchor);
    expect(read.standing).toBe('authenticated');
    const facts = read.facts.join('\n');
    expect(facts).toContain('signed for themselves in a drill: 1 (USB stick), 3 (USB stick)');
    expect(facts).toContain('By the operator’s word, share 4 could not be read.');
    expect(facts).toContain('It carries no secret.');
    expect(verifyBundleFile(bytes, 'production').standing).toBe('self-consistent');
    expect(() => verifyBundleFile(bytes, 'production', { manifest: other.manifest })).toThrow(
      refused('anchor-does-not-fit'),
    );
  });
});

describe('a package for a drill', () => {
  test(`is good for ${DRILL_NONCE_DAYS} days at most`, async () => {
    const { body } = await makeDrillPackage(set);
    const until = (days: number) =>
      new Date(Date.parse(body.issuedAt) + days * 86_400_000).toISOString().replace('.000', '');
    const sign = (expiresAt: string) => packageType.sign({ ...body, expiresAt }, [set.sync.signer]);
    await expect(sign(until(DRILL_NONCE_DAYS))).resolves.toBeDefined();
    await expect(sign(until(DRILL_NONCE_DAYS + 1))).rejects.toThrow();
    await expect(sign(body.issuedAt)).rejects.toThrow();
  });
});

describe('a single-byte change of a file is refused', { timeout: 180_000 }, () => {
  test('package, bundle, receipt of a drill', async () => {
    const small = await makeShareSet({ threshold: 2, count: 2 });
    const source = await makeDrillPackage(small);
    const file = packageType.toBytes(source);
    const asPackage = (changed: Uint8Array) => parsePackage(changed, 'production', small.sync);
    expect(notRefused(file, asPackage, { sample: 1, step: 3 })).toEqual([]);
    const bundle = await makeDrillBundle(small, { package: source });
    const accept = (changed: Uint8Array) =>
      verifyBundle(bundleType.parse(changed, 'production'), small.manifest.body, small.roster.body);
    expect(notRefused(bundleType.toBytes(bundle.document), accept, { sample: 1 })).toEqual([]);
    const receipt = receiptType.toBytes(await makeReceipt(small, bundle));
    const asReceipt = (changed: Uint8Array) => parseReceipt(changed, 'production', small.sync);
    expect(notRefused(receipt, asReceipt, { sample: 1, step: 3 })).toEqual([]);
  });
});
