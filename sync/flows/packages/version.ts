/**
 * Asking for a package for a new platform key beside the active one, with an operator's ticket whose
 * words were typed. It carries the vault component of the active version; its release is in
 * version-release.ts.
 * @module
 */
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { keepAsked, type TicketEntry } from './asked.ts';
import { askedOfSet, compareComponent } from './asked-of-set.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import type { Named } from '../../trust/trust.ts';
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
  const { ticket, manifest, situation } = await askedOfSet(
    context,
    entry,
    keyVersion,
    'new-version',
  );
  const { now, trust } = situation;
  await compareComponent(context, keyVersion, manifest.body);
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
