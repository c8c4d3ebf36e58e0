/**
 * Check values: how a component is recognised without being known.
 *
 * HMAC-SHA256(key = secret, `conclave/v1/check/<what>` ‖ u16 length ‖ component id), 16 bytes.
 * Bound to the component, not to the share set: a component that is split again keeps them.
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  bytesToHex,
  concatBytes,
  equalBytes,
  hexToBytes,
  u16,
  utf8ToBytes,
} from '../encoding/bytes.ts';

/** What is checked: either half, or the platform master key. */
export type Checked = 'custodian-component' | 'vault-component' | 'platform-key';

/** Lower-case hex of 16 bytes. `componentId` is 16 bytes in hex. */
export function checkValue(what: Checked, secret: Uint8Array, componentId: string): string {
  const id = hexToBytes(componentId);
  const message = concatBytes(utf8ToBytes(`conclave/v1/check/${what}`), u16(id.length), id);
  return bytesToHex(hmac(sha256, secret, message).slice(0, 16));
}

export function checkValueFits(
  what: Checked,
  secret: Uint8Array,
  componentId: string,
  expected: string,
): boolean {
  return equalBytes(hexToBytes(checkValue(what, secret, componentId)), hexToBytes(expected));
}
