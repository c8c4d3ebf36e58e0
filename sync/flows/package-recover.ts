/**
 * Packages that carry secrets: asked for with a ticket whose words were typed. Their release is in
 * package-release.ts.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { parseTicket } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { findPerson } from '../../shared/identity/roster.ts';
import { type Admin } from '../admins/admins.ts';
import { appendEvent, saveDocument } from '../database/documents.ts';
import { refuseAdoption } from './adopt-refusals.ts';
import type { FlowContext } from './context.ts';
import { findEscrow } from './escrow.ts';
import { assertWay, readSurveyKek, versionInVault } from './organisation.ts';
import { mustFind } from './package-approved.ts';
import { type PackageRow } from './package-rows.ts';
import { expiryFrom } from './packages.ts';
import { refuseFlow } from './refusals.ts';
import { CLOSED, requestByCode, type RequestRow } from './requests.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { trustedSet } from './trust.ts';
import { assertWords } from './words.ts';

/**
 * Asks for a package. The ticket's eight words are typed here, from the operator's voice.
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`, `ticket-not-operator`,
 *   `ticket-used`, `request-…`, `no-trust`, and those of {@link storedUnder}
 */
export async function requestRecoverPackage(
  context: FlowContext,
  admin: Admin,
  entry: { readonly requestCode: string; readonly ticket: Uint8Array; readonly words: string },
): Promise<PackageRow> {
  const { database } = context;
  const { installation, trust, now } = await soundSituation(context);
  const ticket = parseTicket(entry.ticket, installation.mode);
  if (ticket.body.audience !== installation.audience) throw refuseFlow('other-audience', 'ticket');
  if (ticket.body.kind !== 'recover') {
    throw refuseAdoption('ticket-other-kind', ticket.body.kind, 'recover');
  }
  assertWords(entry.words, ticket.digest);
  const request = await requestByCode(database, entry.requestCode);
  if (CLOSED.includes(request.status)) throw refuseFlow('request-state', request.status, 'open');
  const { kind, keyVersion } = await storedUnder(context, request);
  const { roster } = await trustedSet(database, trust, keyVersion, installation.mode);
  // SECURITY: the person named in the roster, by his key: a ticket's own name proves nothing.
  if (findPerson(roster.body, ticket.body.operator.publicKey, 'operator') === undefined) {
    throw refuseFlow('ticket-not-operator');
  }
  await finishOpenCommits(context, keyVersion);
  const nonce = randomBytes(16).toString('hex');
  const ticketDigest = hexToBytes(ticket.digest);
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'ticket', digest: ticketDigest, content: entry.ticket });
    const made = await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, request_id, ticket_digest,
         requested_by, created_at, expires_at, facts)
       VALUES ($1, $9, 'requested', $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [
        hexToBytes(nonce),
        keyVersion,
        request.id,
        ticketDigest,
        admin.id,
        now,
        // The delay of its request does not use up its time: nobody can release it before.
        expiryFrom(context, firstRelease(request, now)),
        { requestCode: request.code },
        kind,
      ],
    );
    if (made === 0) throw refuseFlow('ticket-used');
    await appendEvent(tx, {
      type: 'package-requested',
      adminId: admin.id,
      subject: ticketDigest,
      facts: { nonce, requestCode: request.code },
    });
  });
  return mustFind(database, nonce);
}

/**
 * What kind of package a request needs, and under which key version the stored key lies.
 * @throws Refusal `escrow-missing`, `escrow-differs`; of an organisation those of organisation.ts
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
  await readSurveyKek(context.kv, surveyId);
  return { kind: 'recover-member', keyVersion: await versionInVault(context) };
}

/** The end of the request's delay, known or at the earliest. */
function firstRelease({ delayUntil, delayHours }: RequestRow, now: Date): Date {
  const until = delayUntil ?? new Date(now.getTime() + delayHours * 3_600_000);
  return until > now ? until : now;
}
