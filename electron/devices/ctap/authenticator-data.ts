/**
 * Authenticator data, the signed part of every answer: digest of the relying party's id (32 bytes)
 * | flags | signature counter (4 bytes, big-endian) | a new credential, if any | extensions.
 * @module
 */
import { asBytes, asMap, type CborMap, decodeCtap, decodeCtapFirst } from './cbor.ts';
import { nonsense } from './refusals.ts';

const PRESENT = 0x01;
const VERIFIED = 0x04;
const CREDENTIAL = 0x40;
const EXTENSIONS = 0x80;
const HEAD = 37;

export interface NewCredential {
  /** The model, 16 bytes. */
  readonly aaguid: Uint8Array;
  readonly id: Uint8Array;
  /** P-256, uncompressed, 65 bytes. Not checked to be a point: whoever verifies with it does. */
  readonly publicKey: Uint8Array;
}

export interface AuthenticatorData {
  readonly rpIdHash: Uint8Array;
  /** Somebody touched the key. */
  readonly userPresent: boolean;
  /** The PIN was right. */
  readonly userVerified: boolean;
  readonly signCount: number;
  readonly credential: NewCredential | null;
  readonly extensions: CborMap;
}

/** @throws Refusal fido-nonsense */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  if (bytes.length < HEAD) throw nonsense(`authenticator data of ${bytes.length} bytes`);
  const flags = bytes[32] ?? 0;
  let rest = bytes.subarray(HEAD);
  let credential: NewCredential | null = null;
  if ((flags & CREDENTIAL) !== 0) [credential, rest] = readCredential(rest);
  let extensions: CborMap = new Map();
  if ((flags & EXTENSIONS) !== 0) {
    extensions = asMap(decodeCtap(rest, 'the extensions'), 'the extensions');
  } else if (rest.length > 0) {
    throw nonsense(`authenticator data is followed by ${rest.length} more bytes`);
  }
  return {
    rpIdHash: bytes.slice(0, 32),
    userPresent: (flags & PRESENT) !== 0,
    userVerified: (flags & VERIFIED) !== 0,
    signCount: new DataView(bytes.buffer, bytes.byteOffset).getUint32(33),
    credential,
    extensions,
  };
}

function readCredential(bytes: Uint8Array): [NewCredential, Uint8Array] {
  const [high = 0, low = 0] = bytes.subarray(16, 18);
  const end = 18 + high * 256 + low;
  if (bytes.length < end || end === 18) throw nonsense('a credential that is cut short');
  const [key, rest] = decodeCtapFirst(bytes.subarray(end), 'the public key');
  return [
    { aaguid: bytes.slice(0, 16), id: bytes.slice(18, end), publicKey: readPublicKey(key) },
    rest,
  ];
}

/** COSE_Key of ES256 on P-256: the one kind that is asked for. */
function readPublicKey(item: unknown): Uint8Array {
  if (!(item instanceof Map)) throw nonsense('the public key is not a map');
  const key = asMap(item, 'the public key');
  if (key.get(1) !== 2 || key.get(3) !== -7 || key.get(-1) !== 1) {
    throw nonsense('a public key that is not ES256 on P-256');
  }
  const point = new Uint8Array(65);
  point[0] = 4;
  point.set(asBytes(key.get(-2), 'x of the public key', 32), 1);
  point.set(asBytes(key.get(-3), 'y of the public key', 32), 33);
  return point;
}
