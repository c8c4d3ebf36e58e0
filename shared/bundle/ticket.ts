/**
 * The ticket: an operator's request for a package. The package's secrets are sealed to the key
 * in it; its private half waits as an age file on the operator's stick, never on the laptop.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { id16, mode, name, publicKey, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { recipientKey } from '../sealing/hpke.ts';

/** For which package. */
export const TICKET_KINDS = [
  'recover',
  'adopt',
  'rotate-shares',
  'new-version',
  'migrate-escrows',
  'drill',
] as const;
export type TicketKind = (typeof TICKET_KINDS)[number];

const schema = z.strictObject({
  mode,
  kind: z.enum(TICKET_KINDS),
  /** Names the ticket; also the ceremony that the package is sealed for. */
  ticketId: id16,
  audience: id16,
  operator: z.strictObject({ name, publicKey }),
  recipient: recipientKey,
  createdAt: time,
});

export type Ticket = z.infer<typeof schema>;
export type TicketDocument = Parsed<Ticket>;
export const ticketType = defineDocument<Ticket>('ticket', schema);

/** Verifies the operator's signature. Whether he is an operator, the trusted roster tells. */
export function parseTicket(bytes: Uint8Array, expected: Mode): TicketDocument {
  const document = ticketType.parse(bytes, expected);
  const { operator } = document.body;
  const signed = verifySignatures(document.envelope, 'ticket', new Set([operator.publicKey]));
  if (signed.length !== 1) {
    throw refuseDocument('signature-missing', 'ticket', "the operator's signature");
  }
  return document;
}
