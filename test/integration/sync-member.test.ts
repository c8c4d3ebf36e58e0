/**
 * The recovery of a survey that an organisation keeps, on a real Vault and PostgreSQL under sync's own
 * least rights: what is asked before anybody comes together, the loop, and who cannot alter it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import type { OrganisationWay } from '../../shared/bundle/package.ts';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import type { RequestAnswer } from '../../sync/routes/answers.ts';
import { makeMemberBundle, organisationsKek, OWNERS_WORDS } from '../support/member-documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type PackageFlow,
  receiptFor,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { openedMember } from '../support/sync-member.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const KEK = new Uint8Array(32).map((_, at) => at + 1);

describe('a survey that a team keeps', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let userId: number;
  let surveyId: number;
  let way: OrganisationWay;

  const keep = async (words = OWNERS_WORDS) =>
    deployment.writeKv(`surveys/${surveyId}/kek`, {
      encrypted_kek: await organisationsKek(set.platformKey, { kek: KEK, way, words, surveyId }),
      created_at: '2026-02-19T14:30:00.123456',
      algorithm: 'AES-256-GCM',
    });

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    await committed(service.admins, await approvedSetup(service.admins, set));
    userId = deployment.checktick.people.requester.id;
    surveyId = deployment.checktick.survey.id;
    const [organisation] = await deployment.sql<{ id: string }>(
      'INSERT INTO surveys_organization DEFAULT VALUES RETURNING id',
    );
    way = { organisationId: Number(organisation?.id), teamId: 9 };
    await deployment.writeKv('teams/9/team-key', { team_id: 9, org_id: way.organisationId });
  });
  afterAll(async () => {
    await deployment.stop();
  });

  const ask = (organisation: OrganisationWay) =>
    service.admins.operator.post<RequestAnswer>('/v1/requests', {
      userId,
      surveyId,
      reason: 'left the ward',
      organisation,
    });
  const requested = (organisation = way) =>
    approvedRequest(service.admins, { userId, surveyId, organisation });

  const opened = (flow: PackageFlow) => openedMember(service.admins.operator, set, flow);
  const released = async () =>
    opened(await releasedPackage(service.admins, set, (await requested()).code));

  it('asks before anybody comes: organisation, team, survey key', async () => {
    await expect(ask({ organisationId: 999, teamId: 9 })).rejects.toThrow(
      code('organisation-unknown'),
    );
    await expect(ask(way)).rejects.toThrow(code('survey-kek-missing'));
    await deployment.writeKv(`surveys/${surveyId}/kek`, { encrypted_kek: 'ab'.repeat(59) });
    await expect(ask(way)).rejects.toThrow(code('survey-kek-damaged'));
    await keep();
    await deployment.writeKv('teams/8/team-key', { team_id: 8, org_id: way.organisationId + 1 });
    await expect(ask({ ...way, teamId: 8 })).rejects.toThrow(code('organisation-differs'));
    // A CheckTick whose table says of each survey whose it is.
    await deployment.sql(
      'ALTER TABLE surveys_survey ADD COLUMN organization_id bigint, ADD COLUMN team_id bigint',
    );
    await deployment.sql('UPDATE surveys_survey SET team_id = 9');
    await expect(ask({ ...way, teamId: null })).rejects.toThrow(code('organisation-differs'));
    await deployment.sql('UPDATE surveys_survey SET organization_id = $1', [
      way.organisationId + 1,
    ]);
    await expect(ask(way)).rejects.toThrow(code('organisation-differs'));
    await deployment.sql('UPDATE surveys_survey SET organization_id = $1', [way.organisationId]);
    const made = await ask(way);
    expect(made.organisation).toEqual(way);
    expect(made.sentence).toContain(`with the passphrase of team 9 of organisation`);
  });

  it('an organisation in a request that was changed afterwards is no approved one', async () => {
    const { code: requestCode, id } = await requested();
    const flip = (organisation: object | null) =>
      deployment.sql(
        `UPDATE surveys_recoveryrequest
            SET user_context = user_context || jsonb_build_object('organisation', $2::jsonb)
          WHERE id = $1`,
        [id, JSON.stringify(organisation)],
      );
    await deployment.sql('INSERT INTO surveys_organization DEFAULT VALUES');
    await deployment.sql(
      'ALTER TABLE surveys_survey DROP COLUMN organization_id, DROP COLUMN team_id',
    );
    await flip({ ...way, teamId: 7 });
    await expect(releasedPackage(service.admins, set, requestCode)).rejects.toThrow(
      code('approvals-missing'),
    );
    await flip(null);
    await expect(releasedPackage(service.admins, set, requestCode)).rejects.toThrow(
      code('escrow-missing'),
    );
  });

  it('goes from request to the one-time passphrase, once, through a commit that died', async () => {
    const { source, kek } = await released();
    expect(kek).toEqual(KEK);
    expect(source.body).toMatchObject({ organisation: way, facts: { keyVersion: 'v1', userId } });
    const { document } = await makeMemberBundle(set, source, { kek });
    const before = await deployment.kv(`surveys/${surveyId}/kek`);
    await service.admins.operator.post('/v1/bundles', bundleType.toBytes(document));
    const { digest } = document;
    const made = { bytes: bundleType.toBytes(document), digest, nonce: source.body.nonce };
    const dying = await deployment.start({ dieAt: 'vault' });
    await expect(committed(dying.admins, made)).rejects.toThrow();
    await committed(service.admins, made);
    await committed(service.admins, made);

    const { passphrase } = await service.admins.operator.post<{ passphrase: string }>(
      `/v1/bundles/${digest}/passphrase`,
    );
    const [row] = await deployment.sql<{ password: Buffer; recovery: Buffer }>(
      `SELECT encrypted_kek_password AS password, encrypted_kek_recovery AS recovery
         FROM surveys_survey WHERE id = $1`,
      [surveyId],
    );
    const words = new TextEncoder().encode(passphrase);
    for (const column of [row?.password, row?.recovery]) {
      expect(await openSurveyColumn('passphrase', words, new Uint8Array(column ?? []))).toEqual(
        KEK,
      );
    }
    expect(await deployment.kv(`surveys/${surveyId}/kek`)).toEqual(before);
    expect(
      await deployment.sql(
        `SELECT status, executed_by_id, vault_recovery_path AS path
           FROM surveys_recoveryrequest WHERE id = $1`,
        [source.body.facts.requestId],
      ),
    ).toEqual([
      {
        status: 'completed',
        executed_by_id: deployment.checktick.people.operator.id,
        path: `surveys/${surveyId}/kek`,
      },
    ]);
    expect(
      await deployment.sql(
        `SELECT event_type, severity, details FROM surveys_recoveryauditentry
          WHERE recovery_request_id = $1 ORDER BY "timestamp" DESC LIMIT 1`,
        [source.body.facts.requestId],
      ),
    ).toEqual([
      {
        event_type: 'recovery_executed',
        severity: 'critical',
        details: {
          survey_id: surveyId,
          custodian_used: true,
          escrow: 'organisation',
          survey_key: expect.stringMatching(/^(?:fits|not-compared)$/),
          organisation: `team 9 of organisation ${way.organisationId}`,
        },
      },
    ]);
    const receipt = await receiptFor(service.admins.operator, set, digest);
    expect(receipt.body).toMatchObject({ outcome: 'committed', kind: 'recover-member' });
    expect(await deployment.sql('SELECT count(*)::int AS n FROM conclave.receipts')).toEqual([
      { n: 2 },
    ]);
  });

  it('a bundle that names another team is refused, and one for an entry that was written anew waits', async () => {
    const { source, kek } = await released();
    const said = source.body.escrow;
    if (said === undefined) throw new Error('It says which key it brings.');
    const { kind, digest, keyHash } = said;
    const surveyKey = keyHash === 'sealed' ? ('not-compared' as const) : ('fits' as const);
    const change = { escrow: { kind, digest, surveyKey } };
    const unasked = await makeMemberBundle(set, source, { kek, change });
    const organisation = { ...way, teamId: 10 };
    const other = await makeMemberBundle(set, source, { kek, change: { organisation } });
    const post = (bytes: Uint8Array) => service.admins.operator.post('/v1/bundles', bytes);
    await expect(post(bundleType.toBytes(other.document))).rejects.toThrow(code('package-differs'));
    await expect(post(bundleType.toBytes(unasked.document))).rejects.toThrow(
      code('escrow-not-answered'),
    );
    const { document } = await makeMemberBundle(set, source, { kek });
    const bytes = bundleType.toBytes(document);
    await post(bytes);
    await keep('words of a new owner');
    const made = { bytes, digest: document.digest, nonce: source.body.nonce };
    await expect(committed(service.admins, made)).rejects.toThrow(code('escrow-differs'));
  });

  it('Vault’s own key entry decides under which version: none fits, none is handed out', async () => {
    const { code: requestCode } = await requested();
    const right = await deployment.kv('platform/master-key');
    await deployment.writeKv('platform/master-key', { vault_component: 'ab'.repeat(64) });
    await expect(releasedPackage(service.admins, set, requestCode)).rejects.toThrow(
      code('organisation-key-version'),
    );
    await deployment.writeKv('platform/master-key', right ?? {});
    const { source } = await opened(await releasedPackage(service.admins, set, requestCode)).catch(
      (cause: unknown) => ({ source: cause }),
    );
    // The stored key is under the words of the new owner by now: the laptop would say so.
    expect(source).toMatchObject({ code: 'not-opened' });
  });
});
