/**
 * Builders of the documents of survey keys that move to another key version: ticket, package with its
 * files, what comes back, bundle.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bundleType, type BundleDocument, type MoveBundle } from '../../shared/bundle/bundle.ts';
import type { MoveCounts } from '../../shared/bundle/move.ts';
import {
  type BatchPlace,
  type MovedSurveyKey,
  sealMoveBatch,
  sealMovedBatch,
} from '../../shared/bundle/move-batch.ts';
import {
  packageType,
  type MovePackage,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import type { StoredSurveyKey } from '../../shared/escrow/move.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { makeTicket, packageCommon, type TestTicket } from './documents.ts';
import { at, randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

export interface TestMovePackage {
  readonly document: PackageDocument & { readonly body: MovePackage };
  readonly ticket: TestTicket;
  /** Those that go out, in their order. */
  readonly files: readonly Uint8Array[];
  readonly places: readonly BatchPlace[];
}

const digestOf = (file: Uint8Array): string => bytesToHex(sha256(file));

/**
 * @param set of the version that is emptied
 * @param next of the version they move to
 * @param batches what is in each file
 */
export async function makeMovePackage(
  set: TestShareSet,
  next: TestShareSet,
  batches: readonly (readonly StoredSurveyKey[])[],
  {
    random = randomBytes,
    change = {},
  }: { readonly random?: RandomSource; readonly change?: Partial<MovePackage> } = {},
): Promise<TestMovePackage> {
  const ticket = await makeTicket(set, random, 'migrate-escrows');
  const common = packageCommon(set, random);
  const { mode, audience, nonce } = common;
  const places = batches.map((_, which): BatchPlace => ({
    mode,
    audience,
    nonce,
    at: which,
    of: batches.length,
  }));
  const files: Uint8Array[] = [];
  for (const [which, keys] of batches.entries()) {
    const place = places[which];
    if (place === undefined) throw new Error('no place');
    files.push(await sealMoveBatch(place, ticket.keys.publicKey, keys));
  }
  const all = batches.flat();
  const body = await sealRotatePackage(
    {
      ...common,
      kind: 'migrate-escrows',
      recipient: set.sync.recipient.publicKey,
      keyVersion: set.manifest.body.keyVersion,
      movesTo: next.manifest.body.keyVersion,
      stored: {
        checktick: all.filter(({ kind }) => kind === 'checktick').length,
        sealed: all.filter(({ kind }) => kind === 'sealed').length,
      },
      files: files.map(digestOf),
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      manifest: envelopeToJson(set.manifest.envelope),
      // A new version brings its roster.
      roster: envelopeToJson(next.roster.envelope),
      others: [envelopeToJson(next.manifest.envelope)],
      ...change,
    },
    ticket.keys.publicKey,
    set.vaultComponent,
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, ticket, files, places };
}

export function countMoved(keys: readonly MovedSurveyKey[]): MoveCounts {
  const staying = (why: string) => keys.filter((one) => 'stays' in one && one.stays === why).length;
  return {
    moved: keys.filter((one) => 'sealed' in one).length,
    notCompared: keys.filter((one) => 'sealed' in one && one.surveyKey === 'not-compared').length,
    stays: {
      'not-opened': staying('not-opened'),
      'not-the-surveys': staying('not-the-surveys'),
      'sealed-without-hash': staying('sealed-without-hash'),
    },
  };
}

export interface TestMoveBundle {
  readonly document: BundleDocument & { readonly body: MoveBundle };
  /** Those that come back, in their order. */
  readonly files: readonly Uint8Array[];
}

/**
 * Signed by a quorum of `set`, of the version that is emptied.
 * @param results what became of the keys of each file
 * @param next whose roster is in force
 */
export async function makeMoveBundle(
  set: TestShareSet,
  next: TestShareSet,
  source: Pick<TestMovePackage, 'document' | 'places'>,
  results: readonly (readonly MovedSurveyKey[])[],
  options: {
    readonly random?: RandomSource;
    readonly signers?: readonly Signer[];
    readonly change?: Partial<MoveBundle>;
  } = {},
): Promise<TestMoveBundle> {
  const { random = randomBytes } = options;
  const { body: from } = source.document;
  const files: Uint8Array[] = [];
  for (const [which, keys] of results.entries()) {
    const place = source.places[which];
    if (place === undefined) throw new Error('no place');
    files.push(await sealMovedBatch(place, from.recipient, keys));
  }
  const operator = set.cast.operator.signer;
  const body: MoveBundle = {
    mode: set.mode,
    audience: set.sync.audience,
    nonce: from.nonce,
    epoch: from.epoch,
    packageDigest: source.document.digest,
    ceremonyId: randomId(random),
    operator: operator.keyid,
    createdAt: at(3600),
    transcript: { entries: 1, head: 'ab'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: next.roster.digest,
    kind: 'migrate-escrows',
    keyVersion: from.keyVersion,
    movesTo: from.movesTo,
    files: files.map(digestOf),
    counts: countMoved(results.flat()),
    ...options.change,
  };
  const signers = options.signers ?? [...set.quorum, operator];
  return { document: { ...(await bundleType.sign(body, signers)), body }, files };
}
