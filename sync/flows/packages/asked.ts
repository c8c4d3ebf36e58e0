/**
 * What every package that is asked for with a ticket has in common: the ticket is looked at and its
 * words are compared; what was asked for is kept; what its approvers read of the asking.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { parseTicket, type TicketDocument } from '../../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { findPerson, type RosterDocument } from '../../../shared/identity/roster.ts';
import type { Admin } from '../../admins/admins.ts';
import type { Approval } from '../../approvals/approvals.ts';
import type { Database, Queryable } from '../../database/database.ts';
import { appendEvent, saveDocument } from '../../database/documents.ts';
import type { Installation } from '../../database/settings.ts';
import { refuseAdoption } from '../../checktick/adopt-refusals.ts';
import { approvedBefore, mustFind } from '../package-rows/approved.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertWords, wordsOf } from '../../trust/eight-words.ts';

/** A ticket as it came, and its eight words as they were typed from the voice of who holds it. */
export interface TicketEntry {
  readonly ticket: Uint8Array;
  readonly words: string;
}

/**
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`
 */
export function acceptTicket(
  { ticket: bytes, words }: TicketEntry,
  { mode, audience }: Pick<Installation, 'mode' | 'audience'>,
  kind: TicketDocument['body']['kind'],
): TicketDocument {
  const ticket = parseTicket(bytes, mode);
  const { body } = ticket;
  if (body.audience !== audience) throw refuseFlow('other-audience', 'ticket');
  if (body.kind !== kind) throw refuseAdoption('ticket-other-kind', body.kind, kind);
  assertWords(words, ticket.digest);
  return ticket;
}

/** @throws Refusal `ticket-not-operator` */
export function assertOperator({ body }: TicketDocument, roster: RosterDocument): void {
  // SECURITY: the person named in the roster, by his key: a ticket's own name proves nothing.
  if (findPerson(roster.body, body.operator.publicKey, 'operator') === undefined) {
    throw refuseFlow('ticket-not-operator');
  }
}

/**
 * Keeps what was asked for, with a nonce of its own. A ticket is for one package.
 * @param asked `told`: what the event says beside the nonce
 * @throws Refusal `ticket-used`
 */
export async function keepAsked(
  database: Database,
  asked: {
    readonly admin: Admin;
    readonly ticket: { readonly digest: string; readonly content: Uint8Array };
    readonly kind: PackageRow['kind'];
    readonly keyVersion: string;
    readonly requestId: string | null;
    readonly at: Date;
    readonly expiresAt: Date;
    readonly facts: Readonly<Record<string, unknown>>;
    readonly told: Readonly<Record<string, string>>;
  },
): Promise<PackageRow> {
  const nonce = randomBytes(16).toString('hex');
  const digest = hexToBytes(asked.ticket.digest);
  const { admin, kind, keyVersion, requestId, at, expiresAt, facts, told } = asked;
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'ticket', digest, content: asked.ticket.content });
    const made = await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, request_id, ticket_digest,
         requested_by, created_at, expires_at, facts)
       VALUES ($1, $2, 'requested', $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
      [hexToBytes(nonce), kind, keyVersion, requestId, digest, admin.id, at, expiresAt, facts],
    );
    if (made === 0) throw refuseFlow('ticket-used');
    await appendEvent(tx, {
      type: 'package-requested',
      adminId: admin.id,
      subject: digest,
      facts: { nonce, ...told },
    });
  });
  return mustFind(database, nonce);
}

/** Who asked, when, whose ticket it is, and who approved before: what every approver reads. */
export function askedInWords(
  found: PackageRow,
  asked: {
    readonly requester: Pick<Admin, 'name'> | undefined;
    readonly ticket: TicketDocument;
    readonly before: readonly Approval[];
    /** What is to be said of whoever holds the ticket. */
    readonly holder?: string;
  },
): [string, string][] {
  const { requester, ticket, before, holder = '' } = asked;
  return [
    ['asked for by', asOneLine(requester?.name ?? 'unknown')],
    ['asked at', formatTime(found.createdAt)],
    ['sealed to the ticket of', `${asOneLine(ticket.body.operator.name)}${holder}`],
    ['ticket in words', wordsOf(ticket.digest)],
    ...approvedBefore(before),
  ];
}

/**
 * Hands a package out: its document is kept, its row says so.
 * @param released `facts`: what the row remembers from now on, where that is more than before;
 *   `told`: what the event says beside kind and nonce
 */
export async function keepReleased(
  tx: Queryable,
  nonce: string,
  released: {
    readonly kind: PackageRow['kind'];
    readonly document: { readonly digest: string; readonly content: Uint8Array };
    readonly recipientPath: string | null;
    readonly at: Date;
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly told: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { kind, document, recipientPath, at, facts = null, told } = released;
  const digest = hexToBytes(document.digest);
  await saveDocument(tx, { type: 'package', digest, content: document.content });
  await tx.run(
    `UPDATE conclave.packages SET state = 'released', document_digest = $2,
       recipient_key_path = $3, released_at = $4, facts = COALESCE($5, facts) WHERE nonce = $1`,
    [hexToBytes(nonce), digest, recipientPath, at, facts],
  );
  await appendEvent(tx, {
    type: 'package-released',
    subject: digest,
    facts: { kind, nonce, ...told },
  });
}
