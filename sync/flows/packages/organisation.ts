/**
 * Asking for a package for an organisation whose owner forgot the passphrase, or which moves to the
 * active key version, with an operator's ticket whose words were typed. It is the request, too: who acts for the organisation, how that was
 * checked, and every survey that it would touch, all of it signed by who releases it. Its release is in
 * organisation-release.ts.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { WhosePassphrase } from '../../../shared/bundle/organisation.ts';
import type { Admin } from '../../admins/admins.ts';
import { type FlowContext, readSituation, type Situation } from '../../trust/context.ts';
import { movedBefore } from './organisation-moved.ts';
import { refuseOrganisation } from '../../checktick/organisation-refusals.ts';
import {
  bytesDigest,
  type Gathered,
  gatherSurveys,
  readEntry,
  type SurveyPlace,
  type Where,
} from '../../checktick/organisation-surveys.ts';
import {
  findOrganisation,
  versionOfEntry,
  versionOfOrganisation,
} from '../../checktick/organisation.ts';
import { halfFor } from './organisation-half.ts';
import { gatherOwn } from '../../checktick/organisation-moves.ts';
import { acceptTicket, assertOperator, keepAsked, type TicketEntry } from './asked.ts';
import type { OrganisationRow, PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import { newCode } from '../requests/make.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';
import { onlyActive, versionRows } from '../../versions/rows.ts';

export interface OrganisationAsk extends TicketEntry, Named {
  readonly organisationId: number;
  /** Who acts for it and makes up the passphrase. */
  readonly owner: string;
  /** How the organisation and the owner were checked, and where the evidence lies. */
  readonly checked: OrganisationRow['checked'];
  /**
   * `continued`: the surveys that an earlier ceremony had no room for, under its passphrase. `kept`: its
   * owner knows it, and the organisation moves to the active version.
   */
  readonly passphrase: WhosePassphrase;
  /** Of a new passphrase: to be wrapped under the active version, and not where the organisation is. */
  readonly underActive?: boolean | undefined;
  /** The surveys that are named are all of which the organisation keeps a key. */
  readonly areAll?: boolean | undefined;
  /** Where CheckTick's table does not say which they are, or only some are to be helped. */
  readonly surveys?: readonly SurveyPlace[] | undefined;
}

/** @throws Refusal `organisation-key-version`, `version-active`, `organisation-not-begun` */
async function wrappedUnder(
  context: FlowContext,
  { organisationId, passphrase, underActive = false }: OrganisationAsk,
): Promise<string> {
  const { database, kv } = context;
  if (passphrase === 'kept' || (passphrase === 'new' && underActive)) {
    return onlyActive(await versionRows(database));
  }
  const present = await versionOfOrganisation(context, organisationId);
  if (passphrase === 'new') return present;
  // It goes on where the earlier one has left it.
  const situation = await readSituation(context);
  for (const [surveyId, digest] of await movedBefore(database, organisationId, situation)) {
    const entry = await readEntry(kv, surveyId);
    if (entry !== undefined && bytesDigest(entry.document) === digest) {
      return versionOfEntry(context, entry.document);
    }
  }
  throw refuseOrganisation('organisation-not-begun');
}

/** @throws Refusal of {@link gatherSurveys}; `organisation-not-begun` */
async function gatherHelp(
  context: FlowContext,
  { organisationId, passphrase, surveys: named }: OrganisationAsk,
  situation: Situation,
  keyVersion: string,
): Promise<Gathered> {
  const { mode, audience } = situation.installation;
  const where: Where = { mode, audience, keyVersion };
  const continued = passphrase === 'continued';
  const moved = continued
    ? await movedBefore(context.database, organisationId, situation)
    : new Map();
  const found = await gatherSurveys(context, organisationId, { where, named, moved });
  if (continued && found.continues === null) throw refuseOrganisation('organisation-not-begun');
  return found;
}

/** @throws Refusal of {@link gatherOwn}; `organisation-not-behind`, `half-not-handed-over` */
async function gatherMove(
  context: FlowContext,
  { organisationId, surveys: named }: OrganisationAsk,
  situation: Situation,
  to: string,
): Promise<Gathered & Pick<OrganisationRow, 'moves'>> {
  const from = await versionOfOrganisation(context, organisationId);
  if (from === to) throw refuseOrganisation('organisation-not-behind', to);
  const moves = await halfFor(context.database, { from, to }, situation);
  if (moves === undefined) throw refuseOrganisation('half-not-handed-over', from, to);
  return { ...(await gatherOwn(context, organisationId, { from, to, named })), moves };
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
  const keyVersion = await wrappedUnder(context, entry);
  await finishOpenCommits(context, keyVersion);
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const { mode } = installation;
  const ticket = acceptTicket(entry, installation, 'recover');
  const { manifest, roster } = await trustedSet(database, trust, keyVersion, mode, entry);
  assertOperator(ticket, roster);
  const { name, ownerUserId } = await findOrganisation(database, organisationId);
  const found =
    passphrase === 'kept'
      ? await gatherMove(context, entry, situation, keyVersion)
      : await gatherHelp(context, entry, situation, keyVersion);
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
    manifest: manifest.digest,
    ...(entry.surveys === undefined || entry.areAll === true ? { whole: true as const } : {}),
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
