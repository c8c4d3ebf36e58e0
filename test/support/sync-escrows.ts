/**
 * A deployment whose CheckTick stores survey keys through sync.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { type EscrowBinding, openEscrow } from '../../shared/escrow/escrow.ts';
import { sealedInDocument } from '../../shared/escrow/document.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { addAdmin } from '../../sync/people/add-admin.ts';
import { openDatabase } from '../../sync/database/open.ts';
import type { EscrowsAnswer } from '../../sync/routes/escrow-answers.ts';
import type { TestShareSet } from './share-sets.ts';
import { approvedSetup, committed, shareSetFor } from './sync-ceremony.ts';
import { caller, type Caller } from './sync-client.ts';
import { postgresConfig } from './sync-databases.ts';
import { deploy, type Deployment, type Servers, type Service } from './sync-service.ts';

/** A survey of the seeded requester, with its key. */
export interface TestSurvey {
  readonly userId: number;
  readonly surveyId: number;
  readonly kek: Uint8Array;
}

export type Answered = EscrowsAnswer['escrows'][number];

export interface EscrowWorld {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly set: TestShareSet;
  readonly audience: string;
  /** CheckTick's own token. */
  readonly token: string;
  /** CheckTick, as it talks to that service. */
  checktick(of?: Pick<Service, 'address'>): Caller;
  /** New surveys with a key of their own. */
  surveys(count: number): Promise<TestSurvey[]>;
  placeOf(survey: Omit<TestSurvey, 'kek'>, keyVersion?: string): EscrowBinding;
  /** What the platform key gives back of what lies in Vault. */
  opened(survey: Omit<TestSurvey, 'kek'>): Promise<Uint8Array>;
}

export const vaultPath = ({ userId, surveyId }: Omit<TestSurvey, 'kek'>): string =>
  `users/${userId}/surveys/${surveyId}/recovery-kek`;

export const newUnlock = (): string => randomUUID();

/** As CheckTick sends it in the clear. */
export const inClear = ({ userId, surveyId, kek }: TestSurvey) => ({
  userId,
  surveyId,
  surveyKey: Buffer.from(kek).toString('base64'),
});

export async function post(
  checktick: Caller,
  escrows: readonly object[],
  unlock: string = newUnlock(),
): Promise<Answered[]> {
  const answer = await checktick.post<EscrowsAnswer>('/v1/escrows', { unlock, escrows });
  return answer.escrows;
}

/** With a committed platform key of version v1, and CheckTick's own token. */
export async function escrowWorld(servers: Servers): Promise<EscrowWorld> {
  const deployment = await deploy({ servers });
  return storing(deployment, await deployment.start());
}

/** The same of a deployment that runs already, and has no platform key yet. */
export async function storing(deployment: Deployment, service: Service): Promise<EscrowWorld> {
  const set = await shareSetFor(service.admins.operator, deployment.mode);
  await committed(service.admins, await approvedSetup(service.admins, set));
  const { token } = await addEscrower(deployment);
  const { audience } = set.sync.descriptor.body;
  const placeOf: EscrowWorld['placeOf'] = ({ userId, surveyId }, keyVersion = 'v1') => ({
    mode: deployment.mode,
    audience,
    keyVersion,
    userId,
    surveyId,
  });
  return {
    deployment,
    service,
    set,
    audience,
    token,
    checktick: ({ address } = service) => caller(address, token),
    surveys: (count) => addSurveys(deployment, count),
    placeOf,
    async opened(survey) {
      const path = vaultPath(survey);
      const sealed = sealedInDocument(path, await deployment.kv(path));
      if (sealed === undefined) throw new Error('that is of CheckTick’s own kind');
      const key = escrowPrivateKey(set.platformKey, placeOf(survey));
      return openEscrow(key, placeOf(survey), sealed);
    },
  };
}

/** An admin that stores survey keys and does nothing else, with a user of CheckTick of its own. */
export async function addEscrower(deployment: Deployment): Promise<{ readonly token: string }> {
  const [user] = await deployment.sql<{ id: number }>(
    `INSERT INTO auth_user (username, email, first_name, last_name, password, is_superuser,
       is_staff, is_active, date_joined)
     VALUES ('checktick', '', '', '', '!', false, false, true, now()) RETURNING id`,
  );
  const owner = await openDatabase(postgresConfig(deployment.ownerUrl, 2));
  try {
    const entry = { name: 'CheckTick', userId: user?.id ?? 0, roles: ['escrower'] } as const;
    return await addAdmin(owner, entry);
  } finally {
    await owner.close();
  }
}

async function addSurveys(deployment: Deployment, count: number): Promise<TestSurvey[]> {
  const { checktick } = deployment;
  const rows = await deployment.sql<{ id: string }>(
    `INSERT INTO surveys_survey (name, encrypted_kek_password)
     SELECT 'Survey ' || n, encrypted_kek_password
       FROM generate_series(1, $2::int) AS n, surveys_survey s WHERE s.id = $1 RETURNING id`,
    [checktick.survey.id, count],
  );
  const userId = checktick.people.requester.id;
  return rows.map(({ id }) => ({ userId, surveyId: Number(id), kek: randomBytes(32) }));
}
