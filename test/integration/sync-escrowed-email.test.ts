/**
 * The escrowed address on a real Vault and PostgreSQL: what sync puts into the package, what it
 * takes back, who approves what did not match, and that no address comes out of the sealed part.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import type { EmailCheck } from '../../shared/bundle/escrowed-email.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import { sealEscrowEmail, vaultPaths } from '../../shared/checktick/index.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { BundleAnswer, FileAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { PreviewAnswer } from '../../sync/routes/page-answers.ts';
import { makeBundle } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type MadeBundle,
  type PackageFlow,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const TOLD = 'told-by-requester@example.org';
const OLD = 'address-of-2019@example.org';
const CHECKED = { checks: ['photo-id', 'video'], reference: '2026-17' };
const unlike = { account: 'none', stated: 'none' } as const;

describe('the escrowed e-mail address', { timeout: 120_000 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let about: { userId: number; surveyId: number };
  let account: string;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start({ env: { CONCLAVE_LOG_LEVEL: 'info' } });
    set = await shareSetFor(service.admins.operator, deployment.mode);
    await committed(service.admins, await approvedSetup(service.admins, set));
    const { people, survey } = deployment.checktick;
    about = { userId: people.requester.id, surveyId: survey.id };
    account = people.requester.email;
  });
  afterAll(async () => {
    await deployment.stop();
  });
  beforeEach(async () => {
    await deployment.sql('UPDATE auth_user SET email = $2 WHERE id = $1', [about.userId, account]);
    await deployment.escrow(set.platformKey);
  });

  const escrowPath = () => vaultPaths.userSurveyRecoveryKek(about.userId, about.surveyId);

  /** The escrow with another `encrypted_email`; undefined: without. */
  async function stored(email: string | undefined): Promise<void> {
    const { encrypted_email: _, ...rest } = (await deployment.kv(escrowPath())) ?? {};
    const data = email === undefined ? rest : { ...rest, encrypted_email: email };
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    await deployment.vault.api('POST', `${mount}/data/${escrowPath()}`, { data });
  }

  async function released(email?: string): Promise<PackageFlow> {
    const given = email === undefined ? {} : { email };
    const { code } = await approvedRequest(service.admins, { ...about, ...given });
    return releasedPackage(service.admins, set, code);
  }

  const imported = async (made: MadeBundle) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
  const recovered = async (flow: PackageFlow, reason?: string) =>
    recoverBundle(service.admins.operator, set, flow, reason === undefined ? {} : { reason });
  const checkOf = ({ bytes }: MadeBundle): EmailCheck | undefined => {
    const { body } = bundleType.parse(bytes, deployment.mode);
    return body.kind === 'recover' ? body.escrowedEmail : undefined;
  };
  const audit = async () =>
    deployment.sql<{ event_type: string; severity: string; details: Record<string, unknown> }>(
      `SELECT event_type, severity, details FROM surveys_recoveryauditentry
        WHERE event_type IN ('escrowed_email_compared', 'recovery_executed')
        ORDER BY "timestamp" DESC, event_type DESC LIMIT 2`,
    );
  const notes = async () => {
    const trail = (await deployment.kv(escrowPath()))?.['audit_trail'];
    return (trail as { last_verification_notes: string }).last_verification_notes;
  };

  it('that matches goes through as before, and is written down everywhere', async () => {
    const made = await recovered(await released(account.toUpperCase()));
    expect(checkOf(made)).toEqual({
      outcome: 'matched',
      account: 'same',
      stated: 'same',
      reason: null,
    });
    const { facts, state } = await imported(made);
    expect(state).toBe('waiting');
    const words =
      'opened on the laptop: it is the same as the account’s address today and is the same as the one that the person gave';
    expect(facts['escrowed e-mail address']).toBe(words);
    expect((await committed(service.admins, made)).state).toBe('committed');
    expect(await audit()).toMatchObject([
      { event_type: 'recovery_executed', details: { escrowed_email: 'matched' } },
      {
        event_type: 'escrowed_email_compared',
        severity: 'info',
        details: { outcome: 'matched', account: 'same', stated: 'same' },
      },
    ]);
    expect(await notes()).toContain(`e-mail address: ${words}`);
  });

  it('that differs waits for two approvers who are shown it, whatever the database says', async () => {
    await stored(await sealEscrowEmail(set.platformKey, about.userId, OLD));
    const made = await recovered(await released(OLD), 'the ward was renamed in 2024');
    expect(checkOf(made)).toMatchObject({ outcome: 'differs', account: 'differs', stated: 'same' });
    const preview = await service.admins.operator.post<PreviewAnswer>(
      '/v1/bundles/preview',
      made.bytes,
    );
    expect(preview.next).toContain('two approvers must follow');
    expect((await imported(made)).state).toBe('verified');
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
    await deployment.sql(
      `UPDATE conclave.bundles SET state = 'waiting', not_before = received_at
        WHERE digest = decode($1, 'hex')`,
      [made.digest],
    );
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'approvals-missing',
    });
    await deployment.sql(
      `UPDATE conclave.bundles SET state = 'verified', not_before = NULL
        WHERE digest = decode($1, 'hex')`,
      [made.digest],
    );

    const reason = { reason: 'called back on the ward’s number' };
    // The user himself, as an approver.
    await expect(
      service.as('both').approve('bundle-approve', made.digest, reason),
    ).rejects.toMatchObject({ code: 'own-approval' });
    const { statement } = await service.admins.approver1.post<{
      statement: { sentence: string; facts: [string, string][] };
    }>('/v1/statements', { action: 'bundle-approve', subject: made.digest, ...reason });
    expect(statement.sentence).toContain('although the e-mail address of the escrow did not match');
    expect(new Map(statement.facts).get('escrowed e-mail address')).toMatch(
      /DIFFERS from the account’s address today.*because: the ward was renamed in 2024$/,
    );
    await service.admins.approver1.approve('bundle-approve', made.digest, reason);
    await expect(
      service.admins.approver1.approve('bundle-approve', made.digest, reason),
    ).rejects.toMatchObject({ code: 'approved-already' });
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
    await service.admins.approver2.approve('bundle-approve', made.digest, reason);
    expect((await committed(service.admins, made)).state).toBe('committed');
    expect(await audit()).toMatchObject([
      { details: { escrowed_email: 'differs' } },
      { severity: 'warning', details: { reason: 'the ward was renamed in 2024' } },
    ]);
    expect(await notes()).toMatch(/DIFFERS.*the ward was renamed in 2024$/);
  });

  it('that differs is approved by nobody who asked for the package, whoever imported it', async () => {
    const roles = (name: string, list: string) =>
      deployment.sql('UPDATE conclave.admins SET roles = $2::text[] WHERE name = $1', [name, list]);
    await roles('approver1', '{operator,approver}');
    await roles('auditor', '{auditor,approver}');
    await stored(await sealEscrowEmail(set.platformKey, about.userId, OLD));
    const { approver1, approver2 } = service.admins;
    const { code } = await approvedRequest(service.admins, about);
    const others = { operator: approver1, approver1: approver2, approver2: service.as('auditor') };
    const made = await recovered(await releasedPackage(others, set, code));
    expect((await imported(made)).state).toBe('verified');
    const reason = { reason: 'called back on the ward’s number' };
    await expect(approver1.approve('bundle-approve', made.digest, reason)).rejects.toMatchObject({
      code: 'own-approval',
    });
    for (const one of [approver2, service.as('auditor')]) {
      await one.approve('bundle-approve', made.digest, reason);
    }
    expect((await committed(service.admins, made)).state).toBe('committed');
    await roles('approver1', '{approver}');
    await roles('auditor', '{auditor}');
  });

  it('that an approver will not have is refused for good, with a receipt', async () => {
    await deployment.sql('UPDATE auth_user SET email = $2 WHERE id = $1', [
      about.userId,
      'taken-over@example.org',
    ]);
    const made = await recovered(await released());
    expect(checkOf(made)?.outcome).toBe('differs');
    await imported(made);
    const reason = 'she never wrote from there';
    const { state } = await service.admins.approver1.post<BundleAnswer>(
      `/v1/bundles/${made.digest}/refuse`,
      { reason },
    );
    expect(state).toBe('refused');
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'bundle-state' });
  });

  it.each<[string, () => Promise<string | undefined>, boolean, Partial<EmailCheck>, string]>([
    [
      'damaged',
      async () =>
        `${(await sealEscrowEmail(set.platformKey, about.userId, account)).slice(0, -2)}00`,
      true,
      { outcome: 'not-openable', ...unlike },
      'verified',
    ],
    [
      'of another user',
      () => sealEscrowEmail(set.platformKey, about.userId + 1, account),
      true,
      { outcome: 'not-openable', ...unlike },
      'verified',
    ],
    ['typed over', async () => 'ask operator', true, { outcome: 'not-openable' }, 'verified'],
    [
      'far too long',
      async () => 'ab'.repeat(50_000),
      true,
      { outcome: 'not-openable' },
      'verified',
    ],
    ['removed', async () => undefined, true, { outcome: 'missing', ...unlike }, 'verified'],
    ['emptied', async () => ' ', true, { outcome: 'missing' }, 'verified'],
    [
      'not there, as the table says',
      async () => undefined,
      false,
      { outcome: 'none', ...unlike, reason: null },
      'waiting',
    ],
  ])('that is %s never keeps the survey key from coming home', async (...example) => {
    const [, email, flag, check, state] = example;
    await stored(await email());
    await deployment.sql('UPDATE surveys_usersurveykekescrow SET email_encrypted = $1', [flag]);
    const made = await recovered(await released());
    expect(checkOf(made)).toMatchObject(check);
    expect((await imported(made)).state).toBe(state);
    await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'a test' });
  });

  it('cannot be left out of the answer, or answered otherwise than sync asked', async () => {
    const flow = await released();
    const file = await service.admins.operator.get<FileAnswer>(`/v1/packages/${flow.nonce}/file`);
    const document = parsePackage(bytesOf(file), set.mode, set.sync);
    const { body } = document;
    if (body.kind !== 'recover') throw new Error('a recover package was asked for');
    const source = {
      document: { ...document, body },
      recipient: { publicKey: body.recipient, privateKey: new Uint8Array() },
      ticket: flow.ticket,
    };
    const none: EmailCheck = { outcome: 'none', ...unlike, reason: null };
    const missing: EmailCheck = { outcome: 'missing', ...unlike, reason: 'it was not there' };
    for (const escrowedEmail of [undefined, none, missing]) {
      const { document: lie } = await makeBundle(set, {
        kind: 'recover',
        package: source,
        secret: randomBytes(32),
        ...(escrowedEmail === undefined ? {} : { escrowedEmail }),
      });
      for (const address of ['/v1/bundles', '/v1/bundles/preview']) {
        await expect(
          service.admins.operator.post(address, bundleType.toBytes(lie)),
        ).rejects.toMatchObject({ code: 'email-not-answered' });
      }
    }
    // Nothing was burnt: the honest bundle of the same package is taken.
    expect((await imported(await recovered(flow))).state).toBe('waiting');
  });

  it('is the one that was compared: another one in Vault stops the commit', async () => {
    const made = await recovered(await released());
    await imported(made);
    await stored(await sealEscrowEmail(set.platformKey, about.userId, account));
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'escrow-differs' });
  });

  it('of the person is recorded once, shown to approvers as a comparison, and bound to what they sign', async () => {
    const { operator, approver1, approver2 } = service.admins;
    const post = (email: string, rest: object = CHECKED) =>
      operator.post<RequestAnswer>('/v1/requests', {
        ...about,
        delayHours: 0,
        reason: 'forgotten',
        ...rest,
        email,
      });
    for (const bad of [
      'nobody',
      'a b@example.org',
      'a@b@example.org',
      `a@${'b'.repeat(253)}`,
      '@x',
    ]) {
      await expect(post(bad)).rejects.toMatchObject({ code: 'request-invalid' });
    }
    await expect(post(TOLD, { checks: [] })).rejects.toMatchObject({ code: 'request-invalid' });
    const { code, emailGiven } = await post(TOLD, { checks: ['photo-id'], reference: '1' });
    expect(emailGiven).toBe(true);
    const verify = (email: string) =>
      operator.post(`/v1/requests/${code}/verify`, { checks: ['video'], reference: '2', email });
    await expect(verify(`other-${TOLD}`)).rejects.toMatchObject({ code: 'stated-email-differs' });
    await verify(TOLD);
    const reason = { reason: 'identity checked' };
    const { statement } = await approver1.post<{ statement: { facts: [string, string][] } }>(
      '/v1/statements',
      { action: 'request-approve', subject: code, ...reason },
    );
    expect(new Map(statement.facts).get('address that the person gave')).toBe(
      'DIFFERS from the account’s address today',
    );
    await approver1.approve('request-approve', code, reason);
    await approver2.approve('request-approve', code, reason);

    await deployment.sql('ALTER TABLE conclave.stated_emails DISABLE TRIGGER stated_emails_stay');
    const swap = (email: string) =>
      deployment.sql(
        `UPDATE conclave.stated_emails SET email = $2 WHERE request_id =
           (SELECT id FROM surveys_recoveryrequest WHERE request_code = $1)`,
        [code, email],
      );
    await swap(account);
    await expect(releasedPackage(service.admins, set, code)).rejects.toMatchObject({
      code: 'approvals-missing',
    });
    await swap(TOLD);
    const made = await recovered(await releasedPackage(service.admins, set, code));
    expect(checkOf(made)).toMatchObject({ outcome: 'differs', account: 'same', stated: 'differs' });
  });

  it('stands in no log, event, audit table, approval, package or bundle of all this', async () => {
    const secrets = [TOLD, OLD, 'taken-over@example.org', account];
    const [kept] = await deployment.sql<{ text: string }>(
      `SELECT concat(
         (SELECT string_agg(facts::text, ' ') FROM conclave.events),
         (SELECT string_agg(convert_from(content, 'UTF8'), ' ') FROM conclave.documents
           WHERE type IN ('package', 'bundle', 'receipt')),
         (SELECT string_agg(details::text, ' ') FROM surveys_recoveryauditentry
           WHERE event_type = 'escrowed_email_compared'),
         (SELECT string_agg(details::text, ' ') FROM surveys_recoveryauditentry),
         (SELECT string_agg(concat(metadata::text, message), ' ') FROM surveys_auditlog)) AS text`,
    );
    const decoded = (kept?.text ?? '').replaceAll(/"payload":"([^"]+)"/g, (_, payload: string) =>
      Buffer.from(payload, 'base64').toString(),
    );
    expect(decoded).toContain('escrowedEmail');
    const [statements] = await deployment.sql<{ text: string }>(
      `SELECT string_agg(convert_from(statement, 'UTF8'), ' ') AS text FROM conclave.approvals`,
    );
    expect(statements?.text).toContain('address that the person gave');
    for (const address of secrets) {
      expect(service.child.output()).not.toContain(address);
      // The account's name in CheckTick happens to be its address here; it is shown as a name.
      if (address === account) continue;
      expect(decoded).not.toContain(address);
      expect(statements?.text).not.toContain(address);
    }
  });
});
