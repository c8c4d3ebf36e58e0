/**
 * The chain: what sync hands to a laptop that knows nothing, or too little. Descriptor, rosters
 * and manifests from the first on, receipts: all signed by themselves, so the file is not.
 * @module
 */
import { base64 as base64Coder } from '@scure/base';
import { decodeEnvelope, ENVELOPE_LIMIT } from '../encoding/dsse.ts';
import { decodeJson, encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { base64, mode, z } from '../encoding/schema.ts';
import {
  rosterType,
  setThatSigned,
  verifyRoster,
  type RosterDocument,
} from '../identity/roster.ts';
import type { Mode } from '../mode.ts';
import { orRefuse } from '../refusal.ts';
import { manifestType, verifyManifest, type ManifestDocument } from '../sharing/manifest.ts';
import { parseDescriptor, type DescriptorDocument } from '../bundle/descriptor.ts';
import { embedded } from '../bundle/package.ts';
import { parseLog, type CeremonyLog } from './log.ts';
import { requireHandedOn } from './handed-on.ts';
import { parseReceipt, type ReceiptDocument } from '../bundle/receipt.ts';

/** The most ceremony logs that one chain holds. */
export const CHAIN_TRANSCRIPTS = 200;
/** All of them together, in bytes. */
export const CHAIN_TRANSCRIPT_BYTES = 6 * 1024 * 1024;

/** The most receipts that one chain holds. */
export const CHAIN_RECEIPTS = 2000;

const schema = z.strictObject({
  conclave: z.literal('chain'),
  version: z.literal(1),
  mode,
  descriptor: embedded,
  manifests: z.array(embedded).max(200),
  rosters: z.array(embedded).max(200),
  receipts: z.array(embedded).max(CHAIN_RECEIPTS),
  /** Lines of ceremony logs, base64. Absent where sync keeps none. */
  transcripts: z.array(base64(ENVELOPE_LIMIT)).max(CHAIN_TRANSCRIPTS).optional(),
});

export interface Chain {
  readonly descriptor: DescriptorDocument;
  readonly manifests: readonly ManifestDocument[];
  readonly rosters: readonly RosterDocument[];
  readonly receipts: readonly ReceiptDocument[];
  /** Each as far as it can be believed. */
  readonly transcripts: readonly CeremonyLog[];
}

type Embedded = z.infer<typeof embedded>;

/** An embedded envelope through the same narrow gate as a file. */
function open(value: Embedded, what: string) {
  return decodeEnvelope(encodeJson(value), what);
}

export function encodeChain(chain: {
  mode: Mode;
  descriptor: Embedded;
  manifests: Embedded[];
  rosters: Embedded[];
  receipts: Embedded[];
  /** As files. */
  transcripts?: readonly Uint8Array[];
}): Uint8Array {
  const { transcripts = [], ...documents } = chain;
  const logs =
    transcripts.length === 0
      ? {}
      : { transcripts: transcripts.map((log) => base64Coder.encode(log)) };
  return encodeJson(schema.parse({ conclave: 'chain', version: 1, ...documents, ...logs }));
}

/**
 * Untrusted bytes to documents that each verify: manifests by their own share keys, rosters by a
 * manifest's, receipts by the descriptor's key, logs as handed-on.ts says. The descriptor itself needs its
 * eight words.
 */
export function parseChain(bytes: Uint8Array, expected: Mode): Chain {
  if (bytes.length === 0) throw refuseDocument('document-empty', 'chain');
  if (bytes.length > 4 * ENVELOPE_LIMIT) {
    throw refuseDocument('document-too-large', 'chain', 4 * ENVELOPE_LIMIT);
  }
  const json = orRefuse(
    () => schema.parse(decodeJson(bytes)),
    () => refuseDocument('document-damaged', 'chain'),
  );
  if (json.mode !== expected) throw refuseDocument('document-other-mode', 'chain', json.mode);
  const descriptor = parseDescriptor(encodeJson(json.descriptor), expected);
  const manifests = json.manifests.map((value) =>
    verifyManifest(manifestType.parseEnvelope(open(value, 'share-set'), expected)),
  );
  const rosters = json.rosters.map((value) => {
    const roster = rosterType.parseEnvelope(open(value, 'roster'), expected);
    const manifest = setThatSigned(roster, manifests);
    if (manifest === undefined) {
      throw refuseDocument('signature-missing', 'roster', 'the signatures of a known share set');
    }
    return verifyRoster(roster, manifest.body);
  });
  const receipts = json.receipts.map((value) =>
    parseReceipt(encodeJson(value), expected, descriptor.body),
  );
  const committed = new Set(
    receipts
      .filter(({ body }) => body.outcome === 'committed')
      .flatMap(({ body }) => body.bundleDigest ?? []),
  );
  const trusted = { descriptor, manifests, rosters, committed };
  const transcripts = (json.transcripts ?? []).map((text) => {
    const log = parseLog(base64Coder.decode(text));
    if (log.header.mode !== expected) {
      throw refuseDocument('document-other-mode', 'ceremony log', log.header.mode);
    }
    requireHandedOn(log, trusted);
    return log;
  });
  return { descriptor, manifests, rosters, receipts, transcripts };
}
