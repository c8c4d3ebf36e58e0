/**
 * Asking for a package for an organisation whose owner forgot the passphrase, with an operator's
 * ticket whose words were typed. It is the request, too: who acts for the organisation, how that was
 * checked, and every survey that it would touch, all of it signed by who releases it. Its release is in
 * package-organisation-release.ts.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Admin } from '../admins/admins.ts';
import type { FlowContext } from './context.ts';
import { movedBefore } from './organisation-moved.ts';
import { refuseOrganisation } from './organisation-refusals.ts';
import { gatherSurveys, type SurveyPlace } from './organisation-surveys.ts';
import { findOrganisation, versionInVault } from './organisation.ts';
import { acceptTicket, assertOperator, keepAsked, type TicketEntry } from './package-asked.ts';
import type { OrganisationRow, PackageRow } from './package-rows.ts';
import { expiryFrom } from './packages.ts';
import { newCode } from './request-make.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { type Named, trustedSet } from './trust.ts';

export interface OrganisationAsk extends TicketEntry, Named {
  readonly organisationId: number;
  /** Who acts for it and makes up the passphrase. */
  readonly owner: string;
  /** How the organisation and the owner were checked, and where the evidence lies. */
  readonly checked: OrganisationRow['checked'];
  /** `continued`: the surveys that an earlier ceremony had no room for, under its passphrase. */
  readonly passphrase: 'new' | 'continued';
  /** Where CheckTick's table does not say which they are, or only some are to be helped. */
  readonly surveys?: readonly SurveyPlace[] | undefined;
}

/**
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`,
 *   `ticket-not-operator`, `ticket-used`, `no-trust`, `set-not-named`, `commit-unfinished`, `organisation-…`
 */
export async function requestOrganisationPackage(
  context: FlowContext,
  admin: Admin,
  entry: OrganisationAsk,
): Promise<PackageRow> {
  const { database } = context;
  const { organisationId, owner, checked, passphrase } = entry;
  const keyVersion = await versionInVault(context);
  await finishOpenCommits(context, keyVersion);
  const { installation, trust, now } = await soundSituation(context);
  const { mode, audience } = installation;
  const ticket = acceptTicket(entry, installation, 'recover');
  const { manifest, roster } = await trustedSet(database, trust, keyVersion, mode, entry);
  assertOperator(ticket, roster);
  const { name, ownerUserId } = await findOrganisation(database, organisationId);
  const continued = passphrase === 'continued';
  const found = await gatherSurveys(context, organisationId, {
    where: { mode, audience, keyVersion },
    named: entry.surveys,
    moved: continued ? await movedBefore(database, organisationId, mode) : new Map(),
  });
  if (continued && found.continues === null) throw refuseOrganisation('organisation-not-begun');
  const requestCode = newCode();
  const facts: OrganisationRow = {
    about: {
      requestCode,
      requestId: randomUUID(),
      organisationId,
      organisationName: name,
      owner,
      keyVersion,
    },
    ownerUserId,
    checked,
    ...found,
    surveys: [...found.surveys],
    hashes: [...found.hashes],
    left: [...found.left],
    set: manifest.body.setId,
  };
  return keepAsked(database, {
    admin,
    ticket: { digest: ticket.digest, content: entry.ticket },
    kind: 'migrate-organisation',
    keyVersion,
    requestId: null,
    at: now,
    expiresAt: expiryFrom(context, now),
    facts: { ...facts },
    told: {
      kind: 'migrate-organisation',
      keyVersion,
      organisation: String(organisationId),
      owner,
      request: requestCode,
      organisationChecked: checked.organisation,
      ownerChecked: checked.owner,
    },
  });
}
