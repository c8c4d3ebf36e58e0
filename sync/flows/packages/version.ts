/**
 * Asking for a package for a new platform key beside the active one, with an operator's ticket whose
 * words were typed. It carries the vault component of the active version; its release is in
 * package-version-release.ts.
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
import { nextVersion, onlyActive, versionRows } from '../../versions/rows.ts';

/**
 * For the version that is active; the next has the next number.
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`,
 *   `ticket-not-operator`, `ticket-used`, `no-trust`, `set-not-named`, `kv-row-differ`, `commit-unfinished`,
 *   `version-active`
 */
export async function requestNewVersionPackage(
  context: FlowContext,
  admin: Admin,
  entry: TicketEntry & Named,
): Promise<PackageRow> {
  const { database } = context;
  const keyVersion = onlyActive(await versionRows(database));
  await finishOpenCommits(context, keyVersion);
  const { installation, trust, now } = await soundSituation(context);
  const ticket = acceptTicket(entry, installation, 'new-version');
  const { manifest, roster } = await trustedSet(
    database,
    trust,
    keyVersion,
    installation.mode,
    entry,
  );
  assertOperator(ticket, roster);
  const { component } = await rotatable(context, keyVersion, manifest.body);
  component.fill(0);
  const next = nextVersion(await versionRows(database), trust);
  return keepAsked(database, {
    admin,
    ticket: { digest: ticket.digest, content: entry.ticket },
    kind: 'new-version',
    keyVersion,
    requestId: null,
    at: now,
    expiresAt: expiryFrom(context, now),
    facts: { manifest: manifest.digest, next },
    told: { kind: 'new-version', keyVersion, next },
  });
}
