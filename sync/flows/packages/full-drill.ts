/**
 * Asking for the package of a full drill, with an operator's ticket whose words were typed. It carries
 * the vault component; its release is in full-drill-release.ts.
 * @module
 */
import { DRILL_NONCE_DAYS } from '../../../shared/bundle/drill.ts';
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseDrill } from '../../versions/drill-refusals.ts';
import { keepAsked, type TicketEntry } from './asked.ts';
import { askedOfSet, compareComponent } from './asked-of-set.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import type { Named } from '../../trust/trust.ts';

/**
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`,
 *   `ticket-not-operator`, `ticket-used`, `no-trust`, `set-not-named`, `full-drill-without-key`, `kv-row-differ`,
 *   `commit-unfinished`
 */
export async function requestFullDrillPackage(
  context: FlowContext,
  admin: Admin,
  entry: TicketEntry & Named & { readonly keyVersion: string },
): Promise<PackageRow> {
  const { database } = context;
  const { keyVersion } = entry;
  const { ticket, manifest, situation } = await askedOfSet(context, entry, keyVersion, 'drill');
  const { now } = situation;
  if (manifest.body.escrowKey === undefined) throw refuseDrill('full-drill-without-key');
  await compareComponent(context, keyVersion, manifest.body);
  // A nonce proves shares for thirty days at most, whatever CONCLAVE_PACKAGE_DAYS says.
  const longest = new Date(now.getTime() + DRILL_NONCE_DAYS * 86_400_000);
  const usual = expiryFrom(context, now);
  return keepAsked(database, {
    admin,
    ticket: { digest: ticket.digest, content: entry.ticket },
    kind: 'drill',
    keyVersion,
    requestId: null,
    at: now,
    expiresAt: usual < longest ? usual : longest,
    facts: { manifest: manifest.digest },
    told: { kind: 'drill', keyVersion },
  });
}
