import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import type { BundleAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  committed,
  importedRecovery,
  receiptFor,
  releasedPackage,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { PROGRAM } from '../support/sync-program.ts';

const LINKS = 'https://recovery.example/r';

describe('mails and objection', { retry: 0 }, () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let pages: string;
  let user: { readonly userId: number; readonly surveyId: number; readonly address: string };

  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    service = await deployment.start({
      env: {
        CONCLAVE_SMTP_URL: smtp.url,
        CONCLAVE_SMTP_CA: smtp.caFile,
        CONCLAVE_MAIL_FROM: 'sync@hospital.example',
        CONCLAVE_MAIL_REPLY_TO: 'help@hospital.example',
        CONCLAVE_PUBLIC_LINKS_URL: LINKS,
        CONCLAVE_PUBLIC_LISTEN_PORT: '0',
        CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE: '1000',
        CONCLAVE_LOG_LEVEL: 'info',
      },
    });
    [, pages = ''] = await service.child.line(/answered at (\S+)\./, 20_000);
    set = await withPlatformKey(deployment, service);
    const { people, survey } = deployment.checktick;
    const [found] = await deployment.sql<{ email: string }>(
      'SELECT email FROM auth_user WHERE id = $1',
      [people.requester.id],
    );
    user = { userId: people.requester.id, surveyId: survey.id, address: found?.email ?? '' };
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
    await smtp?.stop();
  });

  const about = () => ({ userId: user.userId, surveyId: user.surveyId });
  const mailsOf = (code: string) => smtp.mails.filter(({ text }) => text.includes(code));
  async function tokenFor(code: string): Promise<string> {
    return vi.waitFor(
      () => {
        const token = mailsOf(code)
          .map(({ text }) => /\/object\/(\S+)/.exec(text)?.[1])
          .find((one) => one !== undefined);
        expect(token).toBeDefined();
        return token ?? '';
      },
      { timeout: 20_000, interval: 100 },
    );
  }
  const visit = async (token: string, method = 'GET', init: RequestInit = {}) => {
    const answer = await fetch(`${pages}/object/${token}`, { method, ...init });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  it('tells the user at each step, once, and the body is gone when it is sent', async () => {
    const request = await approvedRequest(service.admins, about());
    await vi.waitFor(() => expect(mailsOf(request.code)).toHaveLength(3), { timeout: 20_000 });
    const texts = mailsOf(request.code).map(({ text }) => text);
    for (const text of texts) {
      expect(text).toContain(`${LINKS}/object/cco_`);
      expect(text).toContain('From: CheckTick recovery <sync@hospital.example>');
      expect(text).toContain('Reply-To: help@hospital.example');
      expect(text).toMatch(/\d{1,2} \w+ \d{4}, \d\d:\d\d UTC/);
    }
    const tokens = texts.map((text) => /\/object\/(\S+)/.exec(text)?.[1]);
    expect(new Set(tokens).size).toBe(3);
    await vi.waitFor(
      async () => {
        const rows = await deployment.sql(
          `SELECT 1 FROM conclave.outbox WHERE state <> 'sent' OR body <> ''`,
        );
        expect(rows).toEqual([]);
      },
      { timeout: 10_000 },
    );
    const logs = service.child.output();
    expect(logs).not.toContain('cco_');
  });

  it('a scanner that opens the link changes nothing; the button stops it once', async () => {
    const request = await approvedRequest(service.admins, about());
    const { nonce } = await releasedPackage(service.admins, set, request.code);
    const token = await tokenFor(request.code);
    const path = `/v1/requests/${request.code}`;
    for (const method of ['GET', 'GET', 'HEAD'])
      expect((await visit(token, method)).status).toBe(200);
    expect(await service.admins.operator.get<RequestAnswer>(path)).not.toMatchObject({
      status: 'cancelled',
    });
    // Where a link leads is never taken from a header.
    const page = await visit(token, 'GET', { headers: { 'x-forwarded-host': 'evil.example' } });
    expect(page.text).toContain('Stop this recovery?');
    expect(page.text).not.toContain('evil.example');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('set-cookie')).toBeNull();

    const pressed = await Promise.all([visit(token, 'POST'), visit(token, 'POST')]);
    expect(new Set(pressed.map(({ status }) => status))).toEqual(new Set([200, 404]));
    expect(pressed.find(({ status }) => status === 200)?.text).toContain('The recovery is stopped');
    expect(await service.admins.operator.get<RequestAnswer>(path)).toMatchObject({
      status: 'cancelled',
    });
    expect(await deployment.kv(`conclave/packages/${nonce}`)).toBeNull();
    const receipts = await deployment.sql(
      'SELECT 1 FROM conclave.receipts WHERE nonce = $1 AND bundle_digest IS NULL',
      [Buffer.from(nonce, 'hex')],
    );
    expect(receipts).toHaveLength(1);
    const entries = await deployment.sql<{ actor_id: number }>(
      `SELECT e.actor_id FROM surveys_recoveryauditentry e
         JOIN surveys_recoveryrequest r ON r.id = e.recovery_request_id
        WHERE r.request_code = $1 AND e.event_type = 'request_cancelled'`,
      [request.code],
    );
    expect(entries).toEqual([{ actor_id: user.userId }]);
    // Used, unknown, without form: nobody can tell them apart.
    const unknown = `cco_${'A'.repeat(43)}`;
    const answers = await Promise.all(
      [token, unknown, 'x', '%0d%0aSet-Cookie:a=b'].flatMap((one) => [
        visit(one),
        visit(one, 'POST'),
      ]),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
  });

  it('a link that is over does nothing', async () => {
    const request = await approvedRequest(service.admins, about());
    const token = await tokenFor(request.code);
    await deployment.sql(`UPDATE conclave.links SET expires_at = now() WHERE used_at IS NULL`);
    expect((await visit(token, 'POST')).status).toBe(404);
    const found = await service.admins.operator.get<RequestAnswer>(`/v1/requests/${request.code}`);
    expect(found.status).not.toBe('cancelled');
  });

  it('a name with line breaks adds no header', async () => {
    await deployment.sql('UPDATE surveys_survey SET name = $1', [
      'Ward\r\nBcc: thief@evil.example\r\n\r\n<b>x</b>',
    ]);
    const request = await approvedRequest(service.admins, about());
    const token = await tokenFor(request.code);
    for (const { to, text } of mailsOf(request.code)) {
      expect(to).toEqual([user.address]);
      expect(text).not.toMatch(/^Bcc:/im);
    }
    const page = await visit(token);
    expect(page.text).not.toContain('<b>x</b>');
    expect(page.text).toContain('&lt;b&gt;');
    await deployment.sql(`UPDATE surveys_survey SET name = 'Clinic follow-up'`);
  });

  it('waits for a busy server, and gives up a refused address with an event', async () => {
    // What the tests before this one have queued is sent first, and counts for nothing below.
    await vi.waitFor(
      async () => {
        const sql = `SELECT 1 FROM conclave.outbox WHERE state = 'waiting'`;
        expect(await deployment.sql(sql)).toEqual([]);
      },
      { timeout: 20_000 },
    );
    smtp.busy = true;
    try {
      const request = await approvedRequest(service.admins, about());
      await vi.waitFor(
        async () => {
          const rows = await deployment.sql<{ state: string }>(
            `SELECT o.state FROM conclave.outbox o JOIN surveys_recoveryrequest r ON r.id = o.request_id
              WHERE r.request_code = $1 AND o.attempts > 0 AND o.last_error <> ''`,
            [request.code],
          );
          expect(rows.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
        },
        { timeout: 20_000 },
      );
      smtp.busy = false;
      smtp.refused.add(user.address);
      await deployment.sql(`UPDATE conclave.outbox SET next_at = now() WHERE state = 'waiting'`);
      await vi.waitFor(
        async () => {
          const failed = await deployment.sql(
            `SELECT 1 FROM conclave.outbox WHERE state = 'failed' AND body = ''`,
          );
          const events = await deployment.sql(
            `SELECT 1 FROM conclave.events WHERE type = 'mail-failed'`,
          );
          expect([failed.length, events.length]).toEqual([3, 3]);
        },
        { timeout: 20_000 },
      );
    } finally {
      smtp.busy = false;
      smtp.refused.clear();
    }
  });

  it('has nothing but its pages, takes no large body, and no other method', async () => {
    for (const path of ['/', '/v1/requests', '/metrics', '/livez', '/object', '/object/a/b']) {
      expect((await fetch(pages + path)).status).toBe(404);
    }
    const large = await visit('x', 'POST', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a'.repeat(5_000),
    });
    expect(large.status).toBe(413);
  });

  it('slows down who tries links, also with addresses that are not there', async () => {
    const other = await deployment.start({
      env: {
        CONCLAVE_SMTP_URL: smtp.url,
        CONCLAVE_SMTP_CA: smtp.caFile,
        CONCLAVE_MAIL_FROM: 'sync@hospital.example',
        CONCLAVE_PUBLIC_LINKS_URL: LINKS,
        CONCLAVE_PUBLIC_LISTEN_PORT: '0',
        CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE: '4',
      },
    });
    const [, address = ''] = await other.child.line(/answered at (\S+)\./, 20_000);
    const statuses: number[] = [];
    for (const path of ['/object/a', '/object/b', '/x', '/object/c', '/object/d', '/y']) {
      const answer = await fetch(address + path, {
        headers: { 'x-forwarded-for': `192.0.2.${statuses.length}` },
      });
      statuses.push(answer.status);
      await answer.text();
    }
    expect(statuses).toEqual([404, 404, 404, 404, 429, 429]);
    await other.stop();
  }, 60_000);

  it('check signs in at the mail server, and says when it cannot', async () => {
    const check = (url: string): Promise<string> =>
      new Promise((resolve) => {
        const env = {
          ...deployment.env,
          PATH: process.env['PATH'],
          CONCLAVE_SMTP_URL: url,
          CONCLAVE_SMTP_CA: smtp.caFile,
          CONCLAVE_MAIL_FROM: 'sync@hospital.example',
          CONCLAVE_PUBLIC_LINKS_URL: LINKS,
        };
        execFile(process.execPath, [PROGRAM, 'check'], { env }, (_error, stdout) =>
          resolve(stdout),
        );
      });
    expect(await check(smtp.url)).toMatch(/^good {2}mail: localhost/m);
    expect(await check(smtp.url.replace('of-a-test', 'wrong'))).toMatch(/^BAD {3}mail: .*EAUTH/m);
    // Its certificate is for localhost.
    expect(await check(smtp.url.replace('localhost', '127.0.0.1'))).toMatch(/^BAD {3}mail: /m);
  }, 60_000);

  it('of an objection and a commit at the same moment exactly one wins', async () => {
    const outcomes = { committed: 0, objected: 0 };
    for (let round = 0; round < 50; round += 1) {
      const made = await importedRecovery(service.admins, set, about());
      const token = await tokenFor(made.code);
      // From together to well after: the two meet at every step of the commit.
      const objecting = setTimeout(round * 5).then(() => visit(token, 'POST'));
      await Promise.allSettled([committed(service.admins, made), objecting]);
      const bundle = await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
      const after = await service.admins.operator.get<RequestAnswer>(`/v1/requests/${made.code}`);
      const receipt = await receiptFor(service.admins.operator, set, made.digest);
      expect(receipt.body.outcome).toBe(bundle.state);
      expect([bundle.state, after.status]).toEqual(
        bundle.state === 'committed' ? ['committed', 'completed'] : ['objected', 'cancelled'],
      );
      if (bundle.state === 'objected') {
        expect(await deployment.kv(`conclave/claims/${made.digest}`)).toBeNull();
      }
      outcomes[bundle.state === 'committed' ? 'committed' : 'objected'] += 1;
    }
    expect(outcomes.committed + outcomes.objected).toBe(50);
    expect(outcomes.committed).toBeGreaterThan(0);
    expect(outcomes.objected).toBeGreaterThan(0);
  }, 300_000);
});
