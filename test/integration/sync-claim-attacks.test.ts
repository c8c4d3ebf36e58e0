import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeTag } from '../../sync/flows/claims/tag.ts';
import { type ClaimWorld, claimWorld } from '../support/sync-claim.ts';

/** Known to no word list, and planted: it must be found nowhere but under scrypt. */
const PASSWORD = 'Quartz lantern  Vexing mulberry 77';

describe('who attacks a claim', { retry: 0 }, () => {
  let world: ClaimWorld;
  let shared: Awaited<ReturnType<ClaimWorld['withCode']>> | undefined;
  beforeAll(async () => {
    world = await claimWorld();
  }, 180_000);
  afterAll(async () => {
    await world?.stop();
  });

  it('five wrong codes end the code, not the link; a new code begins anew', async () => {
    const { token, spoken, digest } = await world.withCode();
    const wrong = `${spoken.slice(0, -1)}${spoken.endsWith('7') ? '8' : '7'}`;
    for (const left of ['4 more times', '3 more times', '2 more times', '1 more time ']) {
      const answer = await world.send(token, { code: wrong, password: PASSWORD });
      expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(left)]);
      expect(answer.text).not.toContain(PASSWORD);
    }
    const fifth = await world.send(token, { code: wrong, password: PASSWORD });
    expect(fifth.text).toContain('so this code has ended');
    // The right one comes too late.
    const late = await world.send(token, { code: spoken, password: PASSWORD });
    expect([late.status, late.text]).toEqual([422, expect.stringContaining('this code has ended')]);
    expect((await world.look(token)).text).not.toContain('<form');
    expect(await world.opens(PASSWORD)).toBe(false);
    expect(await world.statusOf(digest)).toMatchObject({ state: 'held', code: { triesLeft: 0 } });

    const next = await world.codeFor(digest);
    const old = await world.send(token, { code: spoken, password: PASSWORD });
    expect(old.text).toContain('The code is not right.');
    const done = await world.send(token, { code: next, password: PASSWORD });
    expect(done.status).toBe(200);
    expect(await world.opens(PASSWORD)).toBe(true);
  });

  it('twenty wrong codes at once are five tries', async () => {
    const { token, spoken, digest } = await world.withCode();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        world.send(token, { code: 'AAAA-AAAA-AAAA', password: PASSWORD }),
      ),
    );
    const asked = answers.filter(({ text }) => text.includes('The code is not right.'));
    expect(asked).toHaveLength(4);
    const events = await world.deployment.sql(
      `SELECT 1 FROM conclave.events WHERE type = 'claim-code-wrong' AND subject = $1`,
      [Buffer.from(digest, 'hex')],
    );
    expect(events).toHaveLength(5);
    expect((await world.send(token, { code: spoken, password: PASSWORD })).status).toBe(422);
  });

  it('two presses at once are one claim, and both say that it is set', async () => {
    const { token, spoken, code } = await world.withCode();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => world.send(token, { code: spoken, password: PASSWORD })),
    );
    for (const { status, text } of answers) {
      expect([status, text]).toEqual([200, expect.stringContaining('Your new password is set')]);
    }
    expect(await world.audited(code)).toBe(1);
    expect(await world.opens(PASSWORD)).toBe(true);
  });

  it.each([
    ['Ab1!Ab1!Ab1', undefined, 'fewer than 12 characters'],
    [`a${' '.repeat(20)}b`, undefined, 'fewer than 12 characters'],
    ['passwordpassword', undefined, 'too easy to guess'],
    ['PaSsWoRd 123456789', undefined, 'too easy to guess'],
    ['clinic follow-up requester', undefined, 'too easy to guess'],
    ['quartz lantern vexing mulberry', 'quartz lantern vexing mulbery', 'are not the same'],
    ['quartz lantern '.repeat(9), undefined, 'more than 128 characters'],
    ['quartz\u200blantern vexing mulberry', undefined, 'cannot be seen'],
    ['quartz lantern vexing cafe\u0301', undefined, 'cannot be seen'],
  ])('the password %j costs no try of the code', async (password, again, why) => {
    const { token, spoken, digest } = (shared ??= await world.withCode());
    const answer = await world.send(token, {
      code: spoken,
      password,
      ...(again === undefined ? {} : { again }),
    });
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(why)]);
    // Nobody types twelve characters again for a short password; the password itself never returns.
    expect(answer.text).toContain(`value="${spoken}"`);
    expect(answer.text).not.toContain(password);
    expect(await world.statusOf(digest)).toMatchObject({ state: 'held', code: { triesLeft: 5 } });
  });

  it('a new link ends the old one; no link can be told from none', async () => {
    const { token, spoken, digest, code } = await world.withCode();
    await world.service.admins.operator.post(`/v1/bundles/${digest}/claim-link`);
    const newer = await world.tokenOf(code, 2);
    expect(newer).not.toBe(token);
    const objection = world
      .mailsOf(code)
      .map(({ text }) => /\/object\/(\S+)/.exec(text)?.[1])
      .find((one) => one !== undefined);
    const answers = await Promise.all(
      [token, objection ?? '', `ccl_${'A'.repeat(43)}`, 'x', '%0d%0aSet-Cookie:a=b'].flatMap(
        (one) => [world.look(one), world.send(one, { code: spoken, password: PASSWORD })],
      ),
    );
    answers.push(await world.look(newer, 'object'));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    expect((await world.send(newer, { code: spoken, password: PASSWORD })).status).toBe(200);
    // What could have stopped the recovery says that it is too late.
    const late = await world.look(objection ?? '', 'object');
    expect(late.text).toContain('It is too late to stop this here');
  });

  it('the code of another recovery is a wrong code', async () => {
    const first = await world.withCode();
    const second = await world.withCode();
    const answer = await world.send(second.token, { code: first.spoken, password: PASSWORD });
    expect(answer.text).toContain('The code is not right.');
    // The survey has the key of the second recovery: the first has nothing to open any more.
    const gone = await world.send(first.token, { code: first.spoken, password: PASSWORD });
    expect([gone.status, gone.text]).toEqual([
      409,
      expect.stringContaining('This cannot be done with this link any more'),
    ]);
    expect(await world.opens((await world.wordsOf(second.digest)) ?? '')).toBe(true);
  });

  it('who writes to the database alone makes links, and no code that fits', async () => {
    const { digest, code } = await world.withCode();
    const token = `ccl_${'B'.repeat(43)}`;
    const hash = (text: string) => createHash('sha256').update(text).digest();
    await world.deployment.sql(
      `INSERT INTO conclave.links (hash, purpose, bundle_digest, address, created_at, expires_at)
       VALUES ($1, 'claim', $2, 'thief@example.org', now(), now() + interval '1 hour')`,
      [hash(token), Buffer.from(digest, 'hex')],
    );
    const spoken = 'AAAA-AAAA-AAAA';
    for (const tag of [
      hash('AAAAAAAAAAAA'),
      codeTag(new TextEncoder().encode('not the words'), digest, spoken),
      // Made for another claim.
      codeTag(new TextEncoder().encode(await world.wordsOf(digest)), '00'.repeat(32), spoken),
    ]) {
      await world.deployment.sql(
        'UPDATE conclave.claims SET code_hash = $2, wrong_codes = 0 WHERE bundle_digest = $1',
        [Buffer.from(digest, 'hex'), tag],
      );
      const answer = await world.send(token, { code: spoken, password: PASSWORD });
      expect([answer.status, answer.text]).toEqual([
        422,
        expect.stringContaining('The code is not right.'),
      ]);
    }
    expect(await world.opens(PASSWORD)).toBe(false);
    expect(await world.audited(code)).toBe(0);
  });

  it('a key that Vault has lost is named, and nothing is set', async () => {
    const { token, spoken, digest } = await world.withCode();
    await world.deployment.vault.api(
      'DELETE',
      `${world.env['VAULT_MOUNT'] ?? ''}/metadata/conclave/claims/${digest}`,
    );
    const answer = await world.send(token, { code: spoken, password: PASSWORD });
    expect([answer.status, answer.text]).toEqual([
      422,
      expect.stringContaining('cannot be found any more'),
    ]);
    await expect(world.codeFor(digest)).rejects.toMatchObject({ code: 'claim-words-gone' });
  });

  it('takes no strange form', async () => {
    const { token, spoken, digest } = await world.withCode();
    const { pages } = world;
    const post = async (init: RequestInit) => {
      const answer = await fetch(`${pages}/claim/${token}`, { method: 'POST', ...init });
      return { status: answer.status, text: await answer.text() };
    };
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const whole = `code=${spoken}&password=quartz+lantern+vexing+mulberry&again=quartz+lantern+vexing+mulberry`;
    expect((await post({ headers: type, body: `${whole}&x=${'a'.repeat(5_000)}` })).status).toBe(
      413,
    );
    for (const body of [
      '',
      'code=%zz',
      `${whole}&code=1`,
      `${whole}&more=1`,
      'password=a&again=a',
    ]) {
      const answer = await post({ headers: type, body });
      expect([answer.status, answer.text]).toEqual([
        422,
        expect.stringContaining('The form did not arrive whole.'),
      ]);
    }
    const json = { headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await post(json)).status).toBe(415);
    for (const site of ['cross-site', 'same-site', 'none']) {
      const headers = { ...type, 'sec-fetch-site': site };
      expect((await post({ headers, body: whole })).status).toBe(403);
    }
    // Where a page leads is never taken from a header.
    const forged = await fetch(`${pages}/claim/${token}`, {
      headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
    });
    expect(await forged.text()).not.toContain('evil.example');
    expect(await world.statusOf(digest)).toMatchObject({ state: 'held', code: { triesLeft: 5 } });
  });

  it('says nothing secret in any line of the log, mail or row', async () => {
    const { token, spoken, code, digest } = await world.withCode();
    await world.send(token, { code: `${spoken}9`, password: PASSWORD });
    await world.send(token, { code: spoken, password: PASSWORD });
    expect(await world.opens(PASSWORD)).toBe(true);
    const log = world.service.child.output();
    expect(log).toContain('"listener":"public"');
    const mails = world.mailsOf(code).map(({ text }) => text.replaceAll(token, ''));
    const dump = await world.deployment.sql(
      `SELECT to_jsonb(c)::text FROM conclave.claims c UNION ALL
       SELECT to_jsonb(l)::text FROM conclave.links l UNION ALL
       SELECT to_jsonb(o)::text FROM conclave.outbox o WHERE o.state <> 'waiting' UNION ALL
       SELECT to_jsonb(e)::text FROM conclave.events e UNION ALL
       SELECT to_jsonb(a)::text FROM surveys_auditlog a UNION ALL
       SELECT to_jsonb(r)::text FROM surveys_recoveryauditentry r`,
    );
    for (const secret of [token, spoken, PASSWORD, 'mulberry', encodeURIComponent(PASSWORD)]) {
      expect(log).not.toContain(secret);
      expect(mails.join('\n')).not.toContain(secret);
      expect(JSON.stringify(dump)).not.toContain(secret);
    }
    expect(await world.statusOf(digest)).toMatchObject({ state: 'claimed' });
  });
});
