import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Approval, approvalType } from '../../shared/bundle/approval.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { signEnvelope } from '../../shared/encoding/dsse.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { createIdentity, identitySigner } from '../../shared/identity/identity.ts';
import { sealType } from '../../shared/transcript/seal.ts';
import { createToken } from '../../sync/admins/tokens.ts';
import type { RequestAnswer, StatementAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { type Caller, caller, proofBy } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const CHECKED = { checks: ['photo-id', 'video'], reference: 'file 17' };
const reason = { reason: 'looked at' };
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe('an approval', () => {
  let deployment: Deployment;
  let service: Service;
  let patient: Service;
  let set: TestShareSet;
  let about: { userId: number; surveyId: number };
  let first: Caller;
  let second: Caller;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    patient = await deployment.start({ env: { CONCLAVE_DELAY_HOURS: '48' } });
    set = await shareSetFor(service.admins.operator, deployment.mode);
    ({ approver1: first, approver2: second } = service.admins);
    const { people, survey } = deployment.checktick;
    about = { userId: people.requester.id, surveyId: survey.id };
  });
  afterAll(() => deployment.stop());

  const request = (change: object = {}): Promise<RequestAnswer> =>
    service.admins.operator.post('/v1/requests', {
      ...about,
      delayHours: 0,
      reason: 'forgotten',
      ...CHECKED,
      ...change,
    });
  const shown = async (who: Caller, code: string): Promise<StatementAnswer> =>
    who.show('request-approve', code, reason);
  const approvals = async (): Promise<number> =>
    (await deployment.sql('SELECT FROM conclave.approvals')).length;

  describe('of a setup', () => {
    let made: MadeBundle;
    beforeAll(async () => {
      made = await setupBundle(patient.admins.operator, set);
      await patient.admins.operator.post('/v1/bundles', made.bytes);
    });
    afterAll(async () => {
      await first.post(`/v1/bundles/${made.digest}/refuse`, reason);
      // From here on there is a platform key.
      await committed(service.admins, await approvedSetup(service.admins, set));
      await deployment.escrow(set.platformKey);
    });

    it('is shown only to who types the words of the paper', async () => {
      const show = (words?: string) =>
        patient.admins.approver1.show('bundle-approve', made.digest, {
          ...reason,
          ...(words === undefined ? {} : { words }),
        });
      await expect(show()).rejects.toThrow(refused('words-differ'));
      await expect(show('abandon able')).rejects.toThrow(refused('words-differ'));
      const { statement } = await show(eightWords(hexToBytes(set.manifest.digest)));
      expect(statement).toMatchObject({
        subject: made.digest,
        delayHours: 48,
        reason: 'looked at',
      });
    });
  });

  it('is never made by a token alone', async () => {
    const { code } = await request();
    await expect(first.post(`/v1/requests/${code}/approve`, reason)).rejects.toThrow(
      refused('no-such-address'),
    );
    const open = await shown(first, code);
    const before = await approvals();
    for (const body of [{}, { proof: null }, { proof: { kind: 'token' } }, reason]) {
      await expect(first.post(`/v1/statements/${open.id}/approve`, body)).rejects.toThrow(
        refused('request-invalid'),
      );
    }
    expect(await approvals()).toBe(before);
  });

  it.each([
    ['missing', {}],
    ['empty', { reason: '' }],
    ['of spaces', { reason: '   ' }],
    ['too long', { reason: 'x'.repeat(501) }],
    ['of two lines', { reason: 'seen\n  delay: 0 hours' }],
    ['with reversed writing', { reason: 'seen \u202Enoitcejer' }],
  ])('needs a reason: not one that is %s', async (_, entry) => {
    const { code } = await request();
    const body = { action: 'request-approve', subject: code, ...entry };
    await expect(first.post('/v1/statements', body)).rejects.toThrow(refused('request-invalid'));
    await expect(first.post(`/v1/requests/${code}/reject`, entry)).rejects.toThrow(
      refused('request-invalid'),
    );
  });

  it.each<[string, (code: string) => Promise<unknown>]>([
    [
      'the survey got another name',
      () => deployment.sql(`UPDATE surveys_survey SET name = name || ' 2'`),
    ],
    [
      'the delay was changed',
      (code) =>
        deployment.sql(
          'UPDATE surveys_recoveryrequest SET time_delay_hours = 1 WHERE request_code = $1',
          [code],
        ),
    ],
    ['somebody else approved', (code) => second.approve('request-approve', code, reason)],
    [
      'the check of the person was changed',
      () =>
        deployment.sql(
          `ALTER TABLE conclave.verifications DISABLE TRIGGER verifications_stay;
           UPDATE conclave.verifications SET reference = 'file 18';
           ALTER TABLE conclave.verifications ENABLE TRIGGER verifications_stay`,
        ),
    ],
  ])('is for what was shown: refused when %s meanwhile', async (_, change) => {
    const { code } = await request();
    const open = await shown(first, code);
    await change(code);
    const before = await approvals();
    await expect(first.sign(open)).rejects.toThrow(refused('shown-changed'));
    expect(await approvals()).toBe(before);
    // What is true now is shown again, and can be signed.
    await first.sign(await shown(first, code));
    expect(await approvals()).toBe(before + 1);
  });

  it('belongs to whom it was shown, and is good once', async () => {
    const { code } = await request();
    const open = await shown(first, code);
    await expect(second.sign(open)).rejects.toThrow(refused('challenge-ended'));
    const proof = await proofBy(deployment.signers.approver1, open);
    await expect(second.sign(open, proof)).rejects.toThrow(refused('challenge-ended'));
    await expect(second.sign({ ...open, id: randomUUID() }, proof)).rejects.toThrow(
      refused('challenge-ended'),
    );
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, (_, at) =>
        at % 2 === 0 ? first.sign(open) : patient.admins.approver1.sign(open),
      ),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) {
      if (one.status === 'rejected') expect(one.reason).toEqual(refused('challenge-ended'));
    }
    await expect(first.sign(open)).rejects.toThrow(refused('challenge-ended'));
    expect(
      await deployment.sql('SELECT FROM conclave.approvals WHERE statement = $1', [
        Buffer.from(approvalType.encodeBody(open.statement)),
      ]),
    ).toHaveLength(1);
  });

  it('is proved by nobody else’s key, by no other document, and by no revoked key', async () => {
    const { code } = await request();
    const open = await shown(first, code);
    const own = deployment.signers.approver1;
    const wrong = async (proof: object) =>
      expect(first.sign(open, proof)).rejects.toThrow(refused('proof-wrong'));
    const signed = (change: Partial<Approval>) =>
      proofBy(own, { statement: { ...open.statement, ...change } });
    await wrong(await proofBy(deployment.signers.approver2, open));
    await wrong(await proofBy(identitySigner(createIdentity('production', 'stranger')), open));
    await wrong(await signed({ audience: 'ab'.repeat(16) }));
    await wrong(await signed({ mode: 'rehearsal' }));
    await wrong(await signed({ reason: 'another reason' }));
    await wrong(await signed({ delayHours: 1 }));
    const bytes = approvalType.encodeBody(open.statement);
    const seal = await signEnvelope(sealType.payloadType('production'), bytes, [own]);
    const signature = Buffer.from(seal.signatures[0]?.sig ?? []).toString('base64');
    await wrong({ kind: 'identity', signature });
    await wrong({ kind: 'identity', signature: Buffer.alloc(64).toString('base64') });
    const revoke = (to: string) =>
      deployment.sql(
        `UPDATE conclave.authenticators SET revoked_at = ${to} WHERE public_key = $1`,
        [hexToBytes(own.keyid)],
      );
    await revoke('now()');
    await wrong(await proofBy(own, open));
    await revoke('NULL');
    await first.sign(open);
  });

  it('both never come from one person, also not from one with two accounts', async () => {
    const { code } = await request();
    await first.approve('request-approve', code, reason);
    const open = await shown(second, code);
    // The second one's token, and the first one's key.
    const stolen = await proofBy(deployment.signers.approver1, open);
    await expect(second.sign(open, stolen)).rejects.toThrow(refused('proof-wrong'));

    const reborn = await secondAccount(deployment, service, 'approver1');
    await expect(shown(reborn, code)).rejects.toThrow(refused('approved-already'));
    await deployment.sql(
      `UPDATE conclave.admins SET state = 'disabled', disabled_at = now() WHERE name = 'reborn'`,
    );
    await deployment.sql(
      `UPDATE conclave.admins SET state = 'active', disabled_at = NULL WHERE name = 'approver1'`,
    );
  });

  it('is not for who asked, who checked the person, and whose survey it is', async () => {
    const roles = (name: string, to: string) =>
      deployment.sql(`UPDATE conclave.admins SET roles = $2 WHERE name = $1`, [name, to]);
    await roles('operator', '{operator,approver}');
    await roles('approver2', '{operator,approver}');
    const { code } = await request({ checks: ['photo-id'] });
    await expect(shown(first, code)).rejects.toThrow(refused('identity-unverified'));
    await second.post(`/v1/requests/${code}/verify`, {
      checks: ['questions'],
      reference: 'call 3',
    });
    for (const who of [service.admins.operator, second, service.as('both')]) {
      await expect(shown(who, code)).rejects.toThrow(refused('own-approval'));
    }
    await roles('operator', '{operator}');
    await roles('approver2', '{approver}');
    await expect(shown(service.admins.operator, code)).rejects.toThrow(refused('wrong-role'));
    await expect(shown(service.as('auditor'), code)).rejects.toThrow(refused('wrong-role'));
    await first.approve('request-approve', code, reason);
  });

  it('waits for the identity check, also of a request that CheckTick made', async () => {
    const code = 'QQQ-123-QQQ';
    await deployment.sql(
      `INSERT INTO surveys_recoveryrequest (id, request_code, user_id, survey_id, status,
         submitted_at, time_delay_hours, primary_reason, secondary_reason, rejection_reason,
         cancellation_reason, custodian_component_used, vault_recovery_path, user_context)
       VALUES ($1, $2, $3, $4, 'pending_verification', now(), 1, '', '', '', '', false, '', '{}')`,
      [randomUUID(), code, about.userId, about.surveyId],
    );
    const { operator } = patient.admins;
    const { requests } = await operator.get<{ requests: RequestAnswer[] }>('/v1/requests');
    expect(requests.find((one) => one.code === code)).toMatchObject({
      createdBy: 'CheckTick',
      status: 'pending_verification',
      checks: [],
    });
    const verify = (who: Caller, checks: string[], delayHours?: number) =>
      who.post<RequestAnswer>(`/v1/requests/${code}/verify`, {
        checks,
        reference: 'file 20',
        ...(delayHours === undefined ? {} : { delayHours }),
      });
    await expect(shown(first, code)).rejects.toThrow(refused('identity-unverified'));
    await expect(verify(first, ['video'])).rejects.toThrow(refused('wrong-role'));
    await expect(verify(patient.as('both'), ['video'])).rejects.toThrow(refused('own-check'));
    expect((await verify(operator, ['video'])).status).toBe('verification_in_progress');
    await expect(shown(first, code)).rejects.toThrow(refused('identity-unverified'));
    await expect(verify(operator, ['photo-id'], 47)).rejects.toThrow(refused('delay-too-short'));
    expect(await verify(operator, ['photo-id'])).toMatchObject({
      status: 'awaiting_primary',
      delayHours: 48,
      checks: [
        { check: 'photo-id', by: 'operator' },
        { check: 'video', by: 'operator' },
      ],
    });
    await expect(verify(operator, ['questions'])).rejects.toThrow(refused('request-verified'));
    const { statement } = await shown(first, code);
    expect(statement.delayHours).toBe(48);
    expect(statement.facts).toEqual(
      expect.arrayContaining([['video call', expect.stringContaining('reference file 20')]]),
    );
  });

  it('of a new admin takes two, and of disabling one takes two others', async () => {
    const states = () =>
      deployment.sql<{ state: string }>(`SELECT state FROM conclave.admins WHERE name = 'helper'`);
    const { people } = deployment.checktick;
    await deployment.sql(
      `UPDATE conclave.admins SET state = 'disabled', disabled_at = now() WHERE name = 'auditor'`,
    );
    const entry = `${people.auditor.id}:operator,approver:helper`;
    const invite = (who: Caller, subject: string) => who.approve('admin-invite', subject, reason);
    const own = `${people['approver-1'].id}:approver:myself`;
    await expect(invite(first, own)).rejects.toThrow(refused('invite-self'));
    await expect(invite(first, '12:king:helper')).rejects.toThrow(refused('admin-unknown'));
    await expect(invite(first, '999999:auditor:helper')).rejects.toThrow(
      refused('admin-no-such-user'),
    );
    await invite(first, entry);
    expect(await states()).toEqual([{ state: 'invited' }]);
    const [helper] = await deployment.sql<{ id: string }>(
      `SELECT id FROM conclave.admins WHERE name = 'helper'`,
    );
    const id = helper?.id ?? '';
    await expect(first.approve('admin-confirm', id, reason)).rejects.toThrow(
      refused('invite-self'),
    );
    await second.approve('admin-confirm', id, reason);
    expect(await states()).toEqual([{ state: 'confirmed' }]);
    await first.approve('admin-disable', id, reason);
    await expect(first.approve('admin-disable', id, reason)).rejects.toThrow(
      refused('approved-already'),
    );
    expect(await states()).toEqual([{ state: 'confirmed' }]);
    await second.approve('admin-disable', id, reason);
    expect(await states()).toEqual([{ state: 'disabled' }]);
  });

  it('is signed within five minutes of being shown', async () => {
    const { code } = await request();
    const open = await shown(first, code);
    await clockShowed(deployment, '6 minutes');
    await expect(first.sign(open)).rejects.toThrow(refused('challenge-ended'));
  });
});

/** Disables an account and gives the same person another one, with a key of its own. */
async function secondAccount(
  deployment: Deployment,
  service: Service,
  name: string,
): Promise<Caller> {
  const { text, stored } = createToken();
  const signer = identitySigner(createIdentity('production', 'reborn'));
  await deployment.sql(
    `UPDATE conclave.admins SET state = 'disabled', disabled_at = now() WHERE name = $1`,
    [name],
  );
  const [admin] = await deployment.sql<{ id: string }>(
    `INSERT INTO conclave.admins (name, user_id, roles, state, activated_at)
     SELECT 'reborn', user_id, roles, 'active', now() FROM conclave.admins WHERE name = $1
     RETURNING id`,
    [name],
  );
  await deployment.sql(
    `INSERT INTO conclave.tokens (prefix, admin_id, hash, label, created_at, expires_at)
     VALUES ($1, $2, $3, 'test', now(), now() + interval '1 day')`,
    [stored.prefix, admin?.id, Buffer.from(stored.hash)],
  );
  await deployment.sql(
    `INSERT INTO conclave.authenticators (id, admin_id, kind, public_key, label, created_at)
     VALUES ($1, $2, 'identity', $3, 'test', now())`,
    [Buffer.from(signer.keyid), admin?.id, Buffer.from(hexToBytes(signer.keyid))],
  );
  return caller(service.address, text, signer);
}
