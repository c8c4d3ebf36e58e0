import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { watchAlerts } from '../../sync/alerts/alerts.ts';
import type { FlowContext } from '../../sync/trust/context.ts';
import { openPlatform, type Platform } from '../../sync/platform.ts';
import type { AlertsAnswer } from '../../sync/routes/alerts.ts';
import type { RequestAnswer } from '../../sync/routes/answers.ts';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { testConfig } from '../support/sync-config.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { committed, setupBundle, shareSetFor } from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed, eventsAgo } from '../support/sync-tricks.ts';

const reason = { reason: 'not the person' };

describe('alerts', () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let platforms: Platform[];
  let onCall: string;

  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    const mail = {
      CONCLAVE_SMTP_URL: smtp.url,
      CONCLAVE_SMTP_CA: smtp.caFile,
      CONCLAVE_MAIL_FROM: 'sync@hospital.example',
      CONCLAVE_PUBLIC_LINKS_URL: 'https://recovery.example/r',
      CONCLAVE_PUBLIC_LISTEN_PORT: '0',
    };
    service = await deployment.start({ env: mail });
    set = await shareSetFor(service.admins.operator, deployment.mode);
    // Two more replicas, in this process: they look when the test says so, also both at once.
    const config = testConfig({ ...deployment.env, ...mail });
    platforms = [await openPlatform(config), await openPlatform(config)];
    await deployment.sql(`UPDATE conclave.admins SET on_call = true WHERE name = 'auditor'`);
    const [found] = await deployment.sql<{ email: string }>(
      'SELECT email FROM auth_user WHERE id = $1',
      [deployment.checktick.people.auditor.id],
    );
    onCall = found?.email ?? '';
  }, 120_000);
  afterAll(async () => {
    for (const platform of platforms ?? []) await platform.close();
    await deployment?.stop();
    await smtp?.stop();
  });

  /** Three look at once, the service's own among them: of all mails there is one. */
  const looked = () =>
    Promise.all(platforms.map((platform) => watchAlerts(platform as FlowContext)));
  const open = async (kind: string) =>
    (await service.as('auditor').get<AlertsAnswer>('/v1/alerts')).alerts.filter(
      (one) => one.kind === kind && one.closedAt === null,
    );
  const queued = async (kind: string, how: string) =>
    deployment.sql<{ subject: string }>(
      `SELECT o.subject FROM conclave.outbox o JOIN conclave.alerts a
          ON o.key LIKE 'alert:' || a.id || ':' || $2 || ':%'
        WHERE a.kind = $1 AND o.recipient = $3`,
      [kind, how, onCall],
    );
  const newRequest = () =>
    service.admins.operator.post<RequestAnswer>('/v1/requests', {
      userId: deployment.checktick.people.requester.id,
      surveyId: deployment.checktick.survey.id,
      delayHours: 0,
      reason: 'forgotten',
      checks: ['photo-id', 'video'],
      reference: '17',
    });

  it('hear of a bundle that waits for approval, until it has both', async () => {
    const bundle = await setupBundle(service.admins.operator, set);
    await service.admins.operator.post('/v1/bundles', bundle.bytes);
    await looked();
    expect(await open('approval-waiting')).toEqual([]);
    await clockShowed(deployment, '31 minutes');
    await looked();
    expect((await open('approval-waiting')).map(({ subject }) => subject)).toEqual([
      `bundle ${bundle.digest.slice(0, 8)}`,
    ]);
    const words = eightWords(hexToBytes(set.manifest.digest));
    for (const admin of [service.admins.approver1, service.admins.approver2]) {
      await admin.approve('bundle-approve', bundle.digest, { words, reason: 'seen on paper' });
    }
    await looked();
    expect(await open('approval-waiting')).toEqual([]);
    await committed(service.admins, bundle);
    await deployment.escrow(set.platformKey);
  });

  it('tell those on call once of a request that waits, again after a day, and that it ended', async () => {
    const request = await newRequest();
    await clockShowed(deployment, '31 minutes');
    await looked();
    expect((await open('approval-waiting')).map(({ subject }) => subject)).toEqual([
      `request ${request.code}`,
    ]);
    expect(await queued('approval-waiting', 'begun')).toHaveLength(2);
    await vi.waitFor(
      () => {
        const mail = smtp.mails.find(({ text }) =>
          text.includes(`An approval is waiting: request ${request.code}.`),
        );
        expect(mail?.text).toContain('Waiting is safe.');
        expect(mail?.text).toContain('conclave-sync alert list');
      },
      { timeout: 20_000, interval: 100 },
    );
    await clockShowed(deployment, '25 hours');
    await looked();
    await looked();
    expect(await queued('approval-waiting', 'lasts')).toHaveLength(1);
    // It changes hands: the first approval ends the waiting of now.
    await service.admins.approver1.approve('request-approve', request.code, {
      reason: 'seen',
    });
    await looked();
    expect((await open('approval-waiting')).map(({ subject }) => subject)).not.toContain(
      `request ${request.code}`,
    );
    expect(await queued('approval-waiting', 'ended')).toHaveLength(2);
    await service.admins.approver1.post(`/v1/requests/${request.code}/reject`, reason);
    const events = await deployment.sql(
      `SELECT 1 FROM conclave.events WHERE type = 'alert-opened'
          AND facts ->> 'about' = 'request ' || $1`,
      [request.code],
    );
    expect(events).toHaveLength(1);
  });

  it('count refusals for a user, and by an admin, each once however it ended', async () => {
    for (const _ of [1, 2]) {
      const { code } = await newRequest();
      await service.admins.approver1.post(`/v1/requests/${code}/reject`, reason);
    }
    await looked();
    const { requester, 'approver-1': approver } = deployment.checktick.people;
    expect(approver.id).not.toBe(requester.id);
    expect((await open('refusals-of-user')).map(({ subject }) => subject)).toEqual([
      `user ${requester.id}`,
    ]);
    expect((await open('refusals-by-admin')).map(({ subject }) => subject)).toEqual([
      'admin approver1',
    ]);
    await clockShowed(deployment, '8 days');
    await eventsAgo(deployment, '8 days');
    await looked();
    expect([...(await open('refusals-of-user')), ...(await open('refusals-by-admin'))]).toEqual([]);
  });

  it('hear of failed sign-ins over 5 a minute, a flood being one alert', async () => {
    const attempt = (): Promise<Response> =>
      fetch(`${service.address}/v1/me`, {
        headers: { authorization: `Bearer ccs_${'A'.repeat(60)}` },
      });
    for (let n = 0; n < 3; n += 1) expect((await attempt()).status).toBe(401);
    const count = async () =>
      (await deployment.sql(`SELECT 1 FROM conclave.events WHERE type = 'sign-in-failed'`)).length;
    await vi.waitFor(async () => expect(await count()).toBeGreaterThanOrEqual(3));
    await looked();
    expect(await open('sign-ins-failed')).toEqual([]);
    for (let n = 0; n < 40; n += 1) await attempt();
    await looked();
    await looked();
    expect(await open('sign-ins-failed')).toHaveLength(1);
    expect(await queued('sign-ins-failed', 'begun')).toHaveLength(1);
    await eventsAgo(deployment, '16 minutes');
    await looked();
    expect(await open('sign-ins-failed')).toEqual([]);
  });

  it('hear of more than 5 recoveries within a day', async () => {
    const insert = async (n: number) => {
      for (let each = 0; each < n; each += 1) {
        // Rows as a commit leaves them; six real commits are in other tests.
        await deployment.sql(
          `WITH one AS (SELECT gen_random_uuid()::text || gen_random_uuid()::text AS id),
             d AS (INSERT INTO conclave.documents (digest, type, content)
               SELECT sha256(id::bytea), 'bundle', id::bytea FROM one RETURNING digest),
             p AS (INSERT INTO conclave.packages (nonce, kind, state, key_version, requested_by,
                 created_at, expires_at)
               SELECT substring(digest FOR 16), 'recover', 'spent', 'v1',
                 (SELECT id FROM conclave.admins WHERE name = 'operator'), now(), now() FROM d
               RETURNING nonce)
           INSERT INTO conclave.bundles (digest, nonce, kind, state, imported_by, received_at,
               finished_at)
           SELECT d.digest, p.nonce, 'recover', 'committed',
             (SELECT id FROM conclave.admins WHERE name = 'operator'), now(),
             (SELECT greatest(highest, clock_timestamp()) FROM conclave.clock) FROM d, p`,
        );
      }
    };
    await insert(5);
    await looked();
    expect(await open('recoveries-many')).toEqual([]);
    await insert(1);
    await looked();
    expect(await open('recoveries-many')).toHaveLength(1);
  });

  it('hear of epochs that differ, and neither begin nor end while Vault cannot be asked', async () => {
    await looked();
    expect(await open('trust-epoch-mismatch')).toEqual([]);
    await deployment.sql('UPDATE conclave.settings SET epoch = epoch + 1');
    await deployment.vault.seal();
    await looked();
    expect(await open('trust-epoch-mismatch')).toEqual([]);
    await deployment.vault.unseal();
    await looked();
    const [alert] = await open('trust-epoch-mismatch');
    expect(alert?.severity).toBe('critical');
    // The gravest come first.
    const { alerts, told } = await service.as('auditor').get<AlertsAnswer>('/v1/alerts');
    expect([alerts[0]?.severity, told]).toEqual(['critical', 1]);
    await deployment.vault.seal();
    await looked();
    expect(await open('trust-epoch-mismatch')).toHaveLength(1);
    await deployment.vault.unseal();
    await deployment.sql('ALTER TABLE conclave.settings DISABLE TRIGGER settings_stay');
    await deployment.sql('UPDATE conclave.settings SET epoch = epoch - 1');
    await deployment.sql('ALTER TABLE conclave.settings ENABLE TRIGGER settings_stay');
    await looked();
    expect(await open('trust-epoch-mismatch')).toEqual([]);
  });

  it('hear of a secret id that ends soon, by Vault’s own word', async () => {
    const [platform] = platforms;
    if (platform === undefined) throw new Error('no platform');
    /** The same Vault, asked so many days later. */
    const later = (days: number): FlowContext => ({
      ...platform,
      kv: {
        ...platform.kv,
        credentials: async () => {
          const found = await platform.kv.credentials();
          return found && { ...found, now: new Date(found.now.getTime() + days * 86_400_000) };
        },
      },
    });
    /** Open or ended: the service itself looks, too, and ends what is not so yet. */
    const seen = async () =>
      (await service.as('auditor').get<AlertsAnswer>('/v1/alerts')).alerts.filter(
        ({ kind }) => kind === 'secret-id-due',
      );
    await watchAlerts(later(1));
    expect(await seen()).toEqual([]);
    // Vault's own maximum is 32 days.
    await watchAlerts(later(26));
    const [alert] = await seen();
    expect(alert?.happened).toMatch(/ends on \d{1,2} \w+ \d{4}, \d\d:\d\d UTC\.$/);
    await watchAlerts(later(33));
    expect((await seen()).map(({ subject }) => subject)).toContain('has ended');
    await looked();
    expect(await open('secret-id-due')).toEqual([]);
  });

  it('hear of a component that differs, and of shares that are due', async () => {
    const change = (component: Uint8Array) =>
      deployment.sql('UPDATE surveys_platformkeyversion SET vault_component = $1', [
        Buffer.from(component),
      ]);
    await looked();
    expect([...(await open('key-version-differs')), ...(await open('share-set-due'))]).toEqual([]);
    await change(set.vaultComponent.map((byte) => byte ^ 1));
    await looked();
    expect((await open('key-version-differs')).map(({ subject }) => subject)).toEqual([
      `key version ${set.manifest.body.keyVersion}`,
    ]);
    await change(set.vaultComponent);
    await deployment.sql(
      `UPDATE surveys_platformkeyversion SET shares_last_rotated = now() - interval '690 days'`,
    );
    await looked();
    expect(await open('key-version-differs')).toEqual([]);
    expect(await open('share-set-due')).toHaveLength(1);
  });

  it('are found by the service itself', async () => {
    const { code } = await newRequest();
    await clockShowed(deployment, '31 minutes');
    const rows = () =>
      deployment.sql('SELECT told_at FROM conclave.alerts WHERE subject = $1', [`request ${code}`]);
    for (let n = 0; n < 60 && (await rows()).length === 0; n += 1) await setTimeout(1_000);
    expect(await rows()).toHaveLength(1);
  }, 90_000);
});
