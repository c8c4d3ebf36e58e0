/**
 * CBOR as CTAP2 wants it: definite lengths, shortest integers, sorted keys, at most four levels,
 * no floats, no tags. One value has one encoding; anything else from a key is refused.
 * @module
 */
import { decodeFirst, encode, rfc8949EncodeOptions } from 'cborg';
import { equalBytes, plainBytes } from '../../../shared/encoding/bytes.ts';
import { nonsense } from './refusals.ts';

/** What CTAP2 puts into CBOR. */
export type CborItem = number | string | boolean | Uint8Array | readonly CborItem[] | CborMap;
export type CborMap = ReadonlyMap<number | string, CborItem>;

const DEEPEST = 4;

/**
 * CTAP2's order of keys (major type, then length, then bytes) is the bytewise order of RFC 8949.
 * Absent fields are left out before: there is no null.
 */
export function encodeCtap(value: CborItem): Uint8Array {
  return plainBytes(encode(value, rfc8949EncodeOptions));
}

/** The one item that fills `bytes`. @throws Refusal fido-nonsense */
export function decodeCtap(bytes: Uint8Array, what: string): CborItem {
  const [item, rest] = decodeCtapFirst(bytes, what);
  if (rest.length > 0) throw nonsense(`${what} is followed by ${rest.length} more bytes`);
  return item;
}

/** The first item of `bytes`, and what follows it. @throws Refusal fido-nonsense */
export function decodeCtapFirst(bytes: Uint8Array, what: string): [CborItem, Uint8Array] {
  const [item, rest] = decodedOrNonsense(bytes, what);
  const used = bytes.subarray(0, bytes.length - rest.length);
  if (!isCtapItem(item, 0)) throw nonsense(`${what} holds something that CTAP2 does not have`);
  if (!equalBytes(encodeCtap(item), used)) throw nonsense(`${what} is not canonical CBOR`);
  return [item, rest];
}

function decodedOrNonsense(bytes: Uint8Array, what: string): [unknown, Uint8Array] {
  try {
    return decodeFirst(bytes, {
      strict: true,
      useMaps: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    });
  } catch {
    throw nonsense(`${what} is not CBOR`);
  }
}

function isCtapItem(item: unknown, depth: number): item is CborItem {
  if (typeof item === 'number') return Number.isSafeInteger(item);
  if (typeof item === 'string' || typeof item === 'boolean') return true;
  if (item instanceof Uint8Array) return true;
  if (depth === DEEPEST) return false;
  if (Array.isArray(item)) return item.every((each) => isCtapItem(each, depth + 1));
  if (!(item instanceof Map)) return false;
  for (const [key, value] of item) {
    if (typeof key !== 'string' && !Number.isSafeInteger(key)) return false;
    if (!isCtapItem(value, depth + 1)) return false;
  }
  return true;
}

/** A map, or nonsense. */
export function asMap(item: CborItem | undefined, what: string): CborMap {
  if (item instanceof Map) return item as CborMap;
  throw nonsense(`${what} is not a map`);
}

/** Bytes, of one of these lengths when any is named. */
export function asBytes(
  item: CborItem | undefined,
  what: string,
  ...lengths: readonly number[]
): Uint8Array {
  if (!(item instanceof Uint8Array)) throw nonsense(`${what} is not a byte string`);
  if (lengths.length > 0 && !lengths.includes(item.length)) {
    throw nonsense(`${what} has ${item.length} bytes instead of ${lengths.join(' or ')}`);
  }
  return plainBytes(item);
}

/** An integer that is not negative. */
export function asCount(item: CborItem | undefined, what: string): number {
  if (typeof item === 'number' && item >= 0) return item;
  throw nonsense(`${what} is not a count`);
}

export function asText(item: CborItem | undefined, what: string): string {
  if (typeof item === 'string') return item;
  throw nonsense(`${what} is not a text`);
}

export function asList(item: CborItem | undefined, what: string): readonly CborItem[] {
  if (Array.isArray(item)) return item as readonly CborItem[];
  throw nonsense(`${what} is not a list`);
}
