/**
 * Packages that carry secrets: asked for with a ticket whose words were typed. Their release is in
 * release.ts.
 * @module
 */
import { type Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { findEscrow } from '../../checktick/escrow.ts';
import { assertWay, readSurveyKek, versionOfEntry } from '../../checktick/organisation.ts';
import { acceptTicket, assertOperator, keepAsked, type TicketEntry } from './asked.ts';
import { type PackageRow } from '../package-rows/rows.ts';
import { expiryFrom } from './packages.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';
import { CLOSED, requestByCode, type RequestRow } from '../requests/requests.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';

/**
 * Asks for a package. The ticket's eight words are typed here, from the operator's voice.
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`, `ticket-not-operator`,
 *   `ticket-used`, `request-…`, `no-trust`, `set-not-named`, and those of {@link storedUnder}
 */
export async function requestRecoverPackage(
  context: FlowContext,
  admin: Admin,
  entry: TicketEntry & Named & { readonly requestCode: string },
): Promise<PackageRow> {
  const { database } = context;
  const { installation, trust, now } = await soundSituation(context);
  const ticket = acceptTicket(entry, installation, 'recover');
  const request = await requestByCode(database, entry.requestCode);
  if (CLOSED.includes(request.status)) throw refuseRecover('request-state', request.status, 'open');
  const { kind, keyVersion } = await storedUnder(context, request);
  const { manifest, roster } = await trustedSet(
    database,
    trust,
    keyVersion,
    installation.mode,
    entry,
  );
  assertOperator(ticket, roster);
  await finishOpenCommits(context, keyVersion);
  return keepAsked(database, {
    admin,
    ticket: { digest: ticket.digest, content: entry.ticket },
    kind,
    keyVersion,
    requestId: request.id,
    at: now,
    // The delay of its request does not use up its time: nobody can release it before.
    expiresAt: expiryFrom(context, firstRelease(request, now)),
    facts: {
      requestCode: request.code,
      set: manifest.body.setId,
      manifest: manifest.digest,
    },
    told: { requestCode: request.code },
  });
}

/**
 * What kind of package a request needs, and under which key version the stored key lies.
 * @throws Refusal `escrow-missing`, `escrow-differs`; of an organisation those of checktick/organisation.ts
 */
async function storedUnder(
  context: FlowContext,
  request: RequestRow,
): Promise<Pick<PackageRow, 'kind' | 'keyVersion'>> {
  const { organisation, surveyId } = request;
  if (organisation === null) {
    const { keyVersion } = await findEscrow(context.database, request);
    return { kind: 'recover', keyVersion };
  }
  await assertWay(context, surveyId, organisation);
  const entry = await readSurveyKek(context.kv, surveyId);
  return { kind: 'recover-member', keyVersion: await versionOfEntry(context, entry) };
}

/** The end of the request's delay, known or at the earliest. */
function firstRelease({ delayUntil, delayHours }: RequestRow, now: Date): Date {
  const until = delayUntil ?? new Date(now.getTime() + delayHours * 3_600_000);
  return until > now ? until : now;
}
