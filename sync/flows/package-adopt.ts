/**
 * Asking for an adoption package, with a ticket whose words were typed. It carries secrets; their
 * release is in package-adopt-release.ts.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { parseTicket } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { Admin } from '../admins/admins.ts';
import { appendEvent, saveDocument } from '../database/documents.ts';
import { lookForKey } from './adopt-found.ts';
import { refuseAdoption } from './adopt-refusals.ts';
import type { FlowContext } from './context.ts';
import { mustFind } from './package-approved.ts';
import type { PackageRow } from './package-rows.ts';
import { expiryFrom } from './packages.ts';
import { refuseFlow } from './refusals.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { assertWords } from './words.ts';

/**
 * The ticket's eight words are typed here from the voice of the person who holds it: no roster
 * vouches for him yet.
 * @throws Refusal of the ticket's parser and of adopt-refusals.ts; `trust-exists`, `other-audience`,
 *   `words-differ`, `ticket-used`, `commit-unfinished`
 */
export async function requestAdoptPackage(
  context: FlowContext,
  admin: Admin,
  entry: { readonly keyVersion: string; readonly ticket: Uint8Array; readonly words: string },
): Promise<PackageRow> {
  const { database } = context;
  const { keyVersion } = entry;
  await finishOpenCommits(context, keyVersion);
  const { installation, trust, now } = await soundSituation(context);
  if (trust !== null) throw refuseFlow('trust-exists');
  const ticket = parseTicket(entry.ticket, installation.mode);
  const { audience, kind } = ticket.body;
  if (audience !== installation.audience) throw refuseFlow('other-audience', 'ticket');
  if (kind !== 'adopt') throw refuseAdoption('ticket-other-kind', kind, 'adopt');
  assertWords(entry.words, ticket.digest);
  const found = await lookForKey(context, keyVersion);
  const nonce = randomBytes(16).toString('hex');
  const ticketDigest = hexToBytes(ticket.digest);
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'ticket', digest: ticketDigest, content: entry.ticket });
    const made = await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, ticket_digest, requested_by,
         created_at, expires_at, facts)
       VALUES ($1, 'adopt', 'requested', $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        hexToBytes(nonce),
        keyVersion,
        ticketDigest,
        admin.id,
        now,
        expiryFrom(context, now),
        { found },
      ],
    );
    if (made === 0) throw refuseFlow('ticket-used');
    await appendEvent(tx, {
      type: 'package-requested',
      adminId: admin.id,
      subject: ticketDigest,
      facts: { kind: 'adopt', nonce, keyVersion },
    });
  });
  return mustFind(database, nonce);
}
