/**
 * What the software key takes from CBOR and puts into it, by its own reading of CTAP2.
 * @module
 */
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { Refused } from './fido-status.ts';

export type Fields = Map<unknown, unknown>;

/** Absent fields are left out. */
export function map(entries: readonly (readonly [unknown, unknown])[]): Fields {
  return new Map(entries.filter(([, value]) => value !== undefined));
}

export function toCbor(value: unknown): Uint8Array {
  return new Uint8Array(encode(value, rfc8949EncodeOptions));
}

/** A map, in canonical form. @throws Refused */
export function fromCbor(bytes: Uint8Array): Fields {
  let value: unknown;
  try {
    value = decode(new Uint8Array(bytes), { useMaps: true, strict: true });
  } catch {
    throw new Refused('invalidCbor');
  }
  if (!Buffer.from(toCbor(value)).equals(bytes)) throw new Refused('invalidCbor');
  if (!(value instanceof Map)) throw new Refused('unexpectedType');
  return value as Fields;
}

type Kind = 'bytes' | 'text' | 'number' | 'boolean' | 'map' | 'list';
interface Kinds {
  bytes: Uint8Array;
  text: string;
  number: number;
  boolean: boolean;
  map: Fields;
  list: readonly unknown[];
}

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'bytes':
      return value instanceof Uint8Array;
    case 'text':
      return typeof value === 'string';
    case 'map':
      return value instanceof Map;
    case 'list':
      return Array.isArray(value);
    case 'number':
    case 'boolean':
      return typeof value === kind;
  }
}

/** A field that may be missing. @throws Refused when it is of another kind */
export function optional<K extends Kind>(from: Fields, key: unknown, kind: K): Kinds[K] | null {
  const value = from.get(key);
  if (value === undefined) return null;
  if (!isKind(value, kind)) throw new Refused('unexpectedType');
  return value as Kinds[K];
}

/** @throws Refused when it is missing or of another kind */
export function needed<K extends Kind>(from: Fields, key: unknown, kind: K): Kinds[K] {
  const value = optional(from, key, kind);
  if (value === null) throw new Refused('missingParameter');
  return value;
}
