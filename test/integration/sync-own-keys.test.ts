import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { presenceMessage, type PresencePurpose } from '../../sync/people/sign-in.ts';
import type { z } from 'zod';
import type { keysAnswer, presenceAnswer } from '../../sync/routes/people-answers.ts';
import { type CliEnd, runSync } from '../support/sync-cli.ts';
import { identityFile, PASSPHRASE } from '../support/sync-identities.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

type Who = 'approver1' | 'approver2';
const OPTIONS = '/v1/me/confirm/identity/options';

describe('one’s own keys on the command line', () => {
  let deployment: Deployment;
  let service: Service;
  const file = (name: string): string => path.join(deployment.folder, name);

  beforeAll(async () => {
    deployment = await deploy({ mode: 'rehearsal' });
    service = await deployment.start({ env: { CONCLAVE_PUBLIC_URL: 'http://localhost:8450' } });
  });
  afterAll(async () => deployment?.stop());

  const run = (who: Who, identity: string, ...args: string[]): Promise<CliEnd> =>
    runSync(
      ['admin', ...args, '--identity-file', file(`${identity}.age`), '--passphrase-fd', '3'],
      { CONCLAVE_URL: service.address, CONCLAVE_TOKEN_FILE: file(who) },
      PASSPHRASE,
    );
  const keys = async (who: Who) =>
    (await service.as(who).get<z.infer<typeof keysAnswer>>('/v1/me/keys')).keys;
  async function fingerprints(who: Who): Promise<string[]> {
    const { out } = await runSync(['--json', 'admin', 'keys'], {
      CONCLAVE_URL: service.address,
      CONCLAVE_TOKEN_FILE: file(who),
    });
    const { keys: found } = JSON.parse(out) as { keys: { fingerprint: string }[] };
    return found.map(({ fingerprint }) => fingerprint);
  }
  const events = (type: string) =>
    deployment.sql<{ subject: string | null; name: string; facts: object }>(
      `SELECT encode(e.subject, 'hex') AS subject, a.name, e.facts
         FROM conclave.events e JOIN conclave.admins a ON a.id = e.admin_id
        WHERE e.type = $1 ORDER BY e.sequence`,
      [type],
    );

  /** What `signer` signs for `who`, as the command does it. */
  async function signed(who: Who, signer: Who, what: PresencePurpose) {
    const asked = await service.as(who).post<z.infer<typeof presenceAnswer>>(OPTIONS);
    const message = presenceMessage({
      ...what,
      mode: asked.mode,
      audience: asked.audience,
      challenge: hexToBytes(asked.challenge),
    });
    const identity = deployment.signers[signer];
    return {
      challengeId: asked.challengeId,
      publicKey: identity.keyid,
      signature: Buffer.from(await identity.sign(message)).toString('base64'),
    };
  }

  it('never revokes the last key, and asks for no passphrase before it says so', async () => {
    const [only = ''] = await fingerprints('approver1');
    const end = await runSync(
      ['admin', 'revoke-key', only.slice(0, 8), '--identity-file', file('approver1.age')],
      { CONCLAVE_URL: service.address, CONCLAVE_TOKEN_FILE: file('approver1') },
    );
    expect([end.code, end.err]).toEqual([1, expect.stringContaining('(key-last)')]);
    expect(end.err).toContain('Without it you could not sign in any more.');
    // Nor does the service itself, whoever asks it directly.
    const [key] = await keys('approver1');
    const body = await signed('approver1', 'approver1', { purpose: 'revoke-key', key: only });
    await expect(
      service.as('approver1').post(`/v1/me/keys/${key?.id}/revoke/identity`, body),
    ).rejects.toMatchObject({ code: 'key-last' });
  });

  it('gives a link for one more key, good once, and revokes the old one', async () => {
    const piped = await run('approver1', 'approver1', 'key-link');
    expect([piped.code, piped.err]).toEqual([2, expect.stringContaining('--out')]);
    expect(await events('enrolment-link')).toEqual([]);

    const made = await run('approver1', 'approver1', 'key-link', '--out', file('link'));
    expect([made.code, made.err]).toEqual([0, '']);
    const link = (await readFile(file('link'), 'utf8')).trim();
    expect(link).toMatch(/^http:\/\/localhost:8450\/enrol#cce_/);
    expect(made.out).not.toContain(link.split('#')[1]);
    expect((await stat(file('link'))).mode & 0o777).toBe(0o600);
    expect(await events('enrolment-link')).toMatchObject([
      { name: 'approver1', facts: { purpose: 'further', name: 'approver1' } },
    ]);

    const [old = ''] = await fingerprints('approver1');
    const enrolled = await run('approver1', 'auditor', 'enrol', '--code-file', file('link'));
    // The auditor's identity is known: one key never belongs to two people.
    expect([enrolled.code, enrolled.err]).toEqual([1, expect.stringContaining('(key-known)')]);
    await identityFile('rehearsal', 'approver1', file('next.age'));
    const next = await run('approver1', 'next', 'enrol', '--code-file', file('link'));
    expect([next.code, next.out]).toEqual([0, expect.stringContaining('Registered.')]);
    const twice = await run('approver1', 'next', 'enrol', '--code-file', file('link'));
    expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('(enrolment-ended)')]);

    const unknown = await run('approver1', 'next', 'revoke-key', '00000000');
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('(key-unknown)')]);
    const revoked = await run('approver1', 'next', 'revoke-key', old.slice(0, 8));
    expect([revoked.code, revoked.out]).toEqual([
      0,
      expect.stringMatching(/^The key .+ is revoked/),
    ]);
    expect(revoked.err).toContain('It never opens anything again');
    expect(revoked.err).toContain('You then have one key only');
    expect(await events('key-revoked')).toMatchObject([{ name: 'approver1', subject: old }]);
    // What was revoked signs nothing any more, and never comes back.
    const gone = await run('approver1', 'approver1', 'key-link', '--out', file('link2'));
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('(key-refused)')]);
  });

  it('takes neither a token alone, nor what was signed by another, for something else, or before', async () => {
    const own = service.as('approver2');
    const [key] = await keys('approver2');
    const [name = ''] = await fingerprints('approver2');
    const revoke = `/v1/me/keys/${key?.id}/revoke`;
    for (const address of [revoke, '/v1/me/keys/link']) {
      const body =
        address === revoke ? undefined : { challengeId: crypto.randomUUID(), response: {} };
      await expect(own.post(address, body)).rejects.toMatchObject({ code: 'session-needed' });
    }
    const wrong = [
      ['/v1/me/keys/link/identity', 'approver1', { purpose: 'link-key' }],
      ['/v1/me/keys/link/identity', 'approver2', { purpose: 'revoke-key', key: name }],
      ['/v1/me/keys/link/identity', 'approver2', { purpose: 'sign-in' }],
      [`${revoke}/identity`, 'approver2', { purpose: 'link-key' }],
      [`${revoke}/identity`, 'approver2', { purpose: 'revoke-key', key: '0'.repeat(64) }],
    ] as const;
    for (const [address, signer, what] of wrong) {
      const body = await signed('approver2', signer, what);
      await expect(own.post(address, body), what.purpose).rejects.toMatchObject({
        code: 'key-refused',
      });
      // A wrong answer uses the challenge up.
      await expect(own.post(address, body)).rejects.toMatchObject({ code: 'challenge-ended' });
    }
    // A challenge of one admin is worth nothing for another.
    const theirs = await signed('approver1', 'approver2', { purpose: 'link-key' });
    await expect(own.post('/v1/me/keys/link/identity', theirs)).rejects.toMatchObject({
      code: 'challenge-ended',
    });
    // Nor does a signature for a link make a token.
    const forSignIn = await signed('approver2', 'approver2', { purpose: 'link-key' });
    await expect(
      own.post('/v1/sign-in/identity', { ...forSignIn, label: 'x' }),
    ).rejects.toMatchObject({ code: 'challenge-ended' });
    expect(await keys('approver2')).toHaveLength(1);
    expect((await events('enrolment-link')).filter((one) => one.name === 'approver2')).toEqual([]);
  });
});
