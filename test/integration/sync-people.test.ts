import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAdmin } from '../../sync/people/add-admin.ts';
import { type Admin, disableAdmin, findAdmin } from '../../sync/admins/admins.ts';
import { loadConfig } from '../../sync/config/config.ts';
import type { Database } from '../../sync/database/database.ts';
import { createEnrolment } from '../../sync/people/enrolments.ts';
import { makeFounders } from '../../sync/people/founders.ts';
import { confirmAdmin, inviteAdmin } from '../../sync/people/invitations.ts';
import { peopleRoutes } from '../../sync/routes/people.ts';
import { createService } from '../../sync/server.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { type Lies, type SoftwareKey, softwareKey } from '../support/software-authenticator.ts';
import { DATABASES, type TestDatabase } from '../support/sync-databases.ts';

const ORIGIN = 'https://sync.hospital.example';
/** What the browser sends with a request of sync's own page. */
const PAGE = { origin: ORIGIN, 'x-conclave': '1' };
type Headers = Record<string, string>;

describe.each(DATABASES)('people of sync on %s', (_name, open) => {
  let test: TestDatabase;
  let db: Database;
  let app: FastifyInstance;
  const log: string[] = [];
  let one: Admin;
  let two: Admin;
  let keyOne: SoftwareKey;
  let keyTwo: SoftwareKey;

  beforeAll(async () => {
    test = await open('rehearsal');
    db = test.database;
    const config = {
      ...loadConfig({ CONCLAVE_MODE: 'rehearsal', CONCLAVE_PUBLIC_URL: ORIGIN }),
      requestsPerMinute: 100_000,
    };
    app = await createService({
      config,
      database: db,
      kv: await createRehearsalKv(db),
      routes: [peopleRoutes],
      writeLog: (line) => void log.push(line),
    });
  });
  afterAll(async () => {
    await app.close();
    await test.stop();
  });

  let from = 0;
  /** Each call comes from another address, so that the limit per address is not what is tested. */
  async function call(
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
    headers: Headers = PAGE,
  ) {
    from += 1;
    const answer = await app.inject({
      method,
      url,
      headers,
      remoteAddress: `10.0.${from >> 8}.${from & 255}`,
      ...(payload === undefined ? {} : { payload }),
    });
    return {
      status: answer.statusCode,
      body: answer.json<Record<string, never> & { code?: string }>(),
      cookie: answer.headers['set-cookie'] as string | undefined,
    };
  }
  const post = (url: string, payload: object = {}, headers?: Headers) =>
    call('POST', url, payload, headers);
  const cookieOf = (text: string | undefined): string => text?.split(';')[0] ?? '';
  const withCookie = (cookie: string): Headers => ({ ...PAGE, cookie });

  async function enrolPasskey(code: string, key: SoftwareKey, inviteCode?: string, lies?: Lies) {
    const more = inviteCode === undefined ? {} : { inviteCode };
    const asked = await post('/v1/enrolment/passkey/options', { code, ...more });
    if (asked.status !== 200) return asked;
    return post('/v1/enrolment/passkey', {
      code,
      ...more,
      challengeId: asked.body['challengeId'],
      label: 'key of a test',
      response: key.create(asked.body['options'] ?? {}, lies),
    });
  }
  async function signIn(key: SoftwareKey, lies?: Lies, headers?: Headers) {
    const asked = await post('/v1/sign-in/options');
    const response = key.get(asked.body['options'] ?? {}, lies);
    return post('/v1/sign-in', { challengeId: asked.body['challengeId'], response }, headers);
  }
  async function sessionOf(key: SoftwareKey): Promise<string> {
    const { status, cookie } = await signIn(key);
    expect(status).toBe(200);
    return cookieOf(cookie);
  }
  const isSignedIn = async (cookie: string): Promise<boolean> =>
    (await call('GET', '/v1/me/keys', undefined, withCookie(cookie))).status === 200;
  const failures = () => db.run(`SELECT 1 FROM conclave.events WHERE type = 'sign-in-failed'`);
  const stateOf = async (admin: Admin) => (await findAdmin(db, admin.id))?.state;

  it('makes the first two together: neither is active before both have a key', async () => {
    const entries = [
      { name: 'approver 1', userId: 1, roles: ['approver', 'operator'] },
      { name: 'approver 2', userId: 2, roles: ['approver'] },
    ] as const;
    await expect(
      db.transaction((tx) => makeFounders(tx, [entries[0], { ...entries[1], userId: 1 }])),
    ).rejects.toMatchObject({ code: 'first-same' });
    const [a, b] = await db.transaction((tx) => makeFounders(tx, entries));
    one = a.admin;
    two = b.admin;
    keyOne = softwareKey(ORIGIN);
    keyTwo = softwareKey(ORIGIN);
    const first = await enrolPasskey(a.enrolment.code, keyOne);
    expect([first.status, first.body['active']]).toEqual([200, false]);
    expect((await signIn(keyOne)).body.code).toBe('sign-in-failed');
    expect((await enrolPasskey(b.enrolment.code, keyTwo)).body['active']).toBe(true);
    expect([await stateOf(one), await stateOf(two)]).toEqual(['active', 'active']);
    // Used twice.
    expect((await enrolPasskey(a.enrolment.code, softwareKey(ORIGIN))).body.code).toBe(
      'enrolment-ended',
    );
    await expect(db.transaction((tx) => makeFounders(tx, entries))).rejects.toMatchObject({
      code: 'first-exists',
    });
  });

  it('signs in with a passkey into a cookie that no script and no other site gets', async () => {
    const { status, cookie } = await signIn(keyOne);
    expect(status).toBe(200);
    const [pair = '', ...flags] = (cookie ?? '').split('; ');
    expect(pair).toMatch(/^__Host-conclave=ccn_[A-Za-z0-9_-]{43}$/);
    expect(flags.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']);
    const me = await call('GET', '/v1/me', undefined, { cookie: pair });
    expect(me.body).toMatchObject({ admin: { name: 'approver 1' }, signIn: 'session' });
    expect((await post('/v1/sign-out', {}, withCookie(pair))).status).toBe(200);
    expect(await isSignedIn(pair)).toBe(false);
  });

  it.each<[string, Lies]>([
    ['another origin', { origin: 'https://sync.hospital.example.evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['another challenge', { challenge: Buffer.alloc(32, 1).toString('base64url') }],
    ['no user verification', { verified: false }],
    ['a frame of another site', { crossOrigin: true }],
    ['another user handle', { userHandle: Buffer.alloc(32, 2).toString('base64url') }],
    ['a registration', { type: 'webauthn.create' }],
  ])('refuses an assertion with %s, says not why, and writes it down', async (_what, lies) => {
    const before = await failures();
    const refused = await signIn(keyOne, lies);
    expect([refused.status, refused.body.code]).toEqual([401, 'sign-in-failed']);
    expect(refused.cookie).toBeUndefined();
    expect(await failures()).toBe(before + 1);
  });

  it('refuses a copy of a key: its counter stands or goes back', async () => {
    expect((await signIn(keyOne, { counter: 50 })).status).toBe(200);
    expect((await signIn(keyOne, { counter: 50 })).status).toBe(401);
    expect((await signIn(keyOne, { counter: 7 })).status).toBe(401);
    expect((await signIn(keyOne, { counter: 51 })).status).toBe(200);
  });

  it('takes each challenge once, within five minutes, and for its purpose only', async () => {
    const asked = await post('/v1/sign-in/options');
    const challengeId = asked.body['challengeId'];
    const answer = { challengeId, response: keyOne.get(asked.body['options'] ?? {}) };
    expect((await post('/v1/sign-in', answer)).status).toBe(200);
    expect((await post('/v1/sign-in', answer)).body.code).toBe('challenge-ended');
    const late = await post('/v1/sign-in/options');
    await db.run(
      `UPDATE conclave.challenges SET expires_at = clock_timestamp() - interval '1 second'
        WHERE id = $1`,
      [late.body['challengeId'] ?? ''],
    );
    const lateAnswer = {
      challengeId: late.body['challengeId'],
      response: keyOne.get(late.body['options'] ?? {}),
    };
    expect((await post('/v1/sign-in', lateAnswer)).body.code).toBe('challenge-ended');
    // That of a sign-in makes no key.
    const cookie = withCookie(await sessionOf(keyOne));
    const other = await post('/v1/sign-in/options');
    const misused = {
      challengeId: other.body['challengeId'],
      response: keyOne.get(other.body['options'] ?? {}),
    };
    expect((await post('/v1/me/keys/link', misused, cookie)).body.code).toBe('challenge-ended');
  });

  it('gives a new key or token only for a fresh assertion by one’s own key', async () => {
    const cookie = withCookie(await sessionOf(keyOne));
    const ask = async () => {
      const asked = await post('/v1/me/confirm/options', {}, cookie);
      return { id: asked.body['challengeId'], options: asked.body['options'] ?? {} };
    };
    const foreign = await ask();
    const refused = await post(
      '/v1/me/keys/link',
      { challengeId: foreign.id, response: keyTwo.get(foreign.options) },
      cookie,
    );
    expect([refused.status, refused.body.code]).toEqual([403, 'key-refused']);
    const own = await ask();
    const link = await post(
      '/v1/me/keys/link',
      { challengeId: own.id, response: keyOne.get(own.options) },
      cookie,
    );
    expect(link.body['link']).toBe(`${ORIGIN}/enrol#${String(link.body['code'])}`);
    const further = softwareKey(ORIGIN);
    expect((await enrolPasskey(link.body['code'] ?? '', further)).status).toBe(200);

    const again = await ask();
    const made = await post(
      '/v1/me/tokens',
      { challengeId: again.id, response: keyOne.get(again.options), label: 'laptop', days: 5 },
      cookie,
    );
    const bearer = { authorization: `Bearer ${String(made.body['token'])}` };
    expect((await call('GET', '/v1/me', undefined, bearer)).body).toMatchObject({
      signIn: 'token',
    });
    // A token makes no keys and no tokens, and what it has is enough to end it.
    expect((await post('/v1/me/confirm/options', {}, bearer)).body.code).toBe('session-needed');
    expect((await post('/v1/me/tokens', { label: 'x' }, bearer)).status).toBe(403);
    expect(
      (await post(`/v1/me/tokens/${String(made.body['prefix'])}/revoke`, {}, bearer)).status,
    ).toBe(200);
    expect((await call('GET', '/v1/me', undefined, bearer)).status).toBe(401);

    // Revoking a key ends what it opened, and the last one stays.
    const opened = await sessionOf(further);
    expect((await post(`/v1/me/keys/${further.id}/revoke`, {}, cookie)).status).toBe(200);
    expect(await isSignedIn(opened)).toBe(false);
    expect((await signIn(further)).status).toBe(401);
    expect((await post(`/v1/me/keys/${keyOne.id}/revoke`, {}, cookie)).body.code).toBe('key-last');
    expect((await post(`/v1/me/keys/${keyTwo.id}/revoke`, {}, cookie)).body.code).toBe(
      'key-unknown',
    );
  });

  it.each<[string, string]>([
    ['is idle for a quarter of an hour', `last_seen_at = last_seen_at - interval '15 minutes'`],
    ['is eight hours old, however busy', `expires_at = clock_timestamp()`],
  ])('ends a session that %s', async (_what, change) => {
    const cookie = await sessionOf(keyOne);
    expect(await isSignedIn(cookie)).toBe(true);
    await db.run(`UPDATE conclave.sessions SET ${change} WHERE ended_at IS NULL`);
    expect(await isSignedIn(cookie)).toBe(false);
  });

  it('knows no session that it did not make, and none from before a sign-in after it', async () => {
    const planted = `__Host-conclave=ccn_${'A'.repeat(43)}`;
    expect(await isSignedIn(planted)).toBe(false);
    const old = await sessionOf(keyTwo);
    const fresh = await signIn(keyOne, undefined, withCookie(old));
    expect(cookieOf(fresh.cookie)).not.toBe(old);
    expect(await isSignedIn(old)).toBe(false);
    const kept = await signIn(keyOne, undefined, withCookie(planted));
    expect(cookieOf(kept.cookie)).not.toBe(planted);
  });

  it.each<[string, Headers]>([
    ['another site', { origin: 'https://evil.example', 'x-conclave': '1' }],
    ['another scheme', { origin: 'http://sync.hospital.example', 'x-conclave': '1' }],
    ['a sandboxed frame', { origin: 'null', 'x-conclave': '1' }],
    ['a neighbour, by fetch metadata', { 'sec-fetch-site': 'same-site', 'x-conclave': '1' }],
    ['our origin without our header', { origin: ORIGIN }],
    ['nobody knows where', { 'x-conclave': '1' }],
  ])('refuses a changing request from %s', async (_what, headers) => {
    const cookie = await sessionOf(keyOne);
    const refused = await post('/v1/me/on-call', { onCall: true }, { ...headers, cookie });
    expect([refused.status, refused.body.code]).toEqual([403, 'not-from-our-page']);
    const row = await findAdmin(db, one.id);
    expect(row?.onCall).toBe(false);
  });

  it('refuses a plain form of another site, and a sign-in that one begins', async () => {
    const cookie = await sessionOf(keyOne);
    const form = await app.inject({
      method: 'POST',
      url: '/v1/me/on-call',
      headers: {
        cookie,
        origin: 'https://evil.example',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: 'onCall=true',
    });
    expect([403, 415]).toContain(form.statusCode);
    expect((await findAdmin(db, one.id))?.onCall).toBe(false);
    const begun = await signIn(keyOne, undefined, { origin: 'https://evil.example' });
    expect([begun.status, begun.cookie]).toEqual([403, undefined]);
  });

  it('takes a further admin from two others only: invited, confirmed, link and code', async () => {
    const entry = { name: 'approver 3', userId: 3, roles: ['approver'] } as const;
    const active = async (admin: Admin): Promise<Admin> => {
      const found = await findAdmin(db, admin.id);
      if (found === undefined) throw new Error('no such admin');
      return found;
    };
    const [a, b] = [await active(one), await active(two)];
    const invite = (by: Admin, what: typeof entry | object) =>
      db.transaction((tx) => inviteAdmin(tx, by, { ...entry, ...what }));
    const confirm = (by: Admin, who: Admin) => db.transaction((tx) => confirmAdmin(tx, by, who.id));
    // Himself under another name; somebody who is an admin; nobody of CheckTick.
    await expect(invite(a, { userId: a.userId })).rejects.toMatchObject({ code: 'invite-self' });
    await expect(invite(a, { userId: b.userId })).rejects.toMatchObject({ code: 'admin-exists' });
    await expect(invite(a, { userId: 99 })).rejects.toMatchObject({ code: 'admin-no-such-user' });
    const invited = await invite(a, {});
    await expect(confirm(a, invited)).rejects.toMatchObject({ code: 'invite-self' });
    await expect(confirm(invited, invited)).rejects.toMatchObject({ code: 'invite-self' });
    await confirm(b, invited);
    await expect(confirm(b, invited)).rejects.toMatchObject({ code: 'invite-state' });

    const [cookieA, cookieB] = [
      withCookie(await sessionOf(keyOne)),
      withCookie(await sessionOf(keyTwo)),
    ];
    const half = (what: 'code' | 'link', headers: Headers) =>
      post(`/v1/admins/${invited.id}/${what}`, {}, headers);
    expect((await half('code', cookieB)).body.code).toBe('invite-half');
    expect((await half('link', cookieA)).body.code).toBe('invite-half');
    const link = String((await half('link', cookieB)).body['code']);
    const inviteCode = String((await half('code', cookieA)).body['code']);
    // The admin who confirmed has the link, and sits down in the new one's place.
    for (const guess of [undefined, 'AAAA-AAAA-AAAA']) {
      const tried = await enrolPasskey(link, softwareKey(ORIGIN), guess);
      expect([tried.status, tried.body.code]).toEqual([403, 'invite-code-wrong']);
    }
    // Made anew, the link before is void; a registration on another site's page makes no key.
    const newer = String((await half('link', cookieB)).body['code']);
    expect((await enrolPasskey(link, softwareKey(ORIGIN), inviteCode)).body.code).toBe(
      'enrolment-ended',
    );
    const key = softwareKey(ORIGIN);
    const lured = await enrolPasskey(newer, key, inviteCode, { origin: 'https://evil.example' });
    expect([lured.status, lured.body.code]).toEqual([403, 'key-refused']);
    expect(await stateOf(invited)).toBe('confirmed');
    const done = await enrolPasskey(newer, key, inviteCode.toLowerCase().replaceAll('-', ' '));
    expect([done.status, done.body['active']]).toEqual([200, true]);
    const cookie = await sessionOf(key);
    // The same key for somebody else.
    const mine = await db.transaction((tx) =>
      createEnrolment(tx, a, { purpose: 'further', hours: 1, by: null }),
    );
    expect((await enrolPasskey(mine.code, key)).body.code).toBe('key-known');
    await db.run(
      `UPDATE conclave.enrolments SET expires_at = clock_timestamp() WHERE used_at IS NULL`,
    );
    expect((await enrolPasskey(mine.code, softwareKey(ORIGIN))).body.code).toBe('enrolment-ended');

    expect(await isSignedIn(cookie)).toBe(true);
    await disableAdmin(db, 'approver 3');
    expect(await isSignedIn(cookie)).toBe(false);
    expect((await signIn(key)).status).toBe(401);
  });

  it('ends a token after its time, and makes people of rehearsals at once', async () => {
    const { token } = await addAdmin(db, { name: 'auditor', userId: 4, roles: ['auditor'] });
    const bearer = { authorization: `Bearer ${token}` };
    expect((await call('GET', '/v1/admins', undefined, bearer)).status).toBe(200);
    await db.run(
      `UPDATE conclave.tokens SET expires_at = created_at + interval '1 millisecond'
        WHERE prefix = $1`,
      [token.slice(4, 12)],
    );
    expect((await call('GET', '/v1/admins', undefined, bearer)).status).toBe(401);
  });

  it('slows down who tries to sign in again and again', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        app.inject({
          method: 'POST',
          url: '/v1/sign-in/options',
          headers: PAGE,
          payload: {},
          remoteAddress: '192.0.2.1',
        }),
      ),
    );
    expect(answers.map((answer) => answer.statusCode)).toContain(429);
  });

  it('never logs a cookie or a link', () => {
    const text = log.join('');
    expect(text).toContain('a sign-in failed');
    expect(text).not.toMatch(/cc[en]_[A-Za-z0-9_-]{43}/);
  });
});
