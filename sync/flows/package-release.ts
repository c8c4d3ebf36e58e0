/**
 * The release of a package that carries secrets: by two approvers, in its time, and only when its
 * request is ready for execution.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import {
  type PackageEmails,
  packageType,
  type RecoverFacts,
  sealRecoverPackage,
} from '../../shared/bundle/package.ts';
import {
  parsePlatformMasterKey,
  type RecoveryKekDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { equalBytes, hexToBytes } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { Refusal } from '../../shared/refusal.ts';
import { findAdmin } from '../admins/admins.ts';
import type { Approvable, Recorded, Shown } from '../approvals/approvable.ts';
import { approvalsOf, twoDifferentApprovers } from '../approvals/approvals.ts';
import { databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent, saveDocument } from '../database/documents.ts';
import { z } from 'zod';
import { accountDigest } from './claim-address.ts';
import type { FlowContext } from './context.ts';
import {
  digestOf,
  emailDigest,
  findEscrow,
  readEscrow,
  readKeyColumns,
  surveyColumns,
} from './escrow.ts';
import { packagedKey } from './packaged-escrow.ts';
import { readInstallation } from '../database/settings.ts';
import {
  aboutRelease,
  approvedBefore,
  assertInTime,
  assertReleasedByTwo,
  assertReleaseOpenTo,
  excludedFromRelease,
  isAdoptionApproved,
  mustFind,
  RELEASE,
} from './package-approved.ts';
import { releaseAdoption, showAdoption } from './package-adopt-release.ts';
import { packageByPrefix, rowFacts } from './package-rows.ts';
import { ticketOf } from './package-ticket.ts';
import { makeRecipient } from './packages.ts';
import { receiptHead } from './receipts.ts';
import { refuseFlow } from './refusals.ts';
import { assertApprovedByTwo } from './request-approve.ts';
import { assertReady, lockRequest, requestByCode, type RequestRow } from './requests.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { accountEmailOf, statedEmailOf } from './stated-email.ts';
import { trustedSet } from './trust.ts';
import { wordsOf } from './words.ts';

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
  const { operator } = (await ticketOf(tx, found, installation.mode)).body;
  const requester = found.requestedBy === null ? undefined : await findAdmin(tx, found.requestedBy);
  return {
    subject: nonce,
    subjectDigest: aboutRelease(found).subject,
    expiresAt: found.expiresAt,
    sentence: `Release the vault component and the stored key of survey ${request.surveyId} (${asOneLine(request.surveyName)}) to the laptop, for request ${request.code}.`,
    facts: [
      ['for user', `${request.userId} (${asOneLine(request.userName)})`],
      ['key version', found.keyVersion],
      ['asked for by', asOneLine(requester?.name ?? 'unknown')],
      ['asked at', formatTime(found.createdAt)],
      ['sealed to the ticket of', asOneLine(operator.name)],
      ['ticket in words', wordsOf(found.ticketDigest)],
      ...approvedBefore(before),
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
    if (found.kind === 'adopt') {
      if (await isAdoptionApproved(database, found)) {
        await orUnfinished(() => releaseAdoption(context, found.nonce));
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
  const { database, kv } = context;
  const situation = await soundSituation(context);
  const { installation, identity, trust, now } = situation;
  const found = await mustFind(database, nonce);
  assertInTime(found, now);
  const { requestCode } = rowFacts.parse(found.facts);
  const request = await requestByCode(database, requestCode);
  const escrow = await findEscrow(database, request);
  const { keyVersion } = escrow;
  const { userId, surveyId } = request;
  const { mode, audience } = installation;
  const { manifest, roster } = await trustedSet(database, trust, keyVersion, mode);
  const ticket = await ticketOf(database, found, mode);
  const { document: stored } = await readEscrow(kv, escrow);
  const facts: RecoverFacts = {
    requestCode,
    requestId: request.id,
    userId,
    userName: request.userName.slice(0, 150),
    surveyId,
    surveyName: request.surveyName.slice(0, 255),
    keyVersion,
  };
  const emails = await emailsFor(database, request, stored);
  const has = await surveyColumns(database);
  const key = await packagedKey(database, stored, {
    path: escrow.path,
    binding: { mode, audience, keyVersion, userId, surveyId },
    has,
  });
  const vaultComponent = await provenComponent(context, keyVersion, manifest.body);
  const recipient = await makeRecipient(context, nonce, now);
  const body = await sealRecoverPackage(
    {
      mode,
      audience,
      nonce,
      kind: 'recover',
      epoch: installation.epoch,
      issuedAt: formatTime(now),
      expiresAt: formatTime(found.expiresAt),
      recipient: recipient.publicKey,
      receiptHead: await receiptHead(database),
      ticketId: ticket.body.ticketId,
      ticketDigest: ticket.digest,
      facts,
      escrowedEmail: emails.escrowed !== null ? 'sealed' : escrow.hasEmail ? 'missing' : 'none',
      ...(key.said === undefined ? {} : { escrow: key.said }),
      manifest: envelopeToJson(manifest.envelope),
      roster: envelopeToJson(roster.envelope),
    },
    ticket.body.recipient,
    { vaultComponent, emails, ...key.stored },
  ).finally(() => vaultComponent.fill(0));
  const document = await packageType.sign(body, [identity.signer]);
  await database.transaction(async (tx) => {
    const again = await mustFind(tx, nonce, true);
    if (again.state !== 'requested') return;
    const { now: at } = await databaseTime(tx);
    assertInTime(again, at);
    const locked = await lockRequest(tx, request.id, at);
    assertReady(locked);
    // SECURITY: by the stored proofs, whatever the columns say: here the secrets leave.
    await assertApprovedByTwo(tx, { context, situation }, locked, at);
    await assertReleasedByTwo(tx, { context, situation }, again, locked);
    const { password, recovery } = await readKeyColumns(tx, request.surveyId, has);
    const digest = hexToBytes(document.digest);
    await saveDocument(tx, { type: 'package', digest, content: packageType.toBytes(document) });
    await tx.run(
      `UPDATE conclave.packages SET state = 'released', document_digest = $2,
         recipient_key_path = $3, released_at = $4, facts = $5 WHERE nonce = $1`,
      [
        hexToBytes(nonce),
        digest,
        recipient.path,
        now,
        {
          requestCode,
          columns: digestOf(password, recovery),
          escrow: digestOf(stored.encrypted_kek),
          email: emailDigest(stored),
          account: accountDigest(nonce, emails.account),
          ...key.facts,
        },
      ],
    );
    await appendEvent(tx, {
      type: 'package-released',
      subject: digest,
      facts: { kind: 'recover', nonce, requestCode },
    });
  });
}

/** What the laptop compares: the escrowed address as Vault holds it, the account's, the given one. */
async function emailsFor(
  on: Queryable,
  request: RequestRow,
  stored: RecoveryKekDocument,
): Promise<PackageEmails> {
  return {
    escrowed: stored.encrypted_email?.trim() || null,
    account: await accountEmailOf(on, request.userId),
    stated: await statedEmailOf(on, request.id),
  };
}

/**
 * The vault component, once Vault, the row and the manifest's check value agree on it. The caller
 * wipes it.
 * @throws Refusal `kv-row-differ`
 */
async function provenComponent(
  { database, kv }: FlowContext,
  version: string,
  manifest: Manifest,
): Promise<Uint8Array> {
  const row = await database.maybe(
    z.object({ component: columns.bytes }),
    'SELECT vault_component AS component FROM surveys_platformkeyversion WHERE version = $1',
    [version],
  );
  const found = await kv.read(vaultPaths.platformMasterKey);
  if (row === undefined || found.absent) throw refuseFlow('kv-row-differ', version);
  const { vaultComponent } = parsePlatformMasterKey(found.data);
  const { componentId, checks } = manifest;
  const good =
    equalBytes(row.component, vaultComponent) &&
    checkValueFits('vault-component', vaultComponent, componentId, checks.vaultComponent);
  row.component.fill(0);
  if (!good) {
    vaultComponent.fill(0);
    throw refuseFlow('kv-row-differ', version);
  }
  return vaultComponent;
}
