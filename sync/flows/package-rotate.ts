/**
 * Asking for a package for new shares of the same platform key, with an operator's ticket whose words
 * were typed. It carries the vault component; its release is in package-rotate-release.ts.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { parseTicket } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { findPerson } from '../../shared/identity/roster.ts';
import type { Admin } from '../admins/admins.ts';
import { appendEvent, saveDocument } from '../database/documents.ts';
import { refuseAdoption } from './adopt-refusals.ts';
import type { FlowContext } from './context.ts';
import { mustFind } from './package-approved.ts';
import type { PackageRow } from './package-rows.ts';
import { expiryFrom } from './packages.ts';
import { refuseFlow } from './refusals.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { rotatable } from './rotate-places.ts';
import { trustedSet } from './trust.ts';
import { assertWords } from './words.ts';

/**
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`,
 *   `ticket-not-operator`, `ticket-used`, `no-trust`, `kv-row-differ`, `commit-unfinished`
 */
export async function requestRotatePackage(
  context: FlowContext,
  admin: Admin,
  entry: { readonly keyVersion: string; readonly ticket: Uint8Array; readonly words: string },
): Promise<PackageRow> {
  const { database } = context;
  const { keyVersion } = entry;
  await finishOpenCommits(context, keyVersion);
  const { installation, trust, now } = await soundSituation(context);
  const ticket = parseTicket(entry.ticket, installation.mode);
  const { audience, kind, operator } = ticket.body;
  if (audience !== installation.audience) throw refuseFlow('other-audience', 'ticket');
  if (kind !== 'rotate-shares') throw refuseAdoption('ticket-other-kind', kind, 'rotate-shares');
  assertWords(entry.words, ticket.digest);
  const { manifest, roster } = await trustedSet(database, trust, keyVersion, installation.mode);
  // SECURITY: the person named in the roster, by his key: a ticket's own name proves nothing.
  if (findPerson(roster.body, operator.publicKey, 'operator') === undefined) {
    throw refuseFlow('ticket-not-operator');
  }
  const { component, compared } = await rotatable(context, keyVersion, manifest.body);
  component.fill(0);
  const nonce = randomBytes(16).toString('hex');
  const ticketDigest = hexToBytes(ticket.digest);
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'ticket', digest: ticketDigest, content: entry.ticket });
    const made = await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, ticket_digest, requested_by,
         created_at, expires_at, facts)
       VALUES ($1, 'rotate-shares', 'requested', $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        hexToBytes(nonce),
        keyVersion,
        ticketDigest,
        admin.id,
        now,
        expiryFrom(context, now),
        { manifest: manifest.digest, compared },
      ],
    );
    if (made === 0) throw refuseFlow('ticket-used');
    await appendEvent(tx, {
      type: 'package-requested',
      adminId: admin.id,
      subject: ticketDigest,
      facts: { kind: 'rotate-shares', nonce, keyVersion },
    });
  });
  return mustFind(database, nonce);
}
