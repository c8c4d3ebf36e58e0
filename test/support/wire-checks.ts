/**
 * What every file of the loop has to hold to, and every bundle that brings a share set: asserted in one
 * way for all kinds of them.
 * @module
 */
import { expect } from 'vitest';
import {
  bundleType,
  verifyBundle,
  type Bundle,
  type FollowingSetBundle,
} from '../../shared/bundle/bundle.ts';
import { packageType, parsePackage, type PackageDocument } from '../../shared/bundle/package.ts';
import { parseReceipt, receiptType } from '../../shared/bundle/receipt.ts';
import { openNewSet } from '../../shared/bundle/rotate.ts';
import { parseTicket, ticketType, type TicketDocument } from '../../shared/bundle/ticket.ts';
import type { Parsed } from '../../shared/encoding/document.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { shareSigner } from '../../shared/sharing/share-key.ts';
import { verifyBundleFile } from '../../shared/transcript/verify-files.ts';
import { makeReceipt } from './receipts.ts';
import type { TestShareSet } from './share-sets.ts';
import { notRefused } from './tamper.ts';

type Made = Parameters<typeof makeReceipt>[1];
interface Read<B extends Bundle> {
  readonly document: Parsed<B>;
}

/** A refusal with this code. */
export const refused = (code: string) => expect.objectContaining({ code }) as Error;

/**
 * No file with one changed byte is taken: neither ticket, package and bundle, nor the receipt for it.
 * @param set whose shares sign the bundle
 * @param roster that comes with it
 */
export async function expectNoByteChanges(
  set: TestShareSet,
  { roster }: Pick<TestShareSet, 'roster'>,
  files: {
    readonly ticket?: TicketDocument;
    readonly package: PackageDocument;
    readonly bundle: Made;
  },
  step = 3,
): Promise<void> {
  const taken = (bytes: Uint8Array, accept: (changed: Uint8Array) => unknown) =>
    notRefused(bytes, accept, { sample: 1, step });
  const { ticket, package: source, bundle } = files;
  if (ticket !== undefined) {
    const bytes = ticketType.toBytes(ticket);
    expect(taken(bytes, (changed) => parseTicket(changed, set.mode))).toEqual([]);
  }
  const asked = packageType.toBytes(source);
  expect(taken(asked, (changed) => parsePackage(changed, set.mode, set.sync))).toEqual([]);
  const brought = bundleType.toBytes(bundle.document);
  const accept = (changed: Uint8Array) =>
    verifyBundle(bundleType.parse(changed, set.mode), set.manifest.body, roster.body);
  expect(taken(brought, accept)).toEqual([]);
  const receipt = receiptType.toBytes(await makeReceipt(set, bundle));
  expect(taken(receipt, (changed) => parseReceipt(changed, set.mode, set.sync))).toEqual([]);
}

/** k shares of the set in force and an operator of the new roster sign; no new share does. */
export async function expectSignedByPresent(
  set: TestShareSet,
  next: TestShareSet,
  make: (signers: Signer[]) => Promise<Read<Bundle>>,
): Promise<void> {
  const before = set.shares.map(shareSigner);
  const { signer: operator } = set.cast.operator;
  const verify = async (signers: Signer[]) => {
    const { document } = await make(signers);
    const parsed = bundleType.parse(bundleType.toBytes(document), set.mode);
    return verifyBundle(parsed, set.manifest.body, next.roster.body);
  };
  const { threshold, count } = set.manifest.body;
  const spare = count - threshold;
  expect((await verify([...before.slice(spare), operator])).shares).toHaveLength(threshold);
  await expect(verify([...before.slice(spare + 1), operator])).rejects.toThrow(
    refused('signature-missing'),
  );
  await expect(verify(before)).rejects.toThrow(refused('signature-missing'));
  await expect(verify([...next.quorum, operator])).rejects.toThrow(refused('signature-unknown'));
}

/**
 * Set and roster are those that the bundle names, and that the new set signed.
 * @param wrong further changes of the body, each of which contradicts the set
 */
export async function expectBringsItsSet(
  body: FollowingSetBundle,
  set: TestShareSet,
  next: TestShareSet,
  wrong: readonly object[],
): Promise<void> {
  expectNamesItsSet(body, set, next, wrong);
  // A manifest that too few signed.
  const few = await manifestType.sign(next.manifest.body, next.quorum.slice(1));
  const manifest = envelopeToJson(few.envelope);
  expect(() => openNewSet({ ...body, manifest })).toThrow(refused('signature-missing'));
}

/** The same of a refresh, whose set nobody signs as a quorum: its shares have statements. */
export function expectNamesItsSet(
  body: FollowingSetBundle,
  set: TestShareSet,
  next: TestShareSet,
  wrong: readonly object[],
): void {
  const opened = openNewSet(body);
  expect(opened.manifest.digest).toBe(next.manifest.digest);
  expect(opened.roster.digest).toBe(next.roster.digest);
  for (const change of [
    { newManifestDigest: set.manifest.digest },
    { rosterDigest: set.roster.digest },
    { ceremonyId: 'ab'.repeat(16) },
    { manifestDigest: 'ab'.repeat(32) },
    ...wrong,
  ]) {
    expect(() => openNewSet({ ...body, ...change })).toThrow(refused('document-damaged'));
  }
  // A roster that the set of before signed.
  const roster = envelopeToJson(set.roster.envelope);
  expect(() => openNewSet({ ...body, roster })).toThrow(refused('signature-unknown'));
}

/** What an auditor reads who knows the set and the roster of before, and how many shares signed. */
export function readAsAuditor(
  { document }: Read<Bundle>,
  { mode, manifest, roster }: TestShareSet,
): { readonly facts: string; readonly shares: number } {
  const bytes = bundleType.toBytes(document);
  const read = verifyBundleFile(bytes, mode, { manifest, roster });
  expect(read.standing).toBe('authenticated');
  expect(verifyBundleFile(bytes, mode).standing).toBe('self-consistent');
  const shares = read.signers.filter(({ kind }) => kind === 'share-key').length;
  return { facts: read.facts.join('\n'), shares };
}
