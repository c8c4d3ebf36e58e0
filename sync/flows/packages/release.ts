/**
 * The release of a package that carries secrets: by two approvers, in its time, and only when its
 * request is ready for execution.
 * @module
 */
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { wayInWords } from '../../../shared/bundle/organisation-way.ts';
import { packageType, type RecoverFacts } from '../../../shared/bundle/package.ts';
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { findAdmin } from '../../admins/admins.ts';
import type { Approvable, Recorded, Shown } from '../../approvals/approvable.ts';
import { approvalsOf, twoDifferentApprovers } from '../../approvals/approvals.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import type { FlowContext } from '../../trust/context.ts';
import { digestOf, readKeyColumns, surveyColumns } from '../../checktick/escrow.ts';
import { isSameWay } from '../../checktick/organisation.ts';
import { refuseOrganisation } from '../../checktick/organisation-refusals.ts';
import { provenComponent, readStored, sealStored } from './contents.ts';
import { readInstallation } from '../../database/settings.ts';
import {
  aboutRelease,
  assertInTime,
  assertReleasedByTwo,
  assertReleaseOpenTo,
  excludedFromRelease,
  isKeyReleaseApproved,
  mustFind,
  RELEASE,
} from '../package-rows/approved.ts';
import { releaseAdoption, showAdoption } from './adopt-release.ts';
import { releaseFullDrill, showFullDrill } from './full-drill-release.ts';
import { releaseOrganisation, showOrganisation } from './organisation-release.ts';
import { releaseRotation, showRotation } from './rotate-release.ts';
import { releaseNewVersion, showNewVersion } from './version-release.ts';
import { askedInWords, keepReleased } from './asked.ts';
import { packageHead } from './out.ts';
import { setFact } from './shown.ts';
import { packageByPrefix, type PackageRow, rowFacts } from '../package-rows/rows.ts';
import { ticketOf } from '../package-rows/ticket.ts';
import { makeRecipient } from './packages.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertApprovedByTwo } from '../requests/approve.ts';
import { assertReady, lockRequest, requestByCode } from '../requests/requests.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { trustedSet } from '../../trust/trust.ts';
import { releaseMove, showMove } from './move.ts';

async function show(
  tx: Queryable,
  context: FlowContext,
  ask: Parameters<Approvable['show']>[2],
): Promise<Shown> {
  const { admin, subject: prefix, now } = ask;
  if (!/^[0-9a-f]{8,32}$/.test(prefix)) throw refuseFlow('nothing-found', 'package');
  const { nonce } = await packageByPrefix(tx, prefix);
  const found = await mustFind(tx, nonce, true);
  if (found.kind === 'adopt') return showAdoption(tx, found, ask);
  if (found.kind === 'rotate-shares') return showRotation(tx, found, ask);
  if (found.kind === 'new-version') return showNewVersion(tx, found, ask);
  if (found.kind === 'migrate-organisation') return showOrganisation(tx, found, ask);
  if (found.kind === 'drill') return showFullDrill(tx, found, ask);
  if (found.kind === 'migrate-escrows') return showMove(tx, found, ask);
  if (found.state !== 'requested' || found.requestId === null || found.ticketDigest === null) {
    throw refuseFlow('package-state', found.state);
  }
  const request = await lockRequest(tx, found.requestId, now);
  const notAlso = await excludedFromRelease(tx, found, request);
  const installation = await readInstallation(tx);
  const before = await approvalsOf(tx, aboutRelease(found));
  await assertReleaseOpenTo(admin, { found, request, notAlso, before, now }, () =>
    assertApprovedByTwo(tx, { context, situation: { installation } }, request, now),
  );
  const ticket = await ticketOf(tx, found, installation.mode);
  const requester = found.requestedBy === null ? undefined : await findAdmin(tx, found.requestedBy);
  return {
    subject: nonce,
    subjectDigest: aboutRelease(found).subject,
    expiresAt: found.expiresAt,
    sentence: `Release the vault component and the stored key of survey ${request.surveyId} (${asOneLine(request.surveyName)}) to the laptop, for request ${request.code}.`,
    facts: [
      ['for user', `${request.userId} (${asOneLine(request.userName)})`],
      ...(request.organisation === null
        ? []
        : [
            [
              'opened by',
              `the shares, and the passphrase of ${wayInWords(request.organisation)}`,
            ] as const,
          ]),
      ['key version', found.keyVersion],
      ...(await setFact(tx, found)),
      ...askedInWords(found, { requester, ticket, before }),
    ],
  };
}

async function apply(tx: Queryable, _context: FlowContext, recorded: Recorded): Promise<void> {
  await appendEvent(tx, {
    type: 'package-approved',
    adminId: recorded.admin.id,
    subject: recorded.shown.subjectDigest,
  });
}

/**
 * Approves the release; the second of two different approvers releases it.
 * @throws Refusal `package-state`, `release-expired`, `own-approval`, `approved-already`,
 *   `request-waits`, `request-state`; `release-unfinished` where the approval stands and the release
 *   must be asked for again
 */
export const approveRelease: Approvable = {
  action: RELEASE,
  roles: ['approver'],
  async ready(context, prefix) {
    if (/^[0-9a-f]{8,32}$/.test(prefix)) {
      const { keyVersion } = await packageByPrefix(context.database, prefix);
      await finishOpenCommits(context, keyVersion);
    }
    await soundSituation(context);
  },
  show,
  /** No roster vouches for whoever holds the ticket of an adoption, so each approver hears it from him. */
  async words(tx, _context, nonce) {
    const { kind, ticketDigest } = await mustFind(tx, nonce);
    return kind === 'adopt' ? ticketDigest : null;
  },
  apply,
  async after(context, { shown }) {
    const { database } = context;
    const found = await mustFind(database, shown.subject);
    const releaseKey = RELEASES[found.kind];
    if (releaseKey !== undefined) {
      if (await isKeyReleaseApproved(database, found)) {
        await orUnfinished(() => releaseKey(context, found.nonce));
      }
      return;
    }
    const { requestCode } = rowFacts.parse(found.facts);
    const request = await requestByCode(database, requestCode);
    const approvals = await approvalsOf(database, aboutRelease(found));
    const notAlso = await excludedFromRelease(database, found, request);
    if (twoDifferentApprovers(approvals, { notAlso }) === undefined) return;
    await orUnfinished(() => release(context, shown.subject));
  },
};

/** Of what no request of CheckTick's asks for. */
const RELEASES: {
  readonly [K in PackageRow['kind']]?: (context: FlowContext, nonce: string) => Promise<void>;
} = {
  adopt: releaseAdoption,
  'rotate-shares': releaseRotation,
  'new-version': releaseNewVersion,
  'migrate-organisation': releaseOrganisation,
  drill: releaseFullDrill,
  'migrate-escrows': releaseMove,
};

/** The approval stands, whatever keeps the package back. */
async function orUnfinished(releaseIt: () => Promise<void>): Promise<void> {
  try {
    await releaseIt();
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code === 'release-expired') throw cause;
    throw refuseFlow('release-unfinished', cause.sentences);
  }
}

/** Gathers the secrets, seals them to the ticket, signs, and hands the package out. */
async function release(context: FlowContext, nonce: string): Promise<void> {
  const { database } = context;
  const situation = await soundSituation(context);
  const { installation, identity, trust, now } = situation;
  const found = await mustFind(database, nonce);
  assertInTime(found, now);
  const { requestCode, set: setId } = rowFacts.parse(found.facts);
  const request = await requestByCode(database, requestCode);
  const stored = await readStored(context, found, request);
  const { keyVersion } = stored;
  const { userId, surveyId } = request;
  const { mode } = installation;
  const set = await trustedSet(database, trust, keyVersion, mode, { setId });
  const ticket = await ticketOf(database, found, mode);
  const facts: RecoverFacts = {
    requestCode,
    requestId: request.id,
    userId,
    userName: request.userName.slice(0, 150),
    surveyId,
    surveyName: request.surveyName.slice(0, 255),
    keyVersion,
  };
  const has = await surveyColumns(database);
  const vaultComponent = await provenComponent(context, keyVersion, set.manifest.body);
  const recipient = await makeRecipient(context, nonce, now);
  const { body, remembers } = await sealStored(
    database,
    stored,
    {
      ...(await packageHead(database, situation, found)),
      recipient: recipient.publicKey,
      ticketId: ticket.body.ticketId,
      ticketDigest: ticket.digest,
      facts,
      ...packagedParts(set),
    },
    { request, ticket: ticket.body.recipient, vaultComponent, has },
  ).finally(() => vaultComponent.fill(0));
  const document = await packageType.sign(body, [identity.signer]);
  await database.transaction(async (tx) => {
    const again = await mustFind(tx, nonce, true);
    if (again.state !== 'requested') return;
    const { now: at } = await databaseTime(tx);
    assertInTime(again, at);
    const locked = await lockRequest(tx, request.id, at);
    assertReady(locked);
    // SECURITY: what was sealed is what its approvers signed, also of an organisation.
    if (!isSameWay(locked.organisation, request.organisation)) {
      throw refuseOrganisation('request-without-organisation', requestCode);
    }
    // SECURITY: by the stored proofs, whatever the columns say: here the secrets leave.
    await assertApprovedByTwo(tx, { context, situation }, locked, at);
    await assertReleasedByTwo(tx, { context, situation }, again, locked);
    const { password, recovery } = await readKeyColumns(tx, request.surveyId, has);
    await keepReleased(tx, nonce, {
      kind: body.kind,
      document: { digest: document.digest, content: packageType.toBytes(document) },
      recipientPath: recipient.path,
      at: now,
      facts: {
        ...rowFacts.parse(found.facts),
        columns: digestOf(password, recovery),
        ...remembers,
      },
      told: { requestCode },
    });
  });
}
