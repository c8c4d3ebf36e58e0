/**
 * Survey keys as a deployment stores them, and the files and the package in which they go to a laptop to
 * be moved to another key version.
 * @module
 */
import { createHash } from 'node:crypto';
import {
  openMovedBatch,
  parseMovedBatch,
  sealMoveBatch,
  type BatchPlace,
  type MovedSurveyKey,
} from '../../shared/bundle/move-batch.ts';
import type { MovePackage } from '../../shared/bundle/package.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import type { TicketDocument } from '../../shared/bundle/ticket.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { openEscrow } from '../../shared/escrow/escrow.ts';
import type { StoredSurveyKey } from '../../shared/escrow/move.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import { surveyEscrow, type EscrowSource } from './organisation-documents.ts';
import type { TestShareSet } from './share-sets.ts';

/** A survey key, and how it is stored. */
export interface KeptKey {
  readonly kek: Uint8Array;
  readonly stored: StoredSurveyKey;
}

/** @param hashed whether CheckTick keeps its hash; `another`: one of another key */
export async function keptKey(
  from: EscrowSource,
  surveyId: number,
  kind: StoredSurveyKey['kind'],
  hashed: boolean | 'another' = true,
): Promise<KeptKey> {
  const kek = randomBytes(32);
  const userId = 1 + (surveyId % 5);
  const hashedKey = hashed === 'another' ? randomBytes(32) : kek;
  const about = { surveyId, userId, kind, kek, ...(hashed === false ? {} : { hashedKey }) };
  return { kek, stored: { userId, surveyId, kind, ...(await surveyEscrow(from, about)) } };
}

/** What nothing opens. */
export function damaged({ kek, stored }: KeptKey): KeptKey {
  const bytes = stored.bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte));
  return { kek, stored: { ...stored, bytes } };
}

export const digestOf = (file: Uint8Array): string =>
  createHash('sha256').update(file).digest('hex');

export interface PackedMove {
  readonly body: MovePackage;
  /** Those that go out, in their order. */
  readonly files: readonly Uint8Array[];
  readonly places: readonly BatchPlace[];
}

/**
 * The package and its files, as sync would seal them to this ticket.
 * @param common what every package says
 * @param target the set of the version that they move to
 */
export async function packMove(
  common: Pick<
    MovePackage,
    'mode' | 'audience' | 'nonce' | 'epoch' | 'issuedAt' | 'expiresAt' | 'recipient' | 'receiptHead'
  >,
  ticket: { readonly ticketId: string; readonly digest: string; readonly recipient: string },
  set: {
    readonly manifest: ManifestDocument;
    readonly roster: MovePackage['roster'];
    readonly vaultComponent: Uint8Array;
  },
  target: ManifestDocument,
  batches: readonly (readonly KeptKey[])[],
  more: Pick<MovePackage, 'handsOver'> = {},
): Promise<PackedMove> {
  const { mode, audience, nonce } = common;
  const places = batches.map((_, at): BatchPlace => {
    return { mode, audience, nonce, at, of: batches.length };
  });
  const files: Uint8Array[] = [];
  for (const [at, place] of places.entries()) {
    const keys = (batches[at] ?? []).map(({ stored }) => stored);
    files.push(await sealMoveBatch(place, ticket.recipient, keys));
  }
  const ofKind = (kind: StoredSurveyKey['kind']) =>
    batches.flat().filter(({ stored }) => stored.kind === kind).length;
  const body = await sealRotatePackage(
    {
      ...common,
      kind: 'migrate-escrows',
      keyVersion: set.manifest.body.keyVersion,
      movesTo: target.body.keyVersion,
      stored: { checktick: ofKind('checktick'), sealed: ofKind('sealed') },
      files: files.map(digestOf),
      ticketId: ticket.ticketId,
      ticketDigest: ticket.digest,
      manifest: envelopeToJson(set.manifest.envelope),
      roster: set.roster,
      others: [envelopeToJson(target.envelope)],
      ...more,
    },
    ticket.recipient,
    set.vaultComponent,
  );
  return { body, files, places };
}

/** As the operator's ticket names it. */
export const ofTicket = ({ body, digest }: TicketDocument) => ({
  ticketId: body.ticketId,
  digest,
  recipient: body.recipient,
});

/** What came back in a file, as sync opens it. */
export async function cameBack(
  bytes: Uint8Array,
  place: BatchPlace,
  recipientKey: Uint8Array,
): Promise<MovedSurveyKey[]> {
  return openMovedBatch(parseMovedBatch(bytes, place), recipientKey);
}

/** The survey key in what came back, with the platform key of the version that it moved to. */
export async function openMoved(
  moved: MovedSurveyKey | undefined,
  { mode, audience }: Pick<BatchPlace, 'mode' | 'audience'>,
  target: Pick<TestShareSet, 'platformKey' | 'manifest'>,
): Promise<Uint8Array> {
  if (moved === undefined || !('sealed' in moved)) throw new Error('It did not move.');
  const { userId, surveyId, sealed } = moved;
  const { keyVersion } = target.manifest.body;
  const key = escrowPrivateKey(target.platformKey, { mode, keyVersion });
  return openEscrow(key, { mode, audience, keyVersion, userId, surveyId }, sealed);
}
