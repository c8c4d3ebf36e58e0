/**
 * Committing a recovery: the survey's key under a fresh one-time passphrase, in CheckTick's own
 * column format; the old recovery phrase dead; request, escrow and audit tables as CheckTick's
 * own recovery leaves them; Vault's audit trail of the escrow. Of a survey that an organisation
 * keeps the same, but for the escrow, which there is none of.
 * @module
 */
import { z } from 'zod';
import { isRecovery, type RecoveryBundle } from '../../../shared/bundle/bundle.ts';
import { type EmailCheck, emailInWords } from '../../../shared/bundle/escrowed-email.ts';
import { wayInWords } from '../../../shared/bundle/organisation-way.ts';
import { vaultPaths, withRecoveryRecorded } from '../../../shared/checktick/index.ts';
import type { Queryable } from '../../database/database.ts';
import { CasRefusal } from '../../vault/refusals.ts';
import { openClaim } from '../claims/open.ts';
import { keepPassphrase } from '../claims/claims.ts';
import { ColumnAhead, columnOf } from './column.ts';
import {
  actorOf,
  type CheckWork,
  type CommitKind,
  type CommitWork,
  type Difference,
  Ended,
} from '../bundles/commit-kind.ts';
import {
  digestOf,
  emailDigest,
  type EscrowRow,
  findEscrow,
  readEscrow,
  readKeyColumns,
  surveyColumns,
  writeKeyColumns,
} from '../../checktick/escrow.ts';
import { noteOpened } from '../../checktick/escrow-proof.ts';
import { assertReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { isSameWay, readSurveyKek } from '../../checktick/organisation.ts';
import { commitFacts, type PackageRow } from '../package-rows/rows.ts';
import { keyHashDigest, readKeyHash } from '../../checktick/packaged-escrow.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';
import { isRecorded, readBackRecovery } from './recover-read-back.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertApprovedByTwo } from '../requests/approve.ts';
import { assertReady, lockRequest, recordChange, type RequestRow } from '../requests/requests.ts';
import { assertStillInForce } from './trust-change.ts';
import { checksInWords, type Verification, verificationsOf } from '../requests/verifications.ts';

function bodyOf(work: Pick<CommitWork, 'document'>): RecoveryBundle {
  const { body } = work.document;
  if (!isRecovery(body)) throw new Error('not a recovery');
  return body;
}

interface Escrowed {
  readonly row: EscrowRow;
  /** As Vault holds it, for check-and-set: Vault knows no lock. */
  readonly stored: Awaited<ReturnType<typeof readEscrow>>;
}

/**
 * What a recovery stands on, read and locked in one transaction. Nobody else changes it before that
 * ends, so what `check` has judged is what `write` works with.
 */
interface Locked {
  readonly request: RequestRow;
  /** The survey's key columns that this CheckTick has; they are as when the package was made. */
  readonly has: ReadonlySet<string>;
  /** Null: an organisation keeps the survey's key, and Vault's entry has no audit trail. */
  readonly escrow: Escrowed | null;
  readonly packaged: z.infer<typeof commitFacts>;
}

/** By the transaction that holds the locks. */
const locked = new WeakMap<Queryable, Locked>();

/** The request, locked; who asks for other than it names is refused for good. */
async function requestOf(tx: Queryable, work: CheckWork, now: Date): Promise<RequestRow> {
  const body = bodyOf(work);
  const { facts } = body;
  const request = await lockRequest(tx, facts.requestId, now);
  if (
    request.code !== facts.requestCode ||
    request.userId !== facts.userId ||
    request.surveyId !== facts.surveyId ||
    !isSameWay(request.organisation, body.kind === 'recover' ? null : body.organisation)
  ) {
    throw new Ended('refused', refuseFlow('package-differs'));
  }
  return request;
}

/** The rest, locked. @throws Refusal where it is not as it was when the package was made */
async function lockAll(
  tx: Queryable,
  work: CheckWork,
  request: RequestRow,
  found: PackageRow,
): Promise<Locked> {
  const { facts, kind } = bodyOf(work);
  const packaged = commitFacts.parse(found.facts);
  const has = await surveyColumns(tx);
  const { password, recovery } = await readKeyColumns(tx, facts.surveyId, has, true);
  if (digestOf(password, recovery) !== packaged.columns) throw refuseFlow('survey-changed');
  await assertSameKeyHash(tx, facts.surveyId, has, packaged);
  const escrow = kind === 'recover' ? await lockEscrow(tx, work, facts) : null;
  if (escrow === null) await assertAsPackaged(work, facts, packaged);
  const all = { request, has, escrow, packaged };
  locked.set(tx, all);
  return all;
}

/**
 * SECURITY: of a sealed escrow and of a key that an organisation keeps, the hash that the laptop
 * compared is the one that stands there, under the lock of the survey's row. Of CheckTick's own kind
 * nothing was compared.
 */
async function assertSameKeyHash(
  tx: Queryable,
  surveyId: number,
  has: ReadonlySet<string>,
  packaged: Locked['packaged'],
): Promise<void> {
  if (packaged.keyHash === undefined) return;
  if (keyHashDigest(await readKeyHash(tx, surveyId, has)) !== packaged.keyHash) {
    throw refuseRecover('key-hash-changed', surveyId);
  }
}

async function lockEscrow(
  tx: Queryable,
  { context }: CheckWork,
  facts: RecoveryBundle['facts'],
): Promise<Escrowed> {
  const row = await findEscrow(tx, facts, true);
  return { row, stored: await readEscrow(context.kv, row) };
}

/** The survey key that an organisation keeps is the one that was packaged. */
async function assertAsPackaged(
  { context }: CheckWork,
  { surveyId }: RecoveryBundle['facts'],
  packaged: Locked['packaged'],
): Promise<void> {
  const { encrypted_kek: kek } = await readSurveyKek(context.kv, surveyId);
  if (digestOf(kek) !== packaged.escrow) {
    throw refuseFlow('escrow-differs', `Vault ${vaultPaths.surveyKek(surveyId)}`);
  }
}

/** Vault's audit trail with check-and-set; CheckTick's own writers know none, so it may take two. */
async function recordInVault(
  work: CommitWork,
  { row, stored }: Escrowed,
  packaged: Locked['packaged'],
  notes: string,
): Promise<void> {
  const { context, intent } = work;
  const { kv } = context;
  for (let attempt = 1; ; attempt += 1) {
    const { document, version } = attempt === 1 ? stored : await readEscrow(kv, row);
    if (isRecorded(document, work)) return;
    if (digestOf(document.encrypted_kek) !== packaged.escrow) {
      throw refuseFlow('escrow-differs', `Vault ${row.path}`);
    }
    const entry = { adminId: actorOf(intent), at: intent.at, notes };
    try {
      await kv.put(row.path, withRecoveryRecorded(document, entry), { cas: version });
      return;
    } catch (cause) {
      if (!(cause instanceof CasRefusal) || attempt === 3) throw cause;
    }
  }
}

async function writeColumns(
  tx: Queryable,
  work: CommitWork,
  has: ReadonlySet<string>,
): Promise<void> {
  const { context, document, intent } = work;
  const { surveyId } = bodyOf(work).facts;
  const ahead = columnOf(work);
  // In Vault before any column: a repetition after a crash finds the same words.
  const passphrase = await keepPassphrase(context.kv, document.digest, ahead.passphrase, intent.at);
  try {
    await context.onStep?.('claim');
    await writeKeyColumns(tx, surveyId, has, await ahead.sealed(work, passphrase));
  } finally {
    passphrase.fill(0);
  }
}

/** How the person was checked, for Vault's audit trail. No address is in it. */
function notesOf(checks: readonly Verification[], email: EmailCheck | undefined): string {
  const checked = checksInWords(checks);
  return email === undefined ? checked : `${checked}, e-mail address: ${emailInWords(email)}`;
}

/** What two approvers accepted, for the receipt. */
function notReadBack(differs: readonly Difference[]): string {
  const places = (why: Difference['why']): string =>
    differs.flatMap((one) => (one.why === why ? one.place : [])).join('; ');
  const [changed, unproven] = [places('changed'), places('unproven')];
  return [
    ...(changed === '' ? [] : [`Not read back, because it was changed before: ${changed}.`]),
    ...(unproven === ''
      ? []
      : [
          `Opened by the one-time passphrase, but not compared with the key of the bundle, because the package’s one-time key was gone: ${unproven}.`,
        ]),
  ].join(' ');
}

export const recoverCommit: CommitKind = {
  start: () => new ColumnAhead(),

  async check(tx, work, now) {
    const { situation } = work;
    const body = bodyOf(work);
    const { facts, nonce } = body;
    await assertStillInForce(tx, situation, facts.keyVersion, body);
    const request = await requestOf(tx, work, now);
    const found = await mustFind(tx, nonce);
    try {
      assertReady(request);
    } catch (cause) {
      const stopped = ['rejected', 'cancelled', 'completed'].includes(request.status);
      if (!stopped) throw cause;
      const refusal = refuseRecover('request-state', request.status, 'ready_for_execution');
      throw new Ended(request.status === 'cancelled' ? 'objected' : 'refused', refusal);
    }
    await assertApprovedByTwo(tx, work, request, now);
    await assertReleasedByTwo(tx, work, found, request);
    const { escrow, packaged } = await lockAll(tx, work, request, found);
    if (escrow === null) return;
    const { document } = escrow.stored;
    if (digestOf(document.encrypted_kek) !== packaged.escrow) {
      throw refuseFlow('escrow-differs', 'Vault');
    }
    // SECURITY: what the people compared is what stands there.
    if (packaged.email !== undefined && packaged.email !== emailDigest(document)) {
      throw refuseFlow('escrow-differs', 'Vault (the e-mail address)');
    }
  },

  async begun(work) {
    const body = bodyOf(work);
    // Of an organisation's survey a commit writes nothing to Vault but the one-time passphrase.
    if (body.kind !== 'recover') return false;
    const escrow = await findEscrow(work.context.database, body.facts);
    return isRecorded((await readEscrow(work.context.kv, escrow)).document, work);
  },

  // Nobody has signed anything of a survey's key that would show which one it is.
  provenSecret: async () => undefined,

  async prepare(work) {
    if (work.secret.length !== 32) throw new Ended('refused', refuseFlow('kek-form'));
    void columnOf(work).begin(work);
  },

  async write(tx, work) {
    const { context, document, intent } = work;
    const body = bodyOf(work);
    const { facts, nonce } = body;
    const email = body.kind === 'recover' ? body.escrowedEmail : undefined;
    const opened = body.escrow;
    const { at } = intent;
    const userId = actorOf(intent);
    // Not yet there when this commit died before and goes on now without being judged again.
    const all =
      locked.get(tx) ??
      (await lockAll(tx, work, await requestOf(tx, work, at), await mustFind(tx, nonce)));
    const { request, has, escrow } = all;
    assertReady(request);
    await writeColumns(tx, work, has);
    await tx.run(
      `UPDATE surveys_recoveryrequest SET status = 'completed', completed_at = $2,
         executed_by_id = $3, custodian_component_used = true, vault_recovery_path = $4
        WHERE id = $1`,
      [request.id, at, userId, escrow?.row.path ?? vaultPaths.surveyKek(facts.surveyId)],
    );
    if (escrow !== null) {
      await tx.run(
        `UPDATE surveys_usersurveykekescrow SET recovered_count = recovered_count + 1,
           last_recovered_at = $2, last_recovered_by_id = $3 WHERE id = $1`,
        [escrow.row.id, at, userId],
      );
    }
    if (escrow !== null && body.kind === 'recover') {
      await noteOpened(tx, body, escrow.stored.document, { digest: document.digest, at });
    }
    await recordChange(tx, request, {
      event: 'recovery_executed',
      severity: 'critical',
      actorId: userId,
      details: {
        survey_id: facts.surveyId,
        custodian_used: true,
        ...(email === undefined ? {} : { escrowed_email: email.outcome }),
        ...(opened === undefined ? {} : { escrow: opened.kind, survey_key: opened.surveyKey }),
        ...(body.kind === 'recover' ? {} : { organisation: wayInWords(body.organisation) }),
      },
      message: `Recovery ${request.code} was executed: survey ${facts.surveyId} for user ${facts.userId}.`,
      at,
    });
    await openClaim(tx, context, request, { body, digest: document.digest }, at);
    // A bad reference shows now, before anything is in Vault, and not at COMMIT.
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
    if (escrow === null) return;
    const notes = notesOf(await verificationsOf(tx, request.id), email);
    await recordInVault(work, escrow, all.packaged, notes);
  },

  async finish() {},

  readBack: (work, on) => readBackRecovery(on, work, bodyOf(work)),

  ending: (work, { differs }) => {
    const { facts, epoch } = bodyOf(work);
    const { surveyId, userId, requestCode } = facts;
    if (differs.length === 0) {
      return {
        epoch,
        statement: `Survey ${surveyId} was recovered for user ${userId} (request ${requestCode}): its key is under a one-time passphrase, and the old password and recovery phrase no longer open it.`,
      };
    }
    return {
      epoch,
      statement: `The recovery of survey ${surveyId} for user ${userId} (request ${requestCode}) was written. ${notReadBack(differs)} Two approvers accepted that. Of what opens the survey now, this receipt says nothing.`,
    };
  },
};
