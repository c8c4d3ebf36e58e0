import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurveyColumn, parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/** The whole loop in production mode, under the rights of vault-policy.hcl and grants.sql alone. */
describe('setup and recovery on a real Vault and PostgreSQL', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let other: Service;
  let set: TestShareSet;
  let setup: MadeBundle;

  beforeAll(async () => {
    deployment = await deploy();
    [service, other] = await Promise.all([deployment.start(), deployment.start()]);
    set = await shareSetFor(service.admins.operator, deployment.mode);
  });
  afterAll(async () => {
    await deployment.stop();
  });

  it('commits a setup once out of 100 posts to two processes', async () => {
    setup = await approvedSetup(service.admins, set);
    const posts = Array.from({ length: 100 }, (_, index) =>
      committed((index % 2 === 0 ? service : other).admins, setup),
    );
    const answers = await Promise.all(posts);
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['committed']));
    const counts = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM conclave.receipts) AS receipts,
              (SELECT count(*)::int FROM surveys_platformkeyversion) AS versions,
              (SELECT epoch FROM conclave.settings) AS epoch`,
    );
    expect(counts).toEqual([{ receipts: 1, versions: 1, epoch: 1 }]);
    const stored = parsePlatformMasterKey(await deployment.kv('platform/master-key'));
    expect(stored.vaultComponent).toEqual(set.vaultComponent);
    expect(await deployment.kv('conclave/trust')).toEqual({
      epoch: 1,
      roster: set.roster.digest,
      versions: { v1: [set.manifest.digest] },
      escrowKeys: { v1: set.manifest.body.escrowKey },
    });
    expect(await deployment.kv(`conclave/packages/${setup.nonce}`)).toBeNull();
    const receipt = await receiptFor(other.admins.operator, set, setup.digest);
    expect(receipt.body).toMatchObject({ outcome: 'committed', sequence: 1, epoch: 1 });
  });

  it('imports a recovery once out of 100 posts, commits it once, and leaves what CheckTick expects', async () => {
    await deployment.escrow(set.platformKey);
    const { checktick } = deployment;
    const about = { userId: checktick.people.requester.id, surveyId: checktick.survey.id };
    const request = await approvedRequest(service.admins, about);
    const made = await recoverBundle(
      service.admins.operator,
      set,
      await releasedPackage(service.admins, set, request.code),
    );
    const both = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? service : other));
    await Promise.all(both.map(({ admins }) => admins.operator.post('/v1/bundles', made.bytes)));
    await Promise.all(both.map(({ admins }) => committed(admins, made)));

    const [row] = await deployment.sql<{ password: Buffer; recovery: Buffer }>(
      `SELECT encrypted_kek_password AS password, encrypted_kek_recovery AS recovery
         FROM surveys_survey WHERE id = $1`,
      [about.surveyId],
    );
    const { passphrase } = await other.admins.approver1.post<{ passphrase: string }>(
      `/v1/bundles/${made.digest}/passphrase`,
    );
    for (const column of [row?.password, row?.recovery]) {
      const phrase = new TextEncoder().encode(passphrase.toUpperCase());
      const opened = await openSurveyColumn('passphrase', phrase, new Uint8Array(column ?? []));
      expect(opened).toEqual(checktick.kek);
    }
    expect(
      await deployment.sql(
        `SELECT status, executed_by_id, custodian_component_used FROM surveys_recoveryrequest`,
      ),
    ).toEqual([
      {
        status: 'completed',
        executed_by_id: checktick.people.operator.id,
        custodian_component_used: true,
      },
    ]);
    expect(
      await deployment.sql(
        `SELECT recovered_count, last_recovered_by_id FROM surveys_usersurveykekescrow`,
      ),
    ).toEqual([{ recovered_count: 1, last_recovered_by_id: checktick.people.operator.id }]);
    const entries = await deployment.sql<{
      event_type: string;
      entry_hash: string;
      previous_hash: string;
    }>(
      `SELECT event_type, severity, details, entry_hash, previous_hash
         FROM surveys_recoveryauditentry ORDER BY "timestamp"`,
    );
    expect(entries.map(({ event_type }) => event_type)).toEqual([
      'request_submitted',
      'verification_completed',
      'primary_approval',
      'secondary_approval',
      'time_delay_complete',
      'escrowed_email_compared',
      'recovery_executed',
    ]);
    expect(entries.at(-1)).toMatchObject({
      severity: 'critical',
      details: { survey_id: about.surveyId, custodian_used: true, escrowed_email: 'matched' },
    });
    expect(entries.map(({ previous_hash }) => previous_hash)).toEqual([
      '',
      ...entries.slice(0, -1).map(({ entry_hash }) => entry_hash),
    ]);
    const escrow = await deployment.kv(
      `users/${about.userId}/surveys/${about.surveyId}/recovery-kek`,
    );
    expect(escrow?.['audit_trail']).toMatchObject({
      accessed_by: [checktick.people.operator.id],
      last_verification_notes:
        'photo id (reference 2026-17), video call (reference 2026-17), e-mail address: opened on the laptop: it is the same as the account’s address today and was not compared with the one that the person gave (none was recorded)',
    });
    const receipt = await receiptFor(service.admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({ outcome: 'committed', sequence: 2, epoch: 1 });

    await service.admins.operator.post(`/v1/bundles/${made.digest}/passphrase/acknowledge`);
    expect(await deployment.kv(`conclave/claims/${made.digest}`)).toBeNull();
    await expect(
      other.admins.operator.post(`/v1/bundles/${made.digest}/passphrase`),
    ).rejects.toMatchObject({ code: 'passphrase-gone' });
  });
});
