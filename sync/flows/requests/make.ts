/**
 * Making a recovery request in CheckTick's table: nothing in CheckTick itself does.
 * @module
 */
import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { wayInWords } from '../../../shared/bundle/organisation-way.ts';
import type { OrganisationWay } from '../../../shared/bundle/package.ts';
import { vaultPaths } from '../../../shared/checktick/index.ts';
import type { Admin } from '../../admins/admins.ts';
import { advanceClock, databaseTime } from '../../database/clock.ts';
import { columns } from '../../database/columns.ts';
import { appendEvent } from '../../database/documents.ts';
import { tellOfRequest } from './tell.ts';
import type { FlowContext } from '../../trust/context.ts';
import { assertWay, readSurveyKek } from '../../checktick/organisation.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { chosenDelay, verifyIn } from './verify.ts';
import {
  lockRequest,
  recordChange,
  requestByCode,
  requestById,
  type RequestRow,
} from './requests.ts';
import type { Check } from './verifications.ts';

/** `ABC-123-XYZ`, drawn uniformly. */
export function newCode(): string {
  const letters = (): string =>
    Array.from({ length: 3 }, () => String.fromCharCode(65 + randomInt(26))).join('');
  return `${letters()}-${String(randomInt(1000)).padStart(3, '0')}-${letters()}`;
}

export interface NewRequest {
  readonly userId: number;
  readonly surveyId: number;
  readonly reason: string;
  /** The checks of the person that were made already, with where the evidence lies. */
  readonly checks: readonly Check[];
  /** Needed where there is a check. */
  readonly reference?: string | undefined;
  /** The address that the person gave; with a check only. */
  readonly email?: string | undefined;
  readonly delayHours?: number | undefined;
  /** The survey's key is kept by an organisation, and its owner's passphrase opens it. */
  readonly organisation?: OrganisationWay | undefined;
}

/**
 * Makes a request. It waits for two approvers once the person was checked whole; until then for
 * {@link verifyRequest}.
 * @throws Refusal `request-about-nothing`, `escrow-missing`, `delay-too-short`, `own-check`; with an
 *   organisation those of {@link assertWay} and {@link readSurveyKek} instead of `escrow-missing`
 */
export async function createRequest(
  context: FlowContext,
  admin: Admin,
  entry: NewRequest,
): Promise<RequestRow> {
  const { database, config } = context;
  await advanceClock(database);
  const { userId, surveyId, reason, organisation } = entry;
  const delayHours = chosenDelay(config, entry.delayHours);
  const code = newCode();
  await database.transaction(async (tx) => {
    const there = await tx.one(
      z.object({ user: columns.boolean, survey: columns.boolean, escrow: columns.boolean }),
      `SELECT EXISTS (SELECT FROM auth_user WHERE id = $1) AS user,
              EXISTS (SELECT FROM surveys_survey WHERE id = $2) AS survey,
              EXISTS (SELECT FROM surveys_usersurveykekescrow
                       WHERE user_id = $1 AND survey_id = $2) AS escrow`,
      [userId, surveyId],
    );
    if (!there.user) throw refuseRecover('request-about-nothing', `user ${userId}`);
    if (!there.survey) throw refuseRecover('request-about-nothing', `survey ${surveyId}`);
    if (organisation === undefined) {
      if (!there.escrow) throw refuseFlow('escrow-missing', 'the database');
    } else {
      await assertWay(context, surveyId, organisation);
      await readSurveyKek(context.kv, surveyId);
    }
    const { now } = await databaseTime(tx);
    const id = randomUUID();
    await tx.run(
      `INSERT INTO surveys_recoveryrequest (id, request_code, user_id, survey_id, status,
         submitted_at, verification_completed_at, time_delay_hours, primary_reason,
         secondary_reason, rejection_reason, cancellation_reason, custodian_component_used,
         vault_recovery_path, user_context)
       VALUES ($1, $2, $3, $4, 'pending_verification', $5, NULL, $6, '', '', '', '', false, $7, $8)`,
      [
        id,
        code,
        userId,
        surveyId,
        now,
        delayHours,
        organisation === undefined
          ? vaultPaths.userSurveyRecoveryKek(userId, surveyId)
          : vaultPaths.surveyKek(surveyId),
        {
          reason,
          made_by: 'conclave-sync',
          ...(organisation === undefined ? {} : { organisation }),
        },
      ],
    );
    await tx.run(
      `INSERT INTO conclave.requests (request_id, created_by, reason, created_at)
       VALUES ($1, $2, $3, $4)`,
      [id, admin.id, reason, now],
    );
    await recordChange(
      tx,
      { id, code, userId, surveyId },
      {
        event: 'request_submitted',
        severity: 'info',
        actorId: admin.userId,
        details: {
          reason,
          survey_id: surveyId,
          ...(organisation === undefined ? {} : { organisation: wayInWords(organisation) }),
        },
        message: `Recovery ${code} was requested.`,
        at: now,
      },
    );
    await appendEvent(tx, { type: 'request-made', adminId: admin.id, facts: { code } });
    await tellOfRequest(tx, config, await requestById(tx, id), 'submitted');
    if (entry.checks.length > 0) {
      const { checks, reference = '', email } = entry;
      const given = { checks, reference, email };
      await verifyIn(tx, await lockRequest(tx, id, now), admin, given, now);
    }
  });
  return requestByCode(database, code);
}
