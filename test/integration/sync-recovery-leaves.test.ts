import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';

interface Survey {
  readonly encrypted_kek_password: Buffer;
  readonly encrypted_kek_recovery?: Buffer;
  readonly encrypted_kek_oidc: Buffer;
  readonly encrypted_kek_org: Buffer;
  readonly recovery_code_hint?: string;
}

/** Decision 8, on the tables of more than one CheckTick. */
describe('what a recovery leaves open, and what it closes', { retry: 0 }, () => {
  let servers: Servers;
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await stopServers(servers);
  });

  /** A deployment whose survey table was changed so before sync's rights were given. */
  async function deployWith(change: string): Promise<void> {
    deployment = await deploy({ servers });
    await deployment.sql(change);
    const { username } = new URL(deployment.env['DATABASE_URL'] ?? '');
    const grants = await readFile(new URL('../../resources/grants.sql', import.meta.url), 'utf8');
    await deployment.sql(grants.replaceAll('conclave_sync', username));
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
  }

  const surveys = () => deployment.sql<Survey>('SELECT * FROM surveys_survey ORDER BY id');

  async function recovered(): Promise<MadeBundle> {
    const made = await importedRecovery(service.admins, set, seededSurvey(deployment));
    await committed(service.admins, made);
    return made;
  }

  /** What the passphrase that sync shows makes of a column. */
  async function opened(made: MadeBundle, column: Buffer | undefined): Promise<Uint8Array> {
    const { passphrase } = await service.admins.operator.post<{ passphrase: string }>(
      `/v1/bundles/${made.digest}/passphrase`,
    );
    const words = new TextEncoder().encode(passphrase);
    return openSurveyColumn('passphrase', words, new Uint8Array(column ?? []));
  }

  it('single sign-on and the organisation stay as they were, the hint goes, another survey is not touched', async () => {
    await deployWith(`ALTER TABLE surveys_survey ADD COLUMN recovery_code_hint varchar(255)`);
    await deployment.sql(
      `UPDATE surveys_survey SET encrypted_kek_oidc = '\\x0102030405', encrypted_kek_org = '\\x0a0b0c',
         recovery_code_hint = 'first word: anchor'`,
    );
    await deployment.sql(
      `INSERT INTO surveys_survey (name, encrypted_kek_password, encrypted_kek_recovery,
         encrypted_kek_oidc, encrypted_kek_org, recovery_code_hint)
       SELECT 'Another', encrypted_kek_password, encrypted_kek_recovery, '\\x06', '\\x07', 'mine'
         FROM surveys_survey`,
    );
    const [before, otherBefore] = await surveys();
    const made = await recovered();
    const [after, otherAfter] = await surveys();
    expect(after).toEqual({
      ...before,
      encrypted_kek_password: after?.encrypted_kek_password,
      encrypted_kek_recovery: after?.encrypted_kek_password,
      recovery_code_hint: '',
    });
    expect(after?.encrypted_kek_password).not.toEqual(before?.encrypted_kek_password);
    expect(await opened(made, after?.encrypted_kek_recovery)).toEqual(deployment.checktick.kek);
    expect(after?.encrypted_kek_oidc).toEqual(Buffer.from([1, 2, 3, 4, 5]));
    expect(otherAfter).toEqual(otherBefore);
    await deployment.stop();
  });

  it('a CheckTick whose table has no recovery column: the password opens, and no more is claimed', async () => {
    await deployWith('ALTER TABLE surveys_survey DROP COLUMN encrypted_kek_recovery');
    const made = await recovered();
    const [after] = await surveys();
    expect(Object.keys(after ?? {})).not.toContain('encrypted_kek_recovery');
    expect(await opened(made, after?.encrypted_kek_password)).toEqual(deployment.checktick.kek);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body.outcome).toBe('committed');
    const survey = `database survey ${deployment.checktick.survey.id}`;
    expect(body.readBack.filter((place) => place.startsWith(survey))).toEqual([
      `${survey}, encrypted_kek_password`,
    ]);
    await deployment.stop();
  });
});
