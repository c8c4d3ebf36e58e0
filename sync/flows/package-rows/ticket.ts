/**
 * The ticket that a package was asked for with, as it was kept.
 * @module
 */
import { parseTicket, type TicketDocument } from '../../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import type { Mode } from '../../../shared/mode.ts';
import type { Queryable } from '../../database/database.ts';
import { findDocument } from '../../database/documents.ts';
import type { PackageRow } from './rows.ts';
import { refuseFlow } from '../../trust/refusals.ts';

/** @throws Refusal `nothing-found`, also where what was kept is another ticket */
export async function ticketOf(
  on: Queryable,
  { ticketDigest }: Pick<PackageRow, 'ticketDigest'>,
  mode: Mode,
): Promise<TicketDocument> {
  const kept = await findDocument(on, hexToBytes(ticketDigest ?? ''));
  if (kept === undefined) throw refuseFlow('nothing-found', 'ticket');
  const ticket = parseTicket(kept.content, mode);
  // SECURITY: the words of this digest were typed; other bytes under it would be another key.
  if (ticket.digest !== ticketDigest) throw refuseFlow('nothing-found', 'ticket');
  return ticket;
}
