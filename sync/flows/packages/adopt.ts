/**
 * Asking for an adoption package, with a ticket whose words were typed. It carries secrets; their
 * release is in adopt-release.ts.
 * @module
 */
import type { OrganisationKey } from '../../../shared/bundle/adopt.ts';
import type { Admin } from '../../admins/admins.ts';
import { lookForKey } from '../adopt/found.ts';
import { refuseTrusted } from '../../checktick/adopt-refusals.ts';
import type { FlowContext } from '../../trust/context.ts';
import { acceptTicket, keepAsked, type TicketEntry } from './asked.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';

/**
 * The ticket's eight words are typed here from the voice of the person who holds it: no roster
 * vouches for him yet.
 * @throws Refusal of the ticket's parser, of checktick/adopt-refusals.ts and adopt/organisations.ts; `trust-exists`, `other-audience`,
 *   `words-differ`, `ticket-used`, `commit-unfinished`
 */
export async function requestAdoptPackage(
  context: FlowContext,
  admin: Admin,
  entry: TicketEntry & {
    readonly keyVersion: string;
    /** Survey keys of organisations that go along as proof: an owner types the passphrase in the room. */
    readonly organisationKeys?: readonly OrganisationKey[] | undefined;
  },
): Promise<PackageRow> {
  const { database } = context;
  const { keyVersion, organisationKeys = [] } = entry;
  await finishOpenCommits(context, keyVersion);
  const { installation, trust, now } = await soundSituation(context);
  if (trust !== null) throw refuseTrusted(keyVersion, trust.versions);
  const ticket = acceptTicket(entry, installation, 'adopt');
  const found = await lookForKey(context, keyVersion, organisationKeys);
  return keepAsked(database, {
    admin,
    ticket: { digest: ticket.digest, content: entry.ticket },
    kind: 'adopt',
    keyVersion,
    requestId: null,
    at: now,
    expiresAt: expiryFrom(context, now),
    facts: { found },
    told: { kind: 'adopt', keyVersion },
  });
}
