/**
 * One share on the wire: what a QR code, an age file and the typed lines carry.
 *
 * Canonical CBOR, an array of ten:
 *
 * | # | field      | type         | meaning                                             |
 * |---|------------|--------------|-----------------------------------------------------|
 * | 0 | version    | uint         | 1                                                   |
 * | 1 | mode       | uint         | 0x50 production, 0x52 rehearsal                     |
 * | 2 | set id     | bytes 16     | random, names the share set                         |
 * | 3 | generation | uint 1..2^32-1 | 1, and one more after each refresh                |
 * | 4 | index      | uint 1..n    | what people say: share 2                            |
 * | 5 | x          | uint 1..255  | the coordinate the library drew                     |
 * | 6 | threshold  | uint 2..n    | k                                                   |
 * | 7 | count      | uint 2..16   | n                                                   |
 * | 8 | y          | bytes 16..64 | the secret part                                     |
 * | 9 | checksum   | bytes 8      | first 8 of SHA-256(`conclave/v1/share` ‖ fields 0-8)|
 *
 * The checksum is over the canonical CBOR array of the fields 0 to 8.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, equalBytes, hexToBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor, type CborValue } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { modeByte, MODES, type Mode } from '../mode.ts';
import { orRefuse } from '../refusal.ts';
import { refuseShare } from './refusals.ts';

/** At most 16 custodians in a ceremony. */
export const MAX_CUSTODIANS = 16;
/** A share envelope never needs more: 64 bytes of y and at most 60 around it. */
export const SHARE_LIMIT = 160;

/** What everybody may know of a share. */
export interface ShareFacts {
  readonly mode: Mode;
  /** 16 bytes in hex. */
  readonly setId: string;
  readonly generation: number;
  /** 1..count: what people say. */
  readonly index: number;
  /** 1..255: where the polynomial was evaluated. */
  readonly x: number;
  readonly threshold: number;
  readonly count: number;
}

/** A share whose form and checksum are right. Whether it is *genuine*, its manifest tells. */
export interface Share extends ShareFacts {
  /** SECURITY: the secret part, 16 to 64 bytes. Wipe it. */
  readonly y: Uint8Array;
}

const VERSION = 1;
const bytes = (min: number, max: number) =>
  z.instanceof(Uint8Array).refine((value) => value.length >= min && value.length <= max);

const fields = z.tuple([
  z.literal(VERSION),
  z.union([z.literal(0x50), z.literal(0x52)]),
  bytes(16, 16),
  z.int().min(1).max(0xffffffff),
  z.int().min(1).max(MAX_CUSTODIANS),
  z.int().min(1).max(255),
  z.int().min(2).max(MAX_CUSTODIANS),
  z.int().min(2).max(MAX_CUSTODIANS),
  bytes(16, 64),
  bytes(8, 8),
]);

function checksum(body: CborValue[]): Uint8Array {
  const encoded = encodeCbor(body);
  const message = concatBytes(utf8ToBytes('conclave/v1/share'), encoded);
  try {
    return sha256(message).slice(0, 8);
  } finally {
    encoded.fill(0);
    message.fill(0);
  }
}

/** The wire bytes of a share, about 110. SECURITY: they hold y; the caller wipes them. */
export function encodeShare(share: Share): Uint8Array {
  const body: CborValue[] = [
    VERSION,
    modeByte(share.mode),
    hexToBytes(share.setId),
    share.generation,
    share.index,
    share.x,
    share.threshold,
    share.count,
    share.y,
  ];
  return encodeCbor([...body, checksum(body)]);
}

/** Untrusted bytes to a share of right form. Refuses `share-damaged`, `share-other-version`. */
export function decodeShare(wire: Uint8Array): Share {
  if (wire.length === 0 || wire.length > SHARE_LIMIT) throw refuseShare('share-damaged');
  const value = orRefuse(
    () => decodeCbor(wire),
    () => refuseShare('share-damaged'),
  );
  const version: unknown = Array.isArray(value) ? value[0] : undefined;
  // A flipped version byte is damage, not a newer format: the checksum covers the version, and a
  // newer format keeps the checksum in the last place.
  if (typeof version === 'number' && version !== VERSION && checksumFits(value)) {
    throw refuseShare('share-other-version', version);
  }
  const parsed = fields.safeParse(value);
  if (!parsed.success || !checksumFits(value)) throw refuseShare('share-damaged');
  const [, modeCode, setId, generation, index, x, threshold, count, y] = parsed.data;
  if (index > count || threshold > count) throw refuseShare('share-damaged');
  const mode = MODES.find((known) => modeByte(known) === modeCode);
  if (mode === undefined) throw refuseShare('share-damaged');
  return { mode, setId: bytesToHex(setId), generation, index, x, threshold, count, y };
}

function checksumFits(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 2) return false;
  const last: unknown = value[value.length - 1];
  return (
    last instanceof Uint8Array && equalBytes(last, checksum(value.slice(0, -1) as CborValue[]))
  );
}
