/**
 * A share that is locked to a YubiKey: the envelope that lies on a stick or a sheet. Who has it
 * and not the key, or the key and not it, has nothing.
 *
 * Canonical CBOR, an array of eleven:
 *
 * | #  | field      | type           | meaning                                                  |
 * |----|------------|----------------|----------------------------------------------------------|
 * | 0  | version    | uint           | 1                                                        |
 * | 1  | mode       | uint           | 0x50 production, 0x52 rehearsal                          |
 * | 2  | method     | uint           | 1 OTP-HMAC, 2 FIDO2 hmac-secret                          |
 * | 3  | set id     | bytes 16       | of the share inside                                      |
 * | 4  | generation | uint 1..2^32-1 |                                                          |
 * | 5  | index      | uint 1..n      | share 2 …                                                |
 * | 6  | count      | uint 2..16     | … of 4                                                   |
 * | 7  | ceremony   | bytes 16       | in which it was locked                                   |
 * | 8  | keys       | array 1..2     | what each key has to do (below); OTP-HMAC has one        |
 * | 9  | sealed     | array 1..2     | for each key: the share's wire bytes, AES-256-GCM        |
 * | 10 | checksum   | bytes 8        | first 8 of SHA-256(`conclave/v1/key-envelope` ‖ 0-9)     |
 *
 * OTP-HMAC key: [serial or null, slot, pad rule, touch, challenge 32, response check 4,
 * salt 16, log2 of scrypt's N]. FIDO2 key: [serial or null, credential id 16..128, public key 33,
 * user verified, salt 32, response check 4].
 *
 * The fields 0 to 8 in canonical CBOR are the additional data of every sealed part, so that no
 * part moves to another envelope and no key is added to one. How they are sealed:
 * key-envelope-seal.ts.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import {
  bytesToHex,
  concatBytes,
  equalBytes,
  hexToBytes,
  plainBytes,
  utf8ToBytes,
} from '../encoding/bytes.ts';
import { decodeCbor, encodeCbor, type CborValue } from '../encoding/cbor.ts';
import { z } from '../encoding/schema.ts';
import { modeByte, MODES, type Mode } from '../mode.ts';
import { orRefuse } from '../refusal.ts';
import { MAX_CUSTODIANS, SHARE_LIMIT } from './envelope.ts';
import { refuseKeyEnvelope } from './key-envelope-refusals.ts';

/** Two keys with the longest credential ids and the longest share need 870 bytes. */
export const KEY_ENVELOPE_LIMIT = 1024;
/** What AES-GCM adds. */
const TAG_BYTES = 16;

export const KEY_METHODS = ['otp-hmac', 'fido2'] as const;
export type KeyMethod = (typeof KEY_METHODS)[number];

/** What everybody may know of a locked share. */
export interface KeyEnvelopeFacts {
  readonly mode: Mode;
  /** 16 bytes in hex. */
  readonly setId: string;
  readonly generation: number;
  /** 1..count: what people say. */
  readonly index: number;
  readonly count: number;
  /** 16 bytes in hex: the ceremony in which it was locked. */
  readonly ceremonyId: string;
}

interface LockedTo {
  /** Printed on the key; null where the key does not tell it. */
  readonly serial: number | null;
  /** 4 bytes: tells a wrong key from a wrong passphrase. */
  readonly responseCheck: Uint8Array;
}

/** HMAC-SHA1 challenge-response of the OTP interface. */
export interface OtpLock extends LockedTo {
  readonly slot: 1 | 2;
  /** The slot answers only when its key is touched. */
  readonly touch: boolean;
  /** 32 random bytes, fresh for every envelope. */
  readonly challenge: Uint8Array;
  /** 16 bytes, for scrypt. */
  readonly salt: Uint8Array;
  /** log2 of scrypt's N. */
  readonly workFactor: number;
}

/** hmac-secret of a FIDO2 credential. */
export interface FidoLock extends LockedTo {
  readonly credentialId: Uint8Array;
  /** P-256, compressed, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** The secret is the one that the key gives after the PIN. */
  readonly userVerified: boolean;
  /** 32 random bytes: the salt of hmac-secret. */
  readonly challenge: Uint8Array;
}

export type KeyLocks =
  | { readonly method: 'otp-hmac'; readonly keys: readonly [OtpLock] }
  | { readonly method: 'fido2'; readonly keys: readonly FidoLock[] };

/** An envelope whose form and checksum are right. Whether it opens, its key tells. */
export type KeyEnvelope = KeyEnvelopeFacts &
  KeyLocks & {
    /** In the order of the keys: the share's wire bytes and the tag of AES-GCM. */
    readonly sealed: readonly Uint8Array[];
  };

const VERSION = 1;
/** How a challenge goes to a slot of variable length: 32 bytes, the rest 00, or 01 after a 00. */
const PAD_RULE = 1;
const METHOD_CODES = { 'otp-hmac': 1, fido2: 2 } as const;

const bytes = (min: number, max = min) =>
  z.instanceof(Uint8Array).refine((value) => value.length >= min && value.length <= max);
const serial = z.int().min(1).max(0xffffffff).nullable();

const otpKey = z.tuple([
  serial,
  z.union([z.literal(1), z.literal(2)]),
  z.literal(PAD_RULE),
  z.boolean(),
  bytes(32),
  bytes(4),
  bytes(16),
  z.int().min(1).max(20),
]);
const fidoKey = z.tuple([serial, bytes(16, 128), bytes(33), z.boolean(), bytes(32), bytes(4)]);
const sealedPart = bytes(TAG_BYTES + 1, TAG_BYTES + SHARE_LIMIT);

const before = [z.literal(VERSION), z.union([z.literal(0x50), z.literal(0x52)])] as const;
const facts = [
  bytes(16),
  z.int().min(1).max(0xffffffff),
  z.int().min(1).max(MAX_CUSTODIANS),
  z.int().min(2).max(MAX_CUSTODIANS),
  bytes(16),
] as const;
const otpFields = z.tuple([
  ...before,
  z.literal(METHOD_CODES['otp-hmac']),
  ...facts,
  z.tuple([otpKey]),
  z.tuple([sealedPart]),
  bytes(8),
]);
const fidoFields = z.tuple([
  ...before,
  z.literal(METHOD_CODES.fido2),
  ...facts,
  z.array(fidoKey).min(1).max(2),
  z.array(sealedPart).min(1).max(2),
  bytes(8),
]);

/** The fields 0 to 8. */
function headerFields(envelope: KeyEnvelopeFacts & KeyLocks): CborValue[] {
  const { mode, method, setId, generation, index, count, ceremonyId } = envelope;
  const keys: CborValue[] =
    envelope.method === 'otp-hmac'
      ? envelope.keys.map((key) => [
          key.serial,
          key.slot,
          PAD_RULE,
          key.touch,
          key.challenge,
          key.responseCheck,
          key.salt,
          key.workFactor,
        ])
      : envelope.keys.map((key) => [
          key.serial,
          key.credentialId,
          key.publicKey,
          key.userVerified,
          key.challenge,
          key.responseCheck,
        ]);
  return [
    VERSION,
    modeByte(mode),
    METHOD_CODES[method],
    hexToBytes(setId),
    generation,
    index,
    count,
    hexToBytes(ceremonyId),
    keys,
  ];
}

/** The canonical header: the additional data of every sealed part. */
export function keyEnvelopeHeader(envelope: KeyEnvelopeFacts & KeyLocks): Uint8Array {
  return encodeCbor(headerFields(envelope));
}

function checksum(fields: CborValue[]): Uint8Array {
  const message = concatBytes(utf8ToBytes('conclave/v1/key-envelope'), encodeCbor(fields));
  return sha256(message).slice(0, 8);
}

/** The wire bytes. Nothing in them is secret without the key. */
export function encodeKeyEnvelope(envelope: KeyEnvelope): Uint8Array {
  const body = [...headerFields(envelope), [...envelope.sealed]];
  return plainBytes(encodeCbor([...body, checksum(body)]));
}

/** What names an envelope in the transcript: SHA-256 of its bytes, in hex. */
export function keyEnvelopeDigest(wire: Uint8Array): string {
  return bytesToHex(sha256(wire));
}

/**
 * Untrusted bytes to an envelope of right form.
 * @throws Refusal `key-envelope-damaged`, `key-envelope-other-version`
 */
export function decodeKeyEnvelope(wire: Uint8Array): KeyEnvelope {
  const damaged = () => refuseKeyEnvelope('key-envelope-damaged');
  if (wire.length === 0 || wire.length > KEY_ENVELOPE_LIMIT) throw damaged();
  const value = orRefuse(() => decodeCbor(wire), damaged);
  if (!Array.isArray(value) || !checksumFits(value)) throw damaged();
  const version: unknown = value[0];
  if (typeof version === 'number' && version !== VERSION) {
    throw refuseKeyEnvelope('key-envelope-other-version', version);
  }
  const envelope = parseOtp(value) ?? parseFido(value);
  if (envelope === null || envelope.index > envelope.count) throw damaged();
  return envelope;
}

function parseOtp(value: unknown): KeyEnvelope | null {
  const parsed = otpFields.safeParse(value);
  if (!parsed.success) return null;
  const [, modeCode, , setId, generation, index, count, ceremony, [key], sealed] = parsed.data;
  const [serialNumber, slot, , touch, challenge, responseCheck, salt, workFactor] = key;
  return {
    ...factsOf(modeCode, setId, generation, index, count, ceremony),
    method: 'otp-hmac',
    keys: [{ serial: serialNumber, slot, touch, challenge, responseCheck, salt, workFactor }],
    sealed,
  };
}

function parseFido(value: unknown): KeyEnvelope | null {
  const parsed = fidoFields.safeParse(value);
  if (!parsed.success) return null;
  const [, modeCode, , setId, generation, index, count, ceremony, keys, sealed] = parsed.data;
  const [first, second] = keys;
  // One part for each key, and a credential once.
  const twice = first !== undefined && second !== undefined && equalBytes(first[1], second[1]);
  if (keys.length !== sealed.length || twice) return null;
  return {
    ...factsOf(modeCode, setId, generation, index, count, ceremony),
    method: 'fido2',
    keys: keys.map(
      ([serialNumber, credentialId, publicKey, userVerified, challenge, responseCheck]) => ({
        serial: serialNumber,
        credentialId,
        publicKey,
        userVerified,
        challenge,
        responseCheck,
      }),
    ),
    sealed,
  };
}

function factsOf(
  modeCode: 0x50 | 0x52,
  setId: Uint8Array,
  generation: number,
  index: number,
  count: number,
  ceremony: Uint8Array,
): KeyEnvelopeFacts {
  const mode = MODES.find((known) => modeByte(known) === modeCode) ?? 'rehearsal';
  return {
    mode,
    setId: bytesToHex(setId),
    generation,
    index,
    count,
    ceremonyId: bytesToHex(ceremony),
  };
}

function checksumFits(value: readonly unknown[]): boolean {
  const last = value.at(-1);
  return (
    value.length > 1 &&
    last instanceof Uint8Array &&
    equalBytes(last, checksum(value.slice(0, -1) as CborValue[]))
  );
}
