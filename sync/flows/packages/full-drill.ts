/**
 * Asking for the package of a full drill, with an operator's ticket whose words were typed. It carries
 * the vault component; its release is in package-full-drill-release.ts.
 * @module
 */
import { DRILL_NONCE_DAYS } from '../../../shared/bundle/drill.ts';
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseDrill } from '../../versions/drill-refusals.ts';
import { acceptTicket, assertOperator, keepAsked, type TicketEntry } from './asked.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { rotatable } from '../../versions/rotate-places.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';

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
  await finishOpenCommits(context, keyVersion);
  const { installation, trust, now } = await soundSituation(context);
  const ticket = acceptTicket(entry, installation, 'drill');
  const { manifest, roster } = await trustedSet(
    database,
    trust,
    keyVersion,
    installation.mode,
    entry,
  );
  assertOperator(ticket, roster);
  if (manifest.body.escrowKey === undefined) throw refuseDrill('full-drill-without-key');
  const { component } = await rotatable(context, keyVersion, manifest.body);
  component.fill(0);
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
