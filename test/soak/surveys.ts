/**
 * More surveys beside the seeded one, escrowed under the platform key.
 * @module
 */
import { Client } from 'pg';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowSurvey } from '../../sync/rehearsal/seed.ts';
import type { Deployment } from '../support/sync-service.ts';

export interface EscrowedSurvey {
  readonly userId: number;
  readonly surveyId: number;
}

/** Surveys of the seeded requester, whose escrow a ceremony can open. Some 150 ms each. */
export async function addSurveys(
  deployment: Deployment,
  pmk: Uint8Array,
  count: number,
): Promise<EscrowedSurvey[]> {
  const userId = deployment.checktick.people.requester.id;
  const client = new Client({ connectionString: deployment.ownerUrl });
  await client.connect();
  const made: EscrowedSurvey[] = [];
  try {
    for (let index = 1; index <= count; index += 1) {
      const { rows } = await client.query<{ id: string }>(
        `INSERT INTO public.surveys_survey
           (name, encrypted_kek_password, encrypted_kek_recovery, key_hash, key_salt)
         SELECT $2, encrypted_kek_password, encrypted_kek_recovery, key_hash, key_salt
           FROM public.surveys_survey WHERE id = $1 RETURNING id`,
        [deployment.checktick.survey.id, `Survey ${index}`],
      );
      const surveyId = Number(rows[0]?.id);
      await escrowSurvey(client, deployment.writeKv, {
        pmk,
        userId,
        surveyId,
        kek: randomBytes(32),
        version: 'v1',
      });
      made.push({ userId, surveyId });
    }
  } finally {
    await client.end();
  }
  return made;
}
