/**
 * Bad input and bad times at sync, as real processes beside a real Vault and PostgreSQL: each is
 * told in three sentences, no bundle is spent, and the same call succeeds afterwards.
 */
import { execFileSync } from 'node:child_process';
import { chown, mkdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../sync/http/problem.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  committed,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  setupBundle,
  shareSetFor,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { ProblemAnswer } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { mountExt4, type TestVolume } from '../servers/volumes.ts';

/** The problem that a call ends in; its three sentences are sentences. */
async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const caught: unknown = await call.then(
    () => new Error('It was taken.'),
    (error: unknown) => error,
  );
  if (!(caught instanceof ProblemAnswer)) throw caught;
  const { problem } = caught;
  for (const sentence of [problem.title, problem.detail, problem.next]) {
    expect(sentence).toMatch(/\S \S.*[.”]$/su);
  }
  return problem;
}

describe('a sync with a recovery bundle at hand', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let made: MadeBundle;
  const post = (bytes: Uint8Array) => service.admins.operator.post('/v1/bundles', bytes);
  const bundles = () =>
    deployment.sql<{ kind: string; state: string }>(
      'SELECT kind, state FROM conclave.bundles ORDER BY received_at',
    );
  const untouched = async () => {
    const [row] = await deployment.sql<{ completed: number }>(
      `SELECT count(*)::int AS completed FROM surveys_recoveryrequest WHERE status = 'completed'`,
    );
    expect(row?.completed).toBe(0);
  };

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const { code } = await approvedRequest(service.admins, about);
    const released = await releasedPackage(service.admins, set, code);
    made = await recoverBundle(service.admins.operator, set, released);
  });
  afterAll(() => deployment.stop());

  it('refuses an empty, a cut, a changed and a 1 GB bundle, and keeps none of them', async () => {
    expect((await problemOf(post(new Uint8Array()))).code).toMatch(/empty|required/);
    const cut = made.bytes.subarray(0, made.bytes.length >> 1);
    expect((await problemOf(post(cut))).code).toBe('document-damaged');
    const changed = made.bytes.slice();
    const at = changed.length - 40;
    changed[at] = changed[at] === 0x41 ? 0x42 : 0x41;
    expect((await problemOf(post(changed))).code).toBe('signature-wrong');
    expect(await postGigabyte(service, deployment.tokens.operator)).toMatchObject({
      status: 413,
      code: 'request-too-large',
    });
    expect(await bundles()).toHaveLength(1);
  });

  it('waits for a sealed Vault', async () => {
    await deployment.vault.seal();
    expect((await problemOf(post(made.bytes))).code).toBe('vault-sealed');
    expect(await bundles()).toHaveLength(1);
    await deployment.vault.unseal();
    await post(made.bytes);
    await deployment.vault.seal();
    expect((await problemOf(committed(service.admins, made))).code).toBe('vault-sealed');
    await untouched();
    await deployment.vault.unseal();
  });

  it('waits for a database that was killed', async () => {
    await deployment.postgres.kill9();
    const { code } = await problemOf(committed(service.admins, made));
    expect(code).toMatch(/^database-(unreachable|outcome-unknown)$/);
    await deployment.postgres.restart();
    await untouched();
    expect((await committed(service.admins, made)).state).toBe('committed');
  });

  it('commits a replayed bundle not a second time', async () => {
    const before = await receiptFor(service.admins.operator, set, made.digest);
    await post(made.bytes);
    expect((await committed(service.admins, made)).state).toBe('committed');
    const after = await receiptFor(service.admins.operator, set, made.digest);
    expect(after.digest).toBe(before.digest);
    const [row] = await deployment.sql<{ times: number }>(
      'SELECT recovered_count AS times FROM surveys_usersurveykekescrow',
    );
    expect(row?.times).toBe(1);
  });
});

/** The head of a body of 1 GB: what comes back before the body is sent. */
function postGigabyte({ address }: Service, token: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${address}/v1/bundles`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/octet-stream',
          'content-length': 2 ** 30,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          asked.destroy();
          resolve(JSON.parse(text));
        });
      },
    );
    asked.on('error', reject);
    asked.write(new Uint8Array(1024));
  });
}

describe('a database whose disk is full', () => {
  let deployment: Deployment;
  let volume: TestVolume;
  beforeAll(async () => {
    volume = await mountExt4({ sizeMiB: 64, label: 'DATABASE' });
    deployment = await deploy();
  });
  afterAll(async () => {
    await deployment.stop();
    await volume.dispose();
  });

  it('takes no bundle, and takes it when there is room again', async () => {
    const location = path.join(volume.path, 'tables');
    await mkdir(location);
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString());
    await chown(location, id('-u'), id('-g'));
    const name = new URL(deployment.env['DATABASE_URL'] ?? '').pathname.slice(1);
    const client = new Client({ connectionString: deployment.postgres.url });
    await client.connect();
    await client.query(`CREATE TABLESPACE small LOCATION '${location}'`);
    await client.query(`ALTER DATABASE ${name} SET TABLESPACE small`);
    await client.end();

    const service = await deployment.start();
    const { operator } = service.admins;
    const set = await shareSetFor(operator, deployment.mode);
    const made = await setupBundle(operator, set);
    await volume.fill();
    // Pages that are there already take a few small rows; this table gets no page more.
    await expect(
      deployment.sql(`CREATE TABLE filling AS SELECT generate_series(1, 100000) AS n`),
    ).rejects.toMatchObject({ code: '53100' });
    const problem = await problemOf(operator.post('/v1/bundles', made.bytes));
    expect(problem).toMatchObject({ code: 'database-full', status: 503 });
    expect(await deployment.sql('SELECT state FROM conclave.bundles')).toEqual([]);

    await rm(path.join(volume.path, 'filler'));
    await operator.post('/v1/bundles', made.bytes);
    expect(await deployment.sql('SELECT state FROM conclave.bundles')).toHaveLength(1);
  });
});
