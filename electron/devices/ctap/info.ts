/**
 * What a key says about itself (authenticatorGetInfo).
 * @module
 */
import { asBytes, asCount, asList, asMap, asText, type CborItem, type CborMap } from './cbor.ts';
import type { PinProtocol } from './pin-protocol.ts';
import { nonsense, refuseFido } from './refusals.ts';

export interface FidoInfo {
  /** `FIDO_2_0`, `FIDO_2_1_PRE`, `FIDO_2_1`, `U2F_V2`, … */
  readonly versions: readonly string[];
  readonly extensions: readonly string[];
  /** The model, 16 bytes: all keys of one model have the same. */
  readonly aaguid: Uint8Array;
  readonly options: ReadonlyMap<string, boolean>;
  /** The longest message it takes, in bytes. */
  readonly maxMessage: number;
  /** In the key's order of preference. */
  readonly pinProtocols: readonly number[];
  /** Credentials in one question; 1 when it does not say. */
  readonly maxCredentials: number;
  /** In characters. */
  readonly shortestPin: number;
  /** The PIN has to be changed before it works. */
  readonly mustChangePin: boolean;
}

const texts = (item: CborItem | undefined, what: string): readonly string[] =>
  item === undefined ? [] : asList(item, what).map((each) => asText(each, what));

/** Unknown fields are passed over: newer keys say more. @throws Refusal fido-nonsense */
export function readInfo(answer: CborMap): FidoInfo {
  const count = (field: number, what: string, otherwise: number) =>
    answer.has(field) ? asCount(answer.get(field), what) : otherwise;
  const options = new Map<string, boolean>();
  for (const [name, value] of asMap(answer.get(4) ?? new Map(), 'the options')) {
    if (typeof name !== 'string' || typeof value !== 'boolean') throw nonsense('an odd option');
    options.set(name, value);
  }
  const protocols = asList(answer.get(6) ?? [], 'the PIN protocols');
  const mustChangePin = answer.get(12) ?? false;
  if (typeof mustChangePin !== 'boolean') throw nonsense('an odd option');
  return {
    versions: texts(answer.get(1), 'the versions'),
    extensions: texts(answer.get(2), 'the extensions'),
    aaguid: asBytes(answer.get(3), 'the AAGUID', 16),
    options,
    maxMessage: count(5, 'the longest message', 1024),
    pinProtocols: protocols.map((each) => asCount(each, 'a PIN protocol')),
    maxCredentials: Math.max(1, count(7, 'the credentials of a list', 1)),
    shortestPin: count(13, 'the shortest PIN', 4),
    mustChangePin,
  };
}

/** Null when the key has no PINs at all. */
export function pinIsSet({ options }: FidoInfo): boolean | null {
  return options.get('clientPin') ?? null;
}

/** The first that both sides know. @throws Refusal fido-no-pin-protocol */
export function pinProtocolOf({ pinProtocols, options }: FidoInfo): PinProtocol {
  for (const each of pinProtocols) if (each === 1 || each === 2) return each;
  // Keys of the first version did not list any; they have protocol 1.
  if (pinProtocols.length === 0 && options.has('clientPin')) return 1;
  throw refuseFido('fido-no-pin-protocol');
}

/** @throws Refusal fido-no-hmac-secret */
export function demandHmacSecret({ extensions }: FidoInfo): void {
  if (!extensions.includes('hmac-secret')) throw refuseFido('fido-no-hmac-secret');
}
