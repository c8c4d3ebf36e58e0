/**
 * Attacks on a running sync that no other file tries: on the wire itself, by guessing names, and
 * by moving a clock. docs/security.md lists all of them.
 */
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';
import { PROGRAM } from '../support/sync-program.ts';

const OTHER_CLOCK = fileURLToPath(new URL('../support/other-clock.mjs', import.meta.url));
const YEARS = 10 * 365 * 86_400_000;

/** Sends exactly these bytes and returns everything that comes back until the line is closed. */
function raw(address: string, text: string): Promise<string> {
  const { port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

describe('a running sync', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let made: MadeBundle;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    made = await setupBundle(service.admins.operator, set);
    await service.admins.operator.post('/v1/bundles', made.bytes);
  });
  afterAll(() => deployment.stop());

  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${service.address}${path}`, { headers });
    const { requestId: _own, ...problem } = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, problem };
  };
  const operator = (): Record<string, string> => ({
    authorization: `Bearer ${deployment.tokens.operator}`,
  });

  it.each([
    '/v1/bundles/..%2f..%2fetc%2fpasswd',
    '/v1/bundles/%2e%2e/%2e%2e/requests',
    '/v1/packages/..%2fsync/file',
    '/v1/packages/00000000%00/file',
    '/v1/bundles/%27%20OR%20true--',
    '/v1/bundles/%25%25%25%25%25%25%25%25',
    '/v1/bundles/________',
    '/v1/bundles/%zz',
    `/v1/bundles/${'f'.repeat(4_000)}`,
    '/v1/requests/AAA-000-AAA%0d%0aSet-Cookie:%20x=y',
    '/..%2f..%2f..%2fpackage.json',
    '/assets/..%2f..%2fcli.mjs',
  ])('finds nothing at %s', async (path) => {
    const { status, problem } = await ask(path, operator());
    expect([400, 404]).toContain(status);
    expect(JSON.stringify(problem)).not.toMatch(/root:|"private"|Set-Cookie/i);
    expect(problem).toMatchObject({ changed: 'no' });
  });

  it('takes no second request hidden in the first, and no header with a line break', async () => {
    const token = deployment.tokens.operator;
    const hidden = `GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    for (const head of [
      `Content-Length: 4\r\nContent-Length: ${hidden.length}`,
      `Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked`,
      'Transfer-Encoding: chunked, identity',
      'X-Note: one\rAuthorization: Bearer x',
      `X-Note: a\nb: c\u0000`,
    ]) {
      const answer = await raw(
        service.address,
        `POST /v1/bundles HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head}\r\n\r\n${hidden}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
      expect(answer).not.toContain('operator');
    }
    // It still serves everybody else.
    expect((await ask('/livez')).status).toBe(200);
  });

  it('tells nobody without a sign-in what there is', async () => {
    for (const there of [`/v1/bundles/${made.digest}`, `/v1/packages/${made.nonce}/file`]) {
      const missing = there.replace(/[0-9a-f]{32,64}/, (name) => 'ab'.repeat(name.length / 2));
      const answer = await ask(there);
      expect(answer.status).toBe(401);
      expect(await ask(missing)).toEqual(answer);
      expect(await ask(missing, { authorization: 'Bearer ccs_nobody' })).toEqual(answer);
    }
  });

  it('a name must be known by eight digits before anything is found by it', async () => {
    for (let length = 1; length < 8; length += 1) {
      const { problem } = await ask(`/v1/bundles/${made.digest.slice(0, length)}`, operator());
      expect(problem['code']).toBe('request-invalid');
    }
    const found = await ask(`/v1/bundles/${made.digest.slice(0, 8)}`, operator());
    expect(found.problem['digest']).toBe(made.digest);
  });

  it('an approval of one bundle is none of another, nor of another who signs it', async () => {
    const { approver1, approver2 } = service.admins;
    const words = eightWords(hexToBytes(set.manifest.digest));
    const open = await approver1.show('bundle-approve', made.digest, { words, reason: 'seen' });
    const other = { ...open.statement, subject: 'ab'.repeat(32), subjectDigest: 'ab'.repeat(32) };
    await expect(approver1.sign({ ...open, statement: other })).rejects.toMatchObject({
      code: 'proof-wrong',
    });
    const again = await approver1.show('bundle-approve', made.digest, { words, reason: 'seen' });
    await expect(approver2.sign(again)).rejects.toMatchObject({ code: 'challenge-ended' });
    expect(await deployment.sql('SELECT subject FROM conclave.approvals')).toEqual([]);
  });

  it('a bundle’s payload under another type, and its JSON in another order, are not the bundle', async () => {
    const { envelope } = bundleType.parse(made.bytes, deployment.mode);
    const text = new TextDecoder().decode(made.bytes);
    const { payload, payloadType, signatures } = JSON.parse(text) as Record<string, unknown>;
    const variants = [
      JSON.stringify({ payload, payloadType: 'application/vnd.in-toto+json', signatures }),
      JSON.stringify({ signatures, payloadType, payload }),
      JSON.stringify({ payload, payloadType, signatures, more: 1 }),
      ` ${text}`,
    ];
    expect(envelope.signatures).toHaveLength(4);
    for (const variant of variants) {
      await expect(
        service.admins.operator.post('/v1/bundles', new TextEncoder().encode(variant)),
      ).rejects.toMatchObject({ problem: { changed: 'no' } });
    }
    expect(await deployment.sql('SELECT digest FROM conclave.bundles')).toHaveLength(1);
  });
});

describe('a clock that was moved', { retry: 0 }, () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy();
  });
  afterAll(() => deployment.stop());

  it('of the machine shortens no delay and ends nothing; only the database’s time does', async () => {
    const started = (off: number): Promise<Service> =>
      deployment.start({
        node: ['--import', OTHER_CLOCK, PROGRAM],
        env: { CONCLAVE_DELAY_HOURS: '48', CONCLAVE_TEST_CLOCK_OFF: String(off) },
      });
    const [ahead, behind] = [await started(YEARS), await started(-YEARS)];
    expect(ahead.child.output()).toContain(`clock off by ${YEARS}`);
    const set = await shareSetFor(ahead.admins.operator, deployment.mode);
    const made = await approvedSetup(ahead.admins, set);
    for (const { admins } of [ahead, behind]) {
      await expect(committed(admins, made)).rejects.toMatchObject({ code: 'bundle-too-early' });
    }
    await clockShowed(deployment, '49 hours');
    expect((await committed(behind.admins, made)).state).toBe('committed');
    expect((await committed(ahead.admins, made)).state).toBe('committed');
  });
});
