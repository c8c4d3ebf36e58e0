/**
 * Asking for a package for new shares of the same platform key, with an operator's ticket whose words
 * were typed. It carries the vault component; its release is in rotate-release.ts.
 * @module
 */
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { keepAsked, type TicketEntry } from './asked.ts';
import { askedOfSet, compareComponent } from './asked-of-set.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import type { Named } from '../../trust/trust.ts';

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
  const { ticket, manifest, situation } = await askedOfSet(
    context,
    entry,
    keyVersion,
    'rotate-shares',
  );
  const { now } = situation;
  const compared = await compareComponent(context, keyVersion, manifest.body);
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
