/**
 * The private half of a ticket as it waits on the operator's stick, inside an age file.
 *
 * Canonical CBOR: [1, mode byte, ticket id (16 bytes), X-Wing private key (32 bytes)].
 * @module
 */
import { PRIVATE_KEY_BYTES } from '../../shared/sealing/hpke.ts';
import { equalBytes, hexToBytes } from '../../shared/encoding/bytes.ts';
import { decodeCbor, encodeCbor } from '../../shared/encoding/cbor.ts';
import { z } from '../../shared/encoding/schema.ts';
import { modeByte, type Mode } from '../../shared/mode.ts';
import { orRefuse } from '../../shared/refusal.ts';
import { refuseWorker } from './refusals.ts';

const bytes = (length: number) =>
  z.instanceof(Uint8Array).refine((value) => value.length === length);
const schema = z.tuple([
  z.literal(1),
  z.union([z.literal(0x50), z.literal(0x52)]),
  bytes(16),
  bytes(PRIVATE_KEY_BYTES),
]);

/** SECURITY: holds the key; goes straight into age, then is wiped. */
export function encodeTicketKey(mode: Mode, ticketId: string, privateKey: Uint8Array): Uint8Array {
  return encodeCbor([1, modeByte(mode), hexToBytes(ticketId), privateKey]);
}

/** The opened contents of an age file to the key of this very ticket. Refuses `ticket-damaged`. */
export function decodeTicketKey(
  plain: Uint8Array,
  expected: { readonly mode: Mode; readonly ticketId: string; readonly fileName: string },
): Uint8Array {
  const { mode, ticketId, fileName } = expected;
  const damaged = () => refuseWorker('ticket-damaged', fileName);
  const [, code, id, privateKey] = orRefuse(() => schema.parse(decodeCbor(plain)), damaged);
  if (code === modeByte(mode) && equalBytes(id, hexToBytes(ticketId))) return privateKey;
  privateKey.fill(0);
  throw damaged();
}
