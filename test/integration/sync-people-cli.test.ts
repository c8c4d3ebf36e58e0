import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealAge } from '../../shared/encoding/age.ts';
import { utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { createIdentity, encodeIdentity } from '../../shared/identity/identity.ts';
import { disableAdmin, listAdmins } from '../../sync/admins/admins.ts';
import { loadConfig } from '../../sync/config/config.ts';
import type { Database } from '../../sync/database/database.ts';
import { revokeAuthenticator, fingerprint } from '../../sync/people/authenticators.ts';
import { makeFounders } from '../../sync/people/founders.ts';
import { createEnrolment } from '../../sync/people/enrolments.ts';
import { addCertificate, addMachine, readCertificate } from '../../sync/people/machines.ts';
import { peopleRoutes } from '../../sync/routes/people.ts';
import { createService } from '../../sync/server.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { DATABASES, type TestDatabase } from '../support/sync-databases.ts';
import { runSync } from '../support/sync-cli.ts';

const exec = promisify(execFile);
const PASSPHRASE = 'six words of a test only';

describe('identities on the command line, machines with certificates', () => {
  let test: TestDatabase;
  let db: Database;
  let app: FastifyInstance;
  let folder: string;
  let port: number;
  const file = (name: string): string => path.join(folder, name);
  const text = (name: string): Promise<string> => readFile(file(name), 'utf8');

  /** A key and a certificate of `subject`, by an authority; negative days: it has ended. */
  async function certificate(name: string, authority: string, days = 30): Promise<void> {
    const openssl = (...args: string[]) => exec('openssl', args, { cwd: folder });
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const own = ['-keyout', `${name}.key`, '-subj', `/CN=${name}`];
    if (name === authority) {
      await openssl('req', '-x509', ...ec, ...own, '-days', '30', '-out', `${name}.pem`);
      return;
    }
    await openssl('req', ...ec, ...own, '-out', `${name}.csr`);
    await writeFile(
      file(`${name}.ext`),
      'basicConstraints=CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n',
    );
    const issuer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
    const signing = ['x509', '-req', '-in', `${name}.csr`, '-days', String(days)];
    await openssl(...signing, ...issuer, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
  }

  /** What `/v1/me` answers to whoever connects with this certificate. */
  async function ask(
    name: string | undefined,
    options: { method?: string; url?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number | undefined; body: { code?: string; signIn?: string } }> {
    const settings: RequestOptions = {
      host: '127.0.0.1',
      port,
      path: options.url ?? '/v1/me',
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
      ca: await text('authority.pem'),
      agent: false,
      ...(name === undefined
        ? {}
        : { cert: await text(`${name}.pem`), key: await text(`${name}.key`) }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(settings, (response) => {
        let all = '';
        response.on('data', (chunk: Buffer) => (all += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode, body: JSON.parse(all) as { code?: string } });
        });
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  beforeAll(async () => {
    const [, open] = DATABASES[1] ?? [];
    if (open === undefined) throw new Error('no database');
    test = await open('rehearsal');
    db = test.database;
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-people-'));
    for (const authority of ['authority', 'other']) await certificate(authority, authority);
    await certificate('server', 'authority');
    await certificate('monitor', 'authority');
    await certificate('renewed', 'authority');
    await certificate('unknown', 'authority');
    await certificate('ended', 'authority', -1);
    await certificate('foreign', 'other');
    const config = loadConfig({
      CONCLAVE_MODE: 'rehearsal',
      CONCLAVE_TLS_CERT: file('server.pem'),
      CONCLAVE_TLS_KEY: file('server.key'),
      CONCLAVE_CLIENT_CA: file('authority.pem'),
    });
    app = await createService({
      config,
      database: db,
      kv: await createRehearsalKv(db),
      routes: [peopleRoutes],
      writeLog: () => {},
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = app.server.address() as AddressInfo);
  });
  afterAll(async () => {
    await app.close();
    await test.stop();
    await rm(folder, { recursive: true });
  });

  async function identity(name: string): Promise<void> {
    const made = createIdentity('rehearsal', name);
    const sealed = await sealAge(encodeIdentity(made), utf8ToBytes(PASSPHRASE));
    await writeFile(file(`${name}.age`), sealed);
  }
  const remote = (name: string): string[] => {
    const where = ['--url', `https://127.0.0.1:${port}`, '--ca', file('authority.pem')];
    return where.concat('--identity-file', file(`${name}.age`), '--passphrase-fd', '3');
  };
  const enrol = (name: string, code: string) =>
    runSync(['admin', 'enrol', ...remote(name), '--code-file', code], {}, PASSPHRASE);
  const token = (name: string, out: string) =>
    runSync(['--json', 'admin', 'token', ...remote(name), '--out', file(out)], {}, PASSPHRASE);

  it('registers an identity with a one-time code, and makes tokens with it', async () => {
    const founders = await db.transaction((tx) =>
      makeFounders(tx, [
        { name: 'person 1', userId: 1, roles: ['approver'] },
        { name: 'person 2', userId: 2, roles: ['approver'] },
      ]),
    );
    const [code1, code2] = [file('code1'), file('code2')];
    await writeFile(code1, founders[0].enrolment.code, { mode: 0o600 });
    await writeFile(code2, `https://x/enrol#${founders[1].enrolment.code}`, { mode: 0o600 });
    for (const name of ['one', 'two', 'stranger']) await identity(name);

    expect((await enrol('one', code1)).out).toContain('Registered');
    const early = await token('one', 'early.token');
    expect([early.code, JSON.parse(early.err)]).toMatchObject([1, { code: 'not-active-yet' }]);
    const twice = await enrol('stranger', code1);
    expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('enrolment-ended')]);
    expect((await enrol('two', code2)).out).toContain('make yourself a token');

    const made = await token('one', 'one.token');
    expect(made.code).toBe(0);
    const secret = (await text('one.token')).trim();
    expect(made.out).not.toContain(secret);
    expect((await stat(file('one.token'))).mode & 0o777).toBe(0o600);
    const headers = { authorization: `Bearer ${secret}` };
    expect((await ask(undefined, { headers })).body).toMatchObject({ signIn: 'token' });
    const refused = await token('stranger', 'stranger.token');
    expect([refused.code, JSON.parse(refused.err)]).toMatchObject([1, { code: 'sign-in-failed' }]);
    await expect(stat(file('stranger.token'))).rejects.toThrow();
  });

  const failures = (how: string): Promise<number> =>
    db.run(`SELECT 1 FROM conclave.events WHERE type = 'sign-in-failed' AND facts ->> 'how' = $1`, [
      how,
    ]);

  it('signs a machine in by its certificate, and by no other', async () => {
    const entry = { name: 'monitor', userId: 3, roles: ['auditor'] } as const;
    const own = readCertificate(await text('monitor.pem'));
    await expect(
      db.transaction((tx) => addMachine(tx, { ...entry, roles: ['approver'] }, own)),
    ).rejects.toMatchObject({ code: 'machine-approver' });
    // Nor can the table hold one.
    await expect(
      db.run(
        `INSERT INTO conclave.admins (name, user_id, roles, kind, activated_at)
         VALUES ('m', 3, ARRAY['approver'], 'machine', now())`,
      ),
    ).rejects.toMatchObject({ code: '23514' });
    for (const unfit of ['authority', 'ended']) {
      const pem = await text(`${unfit}.pem`);
      expect(() => readCertificate(pem)).toThrow('cannot be used');
    }
    const machine = await db.transaction((tx) => addMachine(tx, entry, own));

    expect((await ask('monitor')).body).toMatchObject({ signIn: 'certificate' });
    for (const name of ['unknown', 'ended', 'foreign', undefined]) {
      expect((await ask(name)).status).toBe(401);
    }
    // Registered, but no longer valid, or of another authority: the row alone lets nobody in.
    for (const name of ['ended', 'foreign']) {
      const { stdout } = await exec(
        'openssl',
        ['x509', '-in', file(`${name}.pem`), '-outform', 'DER'],
        {
          encoding: 'buffer',
        },
      );
      await db.run(
        `INSERT INTO conclave.authenticators (id, admin_id, kind, public_key, label, created_at)
         VALUES ($1, $2, 'certificate', '', 'by hand', now())`,
        [fingerprint(new Uint8Array(stdout)), machine.id],
      );
      expect((await ask(name)).status).toBe(401);
    }
    // A browser that holds the certificate, on a page of another site.
    const forged = await ask('monitor', {
      method: 'POST',
      url: '/v1/me/on-call',
      headers: { origin: 'https://evil.example' },
    });
    expect([forged.status, forged.body.code]).toEqual([403, 'not-from-our-page']);
    // A machine gets no keys and no roles that it does not have.
    const step = await ask('monitor', { method: 'POST', url: '/v1/me/confirm/options' });
    expect([step.status, step.body.code]).toEqual([403, 'session-needed']);

    const next = readCertificate(await text('renewed.pem'));
    await db.transaction((tx) => addCertificate(tx, machine, next));
    expect((await ask('renewed')).status).toBe(200);
    await db.transaction((tx) => revokeAuthenticator(tx, machine, fingerprint(own.raw)));
    expect((await ask('monitor')).status).toBe(401);
    await disableAdmin(db, 'monitor');
    expect((await ask('renewed')).status).toBe(401);
    // Seven were shown in vain; who showed none has not failed.
    expect(await failures('certificate')).toBe(7);
  });

  it('counts a guessed link as a failed sign-in, and one that is used or over as none', async () => {
    const [admin = expect.fail('no admin')] = await listAdmins(db);
    const { code } = await db.transaction((tx) =>
      createEnrolment(tx, admin, { purpose: 'further', hours: 1, by: null }),
    );
    await db.run('UPDATE conclave.enrolments SET expires_at = clock_timestamp()');
    const look = async (link: string, url = '/v1/enrolment') => {
      const answer = await app.inject({ method: 'POST', url, payload: { code: link } });
      expect(answer.json()).toMatchObject({ code: 'enrolment-ended' });
    };
    await look(code);
    await look(code, '/v1/enrolment/identity/options');
    expect(await failures('enrolment')).toBe(0);
    await look(`cce_${'A'.repeat(43)}`);
    await look('no link at all');
    await look(`cce_${'B'.repeat(43)}`, '/v1/enrolment/identity/options');
    expect(await failures('enrolment')).toBe(3);
  });

  it('takes no signature that was made for something else', async () => {
    const asked = await app.inject({ method: 'POST', url: '/v1/sign-in/identity/options' });
    const { challengeId } = asked.json<{ challengeId: string }>();
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/sign-in/identity',
      payload: {
        challengeId,
        label: 'x',
        publicKey: randomBytes(32).toString('hex'),
        signature: randomBytes(64).toString('base64'),
      },
    });
    expect(answer.json<{ code: string }>().code).toBe('sign-in-failed');
  });
});
