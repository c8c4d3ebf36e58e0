/**
 * Asking for a package for new shares of the same platform key, with an operator's ticket whose words
 * were typed. It carries the vault component; its release is in package-rotate-release.ts.
 * @module
 */
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { acceptTicket, assertOperator, keepAsked, type TicketEntry } from './asked.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { rotatable } from '../../versions/rotate-places.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';

/**
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`,
 *   `ticket-not-operator`, `ticket-used`, `no-trust`, `set-not-named`, `kv-row-differ`, `commit-unfinished`
 */
export async function requestRotatePackage(
  context: FlowContext,
  admin: Admin,
  entry: TicketEntry & Named & { readonly keyVersion: string },
): Promise<PackageRow> {
  const { database } = context;
  const { keyVersion } = entry;
  await finishOpenCommits(context, keyVersion);
  const { installation, trust, now } = await soundSituation(context);
  const ticket = acceptTicket(entry, installation, 'rotate-shares');
  const { manifest, roster } = await trustedSet(
    database,
    trust,
    keyVersion,
    installation.mode,
    entry,
  );
  assertOperator(ticket, roster);
  const { component, compared } = await rotatable(context, keyVersion, manifest.body);
  component.fill(0);
  return keepAsked(database, {
    admin,
    ticket: { digest: ticket.digest, content: entry.ticket },
    kind: 'rotate-shares',
    keyVersion,
    requestId: null,
    at: now,
    expiresAt: expiryFrom(context, now),
    facts: { manifest: manifest.digest, compared },
    told: { kind: 'rotate-shares', keyVersion },
  });
}
