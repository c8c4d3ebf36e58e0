/**
 * What sync gives back: receipts, and the chain for a new laptop.
 * @module
 */
import { encodeChain } from '../../shared/transcript/chain.ts';
import { receiptType, type Receipt, type ReceiptDocument } from '../../shared/bundle/receipt.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { at } from './people.ts';
import type { TestShareSet } from './share-sets.ts';
import type { TestAddSetBundle } from './add-set-documents.ts';
import type { TestAdoptBundle } from './adopt-documents.ts';
import type { TestBundle } from './documents.ts';
import type { TestDrillBundle } from './drill-documents.ts';
import type { TestMoveBundle } from './move-documents.ts';
import type { TestRosterBundle } from './roster-documents.ts';
import type { TestRefreshBundle } from './refresh-documents.ts';
import type { TestRotateBundle } from './rotate-documents.ts';
import type { TestChangeBundle, TestVersionBundle } from './version-documents.ts';

export async function makeReceipt(
  set: TestShareSet,
  bundle:
    | TestBundle
    | TestRosterBundle
    | TestAdoptBundle
    | TestRotateBundle
    | TestRefreshBundle
    | TestAddSetBundle
    | TestVersionBundle
    | TestChangeBundle
    | TestDrillBundle
    | TestMoveBundle,
  change: Partial<Receipt> = {},
): Promise<ReceiptDocument> {
  const { body, digest } = bundle.document;
  return receiptType.sign(
    {
      mode: set.mode,
      audience: set.sync.audience,
      sequence: 1,
      previous: null,
      kind: body.kind,
      outcome: 'committed',
      nonce: body.nonce,
      packageDigest: body.packageDigest,
      bundleDigest: digest,
      ceremonyId: body.ceremonyId,
      keyVersion: set.manifest.body.keyVersion,
      at: at(7200),
      epoch: body.epoch + 1,
      statement: 'The change was written and read back.',
      readBack: ['Vault: platform/master-key', 'database: key version'],
      ...change,
    },
    [set.sync.signer],
  );
}

/** What sync hands to a new laptop. */
export function makeChain(
  set: TestShareSet,
  receipts: readonly ReceiptDocument[] = [],
  transcripts: readonly Uint8Array[] = [],
  /** Further sets, with their rosters. */
  more: readonly TestShareSet[] = [],
): Uint8Array {
  const all = [set, ...more];
  return encodeChain({
    mode: set.mode,
    descriptor: envelopeToJson(set.sync.descriptor.envelope),
    manifests: all.map(({ manifest }) => envelopeToJson(manifest.envelope)),
    rosters: all.map(({ roster }) => envelopeToJson(roster.envelope)),
    receipts: receipts.map(({ envelope }) => envelopeToJson(envelope)),
    transcripts,
  });
}
