import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { ClaimAnswer } from '../../sync/routes/claim-answers.ts';
import { type ClaimWorld, claimWorld, LINKS } from '../support/sync-claim.ts';
import { runSync } from '../support/sync-cli.ts';

/** Known to no word list, and planted: it must be found nowhere but under scrypt. */
const PASSWORD = 'Quartz lantern  Vexing mulberry 77';

const refusedWith = (code: string) => expect.objectContaining({ code });

describe('the user sets his own password by link and code', { retry: 0 }, () => {
  let world: ClaimWorld;
  beforeAll(async () => {
    world = await claimWorld();
  }, 180_000);
  afterAll(async () => {
    await world?.stop();
  });

  it('goes the whole way', async () => {
    const made = await world.recovered();
    const { operator, approver1 } = world.service.admins;
    const words = (await world.wordsOf(made.digest)) ?? '';
    expect(words.split(' ')).toHaveLength(7);
    expect(await world.opens(words)).toBe(true);
    const token = await world.tokenOf(made.code);
    const [mail] = world.mailsOf(made.code).filter(({ text }) => text.includes(token));
    expect(mail?.to).toEqual([world.user.address]);
    expect(mail?.text).toContain(`${LINKS}/claim/${token}`);

    // In this way no admin sees the words, and none destroys them by mistake.
    for (const path of ['passphrase', 'passphrase/acknowledge']) {
      await expect(approver1.post(`/v1/bundles/${made.digest}/${path}`)).rejects.toEqual(
        refusedWith('claim-by-link'),
      );
    }
    expect(await world.statusOf(made.digest)).toMatchObject({
      way: 'link',
      state: 'held',
      code: null,
      address: world.user.address,
      may: { code: true, renewLink: true, end: true, passphrase: false },
    });
    const early = await world.look(token);
    expect([early.status, early.text]).toEqual([
      200,
      expect.stringContaining('nobody has made one yet'),
    ]);
    expect(early.text).not.toContain('<form');
    const without = await world.send(token, { code: 'ABCD-EFGH-JKMN', password: PASSWORD });
    expect([without.status, without.text]).toEqual([
      422,
      expect.stringContaining('There is no code for this link yet.'),
    ]);

    const { code } = await operator.post<{ code: string }>(`/v1/bundles/${made.digest}/claim-code`);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    expect(await world.statusOf(made.digest)).toMatchObject({
      code: { by: 'operator', triesLeft: 5 },
    });
    const page = await world.look(token);
    expect(page.text).toContain('<form method="post"');
    expect(page.headers.get('set-cookie')).toBeNull();
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");

    // Typed as people type it.
    const done = await world.send(token, {
      code: ` ${code.toLowerCase().replaceAll('-', ' ')}`,
      password: PASSWORD,
    });
    expect([done.status, done.text]).toEqual([
      200,
      expect.stringContaining('Your new password is set'),
    ]);
    expect(done.text).not.toContain(PASSWORD);
    expect(await world.opens(PASSWORD)).toBe(true);
    // As CheckTick reads it.
    expect(await world.opens(' quartz LANTERN vexing mulberry 77 ')).toBe(true);
    expect(await world.opens(words)).toBe(false);
    expect(await world.wordsOf(made.digest)).toBeUndefined();
    expect(await world.statusOf(made.digest)).toMatchObject({ state: 'claimed', next: '' });
    const rows = await world.deployment.sql(
      `SELECT c.state, c.destroyed, l.outcome FROM conclave.claims c
         JOIN conclave.links l ON l.bundle_digest = c.bundle_digest WHERE c.bundle_digest = $1`,
      [Buffer.from(made.digest, 'hex')],
    );
    expect(rows).toEqual([{ state: 'claimed', destroyed: true, outcome: 'claimed' }]);

    // Written down: at sync, in CheckTick, and told to the user.
    const { history } = await operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(history.map(({ what, by }) => `${what} (${by})`)).toEqual(
      expect.arrayContaining(['claim code made (operator)', 'claim password set (sync)']),
    );
    const entries = await world.deployment.sql<{ actor_id: number }>(
      `SELECT e.actor_id FROM surveys_recoveryauditentry e
         JOIN surveys_recoveryrequest r ON r.id = e.recovery_request_id
        WHERE r.request_code = $1 AND e.event_type = 'recovery_password_set'`,
      [made.code],
    );
    expect(entries).toEqual([{ actor_id: world.user.id }]);
    await vi.waitFor(
      () =>
        expect(
          world.mailsOf(made.code).filter(({ text }) => /Subject: New password set/.test(text)),
        ).toHaveLength(1),
      { timeout: 20_000, interval: 100 },
    );
    await expect(operator.post(`/v1/bundles/${made.digest}/claim-code`)).rejects.toEqual(
      refusedWith('claim-over'),
    );
  });

  it('a link that was used says so and sets nothing', async () => {
    const { token, spoken, digest } = await world.withCode();
    await world.send(token, { code: spoken, password: PASSWORD });
    for (const answer of [
      await world.look(token),
      await world.send(token, { code: spoken, password: 'another mulberry lantern quartz' }),
      await world.send(token, { code: 'wrong', password: 'another mulberry lantern quartz' }),
    ]) {
      expect([answer.status, answer.text]).toEqual([
        200,
        expect.stringContaining('Your new password is set'),
      ]);
    }
    expect(await world.opens(PASSWORD)).toBe(true);
    expect(await world.opens('another mulberry lantern quartz')).toBe(false);
    expect(await world.statusOf(digest)).toMatchObject({ state: 'claimed' });
  });

  it('over time, the words are destroyed and everybody is told what is true then', async () => {
    const { token, spoken, digest, code } = await world.withCode();
    const words = (await world.wordsOf(digest)) ?? '';
    await world.deployment.sql(
      'UPDATE conclave.claims SET expires_at = now() WHERE bundle_digest = $1',
      [Buffer.from(digest, 'hex')],
    );
    const late = await world.send(token, { code: spoken, password: PASSWORD });
    expect([late.status, late.text]).toEqual([
      410,
      expect.stringContaining('The time to set a password is over'),
    ]);
    expect(late.text).toContain('ask for a new recovery');
    expect(await world.statusOf(digest)).toMatchObject({
      state: 'expired',
      // By whichever process comes first; until then it says that it will be.
      sentence: expect.stringMatching(/destroys|was destroyed/) as string,
      next: expect.stringContaining('new recovery') as string,
    });
    // A start is enough; the running services look every 30 seconds.
    const other = await world.start();
    await vi.waitFor(async () => expect(await world.wordsOf(digest)).toBeUndefined(), {
      timeout: 60_000,
      interval: 200,
    });
    await vi.waitFor(
      async () => expect((await world.statusOf(digest)).sentence).toContain('was destroyed'),
      { timeout: 20_000, interval: 100 },
    );
    await other.service.stop();
    // Nothing else was written: without the words, which nobody has, the column opens to nobody.
    expect(await world.opens(words)).toBe(true);
    expect((await world.look(token)).status).toBe(410);
    await expect(world.codeFor(digest)).rejects.toEqual(refusedWith('claim-over'));
    await vi.waitFor(
      () =>
        expect(world.mailsOf(code).filter(({ text }) => /is over: survey/.test(text))).toHaveLength(
          1,
        ),
      { timeout: 20_000, interval: 100 },
    );
  });

  it('an admin can end it; the link says so', async () => {
    const { token, spoken, digest, code } = await world.withCode();
    const { approver2 } = world.service.admins;
    const ended = await approver2.post<ClaimAnswer>(`/v1/bundles/${digest}/claim-end`, {
      reason: 'the user did not ask for this',
    });
    expect(ended).toMatchObject({ state: 'ended', may: { code: false, end: false } });
    expect(await world.wordsOf(digest)).toBeUndefined();
    const answer = await world.send(token, { code: spoken, password: PASSWORD });
    expect([answer.status, answer.text]).toEqual([
      410,
      expect.stringContaining('ended by an administrator'),
    ]);
    await vi.waitFor(
      () =>
        expect(
          world.mailsOf(code).filter(({ text }) => /was ended: survey/.test(text)),
        ).toHaveLength(1),
      { timeout: 20_000, interval: 100 },
    );
  });

  it('only the operator who committed or an approver makes codes, and nobody his own', async () => {
    const made = await world.recovered();
    const path = `/v1/bundles/${made.digest}/claim-code`;
    await expect(world.service.as('both').post(path)).rejects.toEqual(
      refusedWith('claim-own-code'),
    );
    await expect(world.service.as('auditor').post(path)).rejects.toEqual(refusedWith('wrong-role'));
    const status = await world.service
      .as('both')
      .get<ClaimAnswer>(`/v1/bundles/${made.digest}/claim`);
    expect(status.may.code).toBe(false);
    // Another operator, who had nothing to do with it.
    await world.deployment.sql(
      `UPDATE conclave.admins SET roles = '{operator}' WHERE name = 'auditor'`,
    );
    await expect(world.service.as('auditor').post(path)).rejects.toEqual(
      refusedWith('claim-not-yours'),
    );
    await world.deployment.sql(
      `UPDATE conclave.admins SET roles = '{auditor}' WHERE name = 'auditor'`,
    );
    const setup = await world.deployment.sql<{ digest: Buffer }>(
      `SELECT digest FROM conclave.bundles WHERE kind = 'setup'`,
    );
    const ofSetup = `/v1/bundles/${setup[0]?.digest.toString('hex')}/claim`;
    await expect(world.service.admins.operator.get(ofSetup)).rejects.toEqual(
      refusedWith('claim-none'),
    );
  });

  it('is done from the command line, where the code goes to no pipe', async () => {
    const made = await world.recovered();
    const short = made.digest.slice(0, 8);
    const run = (...args: string[]) =>
      runSync(args, {
        CONCLAVE_URL: world.service.address,
        CONCLAVE_TOKEN_FILE: join(world.deployment.folder, 'approver1'),
      });
    const piped = await run('claim', 'code', short);
    expect([piped.code, piped.err]).toEqual([2, expect.stringContaining('on a terminal')]);
    expect((await world.statusOf(made.digest)).code).toBeNull();
    const asked = await run('--json', 'claim', 'code', short);
    const { code } = JSON.parse(asked.out) as { code: string };
    const status = await run('claim', 'status', short);
    expect(status.out).toContain(`mailed to ${world.user.address} and a code, made by approver1`);
    expect(status.out).not.toContain(code);
    const token = await world.tokenOf(made.code);
    const renewed = await run('claim', 'renew-link', short);
    expect(renewed.code).toBe(0);
    const newer = await world.tokenOf(made.code, 2);
    expect(newer).not.toBe(token);
    const words = await run('--json', 'passphrase', 'show', short);
    expect([words.code, JSON.parse(words.err)]).toMatchObject([1, { code: 'claim-by-link' }]);
    expect((await run('claim', 'end', short)).code).toBe(2);
    const done = await world.send(newer, { code, password: PASSWORD });
    expect(done.status).toBe(200);
    const late = await run('--json', 'claim', 'end', short, '--reason', 'too late');
    expect([late.code, JSON.parse(late.err)]).toMatchObject([1, { code: 'claim-over' }]);
    expect(await world.opens(PASSWORD)).toBe(true);
  });

  it('nobody whom no mail reaches is left with a link', async () => {
    world.smtp.refused.add(world.user.address);
    const made = await world.recovered(async (code) => {
      await vi.waitFor(
        async () => {
          const rows = await world.deployment.sql(
            `SELECT 1 FROM conclave.outbox o JOIN surveys_recoveryrequest r ON r.id = o.request_id
              WHERE r.request_code = $1 AND o.state = 'failed'`,
            [code],
          );
          expect(rows.length).toBeGreaterThan(0);
        },
        { timeout: 20_000, interval: 100 },
      );
    });
    world.smtp.refused.clear();
    expect(await world.statusOf(made.digest)).toMatchObject({ way: 'passphrase', state: 'held' });
    const { approver1 } = world.service.admins;
    const path = `/v1/bundles/${made.digest}/passphrase`;
    const { passphrase } = await approver1.post<{ passphrase: string }>(path);
    expect(await world.opens(passphrase)).toBe(true);
    await expect(world.codeFor(made.digest)).rejects.toEqual(refusedWith('claim-by-passphrase'));
    const { history } = await approver1.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(history.map(({ what }) => what)).toContain('claim without mail');
  });
});
